"""The help: every command with its keys, by group."""

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog

KEY_CELLS = 11
COLUMN_CELLS, ONE_CELLS = 55, 54
"""Cells of the text in one of two columns, and alone: it fits the smallest terminal."""
Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Groups of commands: the title of each, and keys and title of its commands."""
TWO_COLUMNS = 118
"""Cells of a terminal that has room for two columns."""


def texts(groups: Groups, width: int) -> list[Content]:
    """Return the help, a text of `width` cells for each group of commands."""
    texts: list[Content] = []
    for group, commands in groups:
        lines = [Content.styled(group, "bold underline")]
        for keys, title in commands:
            start, *more = wrap(title, width - KEY_CELLS)
            lines.append(Content.styled(keys.ljust(KEY_CELLS), "bold") + Content(start))
            lines += [Content(" " * KEY_CELLS + text) for text in more]
        texts.append(Content("\n").join(lines))
    return texts


def halves(texts: Sequence[Content]) -> tuple[Content, Content]:
    """Return the groups in two columns of about the same height, in their order."""
    heights = [text.plain.count("\n") + 2 for text in texts]
    cut = min(range(len(texts)), key=lambda cut: abs(sum(heights[:cut]) - sum(heights[cut:])))
    return Content("\n\n").join(texts[:cut]), Content("\n\n").join(texts[cut:])


class HelpScreen(Dialog[None]):
    """All keys; any of Esc, q, ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", _("Close"), id="help.close"),
        Binding("j,down", "scroll('down')", show=False, id="help.down"),
        Binding("k,up", "scroll('up')", show=False, id="help.up"),
        Binding("g", "edge('top')", show=False, id="help.top"),
        Binding("G", "edge('bottom')", show=False, id="help.bottom"),
    ]

    def __init__(self, groups: Groups) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """A box that scrolls where the terminal is low."""
        wide = self.app.size.width >= TWO_COLUMNS
        with VerticalScroll(id="help", classes="-two" if wide else "") as box:
            box.border_title = Content(_("Keys"))
            box.border_subtitle = Content(_("j k scroll · Esc closes"))
            with Horizontal():
                shown = texts(self._groups, COLUMN_CELLS if wide else ONE_CELLS)
                for column in halves(shown) if wide else [Content("\n\n").join(shown)]:
                    yield Static(column, markup=False)

    def action_edge(self, edge: str) -> None:
        """Scroll to the top or the bottom."""
        box = self.query_one(VerticalScroll)
        box.scroll_home(animate=False) if edge == "top" else box.scroll_end(animate=False)

    def action_scroll(self, direction: str) -> None:
        """Scroll a line."""
        box = self.query_one(VerticalScroll)
        if direction == "down":
            box.scroll_down(animate=False)
        else:
            box.scroll_up(animate=False)
