"""The input for a filter. Without the focus it shows the filter as chips."""

from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.keys import REPLACED_KEYS
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual

from kps_tui.i18n import N_
from kps_tui.sanitize import line
from kps_tui.triage.filter import Mistake
from kps_tui.ui.widgets.filter.chips import fitted, hint
from kps_tui.ui.widgets.line_input import LONGEST, LineInput


class _Spans(Highlighter):
    """Underlines parts of the text."""

    spans: tuple[tuple[int, int], ...] = ()

    def highlight(self, text: Text) -> None:
        for start, end in self.spans:
            text.stylize("bold underline", start, max(end, start + 1))


class FilterInput(LineInput):
    """An input with a history: Up and Down recall earlier filters, Esc cancels."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", N_("Apply"), id="filter.apply"),
        Binding("escape", "cancel", N_("Cancel"), id="filter.cancel"),
        Binding("up", "older", "Older", show=False, id="filter.older"),
        Binding("down", "newer", "Newer", show=False, id="filter.newer"),
        Binding("ctrl+c", "app.interrupt", "Quit", show=False, id="filter.interrupt"),
    ]

    class Cancelled(Message):
        """Posted when the user cancels."""

    class Left(Message):
        """Posted when another widget takes the focus."""

    def __init__(self, *, id: str | None = None) -> None:
        self._spans = _Spans()
        self._history: list[str] = []
        self._at = 0
        """The index in the history; the length of the history means the new text."""
        self._draft = ""
        self._chips: Sequence[Content] = ()
        self._ignored: Sequence[Mistake] = ()
        super().__init__(id=id, highlighter=self._spans, compact=True, max_length=LONGEST, select_on_focus=False)
        self.can_focus = False

    def begin(self, text: str) -> None:
        """Take the focus, with `text` and a blank as the value, so that the next letter begins another term."""
        text = f"{text.rstrip()} " if text else ""
        self.can_focus = True
        self._at = len(self._history)
        self._draft = text
        self.placeholder = hint(self.size.width)
        self.set_text(text)
        # Not `self.focus()`, which is deferred: letters that were typed ahead would act as keys of the table.
        self.screen.set_focus(self)

    def end(self) -> None:
        """Make the input unfocusable, and show the chips."""
        self.can_focus = False
        self.scroll_to(x=0, animate=False)
        self.refresh()

    def set_text(self, text: str) -> None:
        """Replace the text, and put the cursor at its end."""
        self.value = line(text, LONGEST)
        self.cursor_position = len(self.value)

    def keep(self, text: str) -> None:
        """Add a filter that was applied to the history."""
        text = text.strip()
        if text and text not in self._history[-1:]:
            self._history.append(text)

    def point_at(self, spans: tuple[tuple[int, int], ...]) -> None:
        """Underline the mistakes in the text, given as half-open spans."""
        if spans != self._spans.spans:
            self._spans.spans = spans
            self.refresh()

    @property
    def cells_needed(self) -> int:
        """The cells for all chips and ignored terms; 0 if there are none."""
        return fitted(self._chips, LONGEST, self._ignored).cell_length if self._chips or self._ignored else 0

    def show(self, chips: Sequence[Content], ignored: Sequence[Mistake]) -> None:
        """Set the chips and the ignored terms that are shown without the focus."""
        self._chips, self._ignored = chips, ignored
        if not self.can_focus:
            self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is typed as text, which the footer asks. Textual misses the keys that it renames."""
        return key in REPLACED_KEYS or super().check_consume_key(key, character)

    def on_blur(self) -> None:
        """Post `Left`, unless the whole terminal has lost the focus: the input gets it back afterwards."""
        if self.can_focus and self.app.app_focus:
            self.post_message(self.Left())

    def action_older(self) -> None:
        """Recall the previous filter."""
        self._go_to(self._at - 1)

    def action_newer(self) -> None:
        """Recall the next filter."""
        self._go_to(self._at + 1)

    def action_cancel(self) -> None:
        """Post `Cancelled`."""
        self.post_message(self.Cancelled())

    def render_line(self, y: int) -> Strip:
        """Render the input while it has the focus, else the chips."""
        if self.can_focus or y:
            return super().render_line(y)
        width = self.size.width
        shown = fitted(self._chips, width, self._ignored)
        return Visual.to_strips(self, shown, width, 1, self.visual_style, pad=True)[0]

    def _go_to(self, index: int) -> None:
        if 0 <= index <= len(self._history) and index != self._at:
            if self._at == len(self._history):
                self._draft = self.value
            self._at = index
            self.set_text(self._draft if index == len(self._history) else self._history[index])
