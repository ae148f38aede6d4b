"""Counts the values of a field over tasks, which shows what failures have in common."""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from kps_tui.i18n import _, listed
from kps_tui.kps.task import LATEST, FailedTask
from kps_tui.triage.causes import runbook_in_use
from kps_tui.triage.fields import BY_KEY, FIELDS
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.pieces import counted_in_pieces
from kps_tui.triage.standings import ALL_STANDINGS, OF_LEDGER, Standings
from kps_tui.triage.store import NO_TIME, Derived, TaskStore
from kps_tui.triage.times import DAY, day_of, midnight

TASK_FACETS = (*(field.key for field in FIELDS if field.is_facet), "day")
"""The facets that depend on the task alone: the keys of fields, and the day of the time."""
FACETS = (*TASK_FACETS, *OF_LEDGER)
"""All facets, in the order shown; the last ones depend on what the ledger knows of a task."""

_SEPARATOR = " "
"""Separates the words for a standing."""
ALL = "all"
"""The facet of a query that shows all `FACETS` side by side."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One value, and how many tasks have it."""

    value: str
    """The value as shown; empty for tasks that have none."""
    count: int
    first: int | None = None
    """When the first of them failed, in milliseconds since the epoch; `None` if no time can be read."""
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field, the most frequent first; days are ordered from the newest."""

    field: str
    """One of `FACETS`."""
    title: str
    values: tuple[Counted, ...]
    """Values that only differ in case count as one, shown as it first occurred.

    A task that is new is also open or acknowledged, so the counts of `is` add up to more than `base`.
    """
    base: int
    """How many tasks were counted."""


def value_of(task: FailedTask, field: str, zone: tzinfo | None = None) -> str:
    """Return the value that `task` is counted under; empty if it has none, or a time that can't be read.

    Args:
        task: any task.
        field: one of `TASK_FACETS`.
        zone: the zone that days are taken in; `None` is the local zone.
    """
    if field == "day":
        return "" if task.milliseconds is None else date.fromordinal(day_of(task.milliseconds, zone)).isoformat()
    text = BY_KEY[field].text(task)
    return group_of_error(text) if field == "err" else text


def count(
    store: TaskStore,
    order: Sequence[int],
    field: str,
    zone: tzinfo | None = None,
    standings: Standings | None = None,
) -> Facet:
    """Count the values of the facet `field` over the tasks of `store` with the indices in `order`.

    `standings` say what the ledger knows of tasks, for the facets `is` and `note`; `None`: nothing.
    """
    days = field == "day"
    if field in OF_LEDGER:
        number_of, values = _of_ledger((standings or Standings()).over(store), field)
    else:
        number_of, values = _days(store, order, zone) if days else _values(store, field)
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    seen: dict[str, tuple[int, int]] = {}
    times = _times(store, order, number_of, len(values))
    for number, tasks in counted_in_pieces(order, number_of).items():
        # A task has one value, but several words say what the ledger knows of it.
        for value in values[number].split(_SEPARATOR) if field == "is" else (values[number],):
            folded = value.casefold()
            shown.setdefault(folded, value)
            counts[folded] += tasks
            first, last = seen.get(folded, (LATEST + 1, NO_TIME))
            seen[folded] = min(first, times[0][number]), max(last, times[1][number])
    ordered = sorted(counts, reverse=True) if days else sorted(counts, key=lambda folded: (-counts[folded], folded))
    return Facet(
        field,
        facet_title(field),
        tuple(Counted(shown[folded], counts[folded], *_known(*seen[folded])) for folded in ordered),
        len(order),
    )


def most_frequent_first(counts: Mapping[str, int]) -> tuple[Counted, ...]:
    """Return how often each value occurs, the most frequent first, then by value."""
    return tuple(Counted(value, counts[value]) for value in sorted(counts, key=lambda value: (-counts[value], value)))


def facet_value(field: str) -> Derived[str]:
    """Return the value that each task is counted under; `field` is one of `TASK_FACETS`, but not `day`."""
    return Derived(f"facet {field}", BY_KEY[field].sources, lambda task: value_of(task, field))


def _values(store: TaskStore, field: str) -> tuple[Callable[[int], int], Sequence[str]]:
    """Return a function from an index to the number of its value, and the values by number."""
    counted = store.values(facet_value(field))
    return counted.numbers.__getitem__, counted.distinct


def _of_ledger(standings: Standings, field: str) -> tuple[Callable[[int], int], Sequence[str]]:
    """Return a function from an index to the number of the task's standing or note, and these by number."""
    if field == "is":
        return standings.flags.__getitem__, [_SEPARATOR.join(standing.words) for standing in ALL_STANDINGS]
    numbers = array("i", bytes(4 * len(standings.flags)))
    values = {"": 0}
    for index, acknowledgement in standings.acknowledgements.items():
        numbers[index] = values.setdefault(acknowledgement.note, len(values))
    return numbers.__getitem__, [*values]


