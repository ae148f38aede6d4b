"""How often each value of a field occurs, which shows what failures have in common."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import partial

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.triage.days import DAY, day_of, midnight
from kps_tui.triage.fields import BY_KEY, FIELDS
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.pieces import counted_in_pieces
from kps_tui.triage.store import Derived, TaskStore

FACETS = (*(field.key for field in FIELDS if field.is_facet), "day")
"""What tasks can be counted by, in the order shown: the keys of fields, and the day of the time."""

ALL = "all"
"""The facet of a query that counts every one of `FACETS`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One value, and how many tasks have it."""

    value: str
    """The value as shown; empty for tasks that have none."""
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field, the most frequent first; days are ordered from the newest."""

    field: str
    """One of `FACETS`."""
    title: str
    values: tuple[Counted, ...]
    """Values that only differ in case count as one, shown as it first occurred."""
    base: int
    """How many tasks were counted."""


def value_of(task: FailedTask, field: str, zone: tzinfo | None = None) -> str:
    """Return the value that `task` is counted under; empty if it has none, or a time that can't be read.

    Args:
        task: any task.
        field: one of `FACETS`.
        zone: the zone that days are taken in; `None` is the local zone.
    """
    if field == "day":
        return "" if task.milliseconds is None else date.fromordinal(day_of(task.milliseconds, zone)).isoformat()
    text = BY_KEY[field].text(task)
    return group_of_error(text) if field == "err" else text


def count(store: TaskStore, order: Sequence[int], field: str, zone: tzinfo | None = None) -> Facet:
    """Count the values of the facet `field` over the tasks of `store` with the indices in `order`."""
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    days = field == "day"
    for value, tasks in _days(store, order, zone) if days else _values(store, order, field):
        folded = value.casefold()
        shown.setdefault(folded, value)
        counts[folded] += tasks
    most_frequent_first = sorted(counts, key=lambda folded: (-counts[folded], folded))
    ordered = sorted(counts, reverse=True) if days else most_frequent_first
    title = _("DAY") if days else BY_KEY[field].title
    return Facet(field, title, tuple(Counted(shown[folded], counts[folded]) for folded in ordered), len(order))


def facet_value(field: str) -> Derived[str]:
    """Return what tasks are counted under; `field` is one of `FACETS`, but not `day`."""
    return Derived(f"facet {field}", BY_KEY[field].sources, lambda task: value_of(task, field))


def _values(store: TaskStore, order: Sequence[int], field: str) -> Iterator[tuple[str, int]]:
    """Yield values in the order of their first tasks, and how many tasks have each."""
    counted = store.values(facet_value(field))
    counts = counted_in_pieces(order, counted.numbers.__getitem__)
    return ((counted.distinct[number], tasks) for number, tasks in counts.items())


def _days(store: TaskStore, order: Sequence[int], zone: tzinfo | None) -> Iterator[tuple[str, int]]:
    """Yield days, and how many tasks have a time on each; the empty day is that of times that can't be read."""
    times = store.times_of(order)
    if len(times) < len(order):
        yield "", len(order) - len(times)
    # The days of Greenwich on which there are tasks; each lies on one to three days of the zone.
    starts = [day * DAY for day in counted_in_pieces(times, lambda time: time // DAY)]
    days = sorted({day for start in starts for day in range(day_of(start, zone), day_of(start + DAY - 1, zone) + 1)})
    edges = [midnight(day, zone) for day in days]
    for place, tasks in counted_in_pieces(times, partial(bisect_right, edges)).items():
        yield date.fromordinal(days[place - 1]).isoformat(), tasks


def facet_labels() -> str:
    """Return the names of all facets, as in a sentence: `operation, error, …, day`."""
    return ", ".join(_("day") if key == "day" else BY_KEY[key].label for key in FACETS)


def facet_of_column(key: str) -> str | None:
    """Return the facet that belongs to a column of the table, or `None`."""
    if key == "time":
        return "day"
    return key if key in FACETS else None


def share(count: int, largest: int, cells: int) -> int:
    """Return the length of a bar for `count`, where `largest` takes all `cells`: at least 1 unless `count` is 0."""
    return max(1, round(count * cells / largest)) if count > 0 else 0
