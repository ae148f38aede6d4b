"""The chosen line of every list, as it is drawn: visible in every theme, by more than colour."""

import asyncio
from typing import Any

import pytest
from rich.style import Style
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.chooser import Chooser
from kps_tui.ui.screens.dialogs.requests import RequestsScreen
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from tests.demo_app import running, settled, target_at, until
from tests.loopback import listing, row, serving

THEMES = ("terminal", "mono", "textual-dark", "textual-light", "contrast")
KEYS = {"profiles": "", "requests": "E", "sign-in": "L"}
SCREENS: dict[str, type[Screen[Any]]] = {
    "profiles": Chooser,
    "requests": RequestsScreen,
    "sign-in": SignInScreen,
}


def styles_of(app: KpsApp, y: int) -> set[Style]:
    """The styles of the letters in a line of the screen."""
    strip = app.screen._compositor.render_strips(app.size)[y]
    return {segment.style for segment in strip if segment.style and segment.text.strip(" │")}


async def list_of(app: KpsApp, pilot: Pilot[int]) -> OptionList:
    """The list of the dialog, with at least two lines in sight."""
    (options,) = (each for each in app.screen.query(OptionList) if each.size.height)
    await until(pilot, "two lines are in sight", lambda: options.option_count > 1 and options.region.height > 1)
    return options


@pytest.mark.parametrize("dialog", KEYS)
def test_the_chosen_line_is_reversed_or_bold(dialog: str) -> None:
    async def go() -> None:
        async with (
            serving(listing([row(number) for number in range(5)])) as server,
            running(target_at(server.endpoint), (100, 30)) as (app, pilot),
        ):
            await settled(app, pilot)
            await pilot.press("r")
            await settled(app, pilot)
            if dialog == "profiles":
                app.push_screen(Chooser("", [Content("prod"), Content("test")], "Enter"))
            else:
                await pilot.press(KEYS[dialog])
            await until(pilot, "it is open", lambda: isinstance(app.screen, SCREENS[dialog]))
            options = await list_of(app, pilot)
            options.highlighted = 1
            for theme in THEMES:
                app.theme = theme
                await pilot.pause()
                top = options.content_region.y
                other, chosen = styles_of(app, top), styles_of(app, top + 1)
                if theme in ("terminal", "mono"):
                    assert chosen, theme
                    assert all(style.reverse for style in chosen), theme
                    assert not any(style.reverse for style in other), theme
                else:
                    assert all(style.bold for style in chosen), theme
                    assert {style.bgcolor for style in chosen}.isdisjoint(style.bgcolor for style in other), theme

    asyncio.run(go())