def _days(store: TaskStore, order: Sequence[int], zone: tzinfo | None) -> tuple[Callable[[int], int], Sequence[str]]:
    """Return a function from an index to the number of its day, and the days by number; 0 means no readable time."""
    times = store.times
    # The days in UTC on which tasks failed; each overlaps one to three days of the zone.
    starts = [day * DAY for day in counted_in_pieces(store.times_of(order), lambda time: time // DAY)]
    days = sorted({day for start in starts for day in range(day_of(start, zone), day_of(start + DAY - 1, zone) + 1)})
    edges = [midnight(day, zone) for day in days]

    def number_of(index: int) -> int:
        return 0 if times[index] == NO_TIME else bisect_right(edges, times[index])

    return number_of, ["", *(date.fromordinal(day).isoformat() for day in days)]


def _times(
    store: TaskStore, order: Sequence[int], number_of: Callable[[int], int], numbers: int
) -> tuple["array[int]", "array[int]"]:
    """Return the first and the last readable time for each number of a value."""
    first, last = array("q", [LATEST + 1]) * numbers, array("q", [NO_TIME]) * numbers
    for number, time in zip(map(number_of, order), map(store.times.__getitem__, order), strict=True):
        if time > last[number]:
            last[number] = time
        if NO_TIME < time < first[number]:
            first[number] = time
    return first, last


def _known(first: int, last: int) -> tuple[int | None, int | None]:
    return (None, None) if last == NO_TIME else (first, last)


def facet_title(field: str) -> str:
    """Return the title of a facet: `KEY PAIR`."""
    others = {"day": _("DAY"), "is": _("STANDING"), "note": _("NOTE")}
    return others.get(field) or BY_KEY[field].title


def facet_labels() -> str:
    """Return the names of all facets, as in a sentence: `operation, error, …, day`."""
    others = {"day": _("day"), "is": _("standing"), "note": _("note")}
    return listed(others.get(key) or BY_KEY[key].label for key in FACETS)


def facet_of_column(key: str) -> str | None:
    """Return the facet that belongs to a column of the table, or `None`."""
    if key == "time":
        return "day"
    return key if key in FACETS else None


def share(count: int, largest: int, cells: int) -> int:
    """Return the length of a bar for `count`, where `largest` takes all `cells`: at least 1 unless `count` is 0."""
    return max(1, round(count * cells / largest)) if count > 0 else 0


def percent(count: int, base: int) -> str:
    """Return `count` in per cent of `base`, which is at least 1. Only 0 gives `0 %`, and only all gives `100 %`."""
    points = share_in_points(count, base)
    if not points and count:
        return _("<1 %")
    return _(">99 %") if points == 100 and count < base else _("{points} %").format(points=points)


def share_in_points(count: int, base: int) -> int:
    """Return `count` in per cent of `base`, rounded; 0 if `base` is 0."""
    return (200 * count + base) // (2 * base) if base else 0


def words_of_value(field: str, value: str) -> str:
    """Return what is shown for a value of a facet: the value, and after the id of a cause its name."""
    if field != "cause" or not value:
        return value
    cause = runbook_in_use().cause(value)
    return f"{value} · {_(cause.name)}" if cause else value
