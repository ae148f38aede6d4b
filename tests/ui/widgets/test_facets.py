"""The groups: counts, titles, keys and layout."""

import gc
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot
from textual.scrollbar import ScrollDown, ScrollUp

from kps_tui.triage.facets import ALL, FACETS, TASK_FACETS
from kps_tui.triage.query import Query
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.widgets.facets.group import FacetGroup
from kps_tui.ui.widgets.facets.layout import FEWEST_LINES, ORDER, TWO_COLUMNS, shared_heights
from kps_tui.ui.widgets.facets.panel import FacetPanel
from kps_tui.ui.widgets.value_list import CursorMemory
from tests.ui.harness import lines, press, settle
from tests.ui.widgets.panel_app import ERRORS, Asked, PanelApp, counted, few, many, shown
from tests.ui.widgets.table_app import make_task

SERVERS = ["tab"] * ORDER.index("server")
"""The keys from the first list to that of the servers, where all before it have values."""


def test_the_cursor_moves_in_its_table_and_to_those_beside() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        for key, value in [
            ("j", ("err", ERRORS[1])), ("down", ("err", ERRORS[2])), ("k", ("err", ERRORS[1])), ("G", ("err", "")),
            ("j", ("err", "")), ("g", ("err", ERRORS[0])), ("up", ("err", ERRORS[0])), ("pagedown", ("err", "")),
            ("pageup", ("err", ERRORS[0])), ("l", ("op", "bind")), ("right", ("op", "bind")),
            ("left", ("err", ERRORS[0])), ("h", ("err", ERRORS[0])), ("tab", ("key", "kp-0")),
            ("tab", ("family", "srv")), ("tab", ("server", "srv-000000")),
            ("j", ("server", "srv-000001")), ("l", ("day", "2026-11-23")), ("h", ("server", "srv-000001")),
            ("tab", ("op", "bind")), ("tab", ("cause", "credential")), ("tab", ("day", "2026-11-23")),
            ("tab", ("is", "open")), ("tab", ("err", ERRORS[0])),
            ("shift+tab", ("is", "open")), ("shift+tab", ("day", "2026-11-23")), ("shift+tab", ("cause", "credential")),
            ("shift+tab", ("op", "bind")),
            ("shift+tab", ("server", "srv-000001")), ("shift+tab", ("family", "srv")), ("shift+tab", ("key", "kp-0")),
        ]:  # fmt: skip
            await press(pilot, key)
            assert app.panel.cursor == value, key

    shown(few(), body)


def test_enter_drills_and_f_opens_one_of_all() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "G", "enter", "f")
        assert app.said == [("drilled", "err", ""), ("opened", "err")]
        app.messages.clear()
        await press(pilot, *SERVERS, "G")
        assert app.panel.cursor == ("server", "srv-000009")
        app.panel.bench = Bench(Query(facet="server"))
        await press(pilot, "f", "k", "enter")
        assert app.said == [("drilled", "server", "srv-000008"), ("opened", "family")]
        app.panel.bench = Bench(Query(facet=ALL))
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000008")

    shown(few(), body)


def test_space_marks_values_of_one_list_and_enter_shows_them_all() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "space", "j", "space", "k", "enter")
        assert app.panel.cursor == ("err", ERRORS[2])
        assert list(app.panel.marked) == [ERRORS[0], ERRORS[2]]
        assert app.said == [("drilled", "err", ERRORS[0], ERRORS[2])]
        assert [line[:1] for line in app.grid()[1:6]] == [" ", "●", " ", "●", " "]
        assert " 4 values · 2 marked" in app.grid()[1]
        app.messages.clear()
        await press(pilot, "tab", "space")
        assert list(app.panel.marked) == ["kp-0"]
        assert not any(line.startswith("●") for line in app.grid()[1:6])
        await press(pilot, "u", "enter")
        assert app.said == [("drilled", "key", "kp-1")]

    shown(few(), body)


def test_marks_end_when_the_groups_are_left_and_are_there_again_after_their_tasks() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        groups = Bench().grouped("err")
        for gone, marked in [(groups.drilled("err", ERRORS[0]), (ERRORS[0],)), (Bench(), ())]:
            app.panel.bench = groups
            await press(pilot, "g", "u", "space")
            assert app.panel.marked == (ERRORS[0],)
            app.panel.bench = gone
            app.panel.bench = gone.toggled(app.store.row_key(0))
            app.panel.bench = groups
            await settle(pilot)
            assert app.panel.marked == marked

    shown(few(), body)


