"""Rendering the groups: every cell, only what changed, nothing stale."""

from dataclasses import replace
from random import Random

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from kps_tui.triage.facets import ALL
from kps_tui.triage.query import Query
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.facets.counts import THREAD_VALUES
from kps_tui.ui.widgets.facets.group import FacetGroup
from kps_tui.ui.widgets.facets.layout import ORDER
from tests.ui.harness import assert_nothing_stale, drive, lines, press, screen, settle, style_at
from tests.ui.widgets.panel_app import Asked, PanelApp, counted, few, many, shown
from tests.ui.widgets.table_app import make_task
from tests.ui.widgets.test_table_lines import strange

_LEFT = ("ERROR", "KEY PAIR", "SERVER FAMILY", "SERVER")
_RIGHT = ("OPERATION", "CODE", "LIKELY CAUSE", "DAY", "STANDING", "NOTE")
TITLES = dict(zip(ORDER, _LEFT + _RIGHT, strict=True))
THEMES = ("ansi-dark", "ansi-light", "textual-dark", "textual-light", "terminal", "mono")


def test_one_facet_alone() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        assert [line.split("  23 Nov ")[0].rstrip() for line in app.grid()[:6]] == [
            " ERROR  4 values · 10 of 25 loaded                          first – last",
            " 4  40 % █████████  login incorrect",
            " 3  30 % ██████▊    登录凭证错误，请检查root密码或私钥",
            " 2  20 % ████▌      timed out",
            " 1  10 % ██▎        (none)",
            "",
        ]
        assert app.grid()[1].endswith("  23 Nov 07:56–08:00")
        assert style_at(app, 22, 4).dim
        assert not style_at(app, 22, 3).dim
        app.panel.load = LoadState(extent=replace(app.panel.load.extent, verdict=None))
        await settle(pilot)
        assert app.grid()[0].startswith(" ERROR  ≥ 4 values · 10 of 25 loaded  ")
        assert app.grid()[1].startswith(" ≥ 4  40 % █████████  login incorrect  ")

    shown(few(), body, "err", (80, 24))


def test_all_facets_in_two_columns() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        strips = screen(app)
        left, right = ([strip.crop(*half).text.rstrip() for strip in strips] for half in ((0, 60), (60, 120)))
        # In lists of this width, the last cells say when a value was seen last.
        assert {line[-6:] for line in left if "%" in line} == {"23 Nov"}
        left = [line.removesuffix("23 Nov").removesuffix("last").rstrip() for line in left]
        right = [line.removesuffix("23 Nov").removesuffix("last").rstrip() for line in right]
        assert left[:14] == [
            " counted: 10 of 25 loaded",
            " ERROR  4 values",
            " 4  40 % ███████  login incorrect",
            " 3  30 % █████▎   登录凭证错误，请检查root密码…",
            " 2  20 % ███▌     timed out",
            " 1  10 % █▊       (none)",
            "",
            " KEY PAIR  2 values",
            " 5  50 % ███████  kp-0",
            " 5  50 % ███████  kp-1",
            "",
            " SERVER FAMILY  1 value",
            " 10 100 % ███████  srv",
            "",
        ]
        assert left[14] == " SERVER  10 values"
        assert right[1:12] == [
            "  OPERATION  1 value",
            "  10 100 % ███████  bind",
            "",
            "  CODE  none in any task",
            "",
            "  LIKELY CAUSE  2 values",
            "  7  70 % ███████  credential · the root password…",
            "  3  30 % ███      (none)",
            "",
            "  DAY  1 value",
            "  10 100 % ███████  2026-11-23",
        ]
        assert app.panel.max_scroll_y == 0

    shown(few(), body)


@pytest.mark.parametrize(
    "size", [pytest.param((120, 36), marks=pytest.mark.full), pytest.param((120, 20), marks=pytest.mark.full), (80, 24)]
)
def test_all_facets_look_the_same_after_one_was_alone(size: tuple[int, int]) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        before = app.grid()
        stops = [facet for facet in ORDER if facet not in ("code", "note")]
        for facet in ORDER:
            app.panel.bench = Bench(Query(facet=facet))
            await settle(pilot)
            assert app.grid()[0].startswith(f" {TITLES[facet]} ")
            app.panel.bench = Bench(Query(facet=ALL))
            await settle(pilot)
            await press(pilot, *["shift+tab"] * (stops.index(facet) if facet in stops else 0))
            assert app.grid() == before

    shown(few(), body, size=size)


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
def test_all_facets_in_one_column_show_a_few_values_each_and_scroll(size: tuple[int, int]) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        grid = [line[:-2].rstrip() for line in lines(app)]
        assert grid[0] == " counted: 10 of 25 loaded"
        assert grid[7].startswith(" KEY PAIR  2 values")
        await press(pilot, "shift+tab", "G")
        assert app.panel.cursor == ("is", "open")
        assert "open" in lines(app)[-2]
        assert lines(app)[-3].startswith(" STANDING  1 value")
        assert lines(app)[0].startswith(" counted: 10 of 25 loaded")
        await press(pilot, "tab")
        assert lines(app)[1].startswith(" ERROR  4 values")
        await press(pilot, "tab", "tab", "tab", "G")
        assert app.panel.cursor == ("server", "srv-000009")
        at = next(row for row, line in enumerate(lines(app)) if "srv-000009" in line)
        assert lines(app)[at - 3].startswith(" SERVER  10 values")
        assert all(strip.cell_length == size[0] for strip in screen(app))

    shown(few(), body, size=size)


