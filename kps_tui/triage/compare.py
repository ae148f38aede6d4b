"""Compares the tasks of two values of a facet: why they failed, on which servers, and when."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kps_tui.i18n import _, counted, number
from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import cause_id
from kps_tui.triage.facets import count, facet_title, percent, share_in_points, value_of, words_of_value
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import Every, Expression, Matcher, conjuncts
from kps_tui.triage.filter.narrowing import in_group
from kps_tui.triage.markdown import cell, code
from kps_tui.triage.pieces import counted_in_pieces
from kps_tui.triage.standings import Standings
from kps_tui.triage.store import Derived, TaskStore

ERROR = "error"
"""Compares by likely cause, else by normalised message, so that one error in two languages is one line."""
_WAYS = (ERROR, "family", "key", "op", "day")
_SAME = {"err": ERROR, "cause": ERROR, "server": "family"}
"""For each facet, what it is not compared by, because each of its values would have a line of its own."""
_PRESENT = datetime(1970, 1, 1, tzinfo=UTC)
"""The present for filters that don't depend on it, as those for a value of a facet."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: how many tasks of each value have something in common."""

    words: str
    """What they have in common; empty for nothing."""
    counts: tuple[int, int]
    filter: Expression
    """Matches what they have in common."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of a facet, and what their tasks have in common."""

    field: str
    """The facet, one of `FACETS`."""
    values: tuple[str, str]
    by: str
    """One of `ways_of(field)`."""
    totals: tuple[int, int]
    """The number of tasks of each value: the whole of its shares."""
    lines: tuple[Line, ...]
    """Each task of both values is in one line. The largest difference comes first; days start with the newest."""

    @property
    def title(self) -> str:
        """The title of what the tasks are compared by."""
        return title_of_way(self.by)

    @property
    def names(self) -> tuple[str, str]:
        """What is shown for the values."""
        one, other = (words_of_value(self.field, value) or _("(none)") for value in self.values)
        return one, other

    def points(self, line: Line) -> int:
        """Return by how many percentage points the first value's share is larger, computed from the rounded shares."""
        one, other = map(share_in_points, line.counts, self.totals)
        return one - other

    def filter(self, line: Line) -> Expression:
        """Return the filter for the tasks of a line, of both values."""
        return Every((in_group(self.field, *self.values), *conjuncts(line.filter)))


def ways_of(field: str) -> tuple[str, ...]:
    """Return what two values of the facet `field` can be compared by."""
    return tuple(way for way in _WAYS if way != _SAME.get(field, field))


def title_of_way(way: str) -> str:
    """Return the title of what values can be compared by: `SERVER FAMILY`."""
    return _("LIKELY CAUSE OR ERROR") if way == ERROR else facet_title(way)


def compare(
    store: TaskStore,
    order: Sequence[int],
    field: str,
    values: tuple[str, str],
    by: str,
    *,
    zone: tzinfo | None = None,
    standings: Standings | None = None,
) -> Comparison:
    """Compare two values of the facet `field` over the tasks with the indices in `order`.

    Args:
        store: the tasks.
        order: the indices of the tasks that are compared.
        field: one of `FACETS`.
        values: two different values of the facet.
        by: one of `ways_of(field)`.
        zone: the zone of days; `None` is the local zone.
        standings: what the ledger knows of the tasks, for the facets `is` and `note`.
    """
    meanings: dict[str, tuple[str, Expression]] = {}
    tallies: list[Counter[str]] = []
    totals = []
    for value in values:
        tasks = Matcher(in_group(field, value), _PRESENT, zone, standings).select(store, order)
        totals.append(len(tasks))
        tallies.append(Counter())
        for key, words, part, some in _counted(store, tasks, by, zone, standings):
            meanings.setdefault(key, (words, part))
            tallies[-1][key] += some
    one, other = tallies

    def rank(key: str) -> tuple[int, int, str]:
        # The difference of the shares, times both totals to avoid rounding.
        difference = abs(one[key] * max(1, totals[1]) - other[key] * max(1, totals[0]))
        return -difference, -one[key] - other[key], key

    keys = sorted(meanings, reverse=True) if by == "day" else sorted(meanings, key=rank)
    lines = tuple(Line(meanings[key][0], (one[key], other[key]), meanings[key][1]) for key in keys)
    return Comparison(field, values, by, (totals[0], totals[1]), lines)


def _counted(
    store: TaskStore, tasks: Sequence[int], by: str, zone: tzinfo | None, standings: Standings | None
) -> Iterator[tuple[str, str, Expression, int]]:
    """Yield what some of `tasks` have in common, as a key, words and a filter, and how many these are."""
    if by != ERROR:
        for value in count(store, tasks, by, zone, standings).values:
            yield value.value.casefold(), words_of_value(by, value.value), in_group(by, value.value), value.count
        return
    found = store.values(Derived("cause or error", BY_KEY["cause"].sources, _cause_or_error))
    for found_number, some in counted_in_pieces(tasks, found.numbers.__getitem__).items():
        cause, error = found.distinct[found_number]
        if cause:
            yield f"cause {cause}", words_of_value("cause", cause), in_group("cause", cause), some
        else:
            part = Every((in_group("cause", ""), in_group("err", error)))
            yield f"error {error.casefold()}", error, part, some


def _cause_or_error(task: FailedTask) -> tuple[str, str]:
    """Return the id of the likely cause, or else the normalised message."""
    cause = cause_id(task)
    return cause, "" if cause else value_of(task, "err")


def markdown(comparison: Comparison, base: str, *, demo: bool = False) -> str:
    """Return a comparison as a table in Markdown; `base` says in words which tasks were compared."""
    field = facet_title(comparison.field)
    one, other = comparison.names
    heading = _("{field} {one} compared with {other} · {base}")
    lines = [heading.format(field=field, one=code(one), other=code(other), base=base), ""]
    totals = (
        f"{cell(name)} ({number(total)})" for name, total in zip(comparison.names, comparison.totals, strict=True)
    )
    difference, nothing = _("difference"), _("(none)")
    lines += [f"| {comparison.title} | {' | '.join(totals)} | {difference} |", "|---|---|---|---|"]
    for line in comparison.lines:
        shares = (
            f"{number(some)} ({percent(some, total)})" if total else "0"
            for some, total in zip(line.counts, comparison.totals, strict=True)
        )
        lines.append(f"| {cell(line.words or nothing)} | {' | '.join(shares)} | {points(comparison, line)} |")
    return "\n".join([_("DEMO: invented tasks") + "\n", *lines] if demo else lines) + "\n"


def points(comparison: Comparison, line: Line) -> str:
    """Return the difference of a line in words: `+11 points`."""
    return in_points(comparison.points(line))


def in_points(difference: int) -> str:
    """Return a difference of two shares in words: `+11 points`."""
    if not difference:
        return _("0 points")
    sign = "+" if difference > 0 else "−"
    return sign + counted(abs(difference), "{count} point", "{count} points")
