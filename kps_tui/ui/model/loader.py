"""Loads the list, one load at a time, and tells a listener how that goes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from datetime import datetime
from typing import Any, Protocol

from kps_tui.problems import Problem
from kps_tui.session.extent import Extent
from kps_tui.session.reading import AT_ONCE, PageSource, Reading
from kps_tui.ui.model.list_cache import ListCache, nothing_cached
from kps_tui.ui.model.load_state import RENEWING, LoadKind, LoadState

CACHE_SECONDS = 0.5
"""How long the first request waits for the list in the cache."""

Connect = Callable[[], Awaitable[PageSource]]


class Cancellable(Protocol):
    """A task that was started."""

    def cancel(self) -> object:
        """Stop it."""


StartTask = Callable[[Coroutine[Any, Any, None]], Cancellable]
"""Runs a coroutine beside the caller; an error that it raises must end the program."""


class Listener(Protocol):
    """What a loader tells. A load that was stopped tells nothing more."""

    def load_changed(self, state: LoadState) -> None:
        """A load began, progressed or ended."""

    def rows_changed(self) -> None:
        """There are more or other rows in `reading.store`."""

    def load_ended(self, kind: LoadKind, before: Reading | None) -> None:
        """A load did what it was for; `before` is the reading that it went on with or replaced."""

    def load_failed(self, kind: LoadKind, error: Problem, *, connected: bool) -> None:
        """A load ended early; what it received is kept. `connected`: a login was found and the service was asked."""


class ListLoader:
    """Owns the reading of the list.

    Every load is a task of its own. A newer one cancels it, down to its sockets.
    """

    def __init__(
        self,
        connect: Connect,
        page_size: int,
        now: Callable[[], datetime],
        listener: Listener,
        start_task: StartTask,
        cache: ListCache | None = None,
        may_replace: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare to load; nothing is asked for before `begin`.

        Args:
            connect: finds the login, once; raises `Problem`.
            page_size: rows to ask for at once.
            now: the time, for when rows were answered.
            listener: is told how the loads go.
            start_task: runs a load.
            cache: the lists of earlier runs.
            may_replace: whether rows that the watch read may replace those shown: not while the user is busy with them.
        """
        self._connect = connect
        self._page_size = page_size
        self._now = now
        self._listener = listener
        self._start_task = start_task
        self._cache = cache
        self._may_replace = may_replace
        self.reading: Reading | None = None
        """What was read so far, by this run or an earlier one."""
        self.running: LoadKind | None = None
        """The load under way."""
        self._next: LoadKind | None = None
        """What to load after the load under way."""
        self._beginning = False
        self._error: Problem | None = None
        self._refreshed = 0
        self._task: Cancellable | None = None
        self._begin_task: Cancellable | None = None
        self._cache_reading: asyncio.Future[Reading | None] | None = None

    @property
    def is_offline(self) -> bool:
        """Whether nothing is asked of the service in this run."""
        return self._cache is not None and self._cache.is_offline

    @property
    def state(self) -> LoadState:
        """How far the list has been read. A load of the watch does not show."""
        shown = LoadKind.FIRST if self._beginning else None if self.running is LoadKind.WATCH else self.running
        extent = self.reading.extent if self.reading else Extent()
        return LoadState(shown, extent, self._error, self._refreshed)

    def begin(self) -> None:
        """Ask for the current list; until it is there, show the one in the cache if nothing else is shown."""
        self._begin_task = self._start_task(self._begin())

    async def _begin(self) -> None:
        if self.reading is None:
            self._beginning = True
            self._listener.load_changed(self.state)
            cached = await self._cached() if self._cache else None
            if cached is not None and self.reading is None:
                self.reading = cached
                self._listener.rows_changed()
            self._beginning = False
        if not self.is_offline:
            self.start(LoadKind.REFRESH if self.reading else LoadKind.FIRST)
        else:
            self._settle(nothing_cached() if self.reading is None else None)

    async def _cached(self) -> Reading | None:
        """Return the cached list if it is there in time; a later one is shown as long as there is nothing else."""
        assert self._cache is not None
        self._cache_reading = reading = asyncio.ensure_future(self._cache.load(self._page_size))
        done, _pending = await asyncio.wait([reading], timeout=None if self.is_offline else CACHE_SECONDS)
        if done:
            return reading.result()
        reading.add_done_callback(self._cached_late)
        return None

    def _cached_late(self, cached: "asyncio.Future[Reading | None]") -> None:
        is_wanted = cached is self._cache_reading and self.reading is None
        if not cached.cancelled() and is_wanted and (reading := cached.result()) is not None:
            self.reading = reading
            self._listener.load_changed(self.state)
            self._listener.rows_changed()

    def start(self, kind: LoadKind) -> None:
        """Start a load. One that is under way goes on, unless the new one reads more; offline nothing starts."""
        if self.is_offline or (self.running is not None and self._goes_on(self.running, kind)):
            return
        if kind in (LoadKind.NEXT, LoadKind.REST) and self.reading:
            self.reading.go_on()
            if self.reading.paging.ended:
                return
            if self.reading.is_cached:
                # A cached list has no next page: the current list begins anew.
                self._next = LoadKind.REST if kind is LoadKind.REST else None
                kind = LoadKind.REFRESH
        self._cancel()
        self.running = kind
        self._refreshed = 0
        if kind is not LoadKind.WATCH:
            self._error = None
            self._listener.load_changed(self.state)
        self._task = self._start_task(self._load(kind))

    def _goes_on(self, running: LoadKind, kind: LoadKind) -> bool:
        """Whether the load under way goes on when `kind` is asked for."""
        if running is LoadKind.WATCH:
            return kind is LoadKind.WATCH
        if kind is LoadKind.REST and running is not LoadKind.REST:
            # The page under way is not asked for twice.
            self._next = kind
        return kind is not LoadKind.REFRESH or running in (LoadKind.FIRST, LoadKind.REFRESH)

    def stop(self) -> None:
        """Stop what is loading, down to the socket; what was received is kept."""
        self._cancel()
        if self._begin_task is not None:
            self._begin_task.cancel()
        self._beginning, self._next = False, None
        self._settle(None)

    def forget(self) -> None:
        """Drop the list: another place is looked at."""
        self.reading = self._cache_reading = self._error = None
        self._listener.load_changed(self.state)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.running = self._task = None

    async def _load(self, kind: LoadKind) -> None:
        current, reading = self.reading, None
        try:
            source = await self._connect()
            if current is None or kind is LoadKind.FIRST or kind in RENEWING:
                reading = Reading(source, self._page_size, self._now)
            else:
                reading = current
            rows = current.paging.received if current else 1
            await self._read(kind, reading, rows)
        except Problem as problem:
            self._failed(kind, problem, connected=reading is not None)
        else:
            self._ended(kind, reading)

    async def _read(self, kind: LoadKind, reading: Reading, rows: int) -> None:
        """Read what `kind` is for; reading again ends after `rows` rows.

        Raises:
            KpsError: a page can't be had.
        """
        if kind in (LoadKind.FIRST, LoadKind.NEXT):
            await reading.next_page()
            self._page_arrived(kind, reading)
            return
        async with aclosing(reading.pages(AT_ONCE)) as pages:
            async for _ in pages:
                self._page_arrived(kind, reading)
                if kind in RENEWING and reading.paging.received >= rows:
                    return

    def _page_arrived(self, kind: LoadKind, reading: Reading) -> None:
        if kind not in RENEWING:
            self.reading = reading
            self._listener.rows_changed()
        elif kind is LoadKind.REFRESH:
            self._refreshed = reading.loaded
            self._listener.load_changed(self.state)

    def _ended(self, kind: LoadKind, reading: Reading) -> None:
        self.running = self._task = None
        before = self.reading
        self.reading = before if before and kind is LoadKind.WATCH and self._keeps(before, reading) else reading
        is_same = self.reading is before and kind in RENEWING
        if self._cache:
            self._cache.save(self.reading, is_same=is_same)
        self._listener.load_ended(kind, before)
        if kind is LoadKind.WATCH and is_same and not self._error:
            return
        self._settle(None)
        if then := self._next:
            self._next = None
            self.start(then)

    def _keeps(self, before: Reading, after: Reading) -> bool:
        """Whether the rows shown stay after the watch has read the list."""
        if not self._may_replace():
            return True
        if is_same_list(before, after):
            before.answered_at = after.answered_at
            return True
        return False

    def _failed(self, kind: LoadKind, problem: Problem, *, connected: bool) -> None:
        self.running = self._task = self._next = None
        if kind is not LoadKind.WATCH or not problem.is_same_as(self._error):
            self._settle(problem)
        self._listener.load_failed(kind, problem, connected=connected)

    def _settle(self, error: Problem | None) -> None:
        """Show all that was received, and what went wrong."""
        self._error = error
        self._listener.load_changed(self.state)
        if self.reading:
            self._listener.rows_changed()


def is_same_list(before: Reading, after: Reading) -> bool:
    """Whether two readings hold the same rows in the same order, and as much of the list."""
    return (
        before.store.tasks == after.store.tasks
        and before.paging.total == after.paging.total
        and before.paging.verdict == after.paging.verdict
        and (before.unreadable, before.repeated, before.is_cached)
        == (after.unreadable, after.repeated, after.is_cached)
    )
