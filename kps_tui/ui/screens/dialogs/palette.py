"""The dialog that finds a command by its name.

Textual's own palette searches in a worker, so that keys typed ahead act on old results.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.choice_list import ChoiceList
from kps_tui.ui.widgets.line_input import LineInput

KEY_CELLS = 12


class Entry(NamedTuple):
    """A command that can be found."""

    id: str
    title: str
    keys: str
    """As people read them."""
    group: str


def matching_entries(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Return the entries that contain every word of `typed`; those whose title begins with it come first."""
    words = typed.casefold().split()
    text = " ".join(words)
    matching = [e for e in entries if all(word in f"{e.title} {e.group} {e.id}".casefold() for word in words)]
    return sorted(matching, key=lambda entry: not entry.title.casefold().startswith(text))


class Palette(Dialog[str]):
    """Dismissed with the id of the chosen command, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="palette.close"),
        Binding("down,ctrl+n", "move(1)", show=False, id="palette.down"),
        Binding("up,ctrl+p", "move(-1)", show=False, id="palette.up"),
        Binding("pagedown", "move(10)", show=False, id="palette.page-down"),
        Binding("pageup", "move(-10)", show=False, id="palette.page-up"),
    ]

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries
        self._matching = matching_entries(entries, "")

    def compose(self) -> ComposeResult:
        """Yield the input and the list of the matching commands."""
        with Vertical(id="palette", classes="box") as box:
            box.border_title = Content(_("Commands"))
            box.border_subtitle = Content(_("type a part of the name · Enter runs it · Esc closes"))
            field = LineInput(compact=True, max_length=80)
            yield field
            options = ChoiceList(*map(_option, self._matching), markup=False)
            # The input keeps the focus.
            options.can_focus = False
            options.highlighted = 0
            yield options

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        self._matching = matching_entries(self._entries, line(message.value))
        options = self.query_one(ChoiceList)
        options.clear_options()
        options.add_options(map(_option, self._matching))
        options.highlighted = 0 if self._matching else None

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._choose(self.query_one(ChoiceList).highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows`, but not beyond the ends of the list."""
        options = self.query_one(ChoiceList)
        if self._matching:
            options.highlighted = max(0, min((options.highlighted or 0) + rows, len(self._matching) - 1))

    def _choose(self, place: int | None) -> None:
        if place is not None and place < len(self._matching):
            self.answer(self._matching[place].id)


def _option(entry: Entry) -> Option:
    keys = Content.styled(padded(entry.keys, KEY_CELLS), "bold")
    return Option(keys + Content(entry.title) + Content.styled(f"  {entry.group}", "dim"))
