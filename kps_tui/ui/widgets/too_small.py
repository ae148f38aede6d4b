"""The message in a terminal that is too small for the screen."""

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.i18n import _

SMALLEST = Size(60, 15)
"""The smallest terminal for the screen."""


class TooSmall(Widget):
    """Shows `needs 60×15, has 52×12`."""

    terminal: reactive[Size] = reactive(SMALLEST)

    def render(self) -> Content:
        """Render the message."""
        has = self.terminal
        return Content(_("needs {need}, has {has}").format(need=_text(SMALLEST), has=_text(has)))


def _text(size: Size) -> str:
    return f"{size.width}×{size.height}"
