"""Running tasks on the screen: one request after each complete reading, whose failure nobody notices."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.session import request_log
from kps_tui.settings import Settings
from kps_tui.triage.running import NOTHING_RUNNING
from kps_tui.ui.app import KpsApp
from kps_tui.ui.model.load_state import LoadKind
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import press_keys, running, settled, target_at, until
from tests.identity.config_texts import configuration_in
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving
from tests.ui.screens.driving import press, said, status_of, text_of

Body = Callable[[KpsApp, Pilot[int], TriageScreen, Loopback], Awaitable[None]]
NOBODY = http({"total": 0, "tasks": []})


def under_way(*servers: str, time: str = "1795420620000") -> bytes:
    """Return an answer with an operation on each server."""
    tasks = [
        {"task_id": f"r-{server}", "operate_type": "RUNNING_BIND", "task_time": time, "server_id": server}
        for server in servers
    ]
    return http({"total": len(tasks), "tasks": tasks})


def drive(
    body: Body,
    reply: Callable[[Request], Reply] = lambda request: NOBODY,
    rows: int = 30,
    page_size: int = 10,
    configuration: str = "",
) -> None:
    """Run `body` with the program on a list of `rows`; `reply` answers requests for the running tasks."""

    async def go() -> None:
        settings = Settings(page_size=page_size)
        configured = configuration_in(configuration, Path("config.toml"))
        async with (
            serving(listing([row(number) for number in range(rows)]), running=reply) as server,
            running(target_at(server.endpoint), settings=settings, configuration=configured) as (app, pilot),
        ):
            await body(app, pilot, await settled(app, pilot), server)

    asyncio.run(go())


async def asked(pilot: Pilot[int], server: Loopback, count: int) -> None:
    await until(pilot, f"it asked {count} times", lambda: len(server.running_requests) == count)


def test_one_request_follows_each_complete_reading_and_no_other() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "G", "j", "r")
        assert server.running_requests == []
        await press(app, pilot, "R")
        await asked(pilot, server, 1)
        assert server.running_requests[0].target == f"/v3/{'0' * 32}/running-tasks?limit=1000&offset=0"
        await press(app, pilot, "j", "G", "s", "slash", "w", "enter", "escape", "R")
        assert len(server.running_requests) == 1
        await press(app, pilot, "r")
        await asked(pilot, server, 2)
        for count in (3, 4, 5):
            before = len(server.requests)
            screen.loader.start(LoadKind.WATCH)
            await asked(pilot, server, count)
            assert len(server.requests) > before

        def logged() -> int:
            return sum("running-tasks" in record.path for _at, record in request_log.recent_requests())

        await until(pilot, "the last one has ended", lambda: logged() == 5)
        await press(app, pilot, "E")
        assert "running-tasks?limit=1000" in text_of(app)

    # The log of requests is that of the process: other tests may have sent some.
    request_log._recent.clear()
    drive(body)


def test_a_task_whose_server_is_being_worked_on_says_so() -> None:
    answers = [under_way("server-1", "server-3", "elsewhere"), under_way("server-1"), NOBODY]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        def signs() -> list[int]:
            return [number for number, line in enumerate(listed(app)) if line.startswith("↻")]

        await until(pilot, "two servers of seven", lambda: signs() == [1, 3, 8, 10])
        assert "3 running" in status_of(app)
        assert "under way" not in text_of(app)
        await press(app, pilot, "j")
        assert "bind under way since 07:57" in text_of(app)
        await press(app, pilot, "space")
        assert listed(app)[1].startswith("●")
        assert signs() == [3, 8, 10]
        await press(app, pilot, "u", "r")
        await until(pilot, "one server", lambda: signs() == [1, 8])
        assert "under way" not in text_of(app)
        await press(app, pilot, "k")
        assert "bind under way since 07:57" in text_of(app)
        assert "1 running" in status_of(app)
        await press(app, pilot, "r")
        await until(pilot, "none", lambda: screen.running == NOTHING_RUNNING)
        await pilot.pause()
        assert (signs(), "running" in status_of(app), "under way" in text_of(app)) == ([], False, False)

    drive(body, lambda request: answers.pop(0), rows=12, page_size=100)


def listed(app: KpsApp) -> list[str]:
    """Return the lines of the table with a task."""
    return [line for line in text_of(app).splitlines() if "Update public" in line and "web-" in line][:12]


@pytest.mark.parametrize("status", ["403 X", pytest.param("404 X", marks=pytest.mark.full), "401 X"])
def test_a_service_that_refuses_is_not_asked_again_and_nothing_is_said(status: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await asked(pilot, server, 1)
        await until(pilot, "the answer is there", lambda: screen.running_loader._refused is not None)
        await press(app, pilot, "r", "r")
        assert len(server.running_requests) == 1
        assert said(app) == []
        assert screen.load.is_complete
        assert "read 08:30" in status_of(app)

    drive(body, lambda request: http({"error_code": "X"}, status), rows=12, page_size=100)


@pytest.mark.parametrize(
    "answer",
    [
        http({}, "500 X"),
        b"",
        *(
            pytest.param(each, marks=pytest.mark.full)
            for each in (http({}, "429 X"), http("nonsense"), http({"total": 1}))
        ),
    ],
)
def test_another_failure_is_silent_and_the_next_reading_asks_again(answer: bytes) -> None:
    answers = [under_way("server-1"), answer, under_way("server-2")]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for shown in (["server-1"], [], ["server-2"]):
            await until(pilot, f"{shown}", lambda shown=shown: [*screen.running.by_server] == shown)  # type: ignore[misc]
            assert said(app) == []
            assert screen.load.is_complete
            await press(app, pilot, "r")

    drive(body, lambda request: answers.pop(0) if answers else NOBODY, rows=12, page_size=100)


def test_a_request_that_is_not_answered_delays_nothing() -> None:
    async def never(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await asked(pilot, server, 1)
        before = len(server.requests)
        for count in (2, 3):
            await press(app, pilot, "r")
            assert len(server.requests) == before + count - 1
            await asked(pilot, server, count)
        await press(app, pilot, "slash", "w", "enter")
        assert "12 match" in status_of(app)
        await press_keys(app, "q")
        await until(pilot, "the program ends", lambda: not app.is_running)

    drive(body, lambda request: never, rows=12, page_size=100)


def test_the_configuration_switches_it_off() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "r", "r")
        assert len(server.requests) == 3
        assert server.running_requests == []

    drive(body, rows=12, page_size=100, configuration="running = false\n")


def test_another_project_begins_without_running_tasks() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "one is under way", lambda: screen.running.count == 1)
        await app.connection._switch(target_at(server.endpoint, project_id="1" * 32))
        assert screen.running == NOTHING_RUNNING
        await until(pilot, "it asks there", lambda: "1" * 32 in server.running_requests[-1].target)

    drive(body, lambda request: under_way("server-1") if "0" * 32 in request.target else NOBODY, rows=12, page_size=100)


def test_a_page_that_holds_not_all_is_counted_as_the_service_says() -> None:
    many: dict[str, Any] = {"total": 1200, "tasks": [{"operate_type": "RUNNING_BIND"}, 7]}

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "they are counted", lambda: "1,200 running" in status_of(app))

    drive(body, lambda request: http(many), rows=12, page_size=100)
