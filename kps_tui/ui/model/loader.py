"""Loads the list, one load at a time, and notifies a listener."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any, Protocol

from kps_tui.clock import Clock
from kps_tui.problems import Problem
from kps_tui.session.extent import Extent
from kps_tui.session.reading import PageSource, Reading
from kps_tui.ui.model.list_cache import ListCache, nothing_cached
from kps_tui.ui.model.load_state import RENEWING, LoadKind, LoadState

CACHE_SECONDS = 0.5
"""Seconds that the first request waits for the cached list."""

Connect = Callable[[], Awaitable[PageSource]]


class Cancellable(Protocol):
    """A started task."""

    def cancel(self) -> object:
        """Cancel the task."""


StartTask = Callable[[Callable[[], Coroutine[Any, Any, None]]], Cancellable]
"""Runs an asynchronous function as a task. An unexpected error in it must end the program.

A function, because a coroutine that is never run, as the task was cancelled before its first step, causes a warning.
"""


class Listener(Protocol):
    """What a loader notifies. Nothing is notified for a load that was cancelled."""

    def load_changed(self, state: LoadState) -> None:
        """Called when a load begins or ends."""

    def rows_changed(self) -> None:
        """Called when a page has arrived, or `reading` was replaced; `state` says how far the load is."""

    def load_ended(self, kind: LoadKind, before: Reading | None) -> None:
        """Called when a load succeeded. `before` is the reading that it continued or replaced."""

    def load_failed(self, kind: LoadKind, error: Problem, *, connected: bool) -> None:
        """Called when a load failed. Rows that it received stay. `connected`: whether a login was found."""


class ListLoader:
    """Owns the reading of the list. Each load is a task; a new load cancels the one before, including its requests."""

    def __init__(
        self,
        connect: Connect,
        page_size: int,
        now: Clock,
        listener: Listener,
        start_task: StartTask,
        cache: ListCache | None = None,
        may_replace: Callable[[], bool] = lambda: True,
    ) -> None:
        """Create a loader. It sends no request before `begin` or `start`.

        Args:
            connect: returns the source of pages; raises `Problem` if there is no login.
            page_size: number of rows per request.
            now: returns the current time.
            listener: is notified of loads.
            start_task: starts a task.
            cache: the cached lists of earlier runs.
            may_replace: returns whether the watch may replace the rows that are shown, which the user may be using.
        """
        self._connect = connect
        self._page_size = page_size
        self._now = now
        self._listener = listener
        self._start_task = start_task
        self._cache = cache
        self._may_replace = may_replace
        self.reading: Reading | None = None
        """The list as far as it has been read, in this run or an earlier one."""
        self.running: LoadKind | None = None
        """The current load."""
        self._next: LoadKind | None = None
        """The load to start after the current one."""
        self._beginning = False
        self._error: Problem | None = None
        self._refreshed = 0
        self._task: Cancellable | None = None
        self._begin_task: Cancellable | None = None
        self._cache_reading: asyncio.Future[Reading | None] | None = None

    @property
    def is_offline(self) -> bool:
        """Whether this run sends no requests."""
        return self._cache is not None and self._cache.is_offline

    @property
    def state(self) -> LoadState:
        """The state to show. A load by the watch does not appear in it."""
        shown = LoadKind.FIRST if self._beginning else None if self.running is LoadKind.WATCH else self.running
        extent = self.reading.extent if self.reading else Extent()
        return LoadState(shown, extent, self._error, self._refreshed)

    def begin(self) -> None:
        """Load the current list. If no list is shown yet, show the cached one until then."""
        self._begin_task = self._start_task(self._begin)

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
        """Return the cached list, or None if that takes too long. It is then shown later, if no other is."""
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
        """Start a load, unless the current one serves the same purpose. Offline, do nothing."""
        if self.is_offline or (self.running is not None and self._goes_on(self.running, kind)):
            return
        if kind in (LoadKind.NEXT, LoadKind.REST) and self.reading:
            self.reading.go_on()
            if self.reading.paging.ended:
                return
            if self.reading.is_cached:
                # A cached list can't be continued, so the current list is read from the beginning.
                self._next = LoadKind.REST if kind is LoadKind.REST else None
                kind = LoadKind.REFRESH
        self._cancel()
        self.running = kind
        self._refreshed = 0
        if kind is not LoadKind.WATCH:
            self._error = None
            self._listener.load_changed(self.state)
        self._task = self._start_task(partial(self._load, kind))

    def _goes_on(self, running: LoadKind, kind: LoadKind) -> bool:
        """Return whether the current load goes on when `kind` is requested."""
        if running is LoadKind.WATCH:
            return kind is LoadKind.WATCH
        if kind is LoadKind.REST and running is not LoadKind.REST:
            # Finish the current page first, so that it is not requested twice.
            self._next = kind
        return kind is not LoadKind.REFRESH or running in (LoadKind.FIRST, LoadKind.REFRESH)

    def stop(self) -> None:
        """Cancel the current load and its requests. Rows that were received stay."""
        self._cancel()
        if self._begin_task is not None:
            self._begin_task.cancel()
        self._beginning, self._next = False, None
        self._settle(None)

    def forget(self) -> None:
        """Drop the list, to show that of another place."""
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
        """Read the pages of a load. A refresh reads until it has at least `rows` rows.

        Raises:
            KpsError: a page can't be read.
        """
        if kind in (LoadKind.FIRST, LoadKind.NEXT):
            await reading.next_page()
            self._page_arrived(kind, reading)
            return
        async with aclosing(reading.pages()) as pages:
            async for _ in pages:
                self._page_arrived(kind, reading)
                if kind in RENEWING and reading.paging.received >= rows:
                    return

    def _page_arrived(self, kind: LoadKind, reading: Reading) -> None:
        if kind not in RENEWING:
            self.reading = reading
        elif kind is LoadKind.REFRESH:
            self._refreshed = reading.loaded
        if kind is not LoadKind.WATCH:
            self._listener.rows_changed()

    def _ended(self, kind: LoadKind, reading: Reading) -> None:
        self.running = self._task = None
        before = self.reading
        self.reading = before if before and kind is LoadKind.WATCH and self._keeps(before, reading) else reading
        is_same = self.reading is before and kind in RENEWING
        if self._cache:
            self._cache.save(self.reading, is_same=is_same)
        self._listener.load_ended(kind, before)
        if kind is LoadKind.WATCH and is_same and not self._error:
            # Only the time of the answer has changed.
            self._listener.load_changed(self.state)
            return
        self._settle(None)
        if then := self._next:
            self._next = None
            self.start(then)

    def _keeps(self, before: Reading, after: Reading) -> bool:
        """Return whether the shown rows stay after the watch has read the list."""
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
        """Notify of the end of a load, and of all rows it received."""
        self._error = error
        self._listener.load_changed(self.state)
        if self.reading:
            self._listener.rows_changed()


def is_same_list(before: Reading, after: Reading) -> bool:
    """Return whether two readings have the same rows in the same order, and the same progress."""
    return (
        before.store.is_same_as(after.store)
        and before.paging.total == after.paging.total
        and before.paging.verdict == after.paging.verdict
        and before.paging.repeated == after.paging.repeated
        and (before.unreadable, before.is_cached) == (after.unreadable, after.is_cached)
    )
