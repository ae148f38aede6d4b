"""Unmarks tasks that are not in a new list, in a thread if that may take long."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from kps_tui.blocking import run_async
from kps_tui.i18n import counted
from kps_tui.triage.store import TaskStore
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.loader import StartTask
from kps_tui.ui.model.view_maker import THREAD_ROWS


class MarkKeeper:
    """Calls `show` with the bench without the marks of tasks that are not in the store last passed to `follow`.

    Until then, tasks of the previous list stay marked. It calls `say` with a text about marked tasks that are gone.
    """

    def __init__(
        self,
        bench: Callable[[], Bench],
        start_task: StartTask,
        show: Callable[[Bench], None],
        say: Callable[[str], None],
    ) -> None:
        self._bench = bench
        self._start_task = start_task
        self._show = show
        self._say = say
        self._store = TaskStore()

    def follow(self, store: TaskStore) -> None:
        """Unmark the tasks that are not in `store`, the new list."""
        self._store, bench = store, self._bench()
        if len(bench.marked) + len(bench.dropped) > THREAD_ROWS:
            self._start_task(partial(self._follow, store))
        else:
            self._keep(bench, bench.without_gone(store))

    async def _follow(self, store: TaskStore) -> None:
        while store is self._store:
            bench = self._bench()
            kept = await run_async(partial(bench.without_gone, store))
            now = self._bench()
            if store is self._store and now.marked is bench.marked and now.dropped is bench.dropped:
                self._keep(now, kept)
                return

    def _keep(self, bench: Bench, kept: Bench) -> None:
        if gone := len(bench.marked) - len(kept.marked):
            self._say(counted(gone, "1 marked task is gone", "{count} marked tasks are gone"))
        self._show(replace(bench, marked=kept.marked, dropped=kept.dropped))
