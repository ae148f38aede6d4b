"""How often each value of a field occurs, which shows what failures have in common."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from sys import intern

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY, FIELDS
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.store import TaskStore

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
        return "" if task.milliseconds is None else _day(task.milliseconds // 1000, zone)
    text = BY_KEY[field].text(task)
    return group_of_error(text) if field == "err" else text


def _day(second: int, zone: tzinfo | None) -> str:
    moment = datetime.fromtimestamp(second, UTC)
    try:
        return intern(moment.astimezone(zone).date().isoformat())
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        return moment.date().isoformat()


def count(store: TaskStore, order: Sequence[int], field: str, zone: tzinfo | None = None) -> Facet:
    """Count the values of the facet `field` over the tasks of `store` with the indices in `order`."""
    values = store.values(f"facet {field} {zone}", lambda task: value_of(task, field, zone))
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for value, tasks in Counter(map(values.__getitem__, order)).items():
        folded = value.casefold()
        shown.setdefault(folded, value)
        counts[folded] += tasks
    if field == "day":
        ordered = sorted(counts, reverse=True)
    else:
        ordered = sorted(counts, key=lambda folded: (-counts[folded], folded))
    title = _("DAY") if field == "day" else BY_KEY[field].title
    return Facet(field, title, tuple(Counted(shown[folded], counts[folded]) for folded in ordered), len(order))


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
