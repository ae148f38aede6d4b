"""The line in which the filter is typed and shown. It posts the new filter as messages."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive, var
from textual.widgets import Input, Static

from kps_tui.i18n import _
from kps_tui.triage.filter import EVERYTHING, Expression, Mistake, Parsed, parse
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.timers import Debounce
from kps_tui.ui.widgets.filter.chips import chips
from kps_tui.ui.widgets.filter.input import FilterInput

TYPING_SECONDS = 0.1
"""Seconds without a key press after which the typed filter is applied."""
LABEL_CELLS = 2
"""Cells of the label with the key `/`."""
NEXT_CELLS = 4
"""Cells that stay free after the typed text."""
NOTHING = Parsed(EVERYTHING, ())
"""The result of parsing an empty text."""


class FilterBar(Horizontal):
    """Shows the filter of `bench` as chips. `begin` focuses its input, until Enter or Esc."""

    bench: reactive[Bench] = reactive(Bench, repaint=False)
    view: var[View] = var(View)
    """Its `mistakes` are those found while matching: patterns that are too slow."""
    wanted: var[tuple[int, bool]] = var((0, False))
    """The cells that it needs to show the filter or to type it (0 without a filter), and whether it is being typed."""

    @dataclass
    class Narrowed(Message):
        """Posted when the filter should be set to `expression`."""

        expression: Expression
        before: Expression
        """The filter before typing began."""
        is_final: bool
        """Whether typing has ended."""

    @dataclass
    class Mistaken(Message):
        """Posted with the message about the first mistake in the text; empty if there is none."""

        why: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._input = FilterInput(id="filter")
        self._parsed = NOTHING
        self._typed = ""
        self._before: Expression = EVERYTHING
        self._follow = Debounce(self, TYPING_SECONDS, self._follow_typing)

    def compose(self) -> ComposeResult:
        """Yield a label with the key `/`, and the input."""
        yield Static("/", markup=False)
        yield self._input

    def on_mount(self) -> None:
        """Show the hint for an empty filter."""
        self._show()

    @property
    def is_typing(self) -> bool:
        """Whether a filter is being typed."""
        return self._input.can_focus

    @property
    def has_mistakes(self) -> bool:
        """Whether a part of the typed filter is ignored because of a mistake."""
        return self._is_typed and any(mistake.ignored for mistake in self._parsed.mistakes)

    @property
    def ignored(self) -> tuple[Mistake, ...]:
        """The terms that were typed and are ignored, because of a mistake or because they are too slow."""
        typed = self._parsed.mistakes if self._is_typed else ()
        return tuple(mistake for mistake in (*typed, *self.view.mistakes) if mistake.ignored)

    def forget_typed(self) -> None:
        """Forget the typed text and its mistakes."""
        self._typed, self._parsed = "", NOTHING
        self._show()

    @property
    def pending(self) -> bool:
        """Whether the typed filter is still to be applied."""
        return self._follow.pending

    def begin(self) -> None:
        """Focus the input, with the text that was typed last, or else the current filter."""
        self._before = self.expression
        self._input.begin(self._typed if self._is_typed else str(self.expression))
        self._update_wanted()
        self._read(self._input.value)

    @property
    def _is_typed(self) -> bool:
        """Whether the current filter is the one typed last, so that its mistakes still apply."""
        return bool(self._typed) and self._parsed.expression == self.expression

    @property
    def expression(self) -> Expression:
        """The current filter, typed or not."""
        return self.bench.query.filter

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Show the new filter."""
        if old.query.filter != bench.query.filter:
            self._show()

    def watch_view(self, old: View, view: View) -> None:
        """Show which patterns are too slow."""
        if old.mistakes != view.mistakes:
            self._show()

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.is_typing:
            self._update_wanted()
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
        """Whether the text ends in a field without a value: `server:` finds tasks without a server, rarely meant."""
        return self._typed.endswith((":", "："))

    def _read(self, text: str) -> None:
        self._typed, self._parsed = text, parse(text)
        self._input.point_at(tuple(m.span for m in self._parsed.mistakes if m.ignored and m.span))
        mistake = next(iter(self._parsed.mistakes), None)
        said = mistake.message if mistake else ""
        if not said and self._is_unfinished:
            said = _("no value yet · Enter finds tasks without one")
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
            self._input.show(chips(self.expression), self.ignored)
            self._update_wanted()

    def _update_wanted(self) -> None:
        typed = cell_len(self._input.value) + NEXT_CELLS
        cells = typed if self.is_typing else self._input.cells_needed
        self.wanted = (LABEL_CELLS + cells if cells else 0, self.is_typing)
