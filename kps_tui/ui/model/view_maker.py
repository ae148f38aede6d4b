"""Computes the view of a store under a query, in a thread if that may take long."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from kps_tui.blocking import run_async
from kps_tui.triage.filter import has_regex
from kps_tui.triage.knowledge import Knowledge
from kps_tui.triage.query import Query
from kps_tui.triage.standings import Standing
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.loader import StartTask

THREAD_ROWS = 10_000
"""Number of rows from which on a view is computed in a thread."""


class ViewMaker:
    """Calls `show` with the view of the store, the query and the knowledge last passed to `follow`."""

    def __init__(self, now: Callable[[], datetime], start_task: StartTask, show: Callable[[View], None]) -> None:
        self._now = now
        self._start_task = start_task
        self._show = show
        self._wanted: tuple[TaskStore, Query, Knowledge] | None = None
        self._in_thread = False

    @property
    def is_making(self) -> bool:
        """Whether a thread is computing a view."""
        return self._in_thread

    def follow(self, view: View, store: TaskStore, query: Query, knowledge: Knowledge) -> None:
        """Compute the view of `store` under `query`, starting from `view`, the last one shown."""
        self._wanted = store, query, knowledge
        if self._in_thread:
            return
        if len(store) > THREAD_ROWS or has_regex(query.filter):
            self._in_thread = True
            self._start_task(partial(self._make, view))
        else:
            self._show(view.showing(store, query, self._now(), knowledge))

    async def _make(self, view: View) -> None:
        try:
            while self._wanted and not self._is_wanted(view):
                store, query, knowledge = self._wanted
                # A regular expression can't be interrupted. It must not delay the end of the program.
                view = await run_async(partial(_showing, view, store, query, self._now(), knowledge))
                if store is self._wanted[0]:
                    self._show(view)
        finally:
            self._in_thread = False

    def _is_wanted(self, view: View) -> bool:
        assert self._wanted is not None
        store, query, knowledge = self._wanted
        return view.query == query and view.shows_all_of(store) and view.standings.knowledge is knowledge


def _showing(view: View, store: TaskStore, query: Query, now: datetime, knowledge: Knowledge) -> View:
    view = view.showing(store, query, now, knowledge)
    if len(store) > THREAD_ROWS:
        # Here, so that neither a key nor the end of the visit waits for it.
        store.row_numbers()
        _ = view.open_new_rows, view.shown, view.standings.count(Standing.NEW)
    return view
