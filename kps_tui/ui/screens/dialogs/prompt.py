"""A dialog that asks for one line of text, such as the name of a file."""

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

Attempt = Callable[[str, bool], str]
"""Acts on the text, and returns why that failed, or an empty text.

The flag is true if Enter was pressed again on the text that failed before, which confirms overwriting.
"""


class Prompt(Dialog[None]):
    """Stays open until `attempt` succeeds or Esc is pressed; after a failure it keeps the text and shows the reason."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="prompt.close"),
    ]

    def __init__(self, title: str, explanation: str, text: str, attempt: Attempt) -> None:
        super().__init__()
        self._title = title
        self._explanation = explanation
        self._text = text
        self._attempt = attempt
        self._refused = ""
        """The text of the last attempt, which failed."""

    def compose(self) -> ComposeResult:
        """Yield the explanation, the input, and the place for a problem."""
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
