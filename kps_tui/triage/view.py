"""The tasks that are shown: a query applied to a store."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import EVERYTHING, Matcher, Mistake
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey
from kps_tui.triage.store import TaskStore

NEIGHBOURS = 1000
"""How many rows on each side of a task that is gone are searched for a neighbour that is still shown."""


def _match_everything() -> Matcher:
    return Matcher(EVERYTHING, datetime.now(UTC))


@dataclass(frozen=True, eq=False)
class View:
    """The tasks of one revision of a store that match a query, in its order.

    Views are compared by identity, because comparing a million indices takes milliseconds.
    """

    store: TaskStore = field(default_factory=TaskStore)
    query: Query = field(default_factory=Query)
    order: Sequence[int] = ()
    """The tasks shown, as indices into the store, in the order shown."""
    newest_first: Sequence[int] = ()
    """All tasks of the store at `revision`, newest first, then by id: what is filtered."""
    matching: Sequence[int] = ()
    """Those that match the filter, in the same order: what is sorted."""
    matcher: Matcher = field(default_factory=_match_everything)
    """Applies the filter of the query, as of the moment that `since:24h` counts back from."""
    revision: tuple[int, int] = (0, 0)
    """The revision of the store that is shown."""

    def __len__(self) -> int:
        return len(self.order)

    def at(self, row: int) -> FailedTask | None:
        """Return the task in `row`, counted from 0, or `None` if there is no such row."""
        return self.store[self.order[row]] if 0 <= row < len(self.order) else None

    def row_of(self, row_key: RowKey) -> int | None:
        """Return the row that shows a task, or `None`. Scans the rows in C, faster than keeping an index."""
        index = self.store.index_of(row_key)
        try:
            return None if index is None else self.order.index(index)
        except ValueError:
            return None

    def row_after(self, old: "View", row: int) -> int:
        """Return the new row of the task that `old` shows in `row`, else of its nearest neighbour, else `row`."""
        task = old.at(row)
        if task is None or self.at(row) is task:
            return row
        if (same := self.row_of(task.row_key)) is not None:
            return same
        shown = set(self.order)
        for distance in range(1, NEIGHBOURS):
            for neighbour in (old.at(row + distance), old.at(row - distance)):
                if neighbour is not None and self.store.index_of(neighbour.row_key) in shown:
                    return self.row_of(neighbour.row_key) or 0
        return row

    def tasks(self) -> Iterable[FailedTask]:
        """Return the tasks shown, in order."""
        return map(self.store.__getitem__, self.order)

    def hidden(self, row_keys: Collection[RowKey]) -> int:
        """Return how many of the tasks with these keys are not shown."""
        if not row_keys:
            return 0
        shown = set(self.order)
        return sum(self.store.index_of(row_key) not in shown for row_key in row_keys)

    def shows_all_of(self, store: TaskStore) -> bool:
        """Return whether the view is up to date with `store`."""
        return store is self.store and store.revision == self.revision

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What turned out to be wrong with the filter when it was applied: patterns that are too slow."""
        return self.matcher.mistakes

    def asking(self, query: Query, now: datetime | None = None) -> Self:
        """Return the view of the same store under another query; `since:24h` counts back from `now`."""
        return self.showing(self.store, query, now)

    def over(self, store: TaskStore, now: datetime | None = None) -> Self:
        """Return the view of everything in `store`, under the same query."""
        return self.showing(store, self.query, now)

    def showing(self, store: TaskStore, query: Query, now: datetime | None = None) -> Self:
        """Return the view of everything in `store`, under `query`.

        If only rows were added since this view, only these are matched and merged. Any order but the default one is
        then sorted anew, which takes a few hundredths of a second for 100,000 rows.
        """
        now = now or datetime.now(UTC)
        is_stale = query.filter == self.query.filter and self.matcher.is_stale(now)
        if self.shows_all_of(store) and query == self.query and not is_stale:
            return self
        revision = store.revision
        size, replaced = revision
        is_known = store is self.store and replaced == self.revision[1]
        known = self.newest_first if is_known else ()
        new = range(len(known), size)
        newest_first = _merged(store, known, new) if new else known
        filtering, matching = self.matcher, self.matching
        if not is_known or is_stale or query.filter != self.query.filter:
            filtering = Matcher(query.filter, now)
            matching = filtering.select(store, newest_first)
        elif new and query.filter != EVERYTHING:
            ignored = filtering.mistakes
            matching = _merged(store, matching, filtering.select(store, new))
            if filtering.mistakes != ignored:
                # A term was dropped just now, so the rows matched before it was have to be matched again.
                matching = filtering.select(store, newest_first)
        elif new:
            matching = newest_first
        is_same = matching is self.matching and query.sort == self.query.sort
        order = self.order if is_same else _ordered(store, matching, query)
        return type(self)(store, query, order, newest_first, matching, filtering, revision)


def _merged(store: TaskStore, known: Sequence[int], new: Iterable[int]) -> Sequence[int]:
    """Return `known` (newest first) with `new` merged into it; only the new rows are sorted and searched for."""
    tasks = store.tasks

    def place(index: int) -> tuple[int, str, str]:
        """Sort key: newest first, then by id; unreadable times last."""
        task = tasks[index]
        return (1 if task.milliseconds is None else -task.milliseconds, task.task_id, task.task_time or "")

    merged: array[int] = array("i")
    taken = 0
    for index in sorted(new, key=place):
        until = bisect_left(known, place(index), taken, key=place)
        merged.extend(known[taken:until])
        merged.append(index)
        taken = until
    merged.extend(known[taken:])
    return merged


def _ordered(store: TaskStore, matching: Sequence[int], query: Query) -> Sequence[int]:
    if query.sort == NEWEST_FIRST:
        return matching
    order: Iterable[int] = matching
    for key in reversed(query.sort):
        order = _pass(store, order, key)
    return array("i", order)


def _pass(store: TaskStore, order: Iterable[int], key: SortKey) -> list[int]:
    """Sort `order` by one key. The sort is stable, and tasks without a value come last."""
    values = store.values(key.field, BY_KEY[key.field].sort_value)
    order = list(order)
    present = [index for index in order if values[index] is not None]
    present.sort(key=values.__getitem__, reverse=key.descending)
    if len(present) == len(order):
        return present
    return present + [index for index in order if values[index] is None]
