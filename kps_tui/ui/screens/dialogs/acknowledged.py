"""The dialog about tasks that are acknowledged: a letter changes their note or withdraws the acknowledgements."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _, counted
from kps_tui.sanitize import line
from kps_tui.ui.screens.dialogs.dialog import Dialog

NOTES_SHOWN = 3
"""The most notes that are shown."""


class Change(Enum):
    """What to do with acknowledgements."""

    NOTE = auto()
    WITHDRAW = auto()


class Acknowledged(Dialog[Change]):
    """Dismissed with the change that the user wants, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,enter", "note", show=False, id="acknowledged.note"),
        Binding("w", "withdraw", show=False, id="acknowledged.withdraw"),
        Binding("escape,q,a", "close", show=False, id="acknowledged.close"),
    ]

    def __init__(self, title: str, when: str, notes: Sequence[str]) -> None:
        """Create the dialog; `title` says which tasks were acknowledged, `when` says when."""
        super().__init__()
        self._title = title
        self._when = when
        self._notes = notes

    def compose(self) -> ComposeResult:
        """Yield what is acknowledged and the notes in a box."""
        notes = [_("note: {note}").format(note=line(note, 200)) for note in self._notes[:NOTES_SHOWN]]
        if (more := len(self._notes) - NOTES_SHOWN) > 0:
            notes.append(counted(more, "and {count} other note", "and {count} other notes"))
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("Enter changes the note · w withdraws · Esc closes"))
            yield Static(Content("\n".join((self._when, *(notes or [_("no note")])))), markup=False)

    def action_note(self) -> None:
        """Choose to change the note."""
        self.answer(Change.NOTE)

    def action_withdraw(self) -> None:
        """Choose to withdraw the acknowledgements."""
        self.answer(Change.WITHDRAW)
