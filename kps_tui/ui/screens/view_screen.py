"""The half of the screen that shows: it owns query and view, and lets the view follow rows and query."""

from functools import partial

from textual import work
from textual.reactive import var

from kps_tui.blocking import run_async
from kps_tui.triage.filter import has_regex
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.history import History
from kps_tui.ui.screens.reading_screen import ReadingScreen

THREAD_ROWS = 20_000
"""From so many rows on, a view is made in a thread."""


class ViewScreen(ReadingScreen):
    """`ask` for a query; `view` follows it, and the rows that were read."""

    asked: var[Query] = var(Query)
    """What is asked for; the view may be a moment behind."""
    view: var[View] = var(View)
    history: History = History()
    _is_making_view = False

    @property
    def has_caught_up(self) -> bool:
        """Whether the view shows what was asked for, of all rows that were read."""
        if self._is_making_view or self.view.query != self.asked:
            return False
        return self._reading is None or self.view.shows_all_of(self._reading.store)

    @property
    def _store(self) -> TaskStore:
        return self._reading.store if self._reading else self.view.store

    def ask(self, query: Query, *, remember: bool = True) -> None:
        """Show the tasks under another query; going back comes to this one."""
        if query == self.asked:
            return
        if remember:
            self.history = self.history.left(self.asked)
        self.asked = query

    def go_back(self) -> bool:
        """Show the query before, if there is one."""
        step = self.history.back(self.asked)
        if step:
            self.asked, self.history = step
        return step is not None

    def go_forward(self) -> bool:
        """Show the query after, if there is one."""
        step = self.history.forward(self.asked)
        if step:
            self.asked, self.history = step
        return step is not None

    def rows_changed(self) -> None:
        """Let the view follow: in a thread where that may take long."""
        if self._is_making_view:
            return
        if len(self._store) > THREAD_ROWS or has_regex(self.asked.filter):
            self._make_view()
        else:
            self.view = self.view.showing(self._store, self.asked, self._now())

    @work(group="view")
    async def _make_view(self) -> None:
        if self._is_making_view:
            return
        self._is_making_view = True
        try:
            while not (self.view.query == self.asked and self.view.shows_all_of(self._store)):
                store = self._store
                # A regular expression can't be stopped, and must not delay the end of the program.
                view = await run_async(partial(self.view.showing, store, self.asked, self._now()))
                if store is self._store:
                    self.view = view
        finally:
            self._is_making_view = False
