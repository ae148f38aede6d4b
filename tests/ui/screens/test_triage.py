"""The triage screen with a real server: when it sends which requests, and what it shows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from textual import _time
from textual.pilot import Pilot

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_detail.pane import TaskDetail
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import grid, press_keys, running, screen_of, settled, target_at, until
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving
from tests.ui.held_up import HeldUp

Body = Callable[[KpsApp, Pilot[int], TriageScreen, Loopback], Awaitable[None]]


def drive(reply: Callable[[Request], Reply], body: Body, size: tuple[int, int] = (120, 36), wait: bool = True) -> None:
    """Run `body` with the program, against a server that responds with `reply`."""

    async def go() -> None:
        async with serving(reply) as server, running(target_at(server.endpoint), size) as (app, pilot):
            screen = await settled(app, pilot) if wait else screen_of(app)
            await body(app, pilot, screen, server)

    asyncio.run(go())


def offsets(server: Loopback) -> list[int]:
    return [request.number("offset") for request in server.requests]


def text_of(app: KpsApp) -> str:
    return "\n".join(grid(app))


def keys_of(numbers: Iterable[int]) -> frozenset[RowKey]:
    return frozenset(FailedTask.from_json(row(number)).row_key for number in numbers)


def rows(count: int) -> list[dict[str, Any]]:
    return [row(number) for number in range(count)]


def test_one_page_until_the_user_moves_and_each_page_once() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert offsets(server) == [0]
        assert "2,500 failed · 1,000 of 2,500 loaded · newest first" in text_of(app)
        assert " R Rest " in text_of(app)
        await pilot.press("j", "j", "l", "s", "s")
        await settled(app, pilot)
        assert offsets(server) == [0]
        await pilot.press("G")
        await settled(app, pilot)
        assert offsets(server) == [0, 999]
        assert "1,999 of 2,500 loaded" in text_of(app)
        await pilot.press("G")
        await settled(app, pilot)
        await pilot.press("G", "G", "R")
        await settled(app, pilot)
        assert offsets(server) == [0, 999, 1998]
        assert "2,500 failed · all loaded" in text_of(app)
        assert "of 2,500 loaded" not in text_of(app)
        assert " R Rest " not in text_of(app)
        assert len(screen.view) == 2500

    drive(listing(rows(2500)), body)


def test_the_rest_in_one_key() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("R")
        await settled(app, pilot)
        assert sorted(offsets(server)) == [0, 999, 1998, 2997, 3996]
        assert len(screen.view) == 4500
        assert [screen.view.at(n) and screen.view.at(n).task_id for n in (0, 4499)] == ["task-000000", "task-004499"]  # type: ignore[union-attr]

    drive(listing(rows(4500)), body)


def test_a_sort_a_resize_and_a_page_that_arrives_ask_for_nothing() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("l", "s", "s", "l", "s")
        await pilot.resize_terminal(80, 24)
        await pilot.resize_terminal(120, 50)
        await settled(app, pilot)
        assert offsets(server) == [0]

    drive(listing(rows(2500)), body)


def test_the_cursor_stays_on_its_task_and_its_line_through_sort_page_and_refresh() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        table = app.screen.query_one(TaskTable)
        await pilot.press(*["pagedown"] * 3)
        await settled(app, pilot)
        assert screen.highlighted is not None
        task, line = screen.highlighted.task_id, table.cursor_row - table.scroll_offset.y

        def kept() -> tuple[str, int]:
            assert screen.highlighted is not None
            return screen.highlighted.task_id, table.cursor_row - table.scroll_offset.y

        for keys in (["R"], ["l", "l", "s"], ["s"], ["r"]):
            await pilot.press(*keys)
            await settled(app, pilot)
            assert kept() == (task, line)
        assert "SERVER ▼" in text_of(app)

    drive(listing(rows(3000)), body)


def test_an_empty_list_names_where_it_looked() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        shown = text_of(app)
        for part in ("No failed tasks", "0" * 32, "127.0.0.1", "read at 08:30:00", "r refreshes", "0 failed"):
            assert part in shown
        assert "C switches to another profile, L signs in to another place" in shown

    drive(listing([]), body)


def failing_from(number: int, good: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """Respond like `good`, but refuse all requests from `number` (counted from 0) on."""
    asked = 0

    def reply(request: Request) -> Reply:
        nonlocal asked
        asked += 1
        return good(request) if asked <= number else http({"error_code": "KPS.9003"}, "403 X")

    return reply


@pytest.mark.parametrize("key", ["G", pytest.param("R", marks=pytest.mark.full), "r"])
def test_a_load_that_fails_leaves_the_rows(key: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        before = screen.view.order
        await pilot.press(key)
        await settled(app, pilot)
        assert list(screen.view.order) == list(before)
        shown = text_of(app)
        for part in ("permission (403)", "R continues, r retries · rows from", "1,000 of 2,500 loaded"):
            assert part in shown

    drive(failing_from(1, listing(rows(2500))), body)


class Gate:
    """Responds like `good` while it is open."""

    def __init__(self, good: Callable[[Request], Reply], free: int = 0) -> None:
        self.open = asyncio.Event()
        self.closed_by_peer = asyncio.Event()
        self._good, self._free = good, free

    def __call__(self, request: Request) -> Reply:
        if self._free > 0:
            self._free -= 1
            return self._good(request)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            gone = asyncio.ensure_future(reader.read())
            opened = asyncio.ensure_future(self.open.wait())
            await asyncio.wait([gone, opened], return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                self.closed_by_peer.set()
            opened.cancel()
            gone.cancel()
            data = self._good(request)
            assert isinstance(data, bytes)
            writer.write(data)
            await writer.drain()

        return answer


def test_while_the_first_page_is_awaited_the_screen_says_so_and_esc_stops_it() -> None:
    gate = Gate(listing(rows(5)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "the request is there", lambda: len(server.requests) == 1)
        assert "Loading failed tasks…" in text_of(app)
        await pilot.press("escape")
        await settled(app, pilot)
        await until(pilot, "the socket is closed", gate.closed_by_peer.is_set)
        assert "Stopped" in text_of(app)
        gate.open.set()
        await pilot.press("r")
        await settled(app, pilot)
        assert len(screen.view) == 5

    drive(gate, body, wait=False)


def test_the_rows_are_usable_while_the_rest_loads_and_esc_keeps_what_came() -> None:
    gate = Gate(listing(rows(2500)), free=1)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("R")
        await until(pilot, "two requests at once", lambda: len(server.requests) == 3)
        assert "40 % · Esc stops" in text_of(app)
        await pilot.press("j", "j", "l", "s")
        assert screen.view.query.sort[0].field == "op"
        await pilot.press("escape")
        await settled(app, pilot)
        await until(pilot, "the sockets are closed", gate.closed_by_peer.is_set)
        assert "1,000 of 2,500 loaded" in text_of(app)
        gate.open.set()
        await pilot.press("R")
        await settled(app, pilot)
        assert len(screen.view) == 2500

    drive(gate, body)


def test_a_refresh_shows_the_old_rows_until_it_is_complete_and_then_exchanges_them_once() -> None:
    old, new = rows(40), [row(number) for number in range(100, 130)]
    current = old
    gate = Gate(lambda request: listing(current)(request), free=1)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        nonlocal current
        screen.bench = replace(screen.bench, marked=keys_of([3, 110]))
        await pilot.press("r")
        await until(pilot, "the request is there", lambda: len(server.requests) == 2)
        assert "refreshing" in text_of(app)
        assert len(screen.view) == 40
        current = new
        gate.open.set()
        await settled(app, pilot)
        assert [task.task_id for task in screen.view.tasks()] == [task["task_id"] for task in new]
        assert screen.highlighted is not None
        assert screen.highlighted.task_id == "task-000100"
        assert screen.bench.marked == keys_of([110])

    drive(gate, body)


def test_a_list_that_shrank_to_nothing_is_empty_after_a_refresh() -> None:
    current = rows(3)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        current.clear()
        await pilot.press("d", "r")
        await settled(app, pilot)
        assert "No failed tasks" in text_of(app)
        assert screen.highlighted is None

    drive(lambda request: listing(current)(request), body)


def test_unknown_total_and_a_server_that_ignores_the_offset() -> None:
    async def unknown(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "≥ 1,000 failed · 1,000 loaded" in text_of(app)
        await pilot.press("R")
        await settled(app, pilot)
        assert "1,500 failed" in text_of(app)
        assert "≥" not in text_of(app)

    def without_total(request: Request) -> Reply:
        at, limit = request.number("offset"), request.number("limit")
        return http({"tasks": rows(1500)[at : at + limit]})

    drive(without_total, unknown)

    async def ignoring(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("G")
        await settled(app, pilot)
        assert "the service sends the same rows again" in text_of(app)
        assert "≥ 2,500 failed" in text_of(app)
        assert len(screen.view) == 1000

    drive(lambda request: http({"total": 2500, "tasks": rows(1000)}), ignoring)


def test_rows_that_are_no_objects_are_counted_on_screen() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "2 rows could not be read" in text_of(app)
        assert len(screen.view) == 2

    drive(listing([row(0), None, row(1), "x"]), body)


@pytest.mark.parametrize(
    ("size", "place", "room"),
    [
        pytest.param((200, 50), "beside", (56, 43), marks=pytest.mark.full),
        pytest.param((199, 36), "beside", (54, 30), marks=pytest.mark.full),
        ((180, 24), "beside", (54, 19)),
        ((179, 36), "below", (177, 9)),
        pytest.param((100, 36), "below", (98, 9), marks=pytest.mark.full),
        ((99, 24), "below", (97, 7)),
        pytest.param((80, 24), "below", (78, 7), marks=pytest.mark.full),
        ((79, 24), "", (0, 0)),
    ],
)
def test_the_detail_stands_beside_below_or_alone(size: tuple[int, int], place: str, room: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        table, detail = screen.query_one(TaskTable), screen.query_one(TaskDetail)
        assert (detail.region.width > 0 and detail.region.x > table.region.x) == (place == "beside")
        assert (detail.region.width > 0 and detail.region.y > table.region.y) == (place == "below")
        assert tuple(detail.content_region.size) == room
        for key, full in (("enter", True), ("enter", False), ("d", True), ("escape", False)):
            await pilot.press(key)
            await settled(app, pilot)
            assert screen.full_detail == full
        await pilot.press("d")
        await settled(app, pilot)
        assert detail.region.width == size[0]
        assert table.region.width == 0
        assert "task-000000" in text_of(app)
        assert "server-0" in text_of(app)
        await pilot.press("escape")
        await settled(app, pilot)
        assert table.has_focus
        assert table.region.width > 40

    drive(listing(rows(30)), body, size)


def test_in_a_low_terminal_the_detail_below_leaves_more_rows() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for size, lines in (((80, 15), 5), ((179, 19), 5), ((180, 15), 10)):
            await pilot.resize_terminal(*size)
            await settled(app, pilot)
            assert screen.query_one(TaskDetail).content_region.height == lines, size
            assert screen.query_one(TaskTable).page >= 5, size

    drive(listing(rows(30)), body, (80, 15))


def test_an_id_is_never_cut_or_broken() -> None:
    identity = "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for size in ((200, 36), (180, 20), (120, 36), (130, 20), (100, 24), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(app, pilot)
            assert any(identity in line for line in grid(app)), size
        await pilot.resize_terminal(60, 20)
        await pilot.press("d")
        await settled(app, pilot)
        assert any(identity in line for line in grid(app))

    drive(listing([row(0, server_id=identity, server_name="web-" + "x" * 60)]), body)


def test_too_small_says_what_it_needs() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        # Nothing else, such as a scrollbar.
        assert [line.strip() for line in grid(app) if line.strip()] == ["needs 60×15, has 52×12"]
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert "needs" not in text_of(app)
        assert "Update public k" in text_of(app)

    drive(listing(rows(30)), body, (52, 12))


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
def test_leaving_during_a_load_is_prompt(key: str, code: int) -> None:
    gate = Gate(listing(rows(5)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "the request is there", lambda: len(server.requests) == 1)
        await pilot.press(key)
        await until(pilot, "it has ended", lambda: not app.is_running)
        assert app.return_code == code

    drive(gate, body, wait=False)


def test_only_r_repeats_what_failed() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("G")
        await settled(app, pilot)
        await pilot.press("G", "G", "pagedown")
        await settled(app, pilot)
        assert len(server.requests) == 2

    drive(failing_from(1, listing(rows(2500))), body)


def test_r_pressed_too_early_is_remembered() -> None:
    gate = Gate(listing(rows(2500)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "the request is there", lambda: len(server.requests) == 1)
        await pilot.press("R")
        gate.open.set()
        await until(pilot, "all is loaded", lambda: len(screen.view) == 2500)
        assert offsets(server) == [0, 999, 1998]

    drive(gate, body, wait=False)


def test_keys_reach_the_table_whatever_was_pressed_or_clicked() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("tab", "j")
        await pilot.click("#detail")
        await pilot.press("j")
        await settled(app, pilot)
        assert screen.query_one(TaskTable).cursor_row == 2

    drive(listing(rows(30)), body)


def test_the_detail_opens_as_soon_as_there_are_rows() -> None:
    async def go() -> None:
        async with serving(listing([row(1), row(2)])) as server, running(target_at(server.endpoint)) as (app, _pilot):
            screen = screen_of(app)
            while not screen.table.row_count:  # noqa: ASYNC110
                await asyncio.sleep(0)
            await press_keys(app, "d")
            assert screen.full_detail
            assert screen.highlighted is not None

    asyncio.run(go())


def test_the_full_detail_steps_through_tasks_and_names_its_keys() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("d", "j", "j", "k", "s")
        await settled(app, pilot)
        assert screen.highlighted is not None
        assert screen.highlighted.task_id == "task-000001"
        assert screen.view.query.sort[0].field == "time"
        assert screen.full_detail
        footer = grid(app)[-1]
        assert "Esc Back" in footer
        assert "j Next" in footer
        assert "s Sort" not in footer

    drive(listing(rows(30)), body)


def test_a_click_on_a_title_sorts_and_makes_its_column_active() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        table = screen.query_one(TaskTable)
        place = next(place for place in table.columns_shown if place.column.key == "server")
        await pilot.click(TaskTable, offset=(place.x + 1, 0))
        await pilot.press("s")
        await settled(app, pilot)
        assert table.active_column == "server"
        assert str(screen.view.query.sort[0]) == "-server"

    drive(listing(rows(30)), body)


def test_rows_are_counted_once() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "3 rows were sent twice" in text_of(app)
        assert "3 failed" in text_of(app)

    drive(listing([*rows(3), *rows(3)]), body)


def test_esc_never_quits() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press(*["escape"] * 5)
        assert app.is_running

    drive(listing(rows(5)), body)


def test_the_size_is_noticed_though_the_task_of_a_timer_was_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        clock = HeldUp()
        monkeypatch.setattr(_time, "get_time", clock)
        await pilot.resize_terminal(52, 12)
        await until(pilot, "the message", lambda: "needs 60×15, has 52×12" in text_of(app))
        assert clock.held_up

    drive(listing(rows(30)), body)
