"""The groups and the timeline: their basis, entering and leaving them."""

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.model.when import When
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.facets.group import FacetGroup
from kps_tui.ui.widgets.facets.panel import FacetPanel
from kps_tui.ui.widgets.filter.input import FilterInput
from kps_tui.ui.widgets.task_table.table import TaskTable
from kps_tui.ui.widgets.timeline.bar import TimelineBar
from kps_tui.ui.widgets.why_band import WhyBand
from tests.demo_app import grid
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import filter_by, line_of, mixed, numbers, press, said, status_of, write
from tests.ui.screens.test_triage import drive, offsets


def test_groups_of_the_active_column_say_their_base_and_enter_and_esc_go_in_and_out() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.query_one(TaskTable).active_column = "server"
        await press(app, pilot, "f")
        assert screen.query_one(FacetPanel).has_focus
        assert "1,000 of 2,500 loaded" in status_of(app)
        assert any("143" in line and "web-0" in line for line in grid(app))
        await press(app, pilot, "enter")
        assert numbers(screen) == list(range(0, 1000, 7))
        assert screen.query_one(TaskTable).has_focus
        await press(app, pilot, "escape")
        assert screen.bench.query.facet == "server"
        assert len(screen.view) == 1000
        await press(app, pilot, "escape", "j")
        assert screen.bench.query.facet == ""
        assert screen.query_one(TaskTable).cursor_row == 1
        assert offsets(server) == [0]

    drive(listing(mixed(2500)), body)


def test_all_groups_at_once_and_one_of_them_alone() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "F")
        for title in ("ERROR", "SERVER", "KEY PAIR", "DAY"):
            assert any(line.lstrip().startswith(title) or title in line for line in grid(app)), title
        await press(app, pilot, "f")
        assert screen.bench.query.facet == "err"
        await press(app, pilot, "enter")
        assert len(screen.view) == 35
        assert str(screen.bench.query.filter) in ('err:="timed out"', 'err:="login incorrect"')
        await press(app, pilot, "escape")
        assert screen.bench.query.facet == "err"

    drive(listing(mixed(70)), body)


def test_groups_opened_over_the_full_detail_have_the_keys() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "d", "F")
        assert screen.query_one(FacetPanel).has_focus
        await press(app, pilot, "escape", "j")
        assert screen.query_one(TaskTable).cursor_row == 1

    drive(listing(mixed(70)), body)


def test_one_group_inside_another_ends_at_one_cause() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        table = screen.query_one(TaskTable)
        for column in ("err", "server"):
            table.active_column = column
            await press(app, pilot, "f", "enter")
        assert len(screen.view) == 5
        await press(app, pilot, *["escape"] * 4)
        assert (len(screen.view), screen.bench.query.facet) == (70, "")

    drive(listing(mixed(70)), body)


def test_marked_values_are_shown_together_and_compared_and_esc_comes_back_step_by_step() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.query_one(TaskTable).active_column = "err"
        await press(app, pilot, "f", "space", "space", "c")
        assert screen.front is When.COMPARISON
        assert screen.comparison.has_focus
        assert not screen.facets.display
        assert any("login incorrect (35) with timed out (35)" in line for line in grid(app))
        assert "m Markdown" in grid(app)[-1]
        await press(app, pilot, "enter")
        assert str(screen.bench.query.filter).startswith('err:="login incorrect",="timed out" ')
        assert screen.table.has_focus
        await press(app, pilot, "escape")
        assert screen.comparison.has_focus
        await press(app, pilot, "escape")
        assert screen.facets.has_focus
        assert len(screen.facets.marked) == 2
        await press(app, pilot, "enter")
        assert len(screen.view) == 70
        assert str(screen.bench.query.filter) == 'err:="login incorrect",="timed out"'
        await press(app, pilot, "escape", "escape")
        assert list(screen.facets.marked) == []
        assert screen.table.has_focus

    drive(listing(mixed(70)), body)


def test_servers_that_occur_once_are_grouped_by_family_and_f_shows_their_names() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.query_one(TaskTable).active_column = "server"
        await press(app, pilot, "f")
        assert screen.bench.query.facet == "family"
        await press(app, pilot, "f")
        assert screen.bench.query.facet == "server"
        await press(app, pilot, "escape")
        assert screen.bench.query.facet == "family"
        await press(app, pilot, "enter")
        assert str(screen.bench.query.filter) == "family:web"
        assert len(screen.view) == 7

    drive(listing(mixed(7)), body)


