"""The footer in an app of its own."""

import asyncio
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from kps_tui.ui.widgets.footer import MOST, KeyFooter


class Keys(App[None]):
    """An app with more keys than the footer shows; each counts."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "KeyFooter { height: 1; width: 100%; text-wrap: nowrap; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,b", "press('a')", "First"),
        *(Binding(key, f"press('{key}')", f"Key{key}") for key in "cdefghi"),
        Binding("z", "press('z')", "Hidden", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []
        self.without = ""

    def compose(self) -> ComposeResult:
        """Only the footer."""
        yield KeyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer all keys but one."""
        return parameters != (self.without,)

    def action_press(self, key: str) -> None:
        """Count a press."""
        self.pressed.append(key)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, " a First  c Keyc  d Keyd  f Keyf  g Keyg  h Keyh  i Keyi "),
        (33, " a First  c Keyc  h Keyh  i Keyi "),
        (32, " a First  h Keyh  i Keyi "),
        (24, " h Keyh  i Keyi "),
    ],
)
def test_it_shows_whole_keys_as_many_as_fit(width: int, shown: str) -> None:
    async def run() -> None:
        app = Keys()
        async with app.run_test(size=(width, 5)) as pilot:
            await pilot.pause()
            footer = app.query_one(KeyFooter)
            assert str(footer.render()) == shown
            assert len(footer.hints) == MOST
            app.without = "c"
            app.screen.refresh_bindings()
            await pilot.pause()
            assert "Keyc" not in str(footer.render())

    asyncio.run(run())


def test_a_click_on_a_key_presses_it() -> None:
    async def run() -> None:
        app = Keys()
        async with app.run_test(size=(80, 5)) as pilot:
            await pilot.pause()
            shown = str(app.query_one(KeyFooter).render())
            for at in (0, shown.index("First") + 5, shown.index(" c "), shown.index("Keyd"), len(shown)):
                await pilot.click(KeyFooter, offset=(at, 0))
            await pilot.pause()
            assert app.pressed == ["a", "a", "c", "d"]

    asyncio.run(run())
