"""The tasks that are shown: a query applied to a store."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import Self

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import EVERYTHING, Matcher, Mistake, uses_ledger
from kps_tui.triage.knowledge import Acknowledgement, Knowledge
from kps_tui.triage.pieces import PIECE, sorted_in_pieces
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.sorting import by_times, by_values, runs_of_one_time
from kps_tui.triage.standings import Standing, Standings
from kps_tui.triage.store import NO_TIME, Derived, Tasks, TaskStore

NEIGHBOURS = 1000
"""How many rows on each side of a task that is gone are tried to find a neighbour that is still shown."""


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
    """Those that match the filter, in the same order; `order` sorts these."""
    matcher: Matcher = field(default_factory=_match_everything)
    """Applies the filter of the query, as of the moment that `since:24h` counts back from."""
    revision: tuple[int, int] = (0, 0)
    """The revision of the store that is shown."""
    standings: Standings = field(default_factory=Standings)
    """What the ledger knows of each task of the store at `revision`."""

    def __len__(self) -> int:
        return len(self.order)

    def at(self, row: int) -> FailedTask | None:
        """Return the task in `row`, counted from 0, or `None` if there is no such row."""
        return self.store[self.order[row]] if 0 <= row < len(self.order) else None

    def row_of(self, row_key: RowKey) -> int | None:
        """Return the row that shows a task, or `None`."""
        index = self.store.index_of(row_key)
        return _row_at(self.order, index) if index is not None and row_key in self.shown else None

    def row_after(self, old: "View", row: int) -> int:
        """Return the new row of the task that `old` shows in `row`, else of its nearest neighbour, else `row`."""
        task = old.at(row)
        if task is None or ((here := self.at(row)) is not None and here.row_key == task.row_key):
            return row
        if (same := self.row_of(task.row_key)) is not None:
            return same
        near = (row + sign * distance for distance in range(1, NEIGHBOURS) for sign in (1, -1))
        indices: list[int | None] = [old.order[each] for each in near if 0 <= each < len(old)]
        if self.store is not old.store:
            indices = [self.store.index_of(old.store.row_key(index)) for index in indices if index is not None]
        is_shown = self.shown.flags
        return next((_row_at(self.order, index) for index in indices if index is not None and is_shown[index]), row)

    def shows_same(self, old: "View", rows: slice) -> bool:
        """Return whether `rows` hold the same tasks as in `old`, with the same standings, under the same query.

        It returns False if it would take long to find out: for another store, or one in which a task was replaced.
        """
        if self.store is not old.store or self.revision[1] != old.revision[1] or self.query != old.query:
            return False
        indices, now, before = list(self.order[rows]), self.standings.flags, old.standings.flags
        if indices != list(old.order[rows]):
            return False
        return all(index < len(before) and now[index] == before[index] for index in indices)

    def standing_of(self, row_key: RowKey) -> Standing:
        """Return whether a task is new, acknowledged or a repeat; nothing of these for an unknown task."""
        index, flags = self.store.index_of(row_key), self.standings.flags
        return Standing(flags[index] if index is not None and index < len(flags) else 0)

    def acknowledgement_of(self, row_key: RowKey) -> Acknowledgement | None:
        """Return the acknowledgement of a task with its note, or `None`.

        One that has fallen, as the failure has been repeated, is returned too; then `standing_of` has no `ACKED`.
        """
        index = self.store.index_of(row_key)
        return None if index is None else self.standings.acknowledgements.get(index)

    def next_new(self, row: int, step: int) -> int | None:
        """Return the next other row below `row` (`step` 1), or above it (-1), whose task is new and not acknowledged.

        After the last row comes the first one.
        """
        found = self.open_new_rows
        if step > 0:
            at = found.find(1, row + 1)
            at = at if at >= 0 else found.find(1, 0, row)
        else:
            at = found.rfind(1, 0, row)
            at = at if at >= 0 else found.rfind(1, row + 1)
        return at if at >= 0 else None

    @cached_property
    def open_new_rows(self) -> bytes:
        """By row, 1 if its task is new and not acknowledged; empty if none is. A million rows take 50 ms."""
        if not self.standings.open_new:
            return b""
        is_new = self.standings.is_open_new.__getitem__
        pieces = (self.order[start : start + PIECE] for start in range(0, len(self.order), PIECE))
        return b"".join(bytes(map(is_new, piece)) for piece in pieces)

    def tasks(self) -> Tasks:
        """Return the tasks shown, in order."""
        return Tasks(self.store, self.order)

    @cached_property
    def shown(self) -> RowSet:
        """The tasks shown, as a set. A million rows that match a filter take 50 ms."""
        size = self.revision[0]
        return RowSet(self.store, b"\1" * size) if len(self) == size else RowSet.at(self.store, self.order)

    def rows_between(self, first: int, last: int) -> RowSet:
        """Return the tasks from row `first` to row `last`."""
        if 2 * (last - first) < len(self):
            return RowSet.at(self.store, self.order[first : last + 1])
        # Each row costs time, so the fewer are counted: all that are shown, without the others.
        return self.shown.without(chain(self.order[:first], self.order[last + 1 :]))

    def hidden(self, row_keys: Set[RowKey]) -> int:
        """Return how many of the tasks with these keys are not shown."""
        return len(row_keys) - len(RowSet.of(self.store, row_keys) & self.shown) if row_keys else 0

    def shows_all_of(self, store: TaskStore) -> bool:
        """Return whether the view is up to date with `store`."""
        return store is self.store and store.revision == self.revision

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes of the filter that were found when it was applied: patterns that are too slow."""
        return self.matcher.mistakes

    def asking(self, query: Query, now: datetime | None = None) -> Self:
        """Return the view of the same store under another query; `since:24h` counts back from `now`."""
        return self.showing(self.store, query, now)

    def over(self, store: TaskStore, now: datetime | None = None) -> Self:
        """Return the view of everything in `store`, under the same query."""
        return self.showing(store, self.query, now)

    def showing(
        self, store: TaskStore, query: Query, now: datetime | None = None, knowledge: Knowledge | None = None
    ) -> Self:
        """Return the view of everything in `store`, under `query`; without `knowledge`, with that of this view.

        If only rows were added since this view, only these are matched and merged, unless the filter has a term about
        the ledger, because a new row may change what that says of others. Any order but the default one is then made
        anew, which takes a tenth of a second for a million rows.
        """
        has_learned = knowledge is not None and knowledge is not self.standings.knowledge
        now = now or datetime.now(UTC)
        is_stale = query.filter == self.query.filter and self.matcher.is_stale(now)
        if self.shows_all_of(store) and query == self.query and not is_stale and not has_learned:
            return self
        revision = store.revision
        size, replaced = revision
        is_known = store is self.store and replaced == self.revision[1]
        known = self.newest_first if is_known else ()
        standings = (Standings(knowledge) if has_learned and knowledge else self.standings).over(store)
        new = range(len(known), size)
        newest_first = _merged(store, known, new) if new else known
        filtering, matching = self.matcher, self.matching
        is_affected = (new or has_learned) and uses_ledger(query.filter)
        if not is_known or is_stale or is_affected or query.filter != self.query.filter:
            filtering = Matcher(query.filter, now, standings=standings)
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
        return type(self)(store, query, order, newest_first, matching, filtering, revision, standings)


