"""A dialog that asks for one line of text, such as the name of a file."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Input, Static

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.line_input import LineInput

QUICK_SECONDS = 0.3
"""Seconds that keys typed after Enter wait for the attempt to end, so that they go to what is in front by then."""

Attempt = Callable[[str, bool], Awaitable[str]]
"""Acts on the text, and returns why that failed, or an empty text.

The flag is true if Enter was pressed again on the text that failed before, which confirms overwriting. Esc cancels the
attempt, so whatever may block runs in a thread (`blocking.run_async`).
"""


class Prompt(Dialog[None]):
    """Stays open until `attempt` succeeds or Esc is pressed; after a failure it keeps the text and shows the reason.

    Esc during an attempt only stops the attempt.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="prompt.close"),
    ]

    busy: var[bool] = var(False)
    """Whether an attempt is under way."""

    def __init__(self, title: str, explanation: str, text: str, attempt: Attempt, enter: str) -> None:
        """Create the dialog; `enter` says what Enter does, such as `Enter saves`."""
        super().__init__()
        self._title = title
        self._explanation = explanation
        self._text = text
        self._attempt = attempt
        self._enter = enter
        self._refused = ""
        """The text of the last attempt, which failed."""

    def compose(self) -> ComposeResult:
        """Yield the explanation, the input, and the place for a problem."""
        with Vertical(id="prompt", classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("{enter} · Esc closes").format(enter=self._enter))
            yield Static(Content(self._explanation), markup=False)
            field = LineInput(self._text, compact=True, select_on_focus=False, max_length=1000)
            yield field
            state = Static("", id="prompt-state", markup=False)
            state.display = False
            yield state

    @on(Input.Submitted)
    async def _submitted(self, message: Input.Submitted) -> None:
        if self.busy:
            return
        self.busy, ended = True, asyncio.Event()
        self._try(message.value.strip(), ended)
        with suppress(TimeoutError):
            async with asyncio.timeout(QUICK_SECONDS):
                await ended.wait()
        if self.busy:
            self._say(_("writing… · Esc stops"))

    @work(group="prompt", exclusive=True)
    async def _try(self, text: str, ended: asyncio.Event) -> None:
        try:
            problem = await self._attempt(text, text == self._refused)
        finally:
            self.busy = False
            ended.set()
        if problem:
            self._refused = text
            self._say(problem, "problem")
        else:
            self.answer(None)

    def action_close(self) -> None:
        """Stop the attempt that is under way, or dismiss the dialog if there is none."""
        if self.busy:
            self.workers.cancel_group(self, "prompt")
            self._say(_("stopped"))
        else:
            self.answer(None)

    def _say(self, text: str, kind: str = "") -> None:
        state = self.query_one("#prompt-state", Static)
        state.set_class(kind == "problem", "-problem")
        state.update(Content(text))
        state.display = True