@pytest.mark.parametrize("marked", [0, 1, 3])
def test_two_values_are_compared_and_any_other_number_gets_one_sentence(marked: int) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, *["space"] * marked, "c")
        assert app.of(FacetPanel.Opened) == []
        said = f"Mark two values with Space to compare them; {marked} {'is' if marked == 1 else 'are'} marked"
        assert [notification.message for notification in app._notifications] == [said]
        await press(pilot, "u", "g", "space", "space", "c")
        (message,) = app.of(FacetPanel.Opened)
        assert (message.field, message.compared) == ("err", (ERRORS[0], ERRORS[1]))

    shown(few(), body)


def test_the_line_that_counts_the_rest_opens_the_facet() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, *SERVERS, "G")
        assert app.panel.cursor is None
        assert any(line.rstrip(" ▁▂▃▄▅▆▇█").endswith("… 200 more · f") for line in app.grid())
        await press(pilot, "enter")
        assert app.said == [("opened", "server")]
        app.panel.bench = Bench(Query(facet="server"))
        await press(pilot, "G")
        assert app.panel.cursor == ("server", "srv-001199")

    shown(many(1200), body, size=(80, 24))


def test_a_click_goes_there_and_a_second_one_chooses() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await pilot.click(FacetPanel, offset=(70, 11))
        await settle(pilot)
        assert (app.panel.cursor, app.said) == (("day", "2026-11-23"), [])
        await pilot.click(FacetPanel, offset=(70, 11))
        await pilot.click(FacetPanel, offset=(70, 4))
        await settle(pilot)
        assert app.said == [("drilled", "day", "2026-11-23")]

    shown(few(), body)


def test_wheel_and_scrollbar_scroll_a_list_and_leave_the_cursor() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        servers = next(group.list for group in app.panel.query(FacetGroup) if group.field == "server")
        await press(pilot, *SERVERS, "j")
        for message in (
            events.MouseScrollDown(servers, 5, 3, 0, 1, 0, False, False, False),
            ScrollDown(),
            ScrollUp(),
            ScrollDown(),
        ):
            before = servers.scroll_offset.y
            servers.post_message(message)
            await settle(pilot)
            assert (servers.scroll_offset.y > before) != isinstance(message, ScrollUp)
            assert servers.scroll_offset.y == servers.scroll_target_y
            assert app.panel.cursor == ("server", "srv-000001")
        top, y = servers.scroll_offset.y, servers.region.y + 1
        await pilot.click(FacetPanel, offset=(20, y))
        await settle(pilot)
        assert app.panel.cursor == ("server", f"srv-{top + 1:06}")
        assert servers.scroll_offset.y == top
        servers.scroll_to(y=0, animate=False)
        await press(pilot, "j")
        assert app.panel.cursor == ("server", f"srv-{top + 2:06}")
        assert any(f"srv-{top + 2:06}" in line for line in lines(app))

    shown(many(200), body)


def test_the_cursor_stays_on_its_value_and_line_while_counts_change() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "pagedown", "pagedown", "k", "k")
        assert app.panel.cursor == ("server", "srv-000044")
        line = next(i for i, text in enumerate(lines(app)) if "srv-000044" in text)
        app.store.extend(make_task(1000 + i, server_name=f"srv-{50 + i % 20:06}") for i in range(20))
        app.panel.view = app.panel.view.over(app.store)
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000044")
        assert "srv-000044" in lines(app)[line]
        app.panel.view = View().over(Asked([make_task(1), make_task(2)]))
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000002")

    shown(many(90), body, "server", (80, 24))


def test_it_counts_only_what_is_open_and_once_per_view() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        assert app.store.asked == ["err"]
        view = app.panel.view
        await press(pilot, "j", "G", "tab")
        await pilot.resize_terminal(100, 20)
        await settle(pilot)
        app.panel.bench = Bench(Query(facet=""))
        app.panel.bench = Bench(Query(facet="err"))
        assert app.store.asked == ["err"]
        app.panel.bench = Bench(Query(facet=ALL))
        assert sorted(app.store.asked) == sorted(TASK_FACETS)
        app.panel.bench = Bench(Query(facet=""))
        app.store.extend([make_task(77)])
        app.panel.view = view.over(app.store)
        assert len(app.store.asked) == len(TASK_FACETS)
        app.panel.bench = Bench(Query(facet="op"))
        assert app.store.asked[len(TASK_FACETS) :] == ["op"]

    shown(few(), body, "err")


def test_a_closed_panel_holds_no_list_that_is_gone() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        app.panel.view = View().over(Asked(few()))
        old = ref(app.panel.view)
        app.panel.bench = Bench(Query(facet=""))
        app.panel.view = View()
        await settle(pilot)
        gc.collect()
        assert old() is None

    shown(few(), body, "err")


