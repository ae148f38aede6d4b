"""The cursor stays on the task that the user chose, and stays visible."""

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import NOW, press_keys, settled
from tests.loopback import Loopback, listing, row
from tests.ui.screens.driving import at_cursor, filter_by, mixed, numbers, press, text_of, write
from tests.ui.screens.test_triage import drive


def is_in_sight(screen: TriageScreen) -> bool:
    """Return whether the row of the cursor is visible."""
    table = screen.query_one(TaskTable)
    return table.scroll_offset.y <= table.cursor_row < table.scroll_offset.y + table.page


def test_a_filter_that_is_given_up_gives_the_cursor_back() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press_keys(app, *["j"] * 20)
        chosen = at_cursor(screen)
        await pilot.press("slash")
        await write(app, pilot, "zzzz")
        assert at_cursor(screen) == ""
        await press(app, pilot, "escape")
        assert at_cursor(screen) == chosen
        await press(app, pilot, "l", "l", "exclamation_mark")
        assert at_cursor(screen) != chosen
        await press(app, pilot, "escape")
        assert at_cursor(screen) == chosen

    drive(listing(mixed(70)), body)


def test_what_changes_behind_the_groups_leaves_the_cursor_in_sight() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press_keys(app, *["j"] * 60)
        await press(app, pilot, "F", "enter")
        assert len(screen.view) < 300
        assert is_in_sight(screen)
        await press(app, pilot, "escape", "escape")
        assert len(screen.view) == 300
        assert is_in_sight(screen)

    drive(listing(mixed(300)), body)


def test_a_lower_table_keeps_the_cursor_in_sight() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "pagedown", *["j"] * 5)
        for height in (24, 18, 15, 30):
            await pilot.resize_terminal(100, height)
            await settled(app, pilot)
            assert is_in_sight(screen), height

    drive(listing(mixed(300)), body)


def test_a_moment_that_counts_back_moves_on_while_it_is_watched() -> None:
    times = [NOW - timedelta(minutes=minutes) for minutes in (10, 50)]
    rows = [row(number, task_time=str(int(at.timestamp() * 1000))) for number, at in enumerate(times)]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "since:1h")
        assert numbers(screen) == [0, 1]
        screen._view_maker._now = lambda: NOW + timedelta(minutes=20)
        await press(app, pilot, "l", "s")
        assert numbers(screen) == [0]

    drive(listing(rows), body)


@pytest.mark.parametrize(("size", "dialogs"), [((80, 24), "eyV"), ((60, 15), "eyVE"), ((80, 15), "yE")])
def test_a_dialog_keeps_the_row_under_the_cursor_in_sight_and_puts_the_table_back(
    size: tuple[int, int], dialogs: str
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for key in ("G", "k"):
            await press(app, pilot, key)
            before, name = text_of(app), at_cursor(screen)
            for dialog in dialogs:
                await press(app, pilot, dialog)
                opened = app.screen
                assert isinstance(opened, Dialog)
                box = opened.query_one(".box").region
                row = screen.table.content_region.y + 1 + screen.table.cursor_row - screen.table.scroll_offset.y
                assert row < box.y, (key, dialog)
                await press(app, pilot, "escape")
                assert (text_of(app), at_cursor(screen)) == (before, name), (key, dialog)
                # A layout may be told of late.
                opened._keep_cursor_in_sight(opened)
        await press(app, pilot, "g", "e")
        assert screen.table.scroll_offset.y == 0, "the row is in sight anyway"

    drive(listing(mixed(70)), body, size)
