"""The task table: keys, the cursor and messages."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from kps_tui.kps.task import FailedTask
from kps_tui.triage.filter import EVERYTHING, parse
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.ui.harness import Harness, assert_nothing_stale, drive, lines, press, settle
from tests.ui.widgets.table_app import TableApp, from_data_table, keys, make_task, make_tasks, view_of

KEYS = ("up", "down", "pageup", "pagedown", "ctrl+home", "ctrl+end")
SIZE = (120, 20)
"""A size with 19 visible rows."""


def shown(
    tasks: list[FailedTask],
    body: Callable[[Pilot[None], TableApp, TaskTable], Awaitable[None]],
    size: tuple[int, int] = SIZE,
) -> TableApp:
    """Run `body` with a table of `tasks` that has posted its first messages."""
    app = TableApp(tasks)

    async def run(pilot: Pilot[None]) -> None:
        await body(pilot, app, app.table)
        await settle(pilot)
        assert from_data_table(app.messages) == []
        assert_nothing_stale(app)

    drive(app, run, size)
    return app


async def put(pilot: Pilot[None], table: TaskTable, view: View) -> None:
    table.view = view
    await settle(pilot)


class Stock(Harness):
    """A stock table with the same number of rows."""

    CSS = "DataTable {height: 1fr; overflow-y: scroll}"

    def __init__(self, count: int) -> None:
        self.table: DataTable[str] = DataTable(cursor_type="row")
        super().__init__(self.table)
        self.count = count

    def on_mount(self) -> None:
        self.table.focus()
        self.table.add_column("a", width=10)
        for number in range(self.count):
            self.table.add_row(str(number))


@pytest.mark.parametrize(
    "count",
    [
        1,
        pytest.param(2, marks=pytest.mark.full),
        pytest.param(19, marks=pytest.mark.full),
        20,
        21,
        pytest.param(200, marks=pytest.mark.full),
    ],
)
def test_keys_move_as_in_the_stock_table(count: int) -> None:
    rng = Random(count)
    walk = [rng.choice(KEYS) for _ in range(30)]

    def places(app: Harness, table: DataTable[str]) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []

        async def body(pilot: Pilot[None]) -> None:
            for key in walk:
                await press(pilot, key)
                seen.append((table.cursor_row, table.scroll_offset.y))

        drive(app, body, SIZE)
        return seen

    stock, app = Stock(count), TableApp(make_tasks(count))
    assert places(app, app.table) == places(stock, stock.table)


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (("j",), 51), (("k",), 49), (("g",), 0), (("G",), 199), (("home",), 0), (("end",), 199),
        (("ctrl+d",), 59), (("ctrl+u",), 41), (("ctrl+d", "ctrl+u"), 50), (("pagedown",), 69), (("pageup",), 31),
        (("G", "j", "pagedown", "ctrl+d"), 199), (("g", "k", "pageup", "ctrl+u"), 0),
    ],
)  # fmt: skip
def test_keys_of_our_own(keys: tuple[str, ...], row: int) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.move_cursor(row=50)
        await press(pilot, *keys)
        assert table.cursor_row == row
        assert 0 <= app.cursor_line < 19
        assert f"srv-{row:06}" in app.body()[app.cursor_line]

    shown(make_tasks(200), body)


def test_half_a_page_keeps_the_cursor_on_its_line() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, *["j"] * 5)
        await press(pilot, "ctrl+d")
        assert (table.cursor_row, app.cursor_line) == (14, 5)

    shown(make_tasks(200), body)


def test_the_active_column_moves_over_every_field() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        keys = ["time", "op", "server", "key", "err", "state", "code", "cause", "sid", "family", "task"]
        for key in keys:
            assert table.active_column == key
            assert key in [slot.column.key for slot in table.columns_shown]
            await press(pilot, "l")
        assert table.active_column == "task"
        assert "TASK ID" in lines(app)[0]
        assert "task-0" in app.body()[0]
        for key in reversed(keys):
            assert table.active_column == key
            await press(pilot, "left")
        assert [slot.column.key for slot in table.columns_shown] == keys[:5]
        assert "TASK ID" not in lines(app)[0]
        await press(pilot, "right")
        assert (table.active_column, table.cursor_row) == ("op", 0)

    app = shown(make_tasks(30), body)
    assert app.moves == []


def test_the_active_field_stays_when_its_column_does_not_fit() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.active_column = "key"
        for width, columns in (
            (80, ["time", "op", "server", "key"]),
            (40, ["time", "op", "key"]),
            (200, ["time", "op", "server", "key", "err"]),
        ):
            await pilot.resize_terminal(width, 20)
            await settle(pilot)
            assert table.active_column == "key"
            assert [slot.column.key for slot in table.columns_shown] == columns
        table.active_column = "nonsense"
        assert table.active_column == "time"

    shown(make_tasks(30), body)


def test_keys_can_be_set_by_id() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        app.set_keymap({"table.down": "n"})
        await press(pilot, "n", "n", "j", "down")
        assert table.cursor_row == 2

    shown(make_tasks(30), body)


# Highlighted


def test_highlighted_once_per_change() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        assert app.said == [("highlighted", "task-0")]
        await press(pilot, "j", "k", "k", "G", "j")
        assert [task_id for _, task_id in app.said] == ["task-0", "task-1", "task-0", "task-199"]

    shown(make_tasks(200), body)


def test_the_first_view_and_none() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        assert app.said == []
        await put(pilot, table, view_of(make_tasks(1)))
        await put(pilot, table, view_of([]))
        await put(pilot, table, view_of([]))
        assert app.said == [("highlighted", "task-0"), ("highlighted", None)]

    shown([], body)


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_one_row(count: int) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        app.forget()
        for key in (*KEYS, "j", "k", "g", "G", "ctrl+d", "ctrl+u", "h", "l"):
            await press(pilot, key)
            assert table.cursor_row == table.scroll_offset.y == 0
        assert app.said == []
        await press(pilot, "enter")
        await pilot.click(TaskTable, (30, 7))
        await settle(pilot)
        assert app.said == [("chosen", "task-0")] * count
        assert [bool(line.strip(" ▁▂▃▄▅▆▇█")) for line in app.body()] == [number < count for number in range(19)]

    shown(make_tasks(count), body)


def test_the_cursor_keeps_its_task_and_its_line_through_new_orders() -> None:
    tasks = [make_task(number, server_name=f"srv-{number * 37 % 200:06}") for number in range(200)]

    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.move_cursor(row=100)
        await press(pilot, "k", "k", "k", "k")
        line = app.cursor_line
        assert 0 < line < 18
        app.forget()
        moved = 0
        for view in (
            view_of(tasks, "server"),
            view_of(tasks, "-server"),
            view_of(tasks, "time"),
            view_of([*make_tasks(50, -50), *tasks]),
            view_of(tasks),
        ):
            row = table.cursor_row
            await put(pilot, table, view)
            assert app.cursor_id == "task-96"
            top = table.scroll_offset.y
            assert app.cursor_line == line or top in (0, table.max_scroll_y), (top, app.cursor_line)
            line = app.cursor_line
            moved += table.cursor_row != row
            assert f"{tasks[96].server_name}" in app.body()[app.cursor_line]
        assert moved >= 4
        assert app.said == []
        assert app.moves == []

    shown(tasks, body)


def test_a_page_that_arrives_changes_nothing_in_sight() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, "G")
        before, place = lines(app), (table.cursor_row, table.scroll_offset.y)
        app.forget()
        table.view.store.extend(make_tasks(1000, 200))
        await put(pilot, table, table.view.over(table.view.store))
        assert (table.cursor_row, table.scroll_offset.y) == place
        assert [line[:-1] for line in lines(app)] == [line[:-1] for line in before]
        assert (app.said, app.moves) == ([], [])
        await press(pilot, "j")
        assert app.said == [("highlighted", "task-200")]

    shown(make_tasks(200), body)


def test_a_table_scrolled_away_from_its_cursor_stays_where_the_user_looks() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.scroll_to(y=150, animate=False)
        await settle(pilot)
        first = app.body()[0]
        await put(pilot, table, view_of([*make_tasks(10, -10), *make_tasks(300)]))
        assert (table.cursor_row, table.scroll_offset.y, app.cursor_id) == (10, 160, "task-0")
        assert app.body()[0] == first
        await put(pilot, table, view_of(make_tasks(300), "time"))
        assert (table.cursor_row, table.scroll_offset.y, app.cursor_id) == (299, 160, "task-0")

    shown(make_tasks(200), body)


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ({50}, "task-51"), ({50, 51, 49}, "task-52"), (set(range(50, 200)), "task-49"),
        (set(range(45, 60)), "task-44"), (set(range(10, 200)), "task-9"),
    ],
)  # fmt: skip
def test_where_the_task_is_gone_the_nearest_row(gone: set[int], expected: str) -> None:
    """Even if rows above it were added or removed, so that its row number changed."""
    newer = make_tasks(30, -30)
    left = [task for number, task in enumerate(make_tasks(200)) if number not in gone]

    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.move_cursor(row=50)
        await settle(pilot)
        line = app.cursor_line
        app.forget()
        await put(pilot, table, view_of([*newer, *left]))
        assert app.cursor_id == expected
        assert app.said == [("highlighted", expected)]
        assert app.cursor_line == line or table.scroll_offset.y in (0, table.max_scroll_y)

    shown(make_tasks(200), body)


@pytest.mark.parametrize("row", [0, 50])
def test_which_filters_were_shown_while_one_was_typed_does_not_matter(row: int) -> None:
    """How fast it is typed decides which are."""

    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        if row:
            table.move_cursor(row=row)
        await settle(pilot)
        all_shown, rows = table.view, []
        for shown in (["60"], ["160", "60"], ["9", "0", "60"], ["nothing", "60"]):
            for ending in shown:
                bench = table.bench.typing(parse(f"server:/{ending}$/").expression)
                table.bench = bench
                await put(pilot, table, table.view.showing(table.view.store, bench.query))
            rows.append(app.cursor_id)
            table.bench = table.bench.typing(EVERYTHING)
            await put(pilot, table, all_shown)
            assert table.cursor_row == row
        assert rows == ["task-60"] * 4

    shown(make_tasks(200), body)


def test_the_nearest_row_is_that_of_the_filter_that_was_applied() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, *"j" * 10)
        for text in ("server:/(04|10|18)$/", "server:/(04|18)$/"):
            bench = table.bench.narrowed(parse(text).expression)
            # The screen makes the view first.
            await put(pilot, table, table.view.showing(table.view.store, bench.query))
            table.bench = bench
        assert app.cursor_id == "task-18", "below it in the list, though 4 was nearer before"

    shown(make_tasks(20), body)


def test_where_nothing_is_left_of_the_list_the_cursor_stays_in_it() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, "G")
        for count in (50, 3, 1, 0):
            await put(pilot, table, view_of(make_tasks(count, 10_000 * count)))
            assert table.cursor_row == max(0, count - 1)
            assert table.scroll_offset.y == max(0, count + 1 - 20)

    shown(make_tasks(200), body)


# Moved


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        ("j", (181, False)), ("k", (181, False)), ("G", (0, True)), ("g", (181, False)), ("end", (0, True)),
        ("pagedown", (162, False)), ("ctrl+d", (172, False)), ("ctrl+u", (181, False)), ("pageup", (181, False)),
    ],
)  # fmt: skip
def test_each_key_that_moves_says_so_once(key: str, moved: tuple[int, bool]) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, key)
        assert app.moves == [moved]

    shown(make_tasks(200), body)


@pytest.mark.parametrize(("count", "near"), [(50, 19), (100, 33), (300, 100)])
def test_near_the_end_is_within_a_screen_or_in_the_last_third(count: int, near: int) -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        table.move_cursor(row=count - near - 4)
        await settle(pilot)
        app.forget()
        await press(pilot, *["j"] * 6)
        assert app.moves == [(near + more, more <= 0) for more in (2, 1, 0, -1, -2, -3)]
        app.forget()
        await press(pilot, "G", "G", "g")
        assert app.moves == [(0, True), (0, True), (count - 19, False)]

    shown(make_tasks(count), body)


def test_what_is_no_move_of_the_user_says_nothing() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await put(pilot, table, view_of(make_tasks(5)))
        await put(pilot, table, view_of(make_tasks(500)))
        await put(pilot, table, view_of(make_tasks(500), "server"))
        table.bench = Bench(marked=keys(1))
        table.move_cursor(row=499)
        await pilot.resize_terminal(80, 40)
        await press(pilot, "h", "l", "enter")
        app.set_focus(None)
        await settle(pilot)
        assert app.moves == []

    shown(make_tasks(200), body)


def test_enter_chooses() -> None:
    async def body(pilot: Pilot[None], app: TableApp, table: TaskTable) -> None:
        await press(pilot, "j", "j", "enter", "enter")
        assert app.said[-3:] == [("highlighted", "task-2"), ("chosen", "task-2"), ("chosen", "task-2")]

    shown(make_tasks(20), body)


def test_reading_rows() -> None:
    table = TaskTable()
    table.set_reactive(TaskTable.view, view_of(make_tasks(3)))
    assert table.row_count == 3
    row = table.get_row_at(1)
    assert len(row) == 5
    assert row[2] == "srv-000001"


def test_a_stock_app_can_hold_it() -> None:
    """It works as a plain widget, without our harness and style sheets."""

    class Plain(App[None]):
        def compose(self) -> ComposeResult:
            yield TaskTable(id="tasks")

    app = Plain()

    async def run() -> str:
        async with app.run_test(size=(100, 10)) as pilot:
            app.query_one(TaskTable).view = view_of(make_tasks(3))
            await settle(pilot)
            return lines(app)[1]

    assert "srv-000000" in asyncio.run(run())
