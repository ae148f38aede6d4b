"""What the ledger knows for one reader: which rows it has seen, and which were acknowledged.

The ledger holds numbers made from rows and servers, never a text of the service. `Standings` applies it to a list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.store import Derived, TaskStore, Values, number_of, row_number

SCREEN = ""
"""The name of the screen as a reader; the others have a name that is not empty."""


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
    """The rows that came while the screen was open; they are new, in a first visit too."""
    stale: frozenset[int] = frozenset()
    """The rows whose last sight was long ago, so that the ledger would forget them if it is not told of another."""

    @property
    def is_empty(self) -> bool:
        """Whether it says of every row that it is neither new nor acknowledged."""
        return self.reader == SCREEN and not (self.visit or self.acknowledgements or self.came)


NOTHING = Knowledge()
"""Knows nothing: no row is new, acknowledged or repeated."""


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
