"""The filter bar in the whole program: typing, what is shown meanwhile, and what keys do."""

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.filter.input import FilterInput
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import grid, press_keys, until
from tests.loopback import Loopback, listing, row
from tests.ui.screens.driving import (
    at_cursor,
    filter_by,
    ids,
    line_of,
    mixed,
    numbers,
    press,
    status_of,
    text_of,
    write,
)
from tests.ui.screens.test_triage import drive, offsets


def test_what_is_typed_narrows_at_once_and_enter_gives_the_keys_back() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("slash")
        await write(app, pilot, "server:web-3")
        assert screen.query_one(FilterInput).has_focus
        assert numbers(screen) == list(range(3, 70, 7))
        assert "10 match" in status_of(app)
        await press(app, pilot, "enter", "j")
        assert screen.query_one(TaskTable).has_focus
        assert at_cursor(screen) == "task-000010"
        assert " server:web-3 " in line_of(app, FilterInput)

    drive(listing(mixed(70)), body)


def test_every_line_of_a_paste_is_a_term() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("slash")
        app.post_message(events.Paste("server:web\nserver:db\n\nserver:k8s"))
        await until(pilot, "it is in", lambda: screen.query_one(FilterInput).value != "")
        assert screen.query_one(FilterInput).value == "server:web server:db server:k8s"

    drive(listing(mixed(70)), body)


def test_letters_go_to_the_line_only() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("slash")
        keys = "qrRyYeEfFtvVuCLDsSwdjkgG123[]*=!?:-+ x"
        await write(app, pilot, keys)
        assert app.screen is screen
        assert screen.query_one(FilterInput).value == keys
        assert len(server.requests) == 1
        assert screen.bench.marked == frozenset()
        assert "Esc Cancel" in grid(app)[-1]
        assert "s Sort" not in grid(app)[-1]

    drive(listing(mixed(70)), body)


def test_esc_restores_the_filter_from_before_and_the_cursor_stays() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "j", "j")
        await pilot.press("slash")
        await write(app, pilot, " login")
        assert numbers(screen) == [3, 17, 31, 45, 59]
        await press(app, pilot, "escape")
        assert numbers(screen) == list(range(3, 70, 7))
        assert at_cursor(screen) == "task-000017"
        assert screen.query_one(TaskTable).has_focus
        assert screen.query_one(FilterBar).expression == screen.bench.query.filter
        await press(app, pilot, "escape")
        assert len(screen.view) == 70

    drive(listing(mixed(70)), body)


def test_a_mistake_never_empties_the_table_and_is_pointed_at() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for text in ("servr:web", "err:/(/", '"'):
            await pilot.press("slash")
            app.post_message(events.Paste(f"web {text}"))
            await until(pilot, f"the rows are back at {text}", lambda: bool(screen.mistake) and len(screen.view) == 70)
            assert "! " in status_of(app), text
            await press(app, pilot, "enter")
            assert " web " in line_of(app, FilterInput), text
            assert len(screen.view) == 70, text
            await press(app, pilot, "escape")
            assert " web " not in line_of(app, FilterInput), text

    drive(listing(mixed(70)), body, (160, 36))


def test_what_is_ignored_is_said_on_the_line_and_can_be_corrected() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3 servr:x")
        assert "ignored: servr:x" in line_of(app, FilterInput)
        await press_keys(app, "slash", *["backspace"] * len(" servr:x "))
        await press(app, pilot, "enter")
        assert "ignored" not in line_of(app, FilterInput)
        assert " web-3 " in line_of(app, FilterInput)

    drive(listing(mixed(70)), body)


def test_an_ignored_term_stays_in_sight_at_80_columns_and_marking_all_asks_first() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "server:web-3 op:reset err:public,key since:2020-01-01 servr:x")
        assert "ignored: servr:x" in line_of(app, FilterInput)
        matching = len(screen.view)
        assert matching
        await press(app, pilot, "asterisk")
        assert screen.bench.marked == frozenset()
        assert "A part of the filter is ignored" in text_of(app)
        assert "│ servr:x " in text_of(app)
        assert not app.screen.query(Input)
        in_sight = app.screen.query_one(".box").region.y - screen.table.region.y
        assert in_sight > matching, "the tasks that are to be marked are in sight"
        for no in ("escape", "n"):
            await press(app, pilot, no)
            assert screen.bench.marked == frozenset()
            assert app.screen is screen
            await press(app, pilot, "asterisk")
        await press(app, pilot, "y")
        assert len(screen.bench.marked) == matching
        await press(app, pilot, "u", "asterisk", "enter")
        assert app.screen is screen
        assert len(screen.bench.marked) == matching

    drive(listing([row(number) for number in range(70)]), body, (80, 24))