def test_a_hidden_panel_counts_nothing_until_it_is_shown_again() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        store = Asked(few())
        app.panel.display = False
        app.panel.view = View().over(store)
        app.panel.bench = Bench(Query(facet=""))
        await settle(pilot)
        assert store.asked == []
        app.panel.display = True
        app.panel.bench = Bench(Query(facet="err"))
        await settle(pilot)
        assert store.asked == ["err"]

    shown(few(), body, "err")


def test_every_facet_has_a_place() -> None:
    assert sorted(ORDER) == sorted(FACETS)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3)), min_size=1, max_size=9), st.integers(0, 90))
def test_lists_share_the_height_and_hide_no_more_than_they_must(lists: list[tuple[int, int]], height: int) -> None:
    needed, weights = zip(*lists, strict=True)
    heights = shared_heights(needed, weights, height)
    end = sum(heights) + len(heights) - 1
    hidden = sum(needed) - sum(heights)
    assert all(1 <= got <= lines for got, lines in zip(heights, needed, strict=True))
    assert (hidden == 0) == (sum(needed) + len(needed) - 1 <= max(end, height))
    if end > height:
        assert heights == [min(FEWEST_LINES * weight, lines) for lines, weight in lists]
    elif hidden:
        assert end == height
    for got, (need, weight) in zip(heights, lists, strict=True):
        # Whoever is cut has its part of what the others got beyond their least.
        for other, (_lines, its_weight) in zip(heights, lists, strict=True):
            if got < need and other > FEWEST_LINES * its_weight:
                assert got / weight >= (other - 1) / its_weight - 1e-9


def test_the_cursor_follows_its_value() -> None:
    memory = CursorMemory("b", 1)
    for values, row in [("abc", 1), ("xyzb", 3), ("ba", 0), ("xa", 1), ("x", 0)]:
        assert memory.row_in(list(values), len(values)) == row, values


def test_a_value_without_a_line_is_where_it_is_counted() -> None:
    assert CursorMemory("d", 3).row_in(list("abcdef"), 3) == 2
    assert CursorMemory("d", 3).row_in(list("abcdef"), 5) == 3
    assert CursorMemory(None, 2).row_in(list("abcdefg"), 4) == 3
    assert CursorMemory(None, 2).row_in(list("ab"), 2) == 1


def test_the_cursor_returns_to_a_value_that_has_a_line_again() -> None:
    def of(*numbers: int) -> Asked:
        return Asked([make_task(i, server_name=f"srv-{number:06}") for i, number in enumerate(numbers)])

    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, *SERVERS, *["j"] * 3)
        assert app.panel.cursor == ("server", "srv-000003")
        for numbers, value in [
            ([3, *range(2000), *range(4, 2000)], "srv-000003"),
            ([*range(2000), *range(3), *range(4, 2000)], None),
            (range(2000), "srv-000003"),
        ]:
            app.panel.view = View().over(of(*numbers))
            await counted(pilot, app.panel)
            assert app.panel.cursor == (value and ("server", value))
        await press(pilot, "G", "k", "j")
        app.panel.view = View().over(of(*range(2100)))
        await counted(pilot, app.panel)
        assert app.panel.cursor is None

    shown(few(), body)


def test_a_list_that_was_never_entered_stays_at_its_top() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "j")
        app.panel.view = View().over(Asked([make_task(i, server_name="new-0") for i in (50, 51)] + few()))
        await press(pilot, *SERVERS)
        assert app.panel.cursor == ("server", "new-0")

    shown(few(), body)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((80, 24), marks=pytest.mark.full),
        (120, 36),
        pytest.param((120, 12), marks=pytest.mark.full),
        (60, 15),
    ],
)
def test_beside_is_a_list_of_the_other_column(size: tuple[int, int]) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        groups = {group.field: group for group in app.panel.query(FacetGroup)}
        for _ in ORDER:
            await press(pilot, "tab")
            for key, step in (("l", 1), ("h", -1)):
                assert app.panel.cursor
                before = app.panel.cursor[0]
                await press(pilot, key)
                after = app.panel.cursor[0]
                assert groups[after].can_enter
                if after != before and size[0] >= TWO_COLUMNS:
                    assert (groups[after].region.x - groups[before].region.x) * step > 0
                elif after != before:
                    assert (ORDER.index(after) - ORDER.index(before)) * step > 0

    shown(few(), body, size=size)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 12), (120, 36), (200, 60)])
def test_lists_never_overlap(size: tuple[int, int]) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        regions = [group.region for group in app.panel.query(FacetGroup)]
        assert len(regions) == len(ORDER)
        for at, one in enumerate(regions):
            assert one.right <= size[0]
            assert not any(one.overlaps(other) for other in regions[at + 1 :])

    shown(many(70), body, size=size)
