"""The palette: choosing commands by their names."""

import asyncio

import pytest

from kps_tui.ui.screens.dialogs.palette import Entry, Palette, matching_entries
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import demo_target, grid, running, settled, until

ENTRIES = (
    Entry("take.export", "Export what is shown", "e", "Take away"),
    Entry("order.sort", "Sort by the active column", "s", "Order"),
    Entry("order.then", "By this column too: sort further", "S", "Order"),
)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", ["take.export", "order.sort", "order.then"]),
        ("export", ["take.export"]),
        ("SORT", ["order.sort", "order.then"]),
        ("column further", ["order.then"]),
        ("take away", ["take.export"]),
        ("nonsense", []),
    ],
)
def test_every_word_must_be_there(typed: str, ids: list[str]) -> None:
    assert [entry.id for entry in matching_entries(ENTRIES, typed)] == ids


@pytest.mark.parametrize(
    ("before", "typed", "marked"),
    [([], "mark all", 40), (["F"], "mark all", 0), ([], "nothing like it", 0)],
    ids=["runs", "not where it makes no sense", "nothing found"],
)
def test_enter_runs_what_was_matching_entries(before: list[str], typed: str, marked: int) -> None:
    async def go() -> None:
        with demo_target(40) as target:
            async with running(target, (100, 30)) as (app, pilot):
                screen = await settled(app, pilot)
                await pilot.press(*before, "colon")
                await until(pilot, "it is open", lambda: isinstance(app.screen, Palette))
                await pilot.press(*("space" if key == " " else key for key in typed))
                await pilot.press("enter")
                if "nothing" in typed:
                    assert isinstance(app.screen, Palette)
                    assert "Commands" in "\n".join(grid(app))
                    await pilot.press("escape")
                await until(pilot, "it is closed", lambda: isinstance(app.screen, TriageScreen))
                assert len(screen.bench.marked) == marked

    asyncio.run(go())


def test_the_arrows_choose() -> None:
    async def go() -> None:
        with demo_target(40) as target:
            async with running(target, (100, 30)) as (app, pilot):
                screen = await settled(app, pilot)
                await pilot.press("colon", *"sort", "down", "up", "pagedown", "pageup", "enter")
                await settled(app, pilot)
                assert [str(key) for key in screen.bench.query.sort] == ["time"]

    asyncio.run(go())
