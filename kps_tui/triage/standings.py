"""The rules for what is new, acknowledged and repeated: the ledger's knowledge, applied to the rows of a store.

A named reader has seen the rows of its complete readings. The screen compares with its last visit, which may have
loaded only a part of the list.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cached_property
from itertools import chain, compress
from typing import Self

from kps_tui.triage.knowledge import NOTHING, SCREEN, Acknowledgement, Knowledge, subjects
from kps_tui.triage.store import TaskStore

OF_LEDGER = ("is", "note")
"""The filter terms and facets about what the ledger on this host knows of a task: its standing and its note.

A filter value without a field is not searched for in these.
"""


class Standing(IntFlag):
    """What the ledger knows of a row."""

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


NEW, ACKED, REPEAT = (standing.value for standing in Standing)
"""The flags as plain integers, which are ten times as fast."""
_OPEN_NEW = bytes(flags & (NEW | ACKED) == NEW for flags in range(256))
"""A table for `bytes.translate`: 1 for the flags of a row that is new and not acknowledged."""
ALL_STANDINGS = tuple(Standing(flags) for flags in range(8))
"""Every combination, by its number."""


@dataclass(frozen=True, eq=False)
class Standings:
    """What the ledger knows of each row of a store at one revision. `over` returns it for a later revision."""

    knowledge: Knowledge = NOTHING
    store: TaskStore = field(default_factory=TaskStore)
    revision: tuple[int, int] = (0, 0)
    """The revision of the store that the flags describe."""
    flags: bytes = b""
    """By index, as in `Standing`."""
    acknowledgements: Mapping[int, Acknowledgement] = field(default_factory=dict)
    """By index, also those that have fallen."""
    fallen: Mapping[int, Acknowledgement] = field(default_factory=dict)
    """The acknowledgements that rows of this store made fall, by row."""
    unrecorded: "array[int]" = field(default_factory=lambda: array("q"))
    """The numbers of the rows to store as seen: new to the ledger, or stale. Empty for an empty knowledge."""
    loaded_then: int = 0
    """The number of rows up to the last one that the last visit loaded."""

    def over(self, store: TaskStore) -> Self:
        """Return what the ledger knows of every row of `store`. If rows were only added, only these are looked at."""
        revision = store.revision
        if store is self.store and revision == self.revision:
            return self
        size, replaced = revision
        if self.knowledge.is_empty:
            return type(self)(self.knowledge, store, revision, bytes(size))
        known = self
        if store is not self.store or replaced != self.revision[1]:
            known = type(self)(self.knowledge)
        return known._extended(store, revision)

    def _extended(self, store: TaskStore, revision: tuple[int, int]) -> Self:
        """Return the standings after rows were added."""
        added, rows = range(len(self.flags), revision[0]), store.row_numbers()
        flags = bytearray(self.flags)
        flags.extend(bytes(len(added)))
        known = self.knowledge.acknowledgements
        acknowledgements = dict(self.acknowledgements)
        if known:
            acknowledgements |= {index: known[rows[index]] for index in added if rows[index] in known}
        loaded_then = self._loaded_then(rows, added)
        for index in self._new(store, rows, added, loaded_then):
            flags[index] |= NEW
        fallen = {**self.fallen, **self._follow_repeats(store, added, flags)}
        for index, acknowledgement in acknowledgements.items():
            if acknowledgement.has_fallen or acknowledgement.row in fallen:
                flags[index] &= ~ACKED
            else:
                flags[index] |= ACKED
        seen, stale = self.knowledge.seen, self.knowledge.stale
        new = array("q", [row for row in rows[added.start : added.stop] if row not in seen or row in stale])
        return type(self)(
            self.knowledge,
            store,
            revision,
            bytes(flags),
            acknowledgements,
            fallen,
            self.unrecorded + new,
            loaded_then,
        )

    def _loaded_then(self, rows: Sequence[int], added: range) -> int:
        visit, seen = self.knowledge.visit, self.knowledge.seen
        if visit is None or visit.is_whole:
            return added.stop
        return 1 + next((index for index in reversed(added) if seen.get(rows[index])), self.loaded_then - 1)

    def _new(self, store: TaskStore, rows: Sequence[int], added: range, loaded_then: int) -> Iterable[int]:
        """Return the rows that are new to the reader: among `added`, and among those before `loaded_then`.

        An unseen row that stands before a row of the last visit has arrived since, however old it is. The rows behind
        the last one of that visit were never loaded, or moved up when others were deleted, and are new by their time.
        """
        knowledge, times = self.knowledge, store.times
        seen, came, visit = knowledge.seen, knowledge.came, knowledge.visit
        if knowledge.reader != SCREEN:
            return [index for index in added if rows[index] not in seen]
        arrived = [index for index in added if rows[index] in came] if came else []
        if visit is None:
            return arrived
        before = range(self.loaded_then, min(loaded_then, added.start))
        unseen = (index for index in chain(before, added) if rows[index] not in seen)
        return [*arrived, *(index for index in unseen if index < loaded_then or times[index] > visit.started)]

    def _follow_repeats(self, store: TaskStore, added: range, flags: bytearray) -> dict[int, Acknowledgement]:
        """Set the flags of rows that repeat an acknowledged failure; return the acknowledgements that fall, by row."""
        of_subject = self._of_subject
        if not of_subject:
            return {}
        of_store = subjects(store)
        fallen: dict[int, Acknowledgement] = {}
        is_watched = [subject in of_subject for subject in of_store.distinct]
        numbers = of_store.numbers[added.start : added.stop]
        for index in compress(added, map(is_watched.__getitem__, numbers)):
            subject = of_store.distinct[of_store.numbers[index]]
            repeated = [each for each in of_subject[subject or 0] if store.times[index] > each.until]
            if repeated:
                flags[index] |= REPEAT
                fallen |= {each.row: each for each in repeated if not each.has_fallen}
        return fallen

    @property
    def _of_subject(self) -> dict[int, list[Acknowledgement]]:
        """The acknowledgements by their subjects."""
        found: dict[int, list[Acknowledgement]] = {}
        for acknowledgement in self.knowledge.acknowledgements.values():
            if acknowledgement.subject is not None:
                found.setdefault(acknowledgement.subject, []).append(acknowledgement)
        return found

    def note(self, index: int) -> str:
        """Return the note of the row's acknowledgement, which may have fallen; empty if there is none."""
        return self.acknowledgements[index].note if index in self.acknowledgements else ""

    def having(self, wanted: Standing) -> bytes:
        """By index, 1 if the row has the flag `wanted`, else 0. A million rows take milliseconds."""
        return self.flags.translate(bytes(bool(flags & wanted.value) for flags in range(256)))

    def count(self, wanted: Standing) -> int:
        """Return how many rows have the flag `wanted`."""
        return self._counts[wanted]

    @cached_property
    def is_open_new(self) -> bytes:
        """By index, 1 if the row is new and not acknowledged, else 0."""
        return self.flags.translate(_OPEN_NEW)

    @property
    def open_new(self) -> int:
        """How many rows are new and not acknowledged."""
        return self.is_open_new.count(1)

    @cached_property
    def _counts(self) -> Mapping[Standing, int]:
        # `bytes.count` of one value takes a millisecond for a million rows.
        occurrences = [(standing, self.flags.count(standing)) for standing in ALL_STANDINGS]
        return {flag: sum(count for standing, count in occurrences if flag in standing) for flag in Standing}
