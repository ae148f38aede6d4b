"""The dialog of the last requests: their times, results and durations, and copying a request id."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot
from textual.widgets import OptionList

from kps_tui.identity.profiles import Configuration
from kps_tui.locations import config_file
from kps_tui.session.request_log import recent_requests
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.requests import RequestsScreen
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import running, settled, target_at, until
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving
from tests.ui.screens.driving import press, text_of, until_said

Body = Callable[[KpsApp, Pilot[int], TriageScreen, Loopback], Awaitable[None]]
REQUEST_ID = "4f1c9c40a0ad37a42cb8a8a0ddf0e1d5"


def drive(reply: Callable[[Request], Reply], body: Body, size: tuple[int, int] = (120, 36)) -> None:
    # Only requests for the failed tasks, whose order is known.
    configuration = Configuration(config_file(), running=False)

    async def go() -> None:
        async with (
            serving(reply) as server,
            running(target_at(server.endpoint), size, configuration=configuration) as (app, pilot),
        ):
            await body(app, pilot, await settled(app, pilot), server)

    asyncio.run(go())


async def opened(app: KpsApp, pilot: Pilot[int]) -> OptionList:
    await pilot.press("E")
    await until(pilot, "they are shown", lambda: isinstance(app.screen, RequestsScreen))
    await pilot.pause()
    return app.screen.query_one(OptionList)


class FailingSecond:
    """Responds to the first request, and refuses the others."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked == 1:
            return listing([row(1)])(request)
        error = {"error_code": "KPS.9003", "error_msg": "No \x1b[31mpermission"}
        return http(error, "403 X", {"X-Request-Id": REQUEST_ID})


def test_the_newest_first_and_what_went_wrong_below() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "r")
        noted = recent_requests()[0]
        options = await opened(app, pilot)
        shown = text_of(app)
        line = next(line for line in shown.splitlines() if " 403 " in line)
        assert f"{noted[0]:%H:%M:%S}" in line
        assert f"{noted[1].milliseconds} ms" in line
        assert "GET /v3/00000000…/failed-tasks?limit=1000&offset=0" in line
        assert REQUEST_ID in shown
        assert "permission (403)" in shown
        assert "\x1b" not in shown
        await pilot.press("j")
        await pilot.pause()
        assert options.highlighted == 1
        assert "req-1" in text_of(app)
        assert "permission (403)" not in text_of(app)

    drive(FailingSecond(), body)


def test_y_copies_the_id_of_an_error() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "r")
        await opened(app, pilot)
        await pilot.press("y")
        await until_said(app, pilot, "request id: ")
        assert app.screen is screen
        assert screen.delivery._last[0] == REQUEST_ID

    drive(FailingSecond(), body)


def test_where_there_is_no_id_y_says_so_and_esc_goes_back() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "r")
        await opened(app, pilot)
        assert "no request ID in the response" in text_of(app)
        await pilot.press("y")
        await until_said(app, pilot, "no request ID")
        assert isinstance(app.screen, RequestsScreen)
        await pilot.press("escape")
        await until(pilot, "it is closed", lambda: app.screen is screen)

    def reply(request: Request) -> Reply:
        return http({"total": 1, "tasks": [row(1)]})

    drive(reply, body)


def test_a_request_that_was_stopped_says_so() -> None:
    asked = asyncio.Event()

    def reply(request: Request) -> Reply:
        if request.number("limit") and not asked.is_set():
            asked.set()
            return listing([row(1)])(request)

        async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        return never

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        before = len(recent_requests())
        await pilot.press("r")
        await until(pilot, "it asks", lambda: len(server.requests) == 2)
        await pilot.press("escape")
        await until(pilot, "it is noted", lambda: recent_requests()[0][1].status is None)
        assert before
        await opened(app, pilot)
        assert "stopped before a response" in text_of(app)

    drive(reply, body)


def test_a_small_terminal_shows_them_too() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "r")
        await opened(app, pilot)
        shown = text_of(app)
        assert " 403 " in shown
        assert REQUEST_ID in shown

    drive(FailingSecond(), body, (60, 15))
