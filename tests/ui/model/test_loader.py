"""The loader: one load at a time, its notifications, and that a cancelled load notifies nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from kps_tui.kps.answer import Page, page_of
from kps_tui.problems import CredentialError, Problem
from kps_tui.session.reading import PageSource, Reading
from kps_tui.ui.model.load_state import LoadKind, LoadState
from kps_tui.ui.model.loader import ListLoader
from tests.loopback import row

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SIZE = 10


class Service:
    """A source of pages that can be held back."""

    def __init__(self, count: int) -> None:
        self.rows = [row(number) for number in range(count)]
        self.open = asyncio.Event()
        self.open.set()
        self.asked: list[int] = []
        self.cancelled = 0
        self.problem: Problem | None = None

    async def page(self, offset: int, limit: int) -> Page:
        self.asked.append(offset)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.problem is not None:
            raise self.problem
        body = {"total": len(self.rows), "tasks": self.rows[offset : offset + limit]}
        return page_of(json.dumps(body).encode(), offset)


class Told:
    """A listener that records its notifications, and its loader."""

    def __init__(self, service: Service, connect: Callable[[], Awaitable[PageSource]] | None = None) -> None:
        self.states: list[LoadState] = []
        self.ended: list[tuple[LoadKind, Reading | None]] = []
        self.failed: list[tuple[LoadKind, Problem, bool]] = []
        self.rows = 0
        self.refreshed: list[int] = []
        self.may_replace = True
        self.tasks: set[asyncio.Task[None]] = set()

        async def connected() -> PageSource:
            return service

        self.loader = ListLoader(
            connect or connected, SIZE, lambda: NOW, self, self._start, may_replace=lambda: self.may_replace
        )

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work())
        self.tasks.add(task)
        return task

    def load_changed(self, state: LoadState) -> None:
        self.states.append(state)

    def rows_changed(self) -> None:
        self.rows += 1
        self.refreshed.append(self.loader.state.refreshed)

    def load_ended(self, kind: LoadKind, before: Reading | None) -> None:
        self.ended.append((kind, before))

    def load_failed(self, kind: LoadKind, error: Problem, *, connected: bool) -> None:
        self.failed.append((kind, error, connected))

    async def done(self) -> None:
        """Wait until nothing is loading; an error in a load fails the test."""
        while running := [task for task in self.tasks if not task.done()]:
            await asyncio.wait(running, timeout=30)
        for task in self.tasks:
            if not task.cancelled():
                task.result()

    async def load(self, kind: LoadKind) -> LoadState:
        self.loader.start(kind)
        await self.done()
        return self.loader.state


def driven(body: Callable[[Service, Told], Awaitable[None]], count: int = 35) -> None:
    async def go() -> None:
        async with asyncio.timeout(30):
            service = Service(count)
            await body(service, Told(service))

    asyncio.run(go())


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0)


def test_first_next_and_rest() -> None:
    async def body(service: Service, told: Told) -> None:
        told.loader.begin()
        await told.done()
        assert (told.loader.state.extent.loaded, told.loader.state.extent.total, told.loader.state.running) == (
            10,
            35,
            None,
        )
        assert told.states[0].running is LoadKind.FIRST
        state = await told.load(LoadKind.NEXT)
        assert (state.extent.loaded, state.extent.at_end) == (19, False)
        state = await told.load(LoadKind.REST)
        assert (state.extent.loaded, state.is_complete) == (35, True)
        before = [*service.asked]
        assert await told.load(LoadKind.NEXT) == state
        assert service.asked == before, "at the end nothing is asked for"
        assert [kind for kind, _before in told.ended] == [LoadKind.FIRST, LoadKind.NEXT, LoadKind.REST]

    driven(body)


def test_a_refresh_reads_as_many_rows_again_and_the_old_ones_stay_until_it_ends() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        await told.load(LoadKind.NEXT)
        old = told.loader.reading
        service.rows = service.rows[3:]
        service.open.clear()
        told.loader.start(LoadKind.REFRESH)
        await until(lambda: len(service.asked) > 2)
        assert told.loader.reading is old
        assert told.loader.state.running is LoadKind.REFRESH
        service.open.set()
        await told.done()
        assert told.loader.reading is not old
        assert told.ended[-1] == (LoadKind.REFRESH, old)
        assert (told.loader.state.extent.loaded, told.loader.state.extent.total) == (19, 32)
        assert 10 in told.refreshed

    driven(body)


def test_a_load_that_was_stopped_is_cancelled_and_tells_nothing_more() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        service.open.clear()
        told.loader.start(LoadKind.REST)
        await until(lambda: len(service.asked) > 1)
        told.loader.stop()
        states, rows, ended = [*told.states], told.rows, [*told.ended]
        assert states[-1].running is None
        service.open.set()
        await told.done()
        assert service.cancelled > 0
        assert (told.states, told.rows, told.ended, told.failed) == (states, rows, ended, [])

    driven(body)


@pytest.mark.parametrize(
    ("running", "asked", "goes_on"),
    [
        (LoadKind.FIRST, LoadKind.REFRESH, True),
        (LoadKind.FIRST, LoadKind.FIRST, True),
        (LoadKind.NEXT, LoadKind.REFRESH, False),
        (LoadKind.REST, LoadKind.REFRESH, False),
        (LoadKind.REST, LoadKind.NEXT, True),
        (LoadKind.REST, LoadKind.WATCH, True),
        (LoadKind.REFRESH, LoadKind.WATCH, True),
        (LoadKind.WATCH, LoadKind.WATCH, True),
        (LoadKind.WATCH, LoadKind.REFRESH, False),
        (LoadKind.WATCH, LoadKind.NEXT, False),
    ],
)
def test_what_is_loading_goes_on_unless_more_is_wanted(running: LoadKind, asked: LoadKind, goes_on: bool) -> None:
    async def body(service: Service, told: Told) -> None:
        if running is not LoadKind.FIRST:
            await told.load(LoadKind.FIRST)
        service.open.clear()
        told.loader.start(running)
        await until(lambda: bool(told.tasks) and bool(service.asked))
        task = told.loader._task
        told.loader.start(asked)
        assert (told.loader._task is task) is goes_on
        assert told.loader.running is (running if goes_on else asked)
        service.open.set()
        await told.done()

    driven(body)


def test_the_rest_follows_the_page_under_way_which_is_not_asked_for_twice() -> None:
    async def body(service: Service, told: Told) -> None:
        service.open.clear()
        told.loader.start(LoadKind.FIRST)
        told.loader.start(LoadKind.REST)
        service.open.set()
        await until(lambda: told.loader.state.extent.at_end)
        await told.done()
        assert sorted(service.asked) == [0, 9, 18, 27]

    driven(body)


def test_a_failure_keeps_the_rows_and_is_told_once_while_the_watch_meets_it_again() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        service.problem = Problem("no answer", next_step="r retries")
        state = await told.load(LoadKind.WATCH)
        assert (state.extent.loaded, state.error) == (10, service.problem)
        states = len(told.states)
        service.problem = Problem("no answer", next_step="r retries")
        await told.load(LoadKind.WATCH)
        assert len(told.states) == states
        assert [kind for kind, _error, connected in told.failed if connected] == [LoadKind.WATCH] * 2
        service.problem = None
        assert (await told.load(LoadKind.WATCH)).error is None

    driven(body)


def test_a_login_that_is_not_found_is_told_as_not_connected() -> None:
    async def go() -> None:
        problem = CredentialError("no login")

        async def connect() -> PageSource:
            raise problem

        told = Told(Service(1), connect)
        await told.load(LoadKind.FIRST)
        assert told.failed == [(LoadKind.FIRST, problem, False)]
        assert told.loader.state.error is problem

    asyncio.run(go())


def test_a_watch_that_finds_nothing_new_changes_nothing_but_the_time() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        reading, states, rows = told.loader.reading, [*told.states], told.rows
        await told.load(LoadKind.WATCH)
        assert told.loader.reading is reading
        assert told.states == [*states, told.loader.state], "the time of the last reading"
        assert told.rows == rows
        service.rows.insert(0, row(99))
        await told.load(LoadKind.WATCH)
        assert told.loader.reading is not reading
        assert told.ended[-1] == (LoadKind.WATCH, reading)

    driven(body)


def test_rows_that_the_watch_read_do_not_replace_those_that_the_user_is_busy_with() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        reading = told.loader.reading
        service.rows.insert(0, row(99))
        told.may_replace = False
        await told.load(LoadKind.WATCH)
        assert told.loader.reading is reading
        await told.load(LoadKind.REFRESH)
        assert told.loader.reading is not reading

    driven(body)


def test_another_place_has_nothing_of_the_list_before() -> None:
    async def body(service: Service, told: Told) -> None:
        await told.load(LoadKind.FIRST)
        told.loader.stop()
        told.loader.forget()
        assert told.loader.state == LoadState()
        assert told.states[-1] == LoadState()

    driven(body)
