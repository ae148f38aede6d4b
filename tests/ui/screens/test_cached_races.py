"""A cached list that is loaded late, or belongs to another place, is never shown wrongly."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kps_tui.kps.task import FailedTask
from kps_tui.locations import database_file
from kps_tui.session.cached_lists import CachedLists
from kps_tui.storage.snapshot import ListKey, Snapshot
from kps_tui.triage.standings import Standing
from tests.demo_app import NOW, screen_of, settled, target_at, until
from tests.live_app import PROJECT, Service, cached_at, home, live
from tests.loopback import Loopback, listing, row, serving
from tests.storage.lists import child
from tests.ui.model.test_list_cache import HOLD
from tests.ui.screens.driving import ids, status_of

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [row(number) for number in range(first, first + count)]


def keep(server: Loopback, kept: list[dict[str, Any]], at: datetime = NOW - timedelta(days=2)) -> None:
    """Cache a list of `server`."""
    where = ListKey("", server.endpoint.partition("://")[2], PROJECT)
    CachedLists(database_file()).save(where, Snapshot(tuple(map(FailedTask.from_json, kept)), len(kept), True, at))


@contextmanager
def held() -> Iterator[None]:
    """Let another process lock the database until the block ends."""
    with child(HOLD, database_file()) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.write("\n")


def test_a_list_that_comes_late_is_shown_while_there_is_nothing_else() -> None:
    service = Service(listing(rows(8)))
    service.open.clear()

    async def go() -> None:
        async with serving(service) as server:
            await asyncio.to_thread(keep, server, rows(5))
            with held():
                context = live(server.endpoint)
                app, pilot = await context.__aenter__()
                screen = screen_of(app)
                # The locked database does not delay the current list.
                await until(pilot, "the list of now is asked for", lambda: len(server.requests) == 1)
                assert len(screen.view) == 0
            await until(pilot, "the kept list is there", lambda: len(screen.view) == 5)
            assert "saved list, 2 d ago · loading" in status_of(app)
            service.open.set()
            await settled(app, pilot)
            assert len(screen.view) == 8
            assert "kept" not in status_of(app)
            await context.__aexit__(None, None, None)

    asyncio.run(go())


@pytest.mark.parametrize("arrived", [True, False])
def test_a_list_that_comes_too_late_is_not_shown(arrived: bool) -> None:
    service = Service(listing(rows(8)))

    async def go() -> None:
        async with serving(service) as server:
            await asyncio.to_thread(keep, server, rows(5))
            if not arrived:
                service.open.clear()
            with held():
                context = live(server.endpoint)
                app, pilot = await context.__aenter__()
                screen = screen_of(app)
                if arrived:
                    await until(pilot, "the list of now is there", lambda: len(screen.view) == 8)
                else:
                    await until(pilot, "the list of now is asked for", lambda: len(server.requests) == 1)
                loading = screen.loader._cache_reading
                assert loading is not None
                assert not loading.done()
                if not arrived:
                    # Another place is shown: what arrives now belongs to the previous one.
                    screen.loader.stop()
                    screen.loader.forget()
            await until(pilot, "the kept list was read", loading.done)
            await settled(app, pilot)
            assert len(screen.view) == (8 if arrived else 0)
            assert not screen.load.extent.is_cached
            await context.__aexit__(None, None, None)

    asyncio.run(go())


def test_each_place_shows_and_keeps_its_own_list() -> None:
    here, there = Service(listing(rows(5))), Service(listing(rows(7, first=100)))

    async def go() -> None:
        async with serving(here) as first, serving(there) as second:
            await asyncio.to_thread(keep, second, rows(6, first=200))
            async with live(first.endpoint, now=lambda: datetime.now(UTC)) as (app, pilot):
                screen = await settled(app, pilot)
                await until(pilot, "the list is kept", lambda: cached_at(first.endpoint) is not None)
                here.open.clear()
                there.open.clear()
                await pilot.press("r")
                await until(pilot, "it reads again", lambda: len(first.requests) == 2)
                here.reply = listing(rows(9))
                app.connection.switch_to(target_at(second.endpoint, PROJECT))
                here.open.set()
                await until(pilot, "the kept list of the other place is there", lambda: len(screen.view) == 6)
                assert ids(screen)[0] == "task-000200"
                assert "saved list" in status_of(app)
                assert screen.view.standings.count(Standing.NEW) == 0
                there.open.set()
                await until(pilot, "its list of now is there", lambda: len(screen.view) == 7)

                def kept() -> bool:
                    reading = cached_at(second.endpoint)
                    return reading is not None and any(task.task_id == "task-000100" for task in reading.store.tasks)

                await until(pilot, "it is kept", kept)
            found = [cached_at(server.endpoint) for server in (first, second)]
            assert [reading and reading.loaded for reading in found] == [5, 7]

    asyncio.run(go())
