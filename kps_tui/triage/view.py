"""What is shown: a query applied to a store."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey
from kps_tui.triage.store import TaskStore

NEIGHBOURS = 1000
"""How far from a task that is gone a neighbour that is still shown is looked for."""


@dataclass(frozen=True, eq=False)
class View:
    """The tasks of a store in the order of a query, as far as the store had come.

    Frozen; compared by identity, for comparing a million indices takes milliseconds.
    """

    store: TaskStore = field(default_factory=TaskStore)
    query: Query = field(default_factory=Query)
    order: Sequence[int] = ()
    """Indices into the store, in the order shown."""
    newest_first: Sequence[int] = ()
    """Every index of the store up to `revision`, newest first, then by id: what sorting starts from."""
    revision: tuple[int, int] = (0, 0)

    def __len__(self) -> int:
        return len(self.order)

    def at(self, row: int) -> FailedTask | None:
        """Return the task shown in `row` (from 0), or `None` outside."""
        return self.store[self.order[row]] if 0 <= row < len(self.order) else None

    def row_of(self, task_id: str) -> int | None:
        """Return the row that shows `task_id`, or `None`: a scan at C speed, no dictionary of every row."""
        index = self.store.index_of(task_id)
        try:
            return None if index is None else self.order.index(index)
        except ValueError:
            return None

    def row_after(self, old: "View", row: int) -> int:
        """Return where the task is that `old` shows in `row`; if it is gone, its nearest neighbour; else `row`."""
        task = old.at(row)
        if task is None or self.at(row) is task:
            return row
        if (same := self.row_of(task.task_id)) is not None:
            return same
        shown = set(self.order)
        for distance in range(1, NEIGHBOURS):
            for neighbour in (old.at(row + distance), old.at(row - distance)):
                if neighbour is not None and self.store.index_of(neighbour.task_id) in shown:
                    return self.row_of(neighbour.task_id) or 0
        return row

    def tasks(self) -> Iterable[FailedTask]:
        """Every task shown, in order."""
        return map(self.store.__getitem__, self.order)

    def shows_all_of(self, store: TaskStore) -> bool:
        """Whether it is up to date with `store`."""
        return store is self.store and store.revision == self.revision

    def asking(self, query: Query) -> Self:
        """Return the same rows under another query."""
        if query == self.query:
            return self
        return replace(self, query=query, order=_ordered(self.store, self.newest_first, query))

    def over(self, store: TaskStore) -> Self:
        """Return the view of all that `store` holds now.

        Of a store it knows, only the new rows are put in their places; an order other than the default is then sorted
        from that, which takes a few hundredths of a second for 100,000 rows.
        """
        if self.shows_all_of(store):
            return self
        revision = store.revision
        size, replaced = revision
        known = self.newest_first if store is self.store and replaced == self.revision[1] else ()
        newest_first = _merged(store, known, range(len(known), size))
        return type(self)(store, self.query, _ordered(store, newest_first, self.query), newest_first, revision)


def _merged(store: TaskStore, known: Sequence[int], new: range) -> Sequence[int]:
    """Return `known` (newest first) with `new` put in its places: only the new rows are sorted and looked up."""
    tasks = store.tasks

    def place(index: int) -> tuple[int, str]:
        """Newest first, then by id; unreadable times last."""
        task = tasks[index]
        return (1 if task.milliseconds is None else -task.milliseconds, task.task_id)

    merged: array[int] = array("i")
    taken = 0
    for index in sorted(new, key=place):
        until = bisect_left(known, place(index), taken, key=place)
        merged.extend(known[taken:until])
        merged.append(index)
        taken = until
    merged.extend(known[taken:])
    return merged


def _ordered(store: TaskStore, newest_first: Sequence[int], query: Query) -> Sequence[int]:
    if query.sort == NEWEST_FIRST:
        return newest_first
    order: Iterable[int] = newest_first
    for key in reversed(query.sort):
        order = _pass(store, order, key)
    return array("i", order)


def _pass(store: TaskStore, order: Iterable[int], key: SortKey) -> list[int]:
    """Sort `order` by one key, stable; tasks without a value last."""
    values = store.values(key.field, BY_KEY[key.field].sort_value)
    order = list(order)
    present = [index for index in order if values[index] is not None]
    present.sort(key=values.__getitem__, reverse=key.descending)
    if len(present) == len(order):
        return present
    return present + [index for index in order if values[index] is None]
