"""The query, its history and the marks as one frozen value, with a method for each change."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol, Self

from kps_tui.kps.task import RowKey
from kps_tui.triage.facets import ALL, FACETS
from kps_tui.triage.filter import EVERYTHING, Every, Expression, conjuncts
from kps_tui.triage.filter.narrowing import between, in_group, narrowed
from kps_tui.triage.query import Query
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.when import When

HISTORY_LENGTH = 100
"""The most queries that are remembered in each direction."""


@dataclass(frozen=True, slots=True)
class History:
    """The queries before and after the current one; the nearest is the last of each tuple."""

    past: tuple[Query, ...] = ()
    future: tuple[Query, ...] = ()

    def left(self, query: Query) -> Self:
        """Return the history after `query` was left for a new one."""
        return type(self)((*self.past[1 - HISTORY_LENGTH :], query))

    def back(self, here: Query) -> tuple[Query, Self] | None:
        """Return the query before `here` and its history, or None at the beginning."""
        if not self.past:
            return None
        return self.past[-1], type(self)(self.past[:-1], (*self.future, here))

    def forward(self, here: Query) -> tuple[Query, Self] | None:
        """Return the query after `here` and its history, or None at the end."""
        if not self.future:
            return None
        return self.future[-1], type(self)((*self.past, here), self.future[:-1])


class Breadcrumb(NamedTuple):
    """One step of narrowing: the query before and after it. Esc goes back through these steps."""

    before: Query
    after: Query


class Range(NamedTuple):
    """A range of marks from one task to the cursor."""

    start: RowKey
    """The task where it begins."""
    marked_before: Set[RowKey]
    """The marks to restore if the range is cancelled."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The query, the steps that led to it, and the marks.

    Marks are row keys, so that they stay valid under any order, filter and refresh.
    """

    query: Query = field(default_factory=Query)
    history: History = field(default_factory=History)
    breadcrumbs: tuple[Breadcrumb, ...] = ()
    marked: Set[RowKey] = frozenset()
    range: Range | None = None
    dropped: Set[RowKey] = frozenset()
    """The marks that were cleared last; `back` restores them unless the query has changed since."""

    @property
    def is_filtered(self) -> bool:
        """Whether the query has a filter."""
        return self.query.filter != EVERYTHING

    @property
    def part(self) -> When:
        """The part of the screen that its query shows: the table, the groups, or the comparison of two values."""
        return When.COMPARISON if self.query.compared else When.GROUPS if self.query.facet else When.LIST

    # The query

    def asking(self, query: Query, *, remember: bool = True) -> Self:
        """Return the bench with another query. With `remember`, `back` returns to the current one.

        A range of marks ends, because under another query it would mark tasks that the cursor never passed.
        """
        if query == self.query:
            return self
        history = self.history.left(self.query) if remember else self.history
        return replace(self, query=query, history=history, range=None, dropped=frozenset())

    def sorted_by(self, field: str) -> Self:
        """Sort by `field` only; if it is the first sort key already, reverse the order."""
        return self.asking(self.query.sorted_by(field))

    def then_by(self, field: str) -> Self:
        """Add `field` as the last sort key; if it is a sort key already, reverse its order."""
        return self.asking(self.query.then_by(field))

    def entering(self, query: Query) -> Self:
        """Return the bench with another query, and a breadcrumb so that `escape` can undo it."""
        if query == self.query:
            return self
        return replace(self.asking(query), breadcrumbs=(*self.breadcrumbs, Breadcrumb(self.query, query)))

    def narrowed(self, by: Expression) -> Self:
        """Narrow the filter to tasks that also match `by`."""
        return self.entering(replace(self.query, filter=narrowed(self.query.filter, by)))

    def part_toggled(self, part: Expression) -> Self:
        """Remove `part` from the filter, or narrow the filter by it if it has no such part."""
        parts = conjuncts(self.query.filter)
        if part not in parts:
            return self.narrowed(part)
        rest = tuple(each for each in parts if each != part)
        return self.entering(replace(self.query, filter=rest[0] if len(rest) == 1 else Every(rest)))

    def narrowed_to_times(self, start_ms: int, end_ms: int) -> Self:
        """Narrow the filter to times from `start_ms` to before `end_ms`, in milliseconds since the epoch."""
        return self.narrowed(between(start_ms, end_ms))

    def grouped(self, facet: str) -> Self:
        """Show the values of `facet`, one of `FACETS` or `ALL`, with their counts."""
        assert facet in (*FACETS, ALL), facet
        return self.entering(replace(self.query, facet=facet, compared=()))

    def drilled(self, facet: str, *values: str) -> Self:
        """Leave the groups, and narrow the filter to some values of `facet`."""
        return self.drilled_to(in_group(facet, *values))

    def drilled_to(self, by: Expression) -> Self:
        """Leave the groups, and narrow the filter to tasks that also match `by`."""
        return self.entering(replace(self.query, filter=narrowed(self.query.filter, by), facet="", compared=()))

    def comparing(self, facet: str, *values: str) -> Self:
        """Compare two values of `facet`."""
        assert len(values) == 2, values
        return self.entering(replace(self.query, facet=facet, compared=values))

    def typing(self, expression: Expression) -> Self:
        """Apply a filter that is still being typed, without adding to the history."""
        return self.asking(replace(self.query, filter=expression), remember=False)

    def typed(self, expression: Expression, before: Expression) -> Self:
        """Apply a filter that has been typed; `before` is the filter before typing began."""
        bench = self.typing(expression)
        if before == expression:
            return bench
        left = replace(bench.query, filter=before)
        crumb = Breadcrumb(left, bench.query)
        return replace(bench, history=bench.history.left(left), breadcrumbs=(*bench.breadcrumbs, crumb))

    def back(self) -> Self | None:
        """Return the bench with the marks that were just cleared, or with the previous query; else None."""
        if self.dropped and not self.marked:
            return replace(self, marked=self.dropped, dropped=frozenset())
        return self._moved(self.history.back(self.query))

    def forward(self) -> Self | None:
        """Return the bench with the query that `back` left, or None if there is none."""
        return self._moved(self.history.forward(self.query))

    def _moved(self, step: tuple[Query, History] | None) -> Self | None:
        return step and replace(self, query=step[0], history=step[1], range=None, dropped=frozenset())

    # Esc

    def escape(self, store: TaskStore) -> Self | None:
        """Undo the first of these that there is: range of marks, last breadcrumb, comparison, groups, filter.

        Return None if there is none of them.
        """
        if self.range is not None:
            return replace(self, range=None, marked=_still_in(store, self.range.marked_before))
        if (index := self._last_breadcrumb()) is not None:
            before = self.breadcrumbs[index].before
            bench = replace(self, breadcrumbs=self.breadcrumbs[:index])
            query = replace(self.query, filter=before.filter, facet=before.facet, compared=before.compared)
            return bench.asking(query)
        if self.query.compared:
            return self.asking(replace(self.query, compared=()))
        if self.query.facet:
            return self.asking(replace(self.query, facet=""))
        if self.is_filtered:
            return replace(self, breadcrumbs=()).asking(replace(self.query, filter=EVERYTHING))
        return None

    @property
    def can_escape(self) -> bool:
        """Whether `escape` has something to undo."""
        return (
            self.range is not None or bool(self.query.facet) or self.is_filtered or self._last_breadcrumb() is not None
        )

    def _last_breadcrumb(self) -> int | None:
        """Return the index of the last breadcrumb that led to the current filter, facet and comparison, or None.

        Later breadcrumbs don't count: the user may have gone back from them with another key.
        """
        for index in reversed(range(len(self.breadcrumbs))):
            after = self.breadcrumbs[index].after
            if replace(after, sort=self.query.sort) == self.query:
                return index
        return None

    # Marks

    def hidden(self, view: View) -> int:
        """Return how many of the marked tasks the filter of `view` hides."""
        return view.hidden(self.marked) if view.query.filter != EVERYTHING else 0

    def toggled(self, row_key: RowKey) -> Self:
        """Mark or unmark a task."""
        return replace(self, marked=self.marked ^ {row_key})

    def range_toggled(self, row_key: RowKey | None) -> Self:
        """Begin a range of marks at a task, if there is one, or end the open range and keep its marks."""
        if self.range is not None or row_key is None:
            return replace(self, range=None)
        return replace(self, range=Range(row_key, self.marked), marked=self.marked | {row_key})

    def marked_through(self, view: View, row: int) -> Self:
        """Extend the range from its first task to `row` of `view`. If its first task is not shown, the range ends."""
        if self.range is None:
            return self
        start = view.row_of(self.range.start)
        if start is None:
            return replace(self, range=None)
        passed = view.rows_between(min(start, row), max(start, row))
        return replace(self, marked=passed | _still_in(view.store, self.range.marked_before))

    def all_marked(self, view: View) -> Self:
        """Mark every task that `view` shows."""
        return replace(self, range=None, marked=view.shown | self.marked)

    def all_toggled(self, row_keys: RowSet) -> Self:
        """Mark tasks, or unmark them if all are marked."""
        is_marked = bool(row_keys) and row_keys <= self.marked
        return replace(self, range=None, marked=self.marked - row_keys if is_marked else row_keys | self.marked)

    def unmarked(self) -> Self:
        """Clear all marks. `back` restores them."""
        return replace(self, range=None, marked=frozenset(), dropped=self.marked or self.dropped)

    def without_gone(self, store: TaskStore) -> Self:
        """Unmark tasks that are no longer in `store`."""
        marked, dropped = _still_in(store, self.marked), _still_in(store, self.dropped)
        if marked is self.marked and dropped is self.dropped:
            return self
        return replace(self, marked=marked, dropped=dropped)


class BenchChange(Protocol):
    """What the user asks for in a widget, as a change of the bench."""

    def changed(self, bench: Bench) -> Bench:
        """Return the bench after the change."""


def _still_in(store: TaskStore, row_keys: Set[RowKey]) -> Set[RowKey]:
    """Return those of `row_keys` that are in `store`; a refresh may have removed some."""
    if isinstance(row_keys, RowSet):
        return RowSet.of(store, row_keys)
    gone = {row_key for row_key in row_keys if store.index_of(row_key) is None}
    return row_keys - gone if gone else row_keys
