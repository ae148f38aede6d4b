"""What the ledger knows for one reader, as a frozen lookup, and the rules of what is new, acknowledged and repeated.

The ledger holds numbers made from rows and servers, never a text of the service. A named reader has seen what its last
complete reading had; the screen compares with its last visit, which may have loaded only a part of the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from hashlib import blake2b
from itertools import compress
from typing import NamedTuple

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.sanitize import line
from kps_tui.triage.store import Derived, TaskStore, Values

SCREEN = ""
"""The name of the screen as a reader; the others have a name that is not empty."""


class Standing(IntFlag):
    """What is known of a row."""

    NEW = 1
    ACKED = 2
    REPEAT = 4

    @property
    def words(self) -> tuple[str, ...]:
        """The values of the filter `is:` that find a row with this standing."""
        return (
            *(("new",) if Standing.NEW in self else ()),
            "acked" if Standing.ACKED in self else "open",
            *(("repeat",) if Standing.REPEAT in self else ()),
        )


class Visit(NamedTuple):
    """The last visit of the screen."""

    started: int
    """In milliseconds since the epoch."""
    is_whole: bool
    """Whether it loaded the whole list."""


class Acknowledgement(NamedTuple):
    """A row that someone has acknowledged."""

    row: int
    subject: int | None
    """The server and its operation as a number, or None if one of them is unknown."""
    until: int
    """The latest failure of the subject that was known then, in milliseconds since the epoch, by the service's clock.

    A later one is a repeat.
    """
    at: int
    """When it was acknowledged, in milliseconds since the epoch."""
    note: str = ""
    has_fallen: bool = False
    """Whether the same server has failed at the same operation since."""


@dataclass(frozen=True, slots=True)
class Standings:
    """What is known of each row of a store."""

    flags: bytes
    """By index, as in `Standing`."""
    notes: Mapping[int, str]
    """The notes of acknowledgements, also of fallen ones, by index; empty notes are left out."""
    fallen: Sequence[Acknowledgement]
    """The acknowledgements that fall with the rows of this store."""


@dataclass(frozen=True)
class Knowledge:
    """What the ledger knows of one project for one reader."""

    reader: str = SCREEN
    seen: Mapping[int, bool] = field(default_factory=dict)
    """The rows that the reader has seen, and whether its last visit loaded them."""
    visit: Visit | None = None
    """The last visit of the screen; None before the first one has ended, and for a named reader."""
    acknowledgements: Mapping[int, Acknowledgement] = field(default_factory=dict)
    """By row."""

    def standings(self, store: TaskStore) -> Standings:
        """Return what is known of each row of `store`."""
        rows = row_numbers(store)
        flags = bytearray(self._new(store, rows))
        known = {index: found for index, row in enumerate(rows) if (found := self.acknowledgements.get(row))}
        fallen = self._follow_repeats(store, flags)
        for index, acknowledgement in known.items():
            if not acknowledgement.has_fallen and acknowledgement.row not in fallen:
                flags[index] |= Standing.ACKED
        notes = {index: each.note for index, each in known.items() if each.note}
        return Standings(bytes(flags), notes, tuple(fallen.values()))

    def _new(self, store: TaskStore, rows: Sequence[int]) -> Iterable[bool]:
        """Return by index whether the row is new to the reader."""
        seen, times = self.seen, store.times
        if self.reader != SCREEN:
            return (row not in seen for row in rows)
        if self.visit is None:
            return (False for _row in rows)
        # An unseen row that stands before one of the last visit came since, however old it is. Those behind them were
        # never loaded, or have moved up where others were deleted.
        loaded_then = len(rows)
        if not self.visit.is_whole:
            loaded_then = 1 + max((index for index, row in enumerate(rows) if seen.get(row)), default=-1)
        started = self.visit.started
        return (row not in seen and (index < loaded_then or times[index] > started) for index, row in enumerate(rows))

    def _follow_repeats(self, store: TaskStore, flags: bytearray) -> dict[int, Acknowledgement]:
        """Set the flags of rows that repeat an acknowledged failure; return the acknowledgements that fall, by row."""
        of_subject: dict[int, list[Acknowledgement]] = {}
        for acknowledgement in self.acknowledgements.values():
            if acknowledgement.subject is not None:
                of_subject.setdefault(acknowledgement.subject, []).append(acknowledgement)
        if not of_subject:
            return {}
        subjects = _subjects(store)
        fallen: dict[int, Acknowledgement] = {}
        is_watched = [subject in of_subject for subject in subjects.distinct]
        for index in compress(range(len(flags)), map(is_watched.__getitem__, subjects.numbers)):
            subject = subjects.distinct[subjects.numbers[index]]
            repeated = [each for each in of_subject[subject or 0] if store.times[index] > each.until]
            if repeated:
                flags[index] |= Standing.REPEAT
                fallen |= {each.row: each for each in repeated if not each.has_fallen}
        return fallen


NOTHING = Knowledge()
"""Knows nothing: no row is new, acknowledged or repeated."""


def acknowledged(store: TaskStore, indices: Iterable[int], at: int, note: str) -> list[Acknowledgement]:
    """Return acknowledgements of the rows at `indices`, made at `at` (milliseconds since the epoch)."""
    chosen = [*indices]
    subjects = _subjects(store)
    numbers, distinct = subjects.numbers, subjects.distinct
    latest = dict.fromkeys((numbers[index] for index in chosen), -1)
    for index, number in enumerate(numbers):
        if number in latest:
            latest[number] = max(latest[number], store.times[index])
    return [
        Acknowledgement(
            row_number(store.row_key(index)), distinct[numbers[index]], latest[numbers[index]], at, line(note)
        )
        for index in chosen
    ]


def row_numbers(store: TaskStore) -> list[int]:
    """Return the numbers of all rows of `store`, by index."""
    return [row_number(store.row_key(index)) for index in range(len(store))]


def row_number(row_key: RowKey) -> int:
    """Return the number that the ledger knows a row by: 64 bits of a hash, signed, as SQLite holds it."""
    return _number(row_key)


def _subjects(store: TaskStore) -> Values[int | None]:
    return store.values(Derived("ledger subject", ("server_id", "operate_type"), _subject_of))


def _subject_of(task: FailedTask) -> int | None:
    operation = task.operation.name.casefold()
    return _number((task.server_id, operation)) if task.server_id and operation else None


def _number(texts: tuple[str | None, ...]) -> int:
    # `ascii` is the same in every version of Python, and takes lone surrogates.
    digest = blake2b(ascii(texts).encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