def test_a_filter_typed_in_a_comparison_compares_what_matches() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.query_one(TaskTable).active_column = "err"
        await press(app, pilot, "f", "space", "space", "c")
        await filter_by(app, pilot, "server:web-0")
        assert screen.comparison.has_focus
        assert any("login incorrect (5) with timed out (5)" in line for line in grid(app))
        assert any("10 match · all 70" in line for line in grid(app))

    drive(listing(mixed(70)), body)


def test_the_timeline_takes_the_line_from_a_filter_that_leaves_it_no_room() -> None:
    """It gives way to the filter, also while that is typed, and a low terminal has it too."""

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert line_of(app, TimelineBar).split() == ["22", "Nov", "▆█████████████▂", "23", "Nov"]
        await press(app, pilot, "slash")
        await write(app, pilot, "server:web")
        assert line_of(app, TimelineBar) != ""
        await write(app, pilot, " err:login since:2020-01-01")
        assert line_of(app, TimelineBar) == ""
        await press(app, pilot, "enter")
        assert line_of(app, TimelineBar) == ""
        assert " server:web   err:login   since:2020-01-01 " in line_of(app, FilterInput)
        assert (shown := len(screen.view))
        await press(app, pilot, "t")
        assert screen.timeline.is_active
        assert not screen.filter_bar.display
        assert "failed" in line_of(app, TimelineBar)
        await press(app, pilot, "home", "v", "end", "enter")
        assert len(screen.view) == shown

    drive(listing(mixed(70)), body, (60, 15))


def test_a_stretch_of_time_filters_and_esc_comes_back() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "all 700" in line_of(app, WhyBand)
        await press(app, pilot, "t", "left", "v", "left", "enter")
        assert str(screen.bench.query.filter).startswith("since:2025-11-2")
        assert "until:2025-11-2" in str(screen.bench.query.filter)
        assert 0 < len(screen.view) < 700
        await press(app, pilot, "j")
        assert screen.query_one(TaskTable).cursor_row == 1
        await press(app, pilot, "escape")
        assert len(screen.view) == 700

    drive(listing(mixed(700)), body)


@pytest.mark.parametrize("key", ["escape", "t"])
def test_the_timeline_gives_the_keys_back(key: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "t", "h", key, "j")
        assert not screen.query_one(TimelineBar).is_active
        assert screen.query_one(TaskTable).cursor_row == 1

    drive(listing(mixed(70)), body)


def test_groups_of_a_field_that_scrolled_in_or_a_word_that_there_are_none() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for column, facet in (("task", ""), ("state", ""), ("sid", "server"), ("code", "code")):
            screen.query_one(TaskTable).active_column = column
            await press(app, pilot, "f")
            assert screen.bench.query.facet == facet, column
            await press(app, pilot, "escape")
        where = " · F shows all groups, h l another column"
        assert said(app) == [
            f"nothing to group: each task has its own id{where}",
            f"nothing to group: nearly every task has the state “failed”{where}",
            "server ids are counted by the name of the server",
        ]

    drive(listing(mixed(30)), body)


def test_opening_and_leaving_groups_computes_the_styles_of_few_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all widgets below the screen it took 70 ms, more than counting ten thousand tasks."""

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "F", "escape")
        updated: list[DOMNode] = []
        update = App.update_styles

        def counting(self: App[int], node: DOMNode, animate: bool = True) -> None:
            updated.extend(node.walk_children())
            update(self, node, animate)

        monkeypatch.setattr(App, "update_styles", counting)
        widgets = len(screen.walk_children())
        for key in ("F", "f", "escape", "escape"):
            updated.clear()
            await press(app, pilot, key)
            # Taking and losing the focus are styles of the groups.
            assert len(updated) < widgets, (key, updated)

    drive(listing(mixed(70)), body)


def test_the_groups_get_their_heights_in_the_first_layout() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        groups = screen.facets.query(FacetGroup)
        await press(app, pilot, "F")
        wanted = [str(group.styles.height) for group in groups]
        await press(app, pilot, "escape")
        laid_out: list[list[str]] = []

        def record(_screen: object) -> None:
            if heights := [str(group.styles.height) for group in groups if group.display]:
                laid_out.append(heights)

        screen.screen_layout_refresh_signal.subscribe(screen, record)
        await press(app, pilot, "F")
        # The second layout makes room for the scrollbars.
        assert 1 <= len(laid_out) <= 2
        assert all(heights == wanted for heights in laid_out)

    drive(listing(mixed(70)), body)
