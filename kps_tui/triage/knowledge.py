"""What the ledger knows for one reader: which rows the reader has seen, and which were acknowledged.

The ledger holds hashes of rows and servers, never a text of the service. `Standings` applies it to a list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.store import Derived, TaskStore, Values, number_of, row_number

SCREEN = ""
"""The name of the screen as a reader; other readers have a name that is not empty."""


class Visit(NamedTuple):
    """The last visit of the screen."""

    started: int
    """In milliseconds since the epoch."""
    is_whole: bool
    """Whether it loaded the whole list."""


class Acknowledgement(NamedTuple):
    """The acknowledgement of a row. It falls, so that it no longer counts, when the failure is repeated."""

    row: int
    subject: int | None
    """The server and its operation as a number, or None if one of them is unknown."""
    until: int
    """The latest failure of the subject that was known at that time, in milliseconds since the epoch (service clock).

    A later failure of the subject is a repeat.
    """
    at: int
    """When it was acknowledged, in milliseconds since the epoch."""
    note: str = ""
    has_fallen: bool = False
    """Whether the same server has failed at the same operation since."""


@dataclass(frozen=True)
class Knowledge:
    """What the ledger knows of one project for one reader."""

    reader: str = SCREEN
    seen: Mapping[int, bool] = field(default_factory=dict)
    """The rows that the reader has seen, and whether its last visit loaded them."""
    visit: Visit | None = None
    """The last visit of the screen; None before the first one has ended, and for a named reader."""
    is_first_visit: bool = False
    """Whether no visit of the screen has ended before; False for a named reader, and before the ledger was read."""
    acknowledgements: Mapping[int, Acknowledgement] = field(default_factory=dict)
    """By row."""
    came: frozenset[int] = frozenset()
    """The rows that arrived while the screen was open; they are new, even in a first visit."""
    stale: frozenset[int] = frozenset()
    """The rows that were last stored as seen long ago; the ledger forgets them unless they are stored again."""

    @property
    def is_empty(self) -> bool:
        """Whether by this knowledge every row is neither new nor acknowledged."""
        return self.reader == SCREEN and not (self.visit or self.acknowledgements or self.came)


NOTHING = Knowledge()
"""No knowledge: no row is new, acknowledged or repeated."""


def acknowledged(store: TaskStore, indices: Iterable[int], at: int, note: str) -> list[Acknowledgement]:
    """Return acknowledgements of the rows at `indices`, made at `at` (milliseconds since the epoch)."""
    chosen = [*indices]
    of_store = subjects(store)
    numbers, distinct = of_store.numbers, of_store.distinct
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


def subjects(store: TaskStore) -> Values[int | None]:
    """Return the subject of each row: the number of its server and operation."""
    return store.values(Derived("ledger subject", ("server_id", "operate_type"), _subject_of))


def _subject_of(task: FailedTask) -> int | None:
    operation = task.operation.name.casefold()
    return number_of((task.server_id, operation)) if task.server_id and operation else None
