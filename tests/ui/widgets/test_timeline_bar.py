"""The timeline widget: bars, messages, rendering and keys."""

from collections.abc import Sequence
from datetime import timedelta, timezone

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kps_tui.triage.view import View
from kps_tui.ui.widgets.timeline.bar import THREAD_ROWS, TimelineBar
from tests.ui.harness import assert_nothing_stale, press, screen, settle, style_at
from tests.ui.widgets.timeline_app import DAY, HOUR, MIDNIGHT, LineApp, is_active, nine_days, shown, view_of

THEMES = ("ansi-dark", "ansi-light", "textual-dark", "textual-light")


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (40, "15 Nov ▁ ▁ ▁ ▁ ▁ ▁ ▁ ▁ █ 23 Nov"),
        (60, "15 Nov ▁   ▁   ▁   ▁   ▁   ▁   ▁   ▁   ▁█ 23 Nov   per 6 h"),
        (80, "15 Nov ▁   ▁   ▁   ▁   ▁   ▁   ▁   ▁   ▁█ 23 Nov   per 6 h, peak 22"),
        (120, "15 Nov ▁       ▁       ▁       ▁       ▁       ▁       ▁       ▁       ▁ █ 23 Nov   per 3 h, peak 22"),
    ],
)
def test_it_fits_the_width_and_ends_at_its_right(width: int, row: str) -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        assert app.row == row
        x = width - 1 - len(row)
        assert style_at(app, x, 0).dim
        assert style_at(app, width - 2, 0).dim
        assert not style_at(app, x + 7, 0).dim

    shown(nine_days(), body, width)


def test_every_width_is_filled_exactly() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        for active in (False, True):
            for width in (60, 61, 79, 100, 109, 110, 111, 200, 300, 20, 5):
                await pilot.resize_terminal(width, 5)
                await settle(pilot)
                assert all(strip.cell_length == width for strip in screen(app))
                assert active is app.line.is_active
                if width >= 60:
                    assert ("failed" if active else "23 Nov") in app.row
                assert_nothing_stale(app)
            app.line.begin()

    shown(nine_days(), body)


def test_keys_choose_a_bucket() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.begin()
        await settle(pilot)
        assert app.line.has_focus
        assert app.row.endswith("Mon 23 Nov 06:00–12:00 · 22 failed")
        assert app.reversed == "█"
        for key, words in [
            ("l", "Mon 23 Nov 06:00–12:00 · 22 failed"),
            ("h", "Mon 23 Nov 00:00–06:00 · 2 failed"),
            ("left", "Sun 22 Nov 18:00–24:00 · 0 failed"),
            ("home", "Sun 15 Nov 00:00–06:00 · 2 failed"),
            ("h", "Sun 15 Nov 00:00–06:00 · 2 failed"),
            ("right", "Sun 15 Nov 06:00–12:00 · 0 failed"),
            ("end", "Mon 23 Nov 06:00–12:00 · 22 failed"),
        ]:
            await press(pilot, key)
            assert app.row.endswith(words), key
        await press(pilot, "h", "enter")
        assert app.ranges == [(MIDNIGHT, MIDNIGHT + 6 * HOUR)]

    shown(nine_days(), body)


def test_v_begins_a_range_and_ends_it() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.begin()
        await press(pilot, "v", "h", "h", "enter")
        assert app.reversed == " ▁█"
        assert "22 Nov 18:00–23 Nov 12:00 · 24 failed" in app.row
        await press(pilot, "l", "l", "l", "home", "v", "enter")
        await press(pilot, "v", "l", "l", "enter")
        assert app.ranges == [
            (MIDNIGHT - 6 * HOUR, MIDNIGHT + 12 * HOUR),
            (MIDNIGHT - 8 * DAY, MIDNIGHT - 8 * DAY + 6 * HOUR),
            (MIDNIGHT - 8 * DAY, MIDNIGHT - 8 * DAY + 18 * HOUR),
        ]

    shown(nine_days(), body)


