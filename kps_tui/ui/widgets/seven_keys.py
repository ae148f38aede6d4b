"""The footer: the keys that matter most now, never more than can be read at a glance, and none cut."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

MOST = 7
AROUND = 3
"""Cells that a key takes beside its two texts."""


class SevenKeys(Footer):
    """A footer of at most seven keys, as many as fit; the registry's order says which come first."""

    def compose(self) -> ComposeResult:
        """Leave out what is too much."""
        room = self.app.size.width
        for place, key in enumerate(super().compose()):
            room -= _cells(key)
            if place == MOST or room < 0:
                return
            yield key

    def on_resize(self) -> None:
        """Another width has room for others."""
        self.call_after_refresh(self.recompose)


def _cells(key: Widget) -> int:
    return cell_len(key.key_display) + cell_len(key.description) + AROUND if isinstance(key, FooterKey) else 0
