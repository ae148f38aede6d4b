"""The help: every command, from the registry."""

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.ui.commands import COMMANDS

KEY_CELLS = 10


def text() -> Content:
    """Return the help as text."""
    lines: list[Content] = []
    for group, commands in groupby(COMMANDS, lambda command: command.group):
        lines += [Content(""), Content.styled(group, "bold underline")]
        lines += [Content.styled(c.shown.ljust(KEY_CELLS), "bold") + Content(c.title) for c in commands]
    return Content("\n").join(lines[1:])


class HelpScreen(ModalScreen[None]):
    """All keys; any of Esc, q, ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", _("Close"), id="help.close"),
        Binding("j,down", "scroll('down')", show=False, id="help.down"),
        Binding("k,up", "scroll('up')", show=False, id="help.up"),
    ]

    def compose(self) -> ComposeResult:
        """A box that scrolls where the terminal is low."""
        with VerticalScroll(id="help") as box:
            box.border_title = Content(_("Keys"))
            box.border_subtitle = Content(_("Esc closes"))
            yield Static(text(), markup=False)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_scroll(self, direction: str) -> None:
        """Scroll a line."""
        box = self.query_one(VerticalScroll)
        if direction == "down":
            box.scroll_down(animate=False)
        else:
            box.scroll_up(animate=False)
