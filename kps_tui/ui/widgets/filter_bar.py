"""The line of the filter: typed here, shown here. It says by messages what the filter is to be."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive, var
from textual.widgets import Input, Static

from kps_tui.i18n import _
from kps_tui.triage.filter import EVERYTHING, Expression, Parsed, parse
from kps_tui.triage.view import View
from kps_tui.ui.throttle import Debounce
from kps_tui.ui.widgets.filter_chips import chips
from kps_tui.ui.widgets.filter_input import FilterInput

TYPING_SECONDS = 0.1
"""How long the keys rest before the table follows what is typed."""
NOTHING = Parsed(EVERYTHING, ())


class FilterBar(Horizontal):
    """Assign `expression`; `begin` takes the keys until Enter or Esc."""

    expression: reactive[Expression] = reactive(EVERYTHING)
    """The filter in use, from wherever it came."""
    view: var[View] = var(View)
    """What the filter matched; a pattern that is too slow only shows there."""

    @dataclass
    class Narrowed(Message):
        """The filter is to be `expression`."""

        expression: Expression
        before: Expression
        """What it was when the typing began."""
        is_final: bool
        """Whether the typing is over."""

    @dataclass
    class Mistaken(Message):
        """What is wrong with the text, in a sentence; empty: nothing."""

        why: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parsed = NOTHING
        self._typed = ""
        self._before: Expression = EVERYTHING
        self._follow = Debounce(self, TYPING_SECONDS, self._follow_typing)

    def compose(self) -> ComposeResult:
        """The key that begins it, and the field."""
        yield Static("/", markup=False)
        yield FilterInput(id="filter")

    def on_mount(self) -> None:
        """Show that there is no filter yet."""
        self._show()

    @property
    def is_typing(self) -> bool:
        """Whether it has the keys."""
        return self._input.can_focus

    @property
    def has_mistakes(self) -> bool:
        """Whether a part of what was typed is ignored, and said to be."""
        return self._is_typed and any(mistake.ignored for mistake in self._parsed.mistakes)

    def forget_typed(self) -> None:
        """Show the filter in use as it is, without what was typed."""
        self._typed, self._parsed = "", NOTHING
        self._show()

    @property
    def pending(self) -> bool:
        """Whether the table has still to follow what was typed."""
        return self._follow.pending

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    def begin(self) -> None:
        """Take the keys; go on from the text that was typed, or from the filter in use."""
        self._before = self.expression
        self._input.begin(self._typed if self._is_typed else str(self.expression))
        self._read(self._input.value)

    @property
    def _is_typed(self) -> bool:
        """Whether the filter in use is what was typed last, mistakes and all."""
        return bool(self._typed) and self._parsed.expression == self.expression

    def watch_expression(self) -> None:
        """Show the filter in use."""
        self._show()

    def watch_view(self, old: View, view: View) -> None:
        """Show which patterns turned out to be too slow."""
        if old.mistakes != view.mistakes:
            self._show()

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.is_typing and message.value != self._typed:
            self._read(message.value)
            self._follow.ask()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._read(message.value)
        self._input.keep(message.value)
        self._end(self._parsed.expression)

    @on(FilterInput.Left)
    def _left(self, message: FilterInput.Left) -> None:
        message.stop()
        if self.is_typing:
            self._input.keep(self._input.value)
            self._read(self._input.value)
            self._end(self._parsed.expression)

    @on(FilterInput.Cancelled)
    def _cancelled(self, message: FilterInput.Cancelled) -> None:
        message.stop()
        self._typed, self._parsed = "", NOTHING
        self._end(self._before)

    @property
    def _is_unfinished(self) -> bool:
        """`server:` means “without a server”, but nobody who goes on typing means that."""
        return self._typed.endswith((":", "："))

    def _read(self, text: str) -> None:
        self._typed, self._parsed = text, parse(text)
        self._input.point_at(tuple(m.span for m in self._parsed.mistakes if m.ignored and m.span))
        mistake = next(iter(self._parsed.mistakes), None)
        said = mistake.message if mistake else ""
        if not said and self._is_unfinished:
            said = _("no value yet · Enter takes the tasks that have none")
        self.post_message(self.Mistaken(said))

    def _follow_typing(self) -> None:
        if self.is_typing and not self._is_unfinished:
            self.post_message(self.Narrowed(self._parsed.expression, self._before, is_final=False))

    def _end(self, expression: Expression) -> None:
        self._follow.cancel()
        self._input.end()
        self.post_message(self.Mistaken(""))
        self.post_message(self.Narrowed(expression, self._before, is_final=True))
        self._show()

    def _show(self) -> None:
        if self.is_mounted:
            mistakes = self._parsed.mistakes if self._is_typed else ()
            self._input.show(chips(self.expression, (*mistakes, *self.view.mistakes)))