def test_only_what_changed_is_sent() -> None:
    left, right = {(1, 0, 58), (2, 0, 57)}, {(1, 61, 120), (2, 61, 119)}

    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        first, second = (2, 0, 57), (3, 0, 57)
        for key, sent in [
            ("j", {first, second}), ("k", {first, second}), ("k", set()), ("l", left | right), ("l", set()),
            ("h", left | right), ("tab", left | {(7, 0, 58), (8, 0, 57)}), ("enter", set()), ("f", set()),
        ]:  # fmt: skip
            app.sent.clear()
            await press(pilot, key)
            assert app.sent == sent, key

    shown(few(), body)


def test_many_values_are_counted_in_a_thread_and_the_last_ones_are_not_listed() -> None:
    app = PanelApp(many(THREAD_VALUES), "server")

    async def body(pilot: Pilot[None]) -> None:
        await counted(pilot, app.panel)
        assert app.grid()[0].startswith(f" SERVER  {THREAD_VALUES:,} values · 10 of 25 loaded  ")
        await press(pilot, "G")
        at_the_end = app.panel.cursor
        assert at_the_end is None
        assert f"… {THREAD_VALUES - 10_000:,} more, not listed: filter to see them" in lines(app)[-1]
        app.sent.clear()
        await press(pilot, "k")
        assert app.panel.cursor == ("server", "srv-009999")
        assert app.sent == {(28, 0, 119), (29, 0, 119)}
        await press(pilot, "j", "enter")
        assert app.said == []
        app.panel.bench = Bench(Query(facet="err"))
        assert app.panel.is_counting
        await counted(pilot, app.panel)
        assert app.grid()[0].startswith(" ERROR  4 values · 10 of 25 loaded  ")
        assert_nothing_stale(app)

    drive(app, body, (120, 30))


def test_counting_is_said() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        app.panel.view = View().over(Asked(many(THREAD_VALUES)))
        assert app.panel.is_counting
        title = str(next(iter(app.panel.query(FacetGroup))).query_one(Static).content)
        assert title.startswith(" ERROR  4 values · 10 of 25 loaded · counting…  ")
        app.panel.bench = Bench(Query(facet="server"))
        await pilot.pause(0)
        assert app.grid()[0] == " counting…"
        assert app.panel.is_counting
        await counted(pilot, app.panel)
        assert app.grid()[0].startswith(f" SERVER  {THREAD_VALUES:,} values · 10 of 25 loaded  ")

    shown(few(), body, "err")


def test_nothing_to_count() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "j", "G", "tab", "l", "pagedown", "enter", "f")
        assert app.said == []
        assert app.grid()[1].split() == ["ERROR", "nothing", "to", "count", "OPERATION", "nothing", "to", "count"]
        app.panel.bench = Bench(Query(facet="day"))
        await press(pilot, "j", "enter")
        assert (app.grid()[0], app.said) == (" DAY  nothing to count", [])

    shown([], body)


@pytest.mark.full
def test_strange_text_keeps_every_line_at_its_width() -> None:
    rng = Random(7)
    names = ("task_error_msg", "server_name", "keypair_name", "operate_type", "task_error_code")
    tasks = [make_task(i, **{name: strange(rng, 60) for name in names}) for i in range(60)]

    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        for facet in (ALL, "err", "server"):
            app.panel.bench = Bench(Query(facet=facet))
            for width in (120, 100, 76, 60, 33, 9, 200):
                await pilot.resize_terminal(width, 15)
                await press(pilot, "pagedown")
                for strip in screen(app):
                    assert cell_len(strip.text) == strip.cell_length == width
                    assert strip.text.isprintable()
                assert_nothing_stale(app)

    shown(tasks, body)


@pytest.mark.parametrize(
    "theme", [pytest.param(theme, marks=() if theme in ("ansi-dark", "mono") else pytest.mark.full) for theme in THEMES]
)
def test_the_cursor_shows_with_and_without_focus(theme: str) -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        focused = style_at(app, 20, 2)
        assert focused.reverse
        assert style_at(app, 4, 2).reverse
        assert not style_at(app, 20, 3).reverse
        assert style_at(app, 1, 1).reverse
        assert not style_at(app, 64, 1).reverse
        app.set_focus(None)
        await settle(pilot)
        assert_nothing_stale(app)
        assert style_at(app, 20, 2).reverse
        assert style_at(app, 20, 2) != focused

    shown(few(), body, theme=theme)


def test_a_list_that_gets_the_cursor_after_the_focus_has_changed_shows_that() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        focused = style_at(app, 20, 2)
        app.set_focus(None)
        await settle(pilot)
        app.panel.action_turn(1)
        app.set_focus(app.panel)
        await settle(pilot)
        await press(pilot, "shift+tab")
        assert style_at(app, 20, 2) == focused
        assert_nothing_stale(app)

    shown(few(), body)
