"""What a key costs does not depend on the number of rows: counted in tasks that are made, not in time."""

import asyncio
from collections.abc import Iterator
from functools import cache

import pytest
from textual.pilot import Pilot

from kps_tui.kps.task import FailedTask
from kps_tui.triage.query import Query, parse_sort
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.widgets.task_table.table import TaskTable
from kps_tui.ui.widgets.timeline.bar import TimelineBar
from tests.ui.harness import Harness, drive, lines, press

KEYS = ("j", "k", "pagedown", "G", "k", "pageup", "g", "l", "h")
HEIGHT = 24
SIZES = [1_000, 100_000, pytest.param(1_000_000, marks=pytest.mark.full)]


class Counting(TaskStore):
    """A store that counts the tasks that are made."""

    made = 0

    def __getitem__(self, index: int) -> FailedTask:
        self.made += 1
        return super().__getitem__(index)


def rows(count: int) -> Iterator[FailedTask]:
    for number in range(count):
        time = 1_795_420_800_000 - 61_000 * number
        yield FailedTask(
            f"task-{number:07}", "FAILED_BIND", f"{time}", None, "failed", f"web-{number % 99}", "id", "key", time
        )


@cache
def store_of(count: int) -> Counting:
    """A store that no test changes."""
    return Counting(rows(count))


@pytest.mark.parametrize("count", SIZES)
def test_a_key_makes_no_more_tasks_than_fit_on_a_screen(count: int) -> None:
    store = store_of(count)
    store.made = 0
    table = TaskTable()

    async def body(pilot: Pilot[None]) -> None:
        table.focus()
        table.view = View().over(store)
        for key in KEYS:
            await press(pilot, key)
            assert store.made < 4 * HEIGHT, key
            store.made = 0
        for sort in ("server", "-server", "time", "err,-op"):
            table.view = table.view.asking(Query(parse_sort(sort)))
            await press(pilot)
            assert store.made < 4 * HEIGHT, sort
            store.made = 0
        assert any("web-" in line for line in lines(pilot.app))

    drive(Harness(table), body, (120, HEIGHT))


@pytest.mark.parametrize("count", SIZES)
def test_the_timeline_makes_no_task(count: int) -> None:
    store = store_of(count)
    store.made = 0
    line = TimelineBar()

    async def body(pilot: Pilot[None]) -> None:
        line.view = View().over(store)
        async with asyncio.timeout(60):
            while line.is_counting:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert store.made == 0
        assert "▁" in lines(pilot.app)[0] or "█" in lines(pilot.app)[0]

    drive(Harness(line), body, (120, 3))


@pytest.mark.parametrize("count", SIZES)
def test_a_page_costs_the_same_to_the_last_one(count: int) -> None:
    """The places that are compared for a page, in a list that comes newest first and in one that does not."""

    class Places(Counting):
        compared = 0

        def place(self, index: int) -> tuple[int, str, str]:
            self.compared += 1
            return super().place(index)

    store = Places(rows(count))
    view = View().over(store)
    store.compared = store.made = 0
    older = FailedTask("older", "FAILED_BIND", "1000000000000", None, "failed", "web-0", "id", "key", 1_000_000_000_000)
    store.extend([older])
    view = view.over(store)
    assert view.order[-1] == count
    newer = FailedTask("newer", "FAILED_BIND", "1795420800001", None, "failed", "web-0", "id", "key", 1_795_420_800_001)
    store.extend([newer])
    view = view.over(store)
    assert view.order[0] == count + 1
    assert store.compared <= 4
    assert store.made == 0
