"""The footer: the most important keys of the moment, as many as fit without being cut."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from kps_tui.i18n import _

MOST = 7
"""The most keys in the footer."""


class Hint(NamedTuple):
    """A key and what it does."""

    key: str
    """Textual's name of the key."""
    shown: str
    """The key as it is shown."""
    words: str

    @property
    def parts(self) -> tuple[tuple[str, str], str]:
        """The text with its styles."""
        return (f" {self.shown} ", "bold"), f"{self.words} "

    @property
    def cells(self) -> int:
        """Width of the text."""
        return cell_len(f" {self.shown} {self.words} ")


class SevenKeys(Widget):
    """A line of at most seven keys, in the order of the command registry. A click on a key presses it.

    Textual's footer has a widget for each key, and to replace these takes longer than all the rest of a key press.
    """

    ALLOW_SELECT = False

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[Any]) -> None:
        """Show the keys that `screen` offers now; Textual calls this after almost every key press."""
        hints: dict[str, Hint] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in hints:
                hints[binding.action] = Hint(binding.key, self.app.get_key_display(binding), _(binding.description))
        self.hints = tuple(hints.values())[:MOST]

    def render(self) -> Content:
        """Return the keys that fit."""
        return Content.assemble(*(part for hint in self._fitting() for part in hint.parts))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        left = event.x
        for hint in self._fitting():
            left -= hint.cells
            if left < 0:
                self.app.simulate_key(hint.key)
                return

    def _fitting(self) -> Iterator[Hint]:
        room = self.size.width
        for hint in self.hints:
            room -= hint.cells
            if room < 0:
                return
            yield hint
