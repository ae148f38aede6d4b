"""The help: every command with its keys, in groups."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog

KEY_CELLS = 11
COLUMN_CELLS, ONE_CELLS = 55, 54
"""Cells of the text in each of two columns, and in a single column, which fits the smallest terminal."""
Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Groups of commands: a title, and the keys and the title of each command."""
TWO_COLUMNS = 118
"""Cells of the narrowest terminal that has room for two columns."""


def group_texts(groups: Groups, width: int) -> list[Content]:
    """Return a text of `width` cells for each group of commands."""
    texts: list[Content] = []
    for group, commands in groups:
        lines = [Content.styled(group, "bold underline")]
        for keys, title in commands:
            start, *more = Content(title).wrap(width - KEY_CELLS)
            lines.append(Content.styled(padded(keys, KEY_CELLS), "bold") + start)
            lines += [Content(" " * KEY_CELLS) + text for text in more]
        texts.append(Content("\n").join(lines))
    return texts


def two_columns(texts: Sequence[Content]) -> tuple[Content, Content]:
    """Return the texts of the groups in two columns of about the same height; their order stays."""
    heights = [text.plain.count("\n") + 2 for text in texts]
    cut = min(range(len(texts)), key=lambda cut: abs(sum(heights[:cut]) - sum(heights[cut:])))
    return Content("\n\n").join(texts[:cut]), Content("\n\n").join(texts[cut:])


class HelpScreen(Dialog[None]):
    """Shows all keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", show=False, id="help.close"),
        Binding("j,down", "scroll('down')", show=False, id="help.down"),
        Binding("k,up", "scroll('up')", show=False, id="help.up"),
        Binding("g", "edge('top')", show=False, id="help.top"),
        Binding("G", "edge('bottom')", show=False, id="help.bottom"),
    ]

    def __init__(self, groups: Groups) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Yield a box that scrolls if the terminal is too low."""
        wide = self.app.size.width >= TWO_COLUMNS
        with VerticalScroll(id="help", classes="-two" if wide else "") as box:
            box.border_title = Content(_("Keys"))
            box.border_subtitle = Content(_("j k scroll · Esc closes"))
            with Horizontal():
                shown = group_texts(self._groups, COLUMN_CELLS if wide else ONE_CELLS)
                for column in two_columns(shown) if wide else [Content("\n\n").join(shown)]:
                    yield Static(column, markup=False)

    def action_edge(self, edge: str) -> None:
        """Scroll to the top or the bottom."""
        box = self.query_one(VerticalScroll)
        box.scroll_home(animate=False) if edge == "top" else box.scroll_end(animate=False)

    def action_scroll(self, direction: str) -> None:
        """Scroll by one line."""
        box = self.query_one(VerticalScroll)
        if direction == "down":
            box.scroll_down(animate=False)
        else:
            box.scroll_up(animate=False)
