"""Asks for one line of text; a mistake keeps what was typed and says what is wrong."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.line_input import LineInput

Try = Callable[[str, bool], str]
"""Does it with the text; the flag says that Enter was pressed again on the same text, which may overwrite.

Returns what stands in the way, empty when it is done. Its words end the question, not the program.
"""


class Prompt(Dialog[None]):
    """Stays until `attempt` is content, or Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", _("Close"), id="prompt.close"),
    ]

    def __init__(self, title: str, explanation: str, text: str, attempt: Try) -> None:
        super().__init__()
        self._title = title
        self._explanation = explanation
        self._text = text
        self._attempt = attempt
        self._refused = ""
        """The text that was refused last."""

    def compose(self) -> ComposeResult:
        """What is asked, the field, what is wrong."""
        with Vertical(id="prompt", classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("Enter does it · Esc closes"))
            yield Static(Content(self._explanation), markup=False)
            field = LineInput(self._text, compact=True, select_on_focus=False, max_length=1000)
            field.cursor_blink = False
            yield field
            yield Static("", id="prompt-problem", markup=False)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        problem = self._attempt(text, text == self._refused)
        if problem:
            self._refused = text
            self.query_one("#prompt-problem", Static).update(Content(problem))
        else:
            self.answer(None)
