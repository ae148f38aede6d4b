"""A dialog that asks a question, which Enter or a letter answers."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog


class Question(Dialog[bool]):
    """Dismissed with True for yes and with None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "yes", show=False, id="question.yes"),
        Binding("escape,n,q", "close", show=False, id="question.no"),
    ]

    def __init__(self, title: str, question: str, enter: str) -> None:
        """Create the dialog; `enter` says what Enter does, such as `Enter logs out`."""
        super().__init__()
        self._title = title
        self._question = question
        self._enter = enter

    def compose(self) -> ComposeResult:
        """Yield the question in a box."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("{enter} · Esc cancels").format(enter=self._enter))
            yield Static(Content(self._question), markup=False)

    def action_yes(self) -> None:
        """Answer yes."""
        self.answer(True)
