"""The menu of what can be copied: a letter chooses, and the value is seen before it goes."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog

TITLE_CELLS = 16
VALUE_CELLS = 60


class Choice(NamedTuple):
    """One line of the menu."""

    key: str
    title: str
    text: str
    """What would be copied; empty: there is nothing."""


class CopyMenu(Dialog[Choice]):
    """Returns the choice; nothing after Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", _("Close"), id="copy.close"),
    ]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        """A line a choice."""
        with VerticalScroll(id="copy-menu", classes="box") as box:
            box.border_title = Content(_("Copy of the task under the cursor"))
            box.border_subtitle = Content(_("a letter sends it to the terminal · Esc closes"))
            yield Static(Content("\n").join(map(_line, self._choices)), markup=False)

    def on_key(self, event: events.Key) -> None:
        """Choose."""
        for choice in self._choices:
            if event.character == choice.key and choice.text:
                event.stop()
                self.answer(choice)
                return


def _line(choice: Choice) -> Content:
    style = "" if choice.text else "dim"
    first, *more = choice.text.splitlines() or [_("none")]
    value = f"{first} …" if more else first
    if cell_len(value) > VALUE_CELLS:
        value = set_cell_size(value, VALUE_CELLS - 1).rstrip() + "…"
    key = Content.styled(choice.key, "bold" if choice.text else "dim")
    return key + Content.styled(f"  {choice.title.ljust(TITLE_CELLS)}", style) + Content.styled(value, "dim")
