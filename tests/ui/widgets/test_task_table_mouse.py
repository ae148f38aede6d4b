"""The table under the mouse: clicks, the wheel, the scrollbar."""

from collections.abc import Awaitable, Callable

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.strip import Strip
from textual.widgets import Footer

from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.ui.harness import Harness, assert_nothing_stale, drive, lines, press, settle
from tests.ui.widgets.table_app import TableApp, from_data_table, make_tasks, view_of

SIZE = (120, 20)


def shown(count: int, body: Callable[[Pilot[None], TableApp, TaskTable], Awaitable[None]]) -> None:
    app = TableApp(make_tasks(count))

    async def run(pilot: Pilot[None]) -> None:
        app.forget()
        await body(pilot, app, app.table)
        await settle(pilot)
        assert from_data_table(app.messages) == []
        assert_nothing_stale(app)

    drive(app, run, SIZE)


async def click(pilot: Pilot[None], x: int, y: int) -> None:
    await pilot.click(TaskTable, (x, y))
    await settle(pilot)


@pytest.mark.parametrize(
    ("x", "field"), [(2, "time"), (14, "time"), (15, "op"), (24, "server"), (52, "key"), (71, "err"), (118, "err")]
)
def test_a_title_asks_to_sort(x: int, field: str) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.scroll_to(y=50, animate=False)
        await click(pilot, x, 0)
        assert app.said == [("sort", field)]
        assert (table.cursor_row, table.scroll_offset.y) == (0, 50)
        assert app.moves == []

    shown(200, body)


def test_a_click_on_the_title_is_where_the_title_is() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        for title, field in [("TIME", "time"), ("OP", "op"), ("ERROR", "err"), ("SERVER", "server"), ("KEY", "key")]:
            app.forget()
            await click(pilot, lines(app)[0].index(title), 0)
            assert app.said == [("sort", field)]

    shown(3, body)


def test_the_head_of_the_gutter_is_dead() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await click(pilot, 0, 0)
        await click(pilot, 1, 0)
        assert app.said == []

    shown(3, body)


def test_the_first_click_moves_and_the_second_chooses() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.scroll_to(y=50, animate=False)
        await settle(pilot)
        await click(pilot, 40, 6)
        assert (table.cursor_row, app.said) == (55, [("highlighted", "task-55")])
        assert app.moves == [(131, False)]
        await click(pilot, 1, 6)
        assert app.said == [("highlighted", "task-55"), ("chosen", "task-55")]
        assert table.scroll_offset.y == 50
        assert len(app.moves) == 1

    shown(200, body)


def test_below_the_last_row_is_nothing() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await click(pilot, 40, 9)
        assert (table.cursor_row, app.said, app.moves) == (0, [], [])

    shown(3, body)


def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async def wheel(pilot: Pilot[None], table: TaskTable, kind: type[events.MouseEvent]) -> None:
        table.post_message(kind(table, 40, 6, 0, 0, 0, False, False, False))
        await settle(pilot)

    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        for _ in range(3):
            await wheel(pilot, table, events.MouseScrollDown)
        down = table.scroll_offset.y
        assert (down, table.cursor_row, app.said) == (6, 0, [])
        assert app.moves == [(19, True), (17, True), (15, True)]
        await wheel(pilot, table, events.MouseScrollUp)
        assert table.scroll_offset.y == 4
        assert app.moves[3:] == [(17, True)]
        await press(pilot, "j")
        assert (table.cursor_row, table.scroll_offset.y) == (1, 1)

    shown(40, body)


@pytest.mark.parametrize(
    ("message", "top", "moved"),
    [
        (ScrollTo(y=90), 90, (91, False)),
        (ScrollDown(), 69, (112, False)),
        (ScrollUp(), 31, (150, False)),
        (ScrollTo(y=9999), 181, (0, True)),
    ],
)
def test_the_scrollbar_scrolls_as_a_move_of_the_user(message: Message, top: int, moved: tuple[int, bool]) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.scroll_to(y=50, animate=False)
        table.post_message(message)
        await settle(pilot)
        assert (table.scroll_offset.y, table.cursor_row) == (top, 0)
        assert app.moves == [moved]

    shown(200, body)


def test_a_pointer_that_passes_changes_nothing() -> None:
    """Over SSH, a hover effect would send a line for each movement."""

    class Drawn(TaskTable):
        lines_drawn = 0

        def render_line(self, y: int) -> Strip:
            self.lines_drawn += 1
            return super().render_line(y)

    table = Drawn()
    app = Harness(table, Footer())

    async def body(pilot: Pilot[None]) -> None:
        table.view = view_of(make_tasks(20))
        await settle(pilot)
        assert table.lines_drawn > 0
        table.lines_drawn = 0
        for y in range(6):
            await pilot.hover(Drawn, (40, y))
        await pilot.hover(Footer)
        await settle(pilot)
        assert table.lines_drawn == 0

    drive(app, body, SIZE)