def test_it_takes_the_keys_only_between_begin_and_end() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.focus()
        await press(pilot, "tab", "tab", "tab", "h", "enter")
        assert not app.line.has_focus
        assert not is_active(app)
        app.line.begin()
        await settle(pilot)
        assert is_active(app)
        app.line.end()
        await settle(pilot)
        assert not is_active(app)
        assert not app.line.has_focus
        await press(pilot, "tab", "tab")
        assert not app.line.has_focus
        assert app.reversed == ""
        assert app.of(TimelineBar.Ended) == []
        app.line.begin()
        app.query_one(Input).focus()
        await settle(pilot)
        assert not is_active(app)
        assert len(app.of(TimelineBar.Ended)) == 1
        assert app.ranges == []

    shown(nine_days(), body)


def test_a_terminal_that_loses_the_focus_ends_nothing() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.begin()
        await settle(pilot)
        app.app_focus = False
        await settle(pilot)
        app.app_focus = True
        await settle(pilot)
        assert is_active(app)
        assert app.line.has_focus
        assert app.of(TimelineBar.Ended) == []

    shown(nine_days(), body)


def test_what_is_chosen_stays_where_it_is_in_time() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.begin()
        await press(pilot, "h", "v", "h")
        app.line.view = view_of([*nine_days(), str(MIDNIGHT - 17 * DAY), str(MIDNIGHT + DAY)])
        await press(pilot, "enter")
        assert app.ranges == [(MIDNIGHT - 12 * HOUR, MIDNIGHT + 12 * HOUR)]
        app.line.view = View()
        await settle(pilot)
        assert not is_active(app)
        assert len(app.of(TimelineBar.Ended)) == 1

    shown(nine_days(), body)


@pytest.mark.parametrize("times", [[], ["never", None]])
def test_without_times_there_is_nothing_to_choose(times: Sequence[object]) -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        assert app.row == "no times"
        assert style_at(app, 2, 0).dim
        app.line.begin()
        await press(pilot, "enter")
        assert not is_active(app)

    shown(times, body)


def test_unreadable_times_are_counted_and_the_zone_is_obeyed() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        assert app.row == "23 Nov 08:00 ████ 08:00   per minute, peak 1 · 2 without a time"

    shown([str(MIDNIGHT), "never", None], body, 140, zone=timezone(timedelta(hours=8)))


def test_a_key_draws_the_row_once_and_one_that_does_nothing_does_not() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        app.line.begin()
        await settle(pilot)
        for key, drawn in [("l", 0), ("h", 1), ("v", 1), ("h", 1), ("end", 1), ("end", 0), ("enter", 0)]:
            app.line.drawn = 0
            await press(pilot, key)
            assert app.line.drawn == drawn, key

    shown(nine_days(), body)


def test_many_rows_are_counted_in_a_thread() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        for rows in (THREAD_ROWS, THREAD_ROWS + 1):
            app.line.view = view_of([str(MIDNIGHT + i) for i in range(rows)])
            assert app.line.is_counting
        assert "counting…" in app.line.render_line(0).text
        for _ in range(3000):
            if not app.line.is_counting:
                break
            await pilot.pause(0.01)
        await settle(pilot)
        assert "per minute, peak 10,001" in app.row

    shown(nine_days(), body, 140)


def test_what_is_hidden_is_not_counted_until_it_shows() -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        first = app.row
        app.line.display = False
        await settle(pilot)
        app.line.view = view_of([str(MIDNIGHT)])
        await settle(pilot)
        assert not app.line.is_counting
        app.line.display = True
        await settle(pilot)
        assert first != app.row == "23 Nov 00:00 ████ 00:00   per minute, peak 1"

    shown(nine_days(), body)


@pytest.mark.parametrize("theme", THEMES)
def test_the_chosen_bucket_shows_in_every_theme(theme: str) -> None:
    async def body(pilot: Pilot[None], app: LineApp) -> None:
        assert app.reversed == ""
        bar = style_at(app, 8, 0)
        app.line.begin()
        await settle(pilot)
        assert app.reversed == "█"
        assert style_at(app, 1, 0) != bar

    shown(nine_days(), body, theme=theme)
