"""Rendering the task table: every cell, only what changed, nothing stale."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Self

import pytest
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.ui.harness import assert_nothing_stale, drive, lines, press, screen, settle, style_at
from tests.ui.widgets.table_app import TableApp, keys, make_task, make_tasks, view_of
from tests.ui.widgets.test_table_lines import strange

THEMES = ("ansi-dark", "ansi-light", "textual-dark", "textual-light")
SIZE = (120, 20)


class Drawn(TaskTable):
    """Records which lines are rendered."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.regions: list[Region] = []
        self.time = datetime(2026, 11, 23, 8, tzinfo=UTC)
        """The time that the clock of the table shows."""
        super().__init__(lambda: self.time)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        self.regions += regions
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class DrawnApp(TableApp):
    """A table that records what it renders."""

    def __init__(self, tasks: list[FailedTask], theme: str = "ansi-dark") -> None:
        super().__init__(tasks, theme)
        self.table: Drawn = Drawn()
        self.widgets = (self.table,)


def shown(
    tasks: list[FailedTask],
    body: Callable[[Pilot[None], DrawnApp], Awaitable[None]],
    size: tuple[int, int] = SIZE,
    theme: str = "ansi-dark",
) -> None:
    app = DrawnApp(tasks, theme)

    async def run(pilot: Pilot[None]) -> None:
        await body(pilot, app)
        await settle(pilot)
        assert_nothing_stale(app)

    drive(app, run, size)


def test_strange_text_keeps_every_line_of_the_screen_at_its_width() -> None:
    rng = Random(6)
    tasks = [
        make_task(number, operate_type=strange(rng), task_error_msg=strange(rng, 60), server_name=strange(rng, 40))
        for number in range(60)
    ]

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        for width in (120, 76, 60, 33, 5, 100, 200):
            await pilot.resize_terminal(width, 20)
            await press(pilot, "pagedown")
            for strip in screen(app):
                assert cell_len(strip.text) == strip.cell_length == width, strip.text
            assert_nothing_stale(app)

    shown(tasks, body)


@pytest.mark.parametrize("width", [60, 76, 80, 100, 120, 200])
def test_the_width_of_the_rows_is_never_the_width_of_the_columns(width: int) -> None:
    heads = []

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        for tasks in (
            [],
            make_tasks(1),
            [make_task(1, task_error_msg="x" * 500, server_name="y" * 500)],
            make_tasks(99),
        ):
            app.table.view = view_of(tasks)
            await settle(pilot)
            heads.append(lines(app)[0][:-1])
        assert len(set(heads)) == 1
        assert app.table.max_scroll_x == 0

    shown([], body, (width, 20))


def test_resize_keeps_the_cursor_in_sight() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        app.table.move_cursor(row=120)
        for size in [(200, 50), (40, 8), (15, 4), (5, 3), (120, 20), (300, 100), (90, 30)]:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert app.table.cursor_row == 120
            assert_nothing_stale(app)
            assert all(strip.cell_length == size[0] for strip in screen(app))
            assert app.moves == []
        await press(pilot, "j")
        assert 0 <= app.cursor_line < 29

    shown(make_tasks(200), body)


def test_only_what_changed_is_drawn() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        table = app.table
        for key, drawn in [
            ("j", {1, 2}), ("j", {2, 3}), ("k", {2, 3}), ("l", {0}), ("h", {0}), ("h", set()), ("G", set(range(20))),
            ("G", set()), ("j", set()), ("k", {18, 19}), ("enter", set()),
        ]:  # fmt: skip
            table.drawn.clear()
            await press(pilot, key)
            assert set(table.drawn) == drawn, key
            assert len(table.drawn) == len(drawn), key
        table.drawn.clear()
        table.bench = Bench(marked=keys(0, 199, 190))
        await settle(pilot)
        assert sorted(table.drawn) == [10, 19]
        table.drawn.clear()
        table.bench = Bench(marked=keys(199, 189))
        await settle(pilot)
        assert sorted(table.drawn) == [9, 10]

    shown(make_tasks(200), body)


def test_a_page_that_changes_nothing_in_sight_draws_no_line() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        table, store = app.table, app.table.view.store
        for start, more, passed, drawn in [
            (30, make_tasks(100, 1030), 0, False),
            (30, make_tasks(100, 2030), 59, False),
            (30, make_tasks(100, 3030), 1, True),  # Times may be abbreviated in another way by now.
            (30, make_tasks(100, 4030), 59, False),
            (0, make_tasks(100, -100), 0, True),
            (0, [make_task(5, server_name="other")], 0, True),
        ]:
            table.time += timedelta(seconds=passed)
            table.scroll_to(y=start, animate=False)
            await settle(pilot)
            table.drawn.clear()
            store.extend(more)
            table.view = table.view.over(store)
            await settle(pilot)
            assert bool(table.drawn) is drawn, more
            assert_nothing_stale(app)

    shown(make_tasks(200), body)


def test_the_scrollbar_is_not_drawn_where_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    class Counted(ScrollBarRender):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            nonlocal count
            count += 1
            return super().__rich_console__(console, options)

    monkeypatch.setattr(ScrollBar, "renderer", Counted)

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        nonlocal count
        assert count > 0
        table = app.table
        count = 0
        table.regions.clear()
        await press(pilot, "j", "k", "l", "h", "enter")
        table.bench = Bench(marked=keys(1))
        await settle(pilot)
        table.view = view_of(make_tasks(200), "server")
        await settle(pilot)
        assert count == 0
        assert table.regions
        assert all(region.right <= SIZE[0] - 1 for region in table.regions)
        await press(pilot, "G")
        assert count > 0

    shown(make_tasks(200), body)