def test_a_regular_expression_that_is_too_slow_is_said_and_ignored() -> None:
    rows = [*mixed(9), row(9, task_error_msg="a" * 60 + "!")]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "err:/^(a|aa)+$/ web-2")
        assert "too slow, ignored: err:/^(a|aa)+$/" in line_of(app, FilterInput)
        assert numbers(screen) == [2, 9]

    drive(listing(rows), body)


def test_up_and_down_go_through_what_was_applied_before() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for text in ("web-1", "web-2"):
            await filter_by(app, pilot, text)
            await press(app, pilot, "escape")
        field = screen.query_one(FilterInput)
        await pilot.press("slash", "x")
        for key, value in (("up", "web-2"), ("up", "web-1"), ("up", "web-1"), ("down", "web-2"), ("down", "x")):
            await press(app, pilot, key)
            assert field.value == value
        await press(app, pilot, "up", "up", "enter")
        assert numbers(screen) == list(range(1, 70, 7))

    drive(listing(mixed(70)), body)


@pytest.mark.parametrize("key", ["tab", "shift+tab"])
def test_whatever_takes_the_keys_ends_the_typing(key: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("slash")
        await write(app, pilot, "web-3")
        await press(app, pilot, key, "j")
        assert not screen.query_one(FilterBar).is_typing
        assert at_cursor(screen) == "task-000010"

    drive(listing(mixed(70)), body)


def test_a_dialog_above_leaves_the_line_as_it_is() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("slash")
        await write(app, pilot, "web-")
        await press(app, pilot, "f1", "escape", "3")
        assert screen.query_one(FilterInput).value == "web-3"
        assert len(screen.view) == 10

    drive(listing(mixed(70)), body)


def test_only_this_and_not_this_value_of_the_active_cell() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        table = screen.query_one(TaskTable)
        table.active_column = "server"
        await press(app, pilot, "j", "equals_sign")
        assert numbers(screen) == list(range(1, 70, 7))
        table.active_column = "err"
        await press(app, pilot, "exclamation_mark")
        assert numbers(screen) == [8, 22, 36, 50, 64]
        assert " server:=web-1 " in line_of(app, FilterInput)
        assert ' -err:="login incorrect" ' in line_of(app, FilterInput)
        await press(app, pilot, "escape", "escape")
        assert len(screen.view) == 70

    drive(listing(mixed(70)), body)


def test_of_a_time_it_is_the_day() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "G", "equals_sign")
        assert str(screen.bench.query.filter) == "on:2025-11-22"
        assert 0 < len(screen.view) < 3000

    drive(listing(mixed(3000)), body)


def test_with_a_filter_moving_loads_nothing_and_the_rest_is_offered() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "G", "G", "pagedown", "j")
        assert offsets(server) == [0]
        assert "1,000 of 2,500 loaded · ≥ 143 match" in status_of(app)
        assert " R Rest " in text_of(app)
        await filter_by(app, pilot, " nothing")
        assert "0 of 1,000 loaded match" in text_of(app)
        assert "R loads the other 1,500" in text_of(app)
        await press(app, pilot, "j", "G", "R")
        assert "0 of 2,500 loaded match" in text_of(app)
        assert "loads the" not in text_of(app)
        await press(app, pilot, "escape", "escape", "j")
        assert screen.query_one(TaskTable).has_focus
        assert len(screen.view) == 2500

    drive(listing(mixed(2500)), body)


def test_the_cursor_keeps_its_task_else_the_nearest() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press_keys(app, *["j"] * 10)
        await filter_by(app, pilot, "web-3")
        assert at_cursor(screen) == "task-000010"
        await press(app, pilot, "escape")
        assert at_cursor(screen) == "task-000010"
        await filter_by(app, pilot, "web-4")
        assert at_cursor(screen) == "task-000011"
        assert "task-000010" not in ids(screen)

    drive(listing(mixed(70)), body)


def test_pages_that_come_are_filtered_too() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        before = len(screen.view)
        await press(app, pilot, "R")
        assert len(screen.view) > before
        assert numbers(screen) == list(range(3, 2500, 7))

    drive(listing(mixed(2500)), body)


def test_the_way_back_and_forward_goes_by_what_was_applied_not_by_letters() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "s", "left_square_bracket")
        assert screen.bench.query.sort[0].descending
        await press(app, pilot, "left_square_bracket")
        assert len(screen.view) == 70
        await press(app, pilot, "left_square_bracket")
        assert len(screen.view) == 70
        await press(app, pilot, "right_square_bracket", "right_square_bracket")
        assert numbers(screen) == list(range(3, 70, 7))[::-1]

    drive(listing(mixed(70)), body)
