"""Computes the view of a store under a query, in a thread if that may take long."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from kps_tui.blocking import run_async
from kps_tui.triage.filter import has_regex
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.loader import StartTask

THREAD_ROWS = 10_000
"""Number of rows from which on a view is computed in a thread."""


class ViewMaker:
    """Calls `show` with the view of the store and query last passed to `follow`."""

    def __init__(self, now: Callable[[], datetime], start_task: StartTask, show: Callable[[View], None]) -> None:
        self._now = now
        self._start_task = start_task
        self._show = show
        self._wanted: tuple[TaskStore, Query] | None = None
        self._in_thread = False

    @property
    def is_making(self) -> bool:
        """Whether a thread is computing a view."""
        return self._in_thread

    def follow(self, view: View, store: TaskStore, query: Query) -> None:
        """Compute the view of `store` under `query`, starting from `view`, the last one shown."""
        self._wanted = store, query
        if self._in_thread:
            return
        if len(store) > THREAD_ROWS or has_regex(query.filter):
            self._in_thread = True
            self._start_task(self._make(view))
        else:
            self._show(view.showing(store, query, self._now()))

    async def _make(self, view: View) -> None:
        try:
            while self._wanted and not (view.query == self._wanted[1] and view.shows_all_of(self._wanted[0])):
                store, query = self._wanted
                # A regular expression can't be interrupted. It must not delay the end of the program.
                view = await run_async(partial(view.showing, store, query, self._now()))
                if store is self._wanted[0]:
                    self._show(view)
        finally:
            self._in_thread = False
