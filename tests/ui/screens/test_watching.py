"""The watch: what it loads, when it pauses, what it marks as new, and how it ends."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.kps.task import RowKey
from kps_tui.triage.standings import Standing
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import is_settled, screen_of, settled, until
from tests.live_app import Service, cached_at, home, live
from tests.loopback import Loopback, http, listing, row, serving
from tests.ui.screens.driving import named, press, status_of, text_of, until_said

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
FAILING = http({"error_code": "KPS.9003", "error_msg": "no"}, "403 X")
Body = Callable[[KpsApp, Pilot[int], TriageScreen, Loopback], Awaitable[None]]


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [row(number) for number in range(first, first + count)]


def drive(service: Service, body: Body, seconds: float = 3600, page_size: int = 1000) -> None:
    from kps_tui.settings import Settings

    async def go() -> None:
        settings = Settings(page_size=page_size)
        async with (
            serving(service) as server,
            live(server.endpoint, watch_seconds=seconds, settings=settings) as (app, pilot),
        ):
            await body(app, pilot, await settled(app, pilot), server)

    asyncio.run(go())


def new_tasks(screen: TriageScreen) -> frozenset[RowKey]:
    """Return the keys of the tasks that are shown as new."""
    keys = map(screen.view.store.row_key, screen.view.order)
    return frozenset(key for key in keys if Standing.NEW in screen.view.standing_of(key))


async def look_again(pilot: Pilot[int], screen: TriageScreen, server: Loopback, answers: int = 1) -> None:
    """Trigger a load of the watch, and wait for its end."""
    before = len(server.requests)
    screen.list_watch.poll()
    await until(
        pilot,
        "it read",
        lambda: len(server.requests) == before + answers and screen.loader.running is None and is_settled(screen),
    )


def test_new_rows_are_marked_and_counted_and_the_cursor_stays_on_its_task() -> None:
    service = Service(listing(rows(40, first=10)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w", "j", "j")
        assert re.search(r"watch: read 08:30:00, next 09:(2[4-9]|3[0-6]):[0-9]{2}", status_of(app))
        service.reply = listing(rows(43, first=7))
        await look_again(pilot, screen, server)
        assert new_tasks(screen) == named([7, 8, 9])
        assert screen.highlighted is not None
        assert screen.highlighted.task_id == "task-000012"
        assert screen._title.shown == "(3 new) kps-tui"
        assert "first visit, 3 new" in text_of(app).splitlines()[0]
        await press(app, pilot, "g")
        assert sum(line.lstrip().startswith("+") for line in text_of(app).splitlines()) == 3
        service.reply = listing(rows(41, first=8))
        await look_again(pilot, screen, server)
        assert new_tasks(screen) == named([8, 9]), "what is gone is not new"
        service.reply = listing(rows(42, first=7))
        await press(app, pilot, "r")
        assert new_tasks(screen) == named([7, 8, 9]), "what a refresh brings is new too, and all stay new"
        assert screen._title.shown == "(3 new) kps-tui"
        await press(app, pilot, "w")
        assert new_tasks(screen) == named([7, 8, 9])
        assert screen.watching is None
        assert screen._title.shown == ""

    drive(service, body)


def test_new_rows_come_in_sight_above_a_cursor_on_the_first_row() -> None:
    service = Service(listing(rows(60, first=50)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        for first, at_cursor in ((49, 50), (46, 50), (6, 6)):
            service.reply = listing(rows(110 - first, first=first))
            await look_again(pilot, screen, server)
            assert screen.table.scroll_offset.y == 0
            assert screen.highlighted is not None
            # A cursor that was never moved gives way to more rows than fit above it.
            assert screen.highlighted.task_id == f"task-{at_cursor:06}"
            assert screen.table.cursor_row == at_cursor - first
        await press(app, pilot, "G", "g", "j", "j")
        service.reply = listing(rows(107, first=3))
        await look_again(pilot, screen, server)
        assert screen.table.scroll_offset.y == 3, "elsewhere the cursor keeps its line"

    drive(service, body)


def test_what_did_not_change_changes_nothing_but_the_time() -> None:
    service = Service(listing(rows(40)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        load, view = screen.load, screen.view
        await look_again(pilot, screen, server)
        assert screen.load is load
        assert screen.view is view

    drive(service, body)


def test_it_asks_nothing_while_the_user_is_busy() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for key in ("slash", "space", "v", "question_mark", "y", "t", "E"):
            before = len(server.requests)
            await pilot.press(key)
            await until(pilot, f"it is busy after {key}", lambda: screen.is_busy)
            screen.list_watch.poll()
            await pilot.pause()
            assert (screen.loader.running, len(server.requests)) == (None, before), key
            await pilot.press("u" if key == "space" else "escape")
            await until(pilot, f"it is busy no more after {key}", lambda: not screen.is_busy)
            await look_again(pilot, screen, server)

    drive(Service(listing(rows(40))), body)


def test_while_it_fails_it_asks_less_often_and_says_so_once() -> None:
    service = Service(listing(rows(40)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        service.reply = lambda request: FAILING
        await look_again(pilot, screen, server)
        assert "permission (403)" in text_of(app)
        assert len(screen.view) == 40
        assert screen.list_watch.pace.failures == 1
        load = screen.load
        await look_again(pilot, screen, server)
        assert screen.load is load, "the same again draws nothing"
        assert screen.list_watch.pace.failures == 2
        service.reply = listing(rows(40))
        await look_again(pilot, screen, server)
        assert "permission" not in text_of(app)
        assert screen.list_watch.pace.failures == 0

    drive(service, body, seconds=100)


def test_a_refused_login_ends_it() -> None:
    service = Service(listing(rows(40)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        service.reply = lambda request: http({"error_code": "APIGW.0301", "error_msg": "no"}, "401 X")
        screen.list_watch.poll()
        await until_said(app, pilot, "watch stopped")
        assert not screen.list_watch.is_on
        assert screen._title.shown == ""
        assert "L logs in again" in text_of(app)
        assert len(server.requests) == 2
        assert len(screen.view) == 40

    drive(service, body)


def test_the_wait_of_a_tick_is_not_shown() -> None:
    service = Service(listing(rows(40)))
    busy = http({}, "429 X", {"Retry-After": "60"})

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        service.reply = lambda request: busy
        screen.list_watch.poll()
        await until(pilot, "it asks", lambda: len(server.requests) == 2)
        await pilot.pause()
        assert not screen.countdown.is_ticking
        service.reply = listing(rows(41))
        await press(app, pilot, "r")
        assert len(screen.view) == 41

    drive(service, body)


def test_the_timer_reads_and_what_changed_is_kept() -> None:
    service = Service(listing(rows(40)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "w")
        await until(pilot, "it read three times", lambda: len(server.requests) > 3)
        service.reply = listing(rows(42))
        await until(pilot, "the new rows are there", lambda: len(screen_of(app).view) == 42)
        assert screen.query_one(TaskTable).row_count == 42

        def kept() -> bool:
            reading = cached_at(server.endpoint)
            return reading is not None and reading.loaded == 42

        await until(pilot, "they are kept", kept)

    drive(service, body, seconds=0.05)
