"""The menu of what can be copied; a letter chooses a value, which the menu shows before it is copied."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.task_table.render import fit

TITLE_CELLS = 16
VALUE_CELLS = 200
"""Cells of a value, more than fit; the style sheet cuts each line at the width of the dialog."""


class Choice(NamedTuple):
    """One line of the menu."""

    key: str
    title: str
    text: str
    """Shows what is copied, of several tasks its beginning; empty if no task has such a value."""


class CopyMenu(Dialog[Choice]):
    """Dismissed with the choice, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="copy.close"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Yield a line for each choice."""
        with VerticalScroll(id="copy-menu", classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("a letter copies · Esc closes"))
            yield Static(Content("\n").join(map(_line, self._choices)), markup=False)

    def on_key(self, event: events.Key) -> None:
        """Dismiss with the choice whose letter was pressed."""
        for choice in self._choices:
            if event.character == choice.key and choice.text:
                event.stop()
                self.answer(choice)
                return


def _line(choice: Choice) -> Content:
    style = "" if choice.text else "dim"
    first, *more = choice.text.splitlines() or [_("none")]
    value = f"{first} …" if more else first
    key = Content.styled(choice.key, "bold" if choice.text else "dim")
    title = Content.styled(f"  {padded(choice.title, TITLE_CELLS)}", style)
    return key + title + Content.styled(fit(value, VALUE_CELLS).rstrip(), "dim")
