"""The footer: the most important keys of the moment, as many as fit without being cut."""

from typing import Any

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from kps_tui.i18n import _

MOST = 7
"""The most keys in the footer."""
AROUND = 3
"""Cells that a key needs in addition to its two texts."""


class SevenKeys(Footer):
    """A footer of at most seven keys, in the order of the command registry."""

    _keys: tuple[object, ...] | None = None
    """What the footer shows of the bindings, or None if it is unknown."""

    def compose(self) -> ComposeResult:
        """Yield the keys that fit."""
        room = self.app.size.width
        for index, key in enumerate(super().compose()):
            if isinstance(key, FooterKey):
                key.description = _(key.description)
            room -= _cells(key)
            if index == MOST or room < 0:
                return
            yield key

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Compose again if the keys changed; Textual calls this after almost every key press."""
        keys = _keys_of(screen)
        if keys == self._keys:
            return
        # While the terminal does not have the focus, Textual does not update the footer.
        self._keys = keys if screen.app.app_focus else None
        super().bindings_changed(screen)

    def on_resize(self) -> None:
        """Compose again for the new width."""
        self.call_after_refresh(self.recompose)


def _keys_of(screen: Screen[Any]) -> tuple[object, ...]:
    """Return what the footer shows of the bindings of `screen`, for comparison."""
    return tuple(
        (active.binding, active.enabled, active.tooltip)
        for active in screen.active_bindings.values()
        if active.binding.show
    )


def _cells(key: Widget) -> int:
    return cell_len(key.key_display) + cell_len(key.description) + AROUND if isinstance(key, FooterKey) else 0
