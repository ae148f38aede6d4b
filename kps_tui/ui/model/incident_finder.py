"""Finds the incidents among the tasks on the screen, in short steps so that keys are not delayed."""

import asyncio
from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import compress
from operator import ge, not_
from typing import TYPE_CHECKING, Any, TypeVar

from kps_tui.blocking import run_async
from kps_tui.clock import Clock
from kps_tui.kps.task import FailedTask
from kps_tui.triage.standings import Standing, Standings
from kps_tui.triage.store import TaskStore
from kps_tui.triage.times import milliseconds_of
from kps_tui.triage.view import View
from kps_tui.ui.model.loader import StartTask

if TYPE_CHECKING:
    from kps_tui.triage.facets import Counted
    from kps_tui.triage.incidents import Incident, IncidentSearch, Spread

T = TypeVar("T")

ROWS = 2_000
"""The most tasks that one step searches, which takes 3 to 15 ms, depending on how many incidents they end."""
VALUES = 1_000
"""The most values that one step prepares."""
PIECE = 50_000
"""The most tasks of which one step only reads the time, or whether they are new."""
PAUSE_SECONDS = 0.001
"""Seconds between two steps, in which keys are handled."""
THREAD_TASKS = 20_000
"""Number of tasks of an incident from which on they are counted in a thread."""
THREAD_INCIDENTS = 1_000
"""Number of incidents from which on they are ranked in a thread."""

Steps = Generator[Callable[[], Any] | None, Any, T]
"""A search in short steps. Each yields a function, whose result is sent back from a thread, or None for a pause."""


@dataclass(frozen=True, eq=False)
class Incidents:
    """The incidents among the tasks of a view."""

    view: View = field(default_factory=View)
    """The view that was searched. Its order does not matter."""
    is_new: bool = False
    """Whether only the new tasks were searched; otherwise all that match the filter."""
    task_count: int = 0
    """How many tasks were searched."""
    ranked: "tuple[Incident, ...]" = ()
    """The incidents, the one that matters most first. Those that are acknowledged come last."""
    first: "Incident | None" = None
    """The first of `ranked`, unless it is acknowledged."""
    spread: "Spread | None" = None
    """When and where the tasks of `first` failed."""
    others: "tuple[Counted, ...]" = ()
    """Why the tasks outside `first` failed, see `IncidentSearch.others`."""
    is_falling: bool = True
    """Whether the pages came newest first, so that all tasks that are not loaded are older than those that are."""
    is_searching: bool = False
    """Whether the rows on the screen are still being searched; until then there are no incidents."""

    def has(self, task: FailedTask) -> bool:
        """Return whether a task belongs to `first`."""
        if self.first is None or not self.first.has(task):
            return False
        return not self.is_new or Standing.NEW in self.view.standing_of(task.row_key)

    def of(self, task: FailedTask | None) -> "Incident | None":
        """Return the incident that a task belongs to, or None."""
        if task is None or (self.is_new and Standing.NEW not in self.view.standing_of(task.row_key)):
            return None
        return next((incident for incident in self.ranked if incident.has(task)), None)


class IncidentFinder:
    """Calls `show` with the incidents of the view last passed to `follow`.

    If the view shows other rows than the last result, `show` is first called with `Incidents` that are being searched.
    If rows were only added, the last result stays until the next one: it is still true of the tasks that it names.
    """

    def __init__(self, now: Clock, start_task: StartTask, show: Callable[[Incidents], None]) -> None:
        self._now = now
        self._start_task = start_task
        self._show = show
        self._wanted = View()
        self._shown = Incidents(self._wanted)
        self._search = _StoreSearch(self._wanted.store)
        self._searched: View | None = None
        """The view whose incidents are shown; None until they have been found."""
        self._is_running = False

    @property
    def is_searching(self) -> bool:
        """Whether a search is under way."""
        return self._is_running

    def follow(self, view: View) -> None:
        """Find the incidents of `view`."""
        self._wanted = view
        if view.store is not self._search.store:
            self._search = _StoreSearch(view.store)
        if not _has_rows_of(self._shown.view, view):
            had_any = self._shown.is_searching or self._shown.first is not None
            self._searched = None
            self._tell(Incidents(view, is_searching=had_any and len(view.store) > 0))
        # Before there are rows, the search would only import what the first frame does not need.
        if not self._is_running and len(view.store) and not self._is_searched(view):
            self._is_running = True
            self._start_task(self._run)

    def _is_searched(self, view: View) -> bool:
        """Return whether the incidents of the rows of `view` are shown, whatever its order."""
        done = self._searched
        return done is not None and done.matching is view.matching and done.standings is view.standings

    def _tell(self, incidents: Incidents) -> None:
        self._shown = incidents
        self._show(incidents)

    async def _run(self) -> None:
        from kps_tui.triage.causes import runbook_in_use

        try:
            # In a thread, because parsing it takes longer than a key may wait.
            await run_async(runbook_in_use)
            while not self._is_searched(view := self._wanted):
                if (incidents := await self._find(view)) is not None:
                    self._searched = view
                    self._tell(incidents)
        finally:
            self._is_running = False

    async def _find(self, view: View) -> Incidents | None:
        """Return the incidents of `view`, or None if another view was passed to `follow` meanwhile."""
        from kps_tui.triage.incidents import spread

        steps = self._search.steps(view, milliseconds_of(self._now()))
        answer: object = None
        while True:
            try:
                work = steps.send(answer)
            except StopIteration as end:
                found: Incidents = end.value
                break
            answer = await (run_async(work) if work else asyncio.sleep(PAUSE_SECONDS))
            if view is not self._wanted:
                return None
        if (first := found.first) is None:
            return found
        count = partial(spread, view.store, first.tasks)
        return replace(found, spread=await run_async(count) if len(first.tasks) > THREAD_TASKS else count())


