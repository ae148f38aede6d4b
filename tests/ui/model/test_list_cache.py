"""Saving the list off the event loop: the last list wins, and neither keys nor the end wait for it."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kps_tui.session.cached_lists import CachedLists
from kps_tui.session.reading import Reading
from kps_tui.storage.snapshot import ListKey, Snapshot
from kps_tui.ui.model.list_cache import FINISH_SECONDS, ListCache
from tests.session.test_cached_lists import read, rows
from tests.storage.lists import child

HERE = ListKey("prod", "kms.example", "0" * 32)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode = EXCLUSIVE")
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
connection.close()
"""
"""Another process that locks the database until it is told to end."""


def cache_at(path: Path, said: list[str], of: Callable[[], ListKey | None] = lambda: HERE) -> ListCache:
    return ListCache(CachedLists(path), of, said.append)


def loaded(path: Path, of: ListKey = HERE) -> Reading | None:
    return CachedLists(path).load(of, 1000)


async def finished(cache: ListCache) -> None:
    """Wait until no list is being saved."""
    async with asyncio.timeout(30):
        while cache.is_saving:
            await cache.finish()


def test_of_several_lists_the_last_is_kept(tmp_path: Path) -> None:
    async def go() -> None:
        cache = cache_at(tmp_path / "lists", said)
        for count in (3, 4, 5):
            cache.save(await asyncio.to_thread(read, rows(count), None, 1000, NOON + timedelta(minutes=count)))
        await finished(cache)

    said: list[str] = []
    asyncio.run(go())
    kept = loaded(tmp_path / "lists")
    assert kept is not None
    assert (kept.loaded, said) == (5, [])


def test_a_list_belongs_to_the_place_where_it_was_read(tmp_path: Path) -> None:
    there = ListKey("test", HERE.host, HERE.project_id)
    place = HERE

    async def go() -> None:
        nonlocal place
        cache = cache_at(tmp_path / "lists", [], lambda: place)
        cache.save(await asyncio.to_thread(read, rows(3)))
        place = there
        await finished(cache)

    asyncio.run(go())
    assert loaded(tmp_path / "lists") is not None
    assert loaded(tmp_path / "lists", there) is None


def test_no_place_no_list(tmp_path: Path) -> None:
    async def go() -> None:
        cache = cache_at(tmp_path / "lists", [], lambda: None)
        cache.save(await asyncio.to_thread(read, rows(3)))
        assert not cache.is_saving
        assert await cache.load(1000) is None

    asyncio.run(go())
    assert [*tmp_path.iterdir()] == []


def test_what_stands_in_the_way_is_said_once_and_the_next_list_is_tried(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "folder" / "lists"
    path.parent.write_text("a file where the folder should be")

    async def go() -> None:
        cache = cache_at(path, said)
        for count in (3, 4):
            cache.save(await asyncio.to_thread(read, rows(count)))
            await finished(cache)
        await asyncio.to_thread(path.parent.unlink)
        cache.save(await asyncio.to_thread(read, rows(5)))
        await finished(cache)

    asyncio.run(go())
    assert len(said) == 1
    assert "can't be used" in said[0]
    kept = loaded(path)
    assert kept is not None
    assert kept.loaded == 5


def test_a_file_that_another_process_holds_delays_neither_the_loop_nor_the_end(tmp_path: Path) -> None:
    path = tmp_path / "lists"
    CachedLists(path).save(HERE, Snapshot((), 0, True, NOON))
    turns = 0

    async def go() -> None:
        nonlocal turns
        cache = cache_at(path, [])
        cache.save(await asyncio.to_thread(read, rows(3), None, 1000, NOON + timedelta(minutes=1)))
        began = time.monotonic()
        finishing = asyncio.ensure_future(cache.finish())
        while not finishing.done():
            await asyncio.sleep(0)
            turns += 1
        assert time.monotonic() - began < 3 * FINISH_SECONDS
        assert cache.is_saving

    with child(HOLD, path) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        began = time.monotonic()
        asyncio.run(go())
        assert time.monotonic() - began < 3 * 0.5, "the end of the loop waits for no thread"
        holder.stdin.write("\n")
    assert turns > 100


@pytest.mark.parametrize(("minutes", "kept_minutes"), [(9, 0), (10, 10)])
def test_the_same_list_is_saved_again_with_its_time_but_not_all_the_time(
    tmp_path: Path, minutes: int, kept_minutes: int
) -> None:
    async def go() -> None:
        cache = cache_at(tmp_path / "lists", [])
        reading = await asyncio.to_thread(read, rows(3), None, 1000, NOON)
        cache.save(reading, is_same=True)
        await finished(cache)
        reading.answered_at = NOON + timedelta(minutes=minutes)
        cache.save(reading, is_same=True)
        await finished(cache)

    asyncio.run(go())
    kept = loaded(tmp_path / "lists")
    assert kept is not None
    assert kept.answered_at == NOON + timedelta(minutes=kept_minutes)
