"""Stored lists: the snapshot of a reading, its key, and what is loaded again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kps_tui.kps.answer import Page, page_of
from kps_tui.kps.errors import KpsError
from kps_tui.kps.paging import Verdict
from kps_tui.session.cached_lists import CachedLists, snapshot_of
from kps_tui.session.reading import Reading
from kps_tui.storage.errors import StorageError
from kps_tui.storage.snapshot import ListKey
from tests.loopback import row

HERE = ListKey("prod", "kms.example:443", "0" * 32)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Rows:
    """Serves rows as the service does."""

    def __init__(self, rows: list[Any], total: int | None = None) -> None:
        self.rows, self.total = rows, len(rows) if total is None else total

    async def page(self, offset: int, limit: int) -> Page:
        import json

        body = json.dumps({"total": self.total, "tasks": self.rows[offset : offset + limit]}).encode()
        return page_of(body, offset, "application/json")


def read(rows: list[Any], pages: int | None = None, page_size: int = 10, at: datetime = NOON) -> Reading:
    """Read `pages` pages of a list, or all."""

    async def go() -> Reading:
        reading = Reading(Rows(rows), page_size, lambda: at)
        while not reading.paging.ended and (pages is None or reading.paging.pages < pages):
            await reading.next_page()
        return reading

    return asyncio.run(go())


def rows(count: int) -> list[dict[str, Any]]:
    return [row(number) for number in range(count)]


def keep(lists: CachedLists, of: ListKey, reading: Reading) -> None:
    snapshot = snapshot_of(reading)
    assert snapshot is not None
    lists.save(of, snapshot)


def test_a_whole_list_comes_back_with_its_time_and_has_no_next_page(tmp_path: Path) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    before = read(rows(25))
    keep(lists, HERE, before)
    after = lists.load(HERE, 10)
    assert after is not None
    assert (after.is_cached, after.answered_at, after.extent.is_whole) == (True, NOON, True)
    assert after.store.tasks == before.store.tasks
    assert (after.loaded, after.paging.total, after.paging.pages) == (25, 25, 3)
    assert after.paging.offsets() == ()


def test_a_part_of_a_list_is_no_whole_one_and_reads_nothing_on_its_own(tmp_path: Path) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    keep(lists, HERE, read(rows(25), pages=1))
    after = lists.load(HERE, 10)
    assert after is not None
    assert (after.loaded, after.paging.total, after.extent.is_whole, after.paging.verdict) == (10, 25, False, None)
    with pytest.raises(KpsError):
        asyncio.run(after.next_page())


@pytest.mark.parametrize("odd", [[None, "x"], [row(0), row(0)]])
def test_what_could_not_be_read_whole_is_not_kept_as_whole(tmp_path: Path, odd: list[Any]) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    before = read([*rows(3), *odd])
    keep(lists, HERE, before)
    after = lists.load(HERE, 10)
    assert after is not None
    assert after.extent.is_whole is before.extent.is_whole
    assert after.store.tasks == before.store.tasks


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    keep(lists, HERE, read([]))
    after = lists.load(HERE, 10)
    assert after is not None
    assert (after.loaded, after.paging.pages, after.paging.verdict) == (0, 1, Verdict.COMPLETE)


def test_what_is_taken_is_of_one_moment_whatever_is_read_on() -> None:
    async def go() -> None:
        reading = Reading(Rows(rows(25)), 10, lambda: NOON)
        await reading.next_page()
        snapshot = snapshot_of(reading)
        while not reading.paging.ended:
            await reading.next_page()
        assert snapshot is not None
        assert (len(snapshot.tasks), snapshot.complete, snapshot.total) == (10, False, 25)

    asyncio.run(go())


def test_there_is_nothing_to_take_of_a_kept_list_or_before_an_answer(tmp_path: Path) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    keep(lists, HERE, read(rows(3)))
    kept = lists.load(HERE, 10)
    assert kept is not None
    assert snapshot_of(kept) is None
    assert snapshot_of(Reading(Rows([]), 10)) is None


def test_without_a_file_or_a_project_nothing_is_kept(tmp_path: Path) -> None:
    keep(CachedLists(), HERE, read(rows(3)))
    assert (CachedLists().is_enabled, CachedLists().load(HERE, 10)) == (False, None)
    nowhere = ListKey("prod", "host", "")
    lists = CachedLists(tmp_path / "lists.sqlite3")
    keep(lists, nowhere, read(rows(3)))
    assert lists.load(nowhere, 10) is None
    assert [*tmp_path.iterdir()] == []


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lists.sqlite3"
    path.write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(StorageError, match="is damaged"):
        CachedLists(path).load(HERE, 10)


def test_what_was_kept_is_dropped_where_none_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "lists.sqlite3"
    keep(CachedLists(path), HERE, read(rows(3)))
    unwanted = CachedLists(path, wanted=False)
    assert not unwanted.is_enabled
    assert unwanted.load(HERE, 10) is None
    assert CachedLists(path).load(HERE, 10) is None
    keep(unwanted, HERE, read(rows(3)))
    assert CachedLists(path).load(HERE, 10) is None


def test_the_lists_of_a_profile_go_with_it(tmp_path: Path) -> None:
    lists = CachedLists(tmp_path / "lists.sqlite3")
    lists.forget("prod")
    assert not (tmp_path / "lists.sqlite3").exists()
    other = ListKey("test", HERE.host, HERE.project_id)
    for of in (HERE, other):
        keep(lists, of, read(rows(3)))
    lists.forget("prod")
    assert lists.load(HERE, 10) is None
    assert lists.load(other, 10) is not None


def test_lists_in_a_place_that_can_not_be_looked_at_are_not_forgotten_in_silence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="File name too long"):
        CachedLists(tmp_path / ("x" * 300) / "lists.sqlite3").forget("prod")