class _StoreSearch:
    """The searches of one store, which continue where they ended when rows are added to it."""

    def __init__(self, store: TaskStore) -> None:
        self.store = store
        self._searches: dict[bool, IncidentSearch] = {}
        """The search of the new tasks (True), and of all that match the filter (False)."""
        self._falling = 0
        """How many of the first rows are known to have come newest first."""

    def steps(self, view: View, now: int) -> "Steps[Incidents]":
        """Search `view` in steps; `now` is in milliseconds since the epoch."""
        yield from self._follow_times(len(view.newest_first))
        incidents = Incidents(view)
        for is_new in (True, False):
            tasks = view.matching
            if is_new:
                if not view.standings.count(Standing.NEW):
                    continue
                tasks = yield from _new_tasks(view)
            incidents = yield from self._search(view, tasks, now, is_new=is_new)
            if incidents.first is not None:
                break
        return replace(incidents, is_falling=self._falling >= len(view.newest_first))

    def _search(self, view: View, tasks: Sequence[int], now: int, *, is_new: bool) -> "Steps[Incidents]":
        from kps_tui.triage.incidents import IncidentSearch

        search = self._searches.setdefault(is_new, IncidentSearch(self.store))
        while not search.prepare(VALUES):
            yield None
        search.begin(tasks)
        while not search.advance(ROWS):
            yield None
        rank = partial(_ranked, search.incidents, view.standings, now)
        others, acked = (yield rank) if len(search.incidents) > THREAD_INCIDENTS else rank()
        first = others[0] if others else None
        return Incidents(
            view, is_new, len(tasks), (*others, *acked), first, others=search.others(first) if first else ()
        )

    def _follow_times(self, size: int) -> Iterator[None]:
        """Find out whether the rows up to `size` came newest first; rows without a readable time don't count."""
        while self._falling < size:
            end = min(self._falling + PIECE, size)
            times = self.store.times_of(range(max(0, self._falling - 1), end))
            if not all(map(ge, times, times[1:])):
                return
            self._falling = end
            yield None


def _new_tasks(view: View) -> "Steps[array[int]]":
    is_new, new = view.standings.having(Standing.NEW).__getitem__, array("i")
    for start in range(0, len(view.matching), PIECE):
        piece = view.matching[start : start + PIECE]
        new.extend(compress(piece, map(is_new, piece)))
        yield None
    return new


def _ranked(incidents: "Sequence[Incident]", standings: Standings, now: int) -> "tuple[list[Incident], list[Incident]]":
    """Return the incidents that are not acknowledged, and those that are, each with the most important one first."""
    from kps_tui.triage.incidents import by_importance

    ranked, flags = by_importance(incidents, now), standings.having(Standing.ACKED).__getitem__
    is_acked = [all(map(flags, incident.tasks)) for incident in ranked]
    return [*compress(ranked, map(not_, is_acked))], [*compress(ranked, is_acked)]


def _has_rows_of(old: View, new: View) -> bool:
    """Return whether `new` shows the rows of `old`, and maybe more, in any order."""
    if old.store is not new.store or old.revision[1] != new.revision[1]:
        return False
    # While a filter is typed, most letters leave the same rows.
    return old.query.filter == new.query.filter or old.matching == new.matching
