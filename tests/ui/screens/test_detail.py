"""The pane with the detail follows the cursor, the rows and the ledger, in each of its places."""

import asyncio
from collections.abc import Awaitable, Callable

from rich.cells import split_text
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.why_band import WhyBand
from tests.demo_app import NOW, demo_target, grid, press_keys, running, settled, until
from tests.ui.screens.driving import line_of, press, write


def drive(body: Callable[[KpsApp, Pilot[int], TriageScreen], Awaitable[None]], size: tuple[int, int]) -> None:
    """Run `body` with the demo's tasks."""

    async def go() -> None:
        with demo_target() as target:
            async with running(target, size) as (app, pilot):
                await body(app, pilot, await settled(app, pilot))

    asyncio.run(go())


def pane(app: KpsApp, screen: TriageScreen) -> list[str]:
    """Return the lines of the pane, without the border."""
    region = screen.detail.content_region
    lines = grid(app)[region.y : region.bottom]
    return [split_text(split_text(line, region.x)[1], region.width)[0].rstrip() for line in lines]


def test_below_the_table_it_counts_what_is_loaded_and_says_so() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert "in 1,000 of 2,500 loaded" in pane(app, screen)[0]
        await press(app, pilot, "R", "j")
        shown = pane(app, screen)
        assert "in all 2,500" in shown[0]
        task = screen.highlighted
        assert task is not None
        same = [each for each in screen.view.store.tasks if each.keypair_name == task.keypair_name]
        today = [each for each in same if (each.milliseconds or 0) >= NOW.replace(hour=0, minute=0).timestamp() * 1000]
        servers = len({each.server_id for each in same})
        assert f"{len(same)} failures on {servers} servers · {len(today)} of them today" in "\n".join(shown)
        attempts = sum(each.server_id == task.server_id for each in screen.view.store.tasks)
        assert f"{attempts} failures since " in "\n".join(shown)

    drive(body, (120, 36))


def test_beside_the_table_it_follows_the_cursor() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        for _ in range(3):
            await press(app, pilot, "j")
            shown = pane(app, screen)
            task = screen.highlighted
            assert task is not None
            assert task.server_id in shown
            assert task.task_id in shown
            assert "KEY PAIR" in shown
            assert sum(line.startswith("> ") and line[2].isdigit() and ":" in line[:5] for line in shown) == 1

    drive(body, (200, 50))


def test_over_the_whole_width_of_a_small_terminal_everything_can_be_reached() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert screen.detail.region.width == 0, "only Enter shows it"
        await press(app, pilot, "enter")
        task = screen.highlighted
        assert task is not None
        shows_id = lambda: any(task.task_id in line.split() for line in pane(app, screen))  # noqa: E731
        await until(pilot, "the details are shown", shows_id)
        assert line_of(app, WhyBand) == "", "its line is one more of the details"
        seen = pane(app, screen)
        while screen.detail.scroll_y < screen.detail.max_scroll_y:
            before = screen.detail.scroll_y
            await press_keys(app, "pagedown")
            scrolled = lambda: screen.detail.scroll_y == screen.detail.scroll_target_y > before  # noqa: B023, E731
            await until(pilot, "it has scrolled a page", scrolled)
            seen += pane(app, screen)
        for title in ("KEY PAIR", "THIS ERROR", "TASK", "NOTE"):
            assert any(line.startswith(title) for line in seen), title
        assert any(task.server_id in line.split() for line in seen)

    drive(body, (60, 15))


def test_an_acknowledgement_is_shown_with_its_note() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert "none · a acknowledges, with a note" in pane(app, screen)
        await press_keys(app, "a")
        await write(app, pilot, "ticket 4711")
        await press_keys(app, "enter")
        await until(pilot, "the note is shown", lambda: "ticket 4711" in "\n".join(pane(app, screen)))
        assert " · acknowledged" in pane(app, screen)[0]

    drive(body, (200, 50))
