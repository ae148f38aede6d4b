"""The cached list on the screen: shown at once, with its age, never as current; and failures of the cache."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kps_tui.locations import database_file
from kps_tui.settings import Settings
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import NOW, screen_of, settled, until
from tests.live_app import Service, cached_at, configure, home, live
from tests.loopback import Loopback, http, listing, row, serving
from tests.ui.screens.driving import ids, press, said, status_of, text_of, until_said, write

__all__ = ["home"]
OFFLINE = Settings(offline=True)
pytestmark = pytest.mark.usefixtures("home")


def rows(count: int, first: int = 0) -> list[dict[str, object]]:
    return [row(number) for number in range(first, first + count)]


def two_days_ago() -> datetime:
    return NOW - timedelta(days=2)


async def cached_before(server: Loopback, *keys: str, now: Callable[[], datetime] = two_days_ago) -> None:
    """Load and cache the list in an earlier run."""
    async with live(server.endpoint, now=now) as (app, pilot):
        await press(app, pilot, *keys)
        await until(pilot, "the list is kept", lambda: cached_at(server.endpoint) is not None)
    server.requests.clear()


def run(service: Service, body: Callable[[Loopback], Awaitable[None]]) -> None:
    async def go() -> None:
        async with serving(service) as server:
            await body(server)

    asyncio.run(go())


def test_the_next_start_shows_the_list_with_its_age_while_the_new_one_loads() -> None:
    service = Service(listing(rows(40)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        service.reply = listing(rows(43, first=7))
        service.open.clear()
        async with live(server.endpoint) as (app, pilot):
            screen = screen_of(app)
            await until(pilot, "the kept rows are there", lambda: len(screen.view) == 40)
            assert "40 failed · saved list, 2 d ago · refreshing" in status_of(app)
            assert screen.load.extent.is_cached
            await until(pilot, "the list of now is asked for", lambda: bool(server.requests))
            assert len(screen.view) == 40
            screen.query_one(TaskTable).go_to_row(9)
            service.open.set()
            await settled(app, pilot)
            assert ids(screen) == [f"task-{number:06}" for number in range(7, 50)]
            assert screen.highlighted is not None
            assert screen.highlighted.task_id == "task-000009"
            assert "kept" not in status_of(app)
            assert (screen.load.extent.is_cached, screen.load.is_complete, len(server.requests)) == (False, True, 1)

    run(service, body)


def test_a_network_that_is_gone_leaves_the_kept_list_with_its_date() -> None:
    service = Service(listing(rows(40)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        service.reply = lambda request: http({"error_code": "KPS.9003", "error_msg": "no"}, "403 X")
        async with live(server.endpoint) as (app, pilot):
            screen = await settled(app, pilot)
            assert len(screen.view) == 40
            assert "saved list, 2 d ago" in status_of(app)
            shown = text_of(app)
            assert "permission (403)" in shown
            assert "r retries · rows from 2026-11-21 08:30" in shown
            await pilot.press("j", "G")
            await settled(app, pilot)
            assert len(server.requests) == 1, "moving asks for nothing"

    run(service, body)


def test_the_rest_of_a_kept_list_is_the_whole_list_of_now() -> None:
    service = Service(listing(rows(2500)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        service.reply = lambda request: http({"error_code": "KPS.9003", "error_msg": "no"}, "403 X")
        async with live(server.endpoint) as (app, pilot):
            screen = await settled(app, pilot)
            assert "2,500 failed · saved list, 2 d ago · 1,000 of 2,500 loaded" in status_of(app)
            service.reply = listing(rows(2500))
            await press(app, pilot, "R")
            await settled(app, pilot)
            assert len(screen.view) == 2500
            assert screen.load.is_complete

    run(service, body)


def test_the_rest_asked_for_while_the_new_list_is_awaited_is_not_forgotten() -> None:
    service = Service(listing(rows(2500)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        service.open.clear()
        async with live(server.endpoint) as (app, pilot):
            screen = screen_of(app)
            await until(pilot, "the list of now is asked for", lambda: bool(server.requests))
            await pilot.press("R")
            service.open.set()
            await settled(app, pilot)
            await until(pilot, "all is there", lambda: len(screen.view) == 2500)
            assert not screen.load.extent.is_cached

    run(service, body)


def test_esc_stays_on_the_kept_list_and_moving_does_not_ask_again() -> None:
    service = Service(listing(rows(5)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        service.open.clear()
        async with live(server.endpoint) as (app, pilot):
            screen = screen_of(app)
            await until(pilot, "the list of now is asked for", lambda: bool(server.requests))
            await pilot.press("escape")
            await press(app, pilot, "G", "j", "k")
            assert "5 failed · saved list, 2 d ago" in status_of(app)
            assert (len(screen.view), len(server.requests)) == (5, 1)

    run(service, body)


def test_offline_stays_on_the_list_and_asks_nobody() -> None:
    service = Service(listing(rows(2500)))

    async def body(server: Loopback) -> None:
        await cached_before(server)
        async with live(server.endpoint, settings=OFFLINE) as (app, pilot):
            screen = await press(app, pilot, "G", "G", "j", "k")
            assert "2,500 failed · saved list, 2 d ago · 1,000 of 2,500 loaded" in status_of(app)
            assert said(app) == [], "a move is no wish to read"
            for key in ("r", "R", "w"):
                await pilot.press(key)
                await until_said(app, pilot, "offline: this is the saved list")
                app.clear_notifications()
            assert screen.watching is None
            assert server.requests == []
        assert cached_at(server.endpoint) is not None

    run(service, body)


def test_offline_without_a_list_says_so() -> None:
    async def body(server: Loopback) -> None:
        async with live(server.endpoint, settings=OFFLINE) as (app, pilot):
            await until(pilot, "it says so", lambda: "no saved list for this place" in text_of(app))
            assert "start without --offline" in text_of(app)
        assert server.requests == []
        assert not database_file().exists(), "nothing is created by looking"

    run(Service(listing([])), body)


def test_an_empty_kept_list_does_not_say_that_nothing_failed_now() -> None:
    async def body(server: Loopback) -> None:
        await cached_before(server)
        async with live(server.endpoint, settings=OFFLINE) as (app, pilot):
            await settled(app, pilot)
            shown = text_of(app)
            assert "No failed tasks in the saved list" in shown
            assert "read at 2026-11-21 08:30" in shown

    run(Service(listing([])), body)


def test_an_export_of_a_kept_list_has_its_time_and_is_not_complete(tmp_path: Path) -> None:
    name = tmp_path / "out.json"

    async def body(server: Loopback) -> None:
        await cached_before(server)
        async with live(server.endpoint, settings=OFFLINE) as (app, pilot):
            await settled(app, pilot)
            await pilot.press("e", "ctrl+u")
            await write(app, pilot, str(name))
            await pilot.press("enter")
            await until(pilot, "it is written", name.exists)
            document = json.loads(name.read_text())
            assert document["complete"] is False
            assert (document["loaded"], document["total"]) == (4, 4)
            assert document["fetched_at"].startswith("2026-11-21T08:30:00")

    run(Service(listing(rows(4))), body)


def test_snapshot_false_keeps_none(home: Path) -> None:
    configure(home, "snapshot = false\n")

    async def body(server: Loopback) -> None:
        async with live(server.endpoint) as (app, pilot):
            await press(app, pilot, "r")
        assert not database_file().exists()

    run(Service(listing(rows(3))), body)


def test_the_file_is_its_owner_s_alone() -> None:
    async def body(server: Loopback) -> None:
        await cached_before(server)
        assert {path.stat().st_mode & 0o777 for path in database_file().parent.iterdir()} == {0o600}

    run(Service(listing(rows(3))), body)


def _damaged(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _folder(path: Path) -> None:
    path.mkdir()


def _nowhere(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_damaged, "is damaged"),
        pytest.param(_newer, "was written by a newer kps-tui", marks=pytest.mark.full),
        pytest.param(_folder, "can't be used", marks=pytest.mark.full),
        (_nowhere, "can't be used"),
    ],
)
def test_without_a_usable_database_the_program_works_and_says_so_once(
    spoil: Callable[[Path], None], words: str
) -> None:
    database_file().parent.mkdir(parents=True)
    spoil(database_file())

    async def body(server: Loopback) -> None:
        async with live(server.endpoint) as (app, pilot):
            screen = await settled(app, pilot)
            assert len(screen.view) == 3
            await until_said(app, pilot, words)
            await press(app, pilot, "r", "r")
            assert sum(words in message for message in said(app)) == 1

    run(Service(listing(rows(3))), body)
