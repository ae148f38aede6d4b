"""The footer: the keys that matter most now, never more than can be read at a glance, and none cut."""

from typing import Any

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from kps_tui.i18n import _

MOST = 7
AROUND = 3
"""Cells that a key takes beside its two texts."""


class SevenKeys(Footer):
    """A footer of at most seven keys, as many as fit; the registry's order says which come first."""

    _keys: tuple[object, ...] | None = None
    """What is shown of the bindings; None: not known."""

    def compose(self) -> ComposeResult:
        """Leave out what is too much."""
        room = self.app.size.width
        for place, key in enumerate(super().compose()):
            if isinstance(key, FooterKey):
                key.description = _(key.description)
            room -= _cells(key)
            if place == MOST or room < 0:
                return
            yield key

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Compose again if other keys are to be shown; Textual reports a change after almost every key press."""
        keys = _keys_of(screen)
        if keys == self._keys:
            return
        # While the terminal has no focus, Textual leaves the footer as it is.
        self._keys = keys if screen.app.app_focus else None
        super().bindings_changed(screen)

    def on_resize(self) -> None:
        """Another width has room for others."""
        self.call_after_refresh(self.recompose)


def _keys_of(screen: Screen[Any]) -> tuple[object, ...]:
    """Return what a footer shows of the bindings of `screen`, to compare."""
    return tuple(
        (active.binding, active.enabled, active.tooltip)
        for active in screen.active_bindings.values()
        if active.binding.show
    )


def _cells(key: Widget) -> int:
    return cell_len(key.key_display) + cell_len(key.description) + AROUND if isinstance(key, FooterKey) else 0