def test_marks() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        app.table.bench = Bench(marked=keys(1, 3, 999))
        await settle(pilot)
        assert [line[:2] for line in app.body()[:5]] == ["  ", "● ", "  ", "● ", "  "]
        app.table.view = view_of(make_tasks(5), "time")
        await settle(pilot)
        assert [line[:2] for line in app.body()[:5]] == ["  ", "● ", "  ", "● ", "  "]
        app.table.bench = Bench(marked=keys(3))
        await settle(pilot)
        assert [line[:2] for line in app.body()[:5]] == ["  ", "● ", "  ", "  ", "  "]

    shown(make_tasks(5), body)


def test_the_arrows_are_those_of_the_order_shown() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        assert lines(app)[0].split() == ["TIME", "UTC", "▼", "OP", "SERVER", "KEY", "PAIR", "ERROR"]
        app.table.view = view_of(make_tasks(5), "op", "-server")
        await settle(pilot)
        assert lines(app)[0].split() == ["TIME", "UTC", "OP", "▲1", "SERVER", "▼2", "KEY", "PAIR", "ERROR"]

    shown(make_tasks(5), body)


@pytest.mark.parametrize("theme", THEMES)
def test_the_cursor_shows_with_and_without_focus(theme: str) -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        focused, other = style_at(app, 60, 1), style_at(app, 60, 2)
        assert focused.reverse
        assert not other.reverse
        app.set_focus(None)
        await settle(pilot)
        assert_nothing_stale(app)
        blurred = style_at(app, 60, 1)
        assert blurred.reverse
        assert blurred != focused
        assert style_at(app, 60, 2) == other
        app.table.focus()
        await settle(pilot)
        assert style_at(app, 60, 1) == focused

    shown(make_tasks(30), body, theme=theme)


def test_a_change_of_theme_changes_every_line() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        await press(pilot, "j", "j")
        looks: dict[str, list[Style]] = {}
        for theme in (*THEMES, *THEMES):
            app.theme = theme
            await settle(pilot)
            assert_nothing_stale(app)
            look = [style_at(app, 60, y) for y in range(20)]
            assert looks.setdefault(theme, look) == look
        for dark, light in zip(looks["textual-dark"], looks["textual-light"], strict=True):
            assert (dark.color, dark.bgcolor) != (light.color, light.bgcolor)

    shown(make_tasks(30), body)


@pytest.mark.parametrize("theme", THEMES)
def test_tones(theme: str) -> None:
    tasks = [make_task(0), make_task(1, operate_type="FAILED_BIND"), make_task(2, operate_type="RUNNING_BIND")]

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        plain = style_at(app, 33, 2)
        time, failed, running = style_at(app, 5, 2), style_at(app, 23, 2), style_at(app, 23, 3)
        assert time != plain
        assert failed == plain
        assert running.color != plain.color
        assert len({style.bgcolor for style in (plain, time, failed, running)}) == 1
        title, active = style_at(app, 33, 0), style_at(app, 3, 0)
        assert (title.color, title.dim, title.bold) == (time.color, time.dim, time.bold)
        assert active.underline
        assert (active.color, active.dim, active.bold) == (plain.color, plain.dim, plain.bold)
        assert not active.reverse
        assert not title.underline

    shown(tasks, body, theme=theme)


def test_the_terminals_own_palette_is_kept() -> None:
    """In an ANSI theme no RGB colour reaches the terminal, so that text is readable on any background."""

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        for strip in screen(app):
            for segment in strip.crop(0, 119):
                assert segment.style is not None
                for color in (segment.style.color, segment.style.bgcolor):
                    assert color is None or color.is_default or (color.number is not None and color.number < 16)

    shown(make_tasks(30), body)


def test_without_colours_everything_is_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        assert app.no_color
        assert style_at(app, 60, 1).reverse
        assert style_at(app, 3, 0).underline
        assert not style_at(app, 16, 0).underline
        assert not style_at(app, 60, 2).reverse
        assert "bind (…" in lines(app)[2]

    shown([make_task(0), make_task(1, operate_type="RUNNING_BIND")], body)


def test_a_picture_can_be_taken() -> None:
    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        picture = app.export_screenshot().replace("&#160;", " ")
        assert "ERROR" in picture
        assert "srv-000003" in picture

    shown(make_tasks(5), body)


class CountingStore(TaskStore):
    """Counts how often a task is made from its columns."""

    made = 0

    def __getitem__(self, index: int) -> FailedTask:
        self.made += 1
        return super().__getitem__(index)


def test_a_key_makes_no_more_of_many_tasks_than_it_draws() -> None:
    """With 100,000 rows as with 100, only as many tasks are made as the screen has lines."""
    tasks = [
        FailedTask(f"t{number}", "FAILED_BIND", "", None, "oops", f"s{number}", "i", "k", number)
        for number in range(100_000)
    ]
    store = CountingStore(tasks)
    view = View().over(store)

    async def body(pilot: Pilot[None], app: DrawnApp) -> None:
        table = app.table
        store.made = 0
        table.view = view
        await settle(pilot)
        assert 0 < store.made <= 2 * 22
        for key in ("j", "k", "pagedown", "ctrl+d", "G", "k", "g", "l", "enter", "pagedown", "ctrl+u"):
            table.drawn.clear()
            store.made = 0
            await press(pilot, key)
            assert len(table.drawn) <= 20
            assert store.made <= 2 * len(table.drawn) + 4, key
        assert table.virtual_size.height == 100_001

    shown([], body)
