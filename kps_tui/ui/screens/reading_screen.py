"""The half of the screen that loads: it owns the reading and says in `load` how far it came."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from textual import on, work
from textual.reactive import var
from textual.screen import Screen

from kps_tui.i18n import _
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.session.reading import PageSource, Reading
from kps_tui.ui import loading
from kps_tui.ui.connecting import LoginNeeded
from kps_tui.ui.countdown import Countdown
from kps_tui.ui.keeping import ListKeeper, nothing_kept
from kps_tui.ui.load_state import RENEWING, Kind, LoadState, state_of
from kps_tui.ui.loading import LoadEnded, LoadFailed, PageArrived
from kps_tui.ui.throttle import Throttle

KEPT_SECONDS = 0.5
"""How long the first request waits for the list that was kept."""
FOLLOW_SECONDS = 0.25
"""While pages come the rows shown follow them at most so often."""

Connect = Callable[[], Awaitable[PageSource]]


class ReadingScreen(Screen[None]):
    """Reads the list; what is shown of it is the subclass's.

    Workers never touch a widget: they post messages with the generation of their load; an older one's are dropped.
    """

    load: var[LoadState] = var(LoadState)
    waiting: var[str] = var("")
    """Why a request waits to be repeated, and for how long still; empty: none does."""

    def __init__(
        self, connect: Connect, page_size: int, now: Callable[[], datetime], keeper: ListKeeper | None = None
    ) -> None:
        super().__init__()
        self._keeper = keeper
        self._page_size = page_size
        self._connect = connect
        self._now = now
        self._reading: Reading | None = None
        self._then: Kind | None = None
        """What to load when the load under way has ended."""
        self._generation = 0
        self._under_way: Kind | None = None
        """What is loaded now, also where `load` does not show it."""
        self._kept_loading: asyncio.Future[Reading | None] | None = None
        self._kind = Kind.FIRST
        """What the last load was for."""
        self._follow = Throttle(self, FOLLOW_SECONDS, self._bring_up_to_date)
        self.countdown = Countdown(self, self._say_waiting)
        """Told of each wait before a repetition."""

    def rows_changed(self) -> None:
        """Show what is in the reading's store now."""
        raise NotImplementedError

    @work(group="begin", exclusive=True)
    async def begin(self) -> None:
        """Ask for the list of now; where nothing is shown yet, show the one that was kept meanwhile."""
        kept = None
        if self._reading is None:
            self.load = LoadState(running=Kind.FIRST)
            kept = await self._kept() if self._keeper else None
        if kept is not None and self._reading is None:
            self._reading = kept
            self._bring_up_to_date()
        if self._keeper is None or not self._keeper.is_offline:
            self.start(Kind.REFRESH if self._reading else Kind.FIRST)
        elif self._reading is None:
            self._settle(nothing_kept())
        else:
            self._settle(None)

    async def _kept(self) -> Reading | None:
        """Return the kept list if it is there in time; one that comes later is shown while there is nothing else."""
        assert self._keeper is not None
        self._kept_loading = loading = asyncio.ensure_future(self._keeper.load(self._page_size))
        done, _pending = await asyncio.wait([loading], timeout=None if self._keeper.is_offline else KEPT_SECONDS)
        if done:
            return loading.result()
        loading.add_done_callback(self._kept_late)
        return None

    def _kept_late(self, loading: "asyncio.Future[Reading | None]") -> None:
        is_wanted = loading is self._kept_loading and self._reading is None
        if not loading.cancelled() and is_wanted and (kept := loading.result()) is not None:
            self._reading = kept
            self.load = replace(state_of(kept, self.load.running, self.load.error))
            self.rows_changed()

    def renewed(self, reading: Reading) -> Reading:
        """Return what to go on with after a load: `reading`, or the one before where that says the same."""
        return reading

    def start(self, kind: Kind) -> None:
        """Start a load; what is loading already goes on, unless more is wanted than it reads."""
        if self._keeper and self._keeper.is_offline:
            if kind not in (Kind.NEXT, Kind.WATCH):
                self.notify(_("offline: this is the kept list · start without --offline to read"), markup=False)
            return
        if (running := self._under_way) is not None and self._goes_on(running, kind):
            return
        reading = self._reading
        if kind in (Kind.NEXT, Kind.REST) and reading:
            reading.go_on()
            if reading.paging.ended:
                return
            if reading.is_kept:
                # A kept list has no next page: the list of now begins anew.
                self._then = Kind.REST if kind is Kind.REST else None
                kind = Kind.REFRESH
        self._generation += 1
        self._kind = self._under_way = kind
        self.countdown.begin(quiet=kind is Kind.WATCH)
        if kind is not Kind.WATCH:
            self.load = state_of(reading, kind) if reading else LoadState(running=kind)
        self._load(kind, reading, self._generation)

    def _goes_on(self, running: Kind, kind: Kind) -> bool:
        """Whether what is loading goes on when `kind` is asked for."""
        if running is Kind.WATCH:
            return kind is Kind.WATCH
        if kind is Kind.REST and running is not Kind.REST:
            # The page under way is not asked for twice.
            self._then = kind
        return kind is not Kind.REFRESH or running in (Kind.FIRST, Kind.REFRESH)

    def stop(self) -> None:
        """Stop what is loading, down to the socket; what came is kept."""
        self._generation += 1
        self._then = self._under_way = None
        self.countdown.begin()
        self.workers.cancel_group(self, "begin")
        self.workers.cancel_group(self, "load")
        self._settle(None)

    def forget(self) -> None:
        """Another place: nothing of the list read so far counts."""
        self._reading = self._kept_loading = None
        self.load = LoadState()

    @work(group="load", exclusive=True)
    async def _load(self, kind: Kind, current: Reading | None, generation: int) -> None:
        reading: Reading | None = None
        try:
            source = await self._connect()
            anew = current is None or kind is Kind.FIRST or kind in RENEWING
            reading = Reading(source, self._page_size, self._now) if anew else current
            assert reading is not None
            rows = current.paging.received if current else 1
            await loading.read(kind, reading, rows, lambda: self._tell(PageArrived, generation, reading))
        except Problem as problem:
            self.post_message(LoadFailed(generation, reading, problem))
        else:
            self._tell(LoadEnded, generation, reading)

    def _tell(self, message: type[PageArrived | LoadEnded], generation: int, reading: Reading | None) -> None:
        if reading is not None:
            self.post_message(message(generation, reading))

    @on(PageArrived)
    def _page_arrived(self, message: PageArrived) -> None:
        if message.generation != self._generation:
            return
        if self._kind in RENEWING:
            if self.load.running:
                self.load = replace(self.load, refreshed=message.reading.loaded)
            return
        self._reading = message.reading
        self._follow.ask()

    @on(LoadEnded)
    def _load_ended(self, message: LoadEnded) -> None:
        if message.generation != self._generation:
            return
        self._under_way = None
        before, self._reading = self._reading, self.renewed(message.reading)
        is_same = self._reading is before and self._kind in RENEWING
        if self._keeper:
            self._keeper.keep(self._reading, is_same=is_same)
        if self._kind is Kind.WATCH and is_same and not self.load.error:
            # `since:1h` means something else by now.
            self.rows_changed()
            return
        self._settle(None)
        if then := self._then:
            self._then = None
            self.start(then)

    @on(LoadFailed)
    def _load_failed(self, message: LoadFailed) -> None:
        if message.generation == self._generation:
            self._then = self._under_way = None
            if str(message.error) != str(self.load.error) or self._kind is not Kind.WATCH:
                self._settle(message.error)
            is_of_login = message.reading is None and isinstance(message.error, CredentialError | ConfigError)
            if is_of_login and self._kind is not Kind.WATCH:
                self.post_message(LoginNeeded(str(message.error)))

    def _say_waiting(self, words: str) -> None:
        self.waiting = words

    def _settle(self, error: Problem | None) -> None:
        """The load is over: show all that came, and say what is wrong."""
        if self._reading:
            self.load = state_of(self._reading, None, error)
            self._follow.ask()
        else:
            self.load = LoadState(error=error)

    def _bring_up_to_date(self) -> None:
        """Let numbers and rows follow what was read."""
        if self._reading is None:
            return
        if self.load.running is not Kind.REFRESH:
            self.load = state_of(self._reading, self.load.running, self.load.error)
        self.rows_changed()
