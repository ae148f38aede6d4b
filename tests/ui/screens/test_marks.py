"""Marks belong to tasks, not to rows."""

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import grid, press_keys
from tests.loopback import Loopback, Reply, Request, listing, row
from tests.ui.screens.driving import filter_by, mixed, named, press, said, signs, status_of
from tests.ui.screens.test_triage import drive


def test_space_marks_and_goes_on_and_the_status_line_counts() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "j", "space")
        assert screen.bench.marked == named([0, 2])
        assert "2 marked" in status_of(app)
        assert signs(app, 4) == ["●", " ", "●", " "]
        await press(app, pilot, "k", "space")
        assert screen.bench.marked == named([0])
        await press(app, pilot, "u")
        assert screen.bench.marked == frozenset()
        assert "marked" not in status_of(app)

    drive(listing(mixed(70)), body)


def test_of_two_failures_of_one_server_each_has_its_own_mark_and_detail() -> None:
    """The API page calls the task id the id of the server."""
    rows = [row(number, task_id="server-1", server_name=f"web-{number}") for number in range(3)]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "3 failed" in status_of(app)
        await press(app, pilot, "space")
        assert [task.server_name for task in screen.view.tasks() if task.row_key in screen.bench.marked] == ["web-0"]
        assert screen.highlighted is not None
        assert screen.highlighted.server_name == "web-1"
        await press(app, pilot, "j", "r")
        assert screen.highlighted.server_name == "web-2", "a refresh keeps the cursor on its row"
        assert "1 marked" in status_of(app)
        await press(app, pilot, "y", "t")
        assert any("server-1" in line or "task id" in line for line in said(app)), said(app)

    drive(listing(rows), body)


def test_esc_gives_the_range_up_and_keeps_what_was_marked_before() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "v", "G", "escape")
        assert screen.bench.marked == named([0])
        await press(app, pilot, "escape")
        assert screen.bench.marked == named([0]), "marks go by u alone"
        await press(app, pilot, "u")
        assert screen.bench.marked == frozenset()

    drive(listing(mixed(70)), body)


def test_all_that_is_shown_is_marked_and_what_is_hidden_stays_marked() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "asterisk")
        expected = named(range(3, 70, 7))
        assert screen.bench.marked == expected
        for keys in (["s"], ["escape"], ["S"], ["r"]):
            await press(app, pilot, *keys)
            assert screen.bench.marked == expected
            assert "10 marked" in status_of(app)
        await filter_by(app, pilot, "web-4")
        await press(app, pilot, "asterisk")
        assert screen.bench.marked == expected | named(range(4, 70, 7))

    drive(listing(mixed(70)), body)


def changing(*lists: list[dict[str, Any]]) -> Any:
    """Respond with the next list at each request, then always with the last one."""
    left = list(lists)

    def reply(request: Request) -> Reply:
        return listing(left.pop(0) if len(left) > 1 else left[0])(request)

    return reply


def test_marks_of_tasks_that_are_gone_leave_with_a_word() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "space", "space", "r")
        assert screen.bench.marked == named([2])
        assert any("2 marked" in message and "gone" in message for message in said(app))

    drive(changing(mixed(70), mixed(70)[2:]), body)


def test_esc_never_drops_marks_whatever_it_closes() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "space")
        for keys in (
            ("y",),
            ("e",),
            ("question_mark",),
            ("slash", "x"),
            ("d",),
            ("t",),
            ("F",),
            ("f",),
            ("equals_sign",),
        ):
            await press(app, pilot, *keys, "escape", "escape")
            assert screen.bench.marked == named([0, 1]), keys
        await press_keys(app, *["escape"] * 9)
        assert screen.bench.marked == named([0, 1])

    drive(listing(mixed(70)), body)


@pytest.mark.parametrize("size", [pytest.param((120, 36), marks=pytest.mark.full), (80, 24)])
def test_the_footer_offers_to_take_the_marked_tasks_with_their_number(size: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        def footer() -> str:
            return grid(app)[-1].rstrip()

        usual = footer()
        assert " Y " not in usual
        await press(app, pilot, "space")
        assert footer().startswith(" Y Ticket of 1  y Copy 1  e Export 1  Enter Detail ")
        assert footer().endswith(" ? Help  q Quit")
        screen.bench = replace(screen.bench, marked=named(range(16)))
        await filter_by(app, pilot, "web-1")
        assert footer() == " Y Ticket of 16  y Copy 16  e Export 16  Enter Detail  Esc Back  ? Help  q Quit"
        await press(app, pilot, "F")
        assert " Y " not in footer()
        await press(app, pilot, "escape", "escape", "u")
        assert footer() == usual
        await press(app, pilot, "left_square_bracket")
        assert (screen.bench.marked, footer()[:15]) == (named(range(16)), " Y Ticket of 16")

    drive(listing(mixed(70)), body, size)


def test_marks_that_a_filter_hides_are_said_and_another_list_ends_a_range() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "space", "space")
        await filter_by(app, pilot, "web-1")
        assert "3 marked (2 hidden)" in status_of(app)
        await press(app, pilot, "v")
        assert "range: v ends it" in status_of(app)
        await press(app, pilot, "s")
        assert screen.bench.range is None
        assert "range" not in status_of(app)

    drive(listing(mixed(70)), body)