def _row_at(order: Sequence[int], index: int) -> int:
    """Return the position of `index`, which must be in `order`.

    It is searched for as bytes: `array.index` makes an object of each number, which takes 30 ms for a million.
    """
    if not isinstance(order, array):
        return order.index(index)
    searched, number = order.tobytes(), array(order.typecode, (index,)).tobytes()
    found = searched.index(number)
    while found % order.itemsize:
        # Parts of two numbers look like the one that is searched for.
        found = searched.index(number, found + 1)
    return found // order.itemsize


def _merged(store: TaskStore, known: Sequence[int], new: Sequence[int]) -> Sequence[int]:
    """Return `known` (newest first) with `new` merged into it; only the new rows are sorted and searched for."""
    ordered = _newest_first(store, new)
    if not known or not ordered or store.place(known[-1]) < store.place(ordered[0]):
        # Not with `+`, which would copy a million rows once more for each page.
        merged = array("i", known)
        merged.extend(ordered)
        return merged
    merged = array("i")
    taken = 0
    for index in ordered:
        until = _place_in(store, known, index, taken)
        merged.extend(known[taken:until])
        merged.append(index)
        taken = until
    merged.extend(known[taken:])
    return merged


def _newest_first(store: TaskStore, indices: Sequence[int]) -> "array[int]":
    """Sort `indices` in the default order: by time, and only rows of one time by their ids."""
    ordered = by_times(indices, store.times, descending=True)
    for start, stop in runs_of_one_time(ordered, store.times):
        ordered[start:stop] = array("i", sorted(ordered[start:stop], key=store.place))
    return ordered


def _place_in(store: TaskStore, known: Sequence[int], index: int, start: int) -> int:
    """Return the position in `known`, from `start` on, before which the row `index` belongs."""
    times = store.times

    def age(row: int) -> int:
        return 1 if times[row] == NO_TIME else -times[row]

    first = bisect_left(known, age(index), start, key=age)
    if first == len(known) or times[known[first]] != times[index]:
        return first
    last = bisect_right(known, age(index), first, key=age)
    return bisect_left(known, store.place(index), first, last, key=store.place)


def _ordered(store: TaskStore, matching: Sequence[int], query: Query) -> Sequence[int]:
    if query.sort == NEWEST_FIRST:
        return matching
    order = matching
    for key in reversed(query.sort):
        order = _pass(store, order, key)
    return order


def _pass(store: TaskStore, order: Sequence[int], key: SortKey) -> Sequence[int]:
    """Sort `order` by one key. The sort is stable, and tasks without a value come last."""
    field = BY_KEY[key.field]
    if field.key == "time":
        return by_times(order, store.times, descending=key.descending)
    if field.key == "task":
        ids = [task_id.casefold() for task_id in store.ids]
        return array("i", sorted_in_pieces(order, ids.__getitem__, reverse=key.descending))
    values = store.values(Derived(f"sort {field.key}", field.sources, field.sort_value))
    return by_values(order, values, descending=key.descending)
