"""Many pages: when the next one is requested, and that a held key never waits for it."""

import asyncio

import pytest

from kps_tui.settings import Settings
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.screens.triage import FOLLOW_SECONDS
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import demo_target, press_keys, running, settled

KEYS_PER_SECOND = 30
LATENCY = 0.1
"""Seconds."""


@pytest.mark.parametrize(
    ("key", "page_size", "first_row", "moves", "pages"),
    [
        ("j", 1000, 625, 50, 2),
        pytest.param("pagedown", 1000, 0, 45, 3, marks=pytest.mark.full),
        pytest.param("j", 50, 0, 75, 4, marks=pytest.mark.full),
        ("j", 10, 0, 30, 12),
    ],
    ids=["pages of 1000", "screen by screen", "pages of 50", "pages of 10"],
)
def test_a_held_key_never_waits_at_the_last_row(
    key: str, page_size: int, first_row: int, moves: int, pages: int
) -> None:
    async def go() -> None:
        with demo_target(tasks=10_000, latency=LATENCY) as target:
            async with running(target, settings=Settings(page_size=page_size)) as (app, pilot):
                screen = await settled(app, pilot)
                table = screen.query_one(TaskTable)
                if first_row:
                    table.go_to_row(first_row)
                assert screen.load.extent.pages == 1
                step = 1 if key == "j" else table.page
                loop = asyncio.get_running_loop()
                begun = loop.time()
                for move in range(1, moves + 1):
                    await asyncio.sleep(begun + move / KEYS_PER_SECOND - loop.time())
                    await press_keys(app, key)
                    assert table.cursor_row == first_row + move * step, f"the cursor waits at row {table.cursor_row}"
                await settled(app, pilot)
                assert screen.load.extent.pages <= pages

    asyncio.run(go())


def test_a_move_before_a_page_is_shown_asks_for_no_other() -> None:
    async def go() -> None:
        with demo_target(tasks=400) as target:
            async with running(target, settings=Settings(page_size=20)) as (app, pilot):
                screen = await settled(app, pilot)
                reading = screen.loader.reading
                assert reading is not None
                # As when it has arrived, and the screen shows what is new at most four times a second.
                await reading.next_page()
                assert len(reading.store) > len(screen.view) == 20
                await press_keys(app, "G")
                await pilot.pause()
                assert screen.loader.running is None
                screen.make_view()
                await settled(app, pilot)
                await press_keys(app, "G")
                await settled(app, pilot)
                assert screen.load.extent.pages == 3

    asyncio.run(go())


def test_the_progress_of_a_refresh_is_shown_at_most_four_times_a_second() -> None:
    async def go() -> None:
        with demo_target(tasks=400) as target:
            async with running(target, settings=Settings(page_size=20)) as (app, pilot):
                screen = await settled(app, pilot)
                await press_keys(app, "R")
                await settled(app, pilot)
                states: list[LoadState] = []
                screen.watch(screen, "load", lambda load: states.append(load), init=False)
                begun = asyncio.get_running_loop().time()
                await press_keys(app, "r")
                await settled(app, pilot)
                seconds = asyncio.get_running_loop().time() - begun
                assert screen.load.extent.pages == 21
                assert len(states) <= 3 + seconds / FOLLOW_SECONDS

    asyncio.run(go())
