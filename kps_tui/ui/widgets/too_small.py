"""What a terminal without room for the screen shows."""

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.i18n import _

SMALLEST = Size(60, 15)


class TooSmall(Widget):
    """`needs 60×15, has 52×12`."""

    terminal: reactive[Size] = reactive(SMALLEST)

    def render(self) -> Content:
        """Draw the sentence."""
        has = self.terminal
        return Content(_("needs {need}, has {has}").format(need=_text(SMALLEST), has=_text(has)))


def _text(size: Size) -> str:
    return f"{size.width}×{size.height}"
