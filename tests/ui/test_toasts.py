"""Messages that pass: how many are in sight, what they cover, and that a path is whole."""

import asyncio
from pathlib import Path

import pytest

from kps_tui.session.session import Session
from kps_tui.ui.app import KpsApp
from tests.demo_app import demo_target, frozen, grid, headless, press_keys, settled, target_at, until
from tests.loopback import Request, http, row, serving
from tests.ui.screens.driving import text_of

PATH = Path("/home/ops/failures/kps-failed-tasks-2026-11-23.csv")


@pytest.mark.parametrize(
    "size",
    [
        *(pytest.param(size, marks=pytest.mark.full) for size in ((100, 30), (79, 24), (200, 50))),
        (120, 36),
        (80, 24),
        (60, 15),
    ],
)
def test_at_most_two_are_in_sight_and_neither_the_cursor_nor_a_path_is_broken(size: tuple[int, int]) -> None:
    async def go() -> None:
        with demo_target(300) as target:
            app = KpsApp(Session.on(target), now=frozen)
            async with headless(app, size, notifications=True) as pilot:
                screen = await settled(app, pilot)
                table = screen.table

                def row() -> str:
                    y = table.content_region.y + 1 + table.cursor_row - table.scroll_offset.y
                    strip = app.screen._compositor.render_strips(app.size)[y]
                    return strip.crop(0, table.region.width - 1).text

                first = row()
                await press_keys(app, "G")
                await settled(app, pilot)
                line = row()
                for number in (1, 2, 3):
                    app.notify(f"message {number}", markup=False, timeout=600)
                await until(pilot, "the newest is in sight", lambda: "message 3" in text_of(app))
                await until(pilot, "two are in sight", lambda: text_of(app).count("message ") == 2)
                assert "message 1" in text_of(app)
                app.clear_notifications()
                await until(pilot, "they are gone", lambda: "message" not in text_of(app))
                app.notify(f"Exported 2,500 tasks to {PATH}", severity="warning", markup=False, timeout=600)
                await until(pilot, "the path is whole", lambda: str(PATH) in text_of(app))
                assert row() == line, "the row under the cursor is not covered"
                assert "failed" in grid(app)[-2], "neither is the status line"
                assert "q Quit" in grid(app)[-1]
                await press_keys(app, "g")
                await until(pilot, "the first row is whole", lambda: table.cursor_row == 0 and row() == first)
                assert str(PATH) in text_of(app)

    asyncio.run(go())


def test_what_is_wrong_stays_in_sight_under_a_message() -> None:
    def reply(request: Request) -> bytes:
        asked.extend([request] if "/failed-tasks" in request.target else [])
        return answer if len(asked) < 2 else http({"error_code": "KPS.0001"}, "403 Forbidden")

    asked: list[Request] = []
    answer = http({"total": 70, "tasks": [row(number) for number in range(70)]})

    async def go() -> None:
        async with serving(reply) as server:
            app = KpsApp(Session.on(target_at(server.endpoint)), now=frozen)
            async with headless(app, (80, 24), notifications=True) as pilot:
                await settled(app, pilot)
                await press_keys(app, "r")
                await until(pilot, "the notice", lambda: "! " in text_of(app))
                wrong = [line for line in grid(app) if line.startswith(" ! ")]
                app.notify("a message", markup=False, timeout=600)
                await until(pilot, "the message", lambda: "a message" in text_of(app))
                await until(pilot, "the notice is whole", lambda: wrong[0] in grid(app))

    asyncio.run(go())
