"""The panel that compares the tasks of two values of a facet side by side, by one of several fields."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import var

from kps_tui.blocking import run_async
from kps_tui.i18n import N_
from kps_tui.triage.filter import Expression
from kps_tui.triage.view import View
from kps_tui.ui.key_queue import repeated_move
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState

if TYPE_CHECKING:
    from kps_tui.triage.compare import Comparison
    from kps_tui.ui.widgets.comparison.table import ComparisonTable

THREAD_ROWS = 2_000
"""Number of rows from which on they are compared in a thread."""
END = 1_000_000
"""More than any number of lines."""


class ComparisonPanel(Vertical, can_focus=True):
    """Shows the comparison that `bench.query` asks for, of the tasks of `view`. Without one it computes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "drill", N_("Show"), id="compare.drill"),
        Binding("tab", "turn(1)", N_("Compare by"), id="compare.next"),
        Binding("shift+tab", "turn(-1)", "Compare by the one before", show=False, id="compare.previous"),
        Binding("j,down", "move(1)", "Down", show=False, id="compare.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="compare.up"),
        Binding("g,home,ctrl+home", f"move({-END})", "First line", show=False, id="compare.first"),
        Binding("G,end,ctrl+end", f"move({END})", "Last line", show=False, id="compare.last"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="compare.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="compare.page-up"),
    ]

    view: var[View] = var(View)
    bench: var[Bench] = var(Bench)
    """The values of its query are compared."""
    load: var[LoadState] = var(LoadState)

    @dataclass
    class Drilled(Message):
        """Posted when the user chooses a line, to see its tasks."""

        by: Expression
        """Matches the tasks of the line, of both values."""

        def changed(self, bench: Bench) -> Bench:
            """Return the bench that shows these tasks."""
            return bench.drilled_to(self.by)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._table: ComparisonTable | None = None
        """Mounted when values are first compared."""
        self._by = ""
        """What the values were last compared by."""
        self._made: tuple[View, Comparison] | None = None
        """The latest comparison and the view that it is of."""
        self._in_thread = False
        self._is_mounting = False

    @property
    def comparison(self) -> "Comparison | None":
        """What is shown, or None."""
        return self._made[1] if self._made and self.bench.query.compared else None

    @property
    def is_comparing(self) -> bool:
        """Whether the comparison of `view` that `bench` asks for is still being computed."""
        return self._wanted is not None and not self._is_made

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Compare other values."""
        if old.query.compared != bench.query.compared or old.query.facet != bench.query.facet:
            self._made = None
            self._follow()

    def watch_view(self) -> None:
        """Compare the new view, if values are compared; otherwise forget the old one."""
        if not self.bench.query.compared:
            self._made = None
        self._follow()

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """Show the new base."""
        if old.extent.base != load.extent.base:
            self._show()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show whether the cursor has the focus."""
        if self._is_mounting:
            from kps_tui.ui.widgets.value_list import show_focus

            show_focus(self)

    def on_mount(self) -> None:
        """Compare the values that were assigned before the panel was mounted."""
        self._follow()

    # Comparing

    @property
    def _wanted(self) -> tuple[str, tuple[str, str], str] | None:
        """The facet, the two values, and what to compare them by; None if there is nothing to compare."""
        query = self.bench.query
        match query.compared:
            case (one, other):
                from kps_tui.triage.compare import ways_of

                offered = ways_of(query.facet)
                return query.facet, (one, other), self._by if self._by in offered else offered[0]
            case _:
                return None

    @property
    def _is_made(self) -> bool:
        if self._made is None:
            return False
        view, made = self._made
        return view is self.view and (made.field, made.values, made.by) == self._wanted

    def _follow(self) -> None:
        """Compare the wanted values and show them. Many rows are compared in a thread."""
        wanted = self._wanted
        if wanted and not self._is_made:
            if len(self.view) >= THREAD_ROWS:
                if not self._in_thread:
                    self._compare_in_thread()
            else:
                self._made = self.view, _compared(self.view, *wanted)
        self._show()

    @work(group="comparison", exclusive=True)
    async def _compare_in_thread(self) -> None:
        """Compare until the wanted values of the latest view have been compared."""
        self._in_thread = True
        try:
            while (wanted := self._wanted) and not self._is_made:
                view = self.view
                self._made = view, await run_async(partial(_compared, view, *wanted))
                self._show()
        finally:
            self._in_thread = False

    # Showing

    async def _mount_table(self) -> None:
        """Mount the table and show it. The next key waits until this ends, as the panel has the focus."""
        from kps_tui.ui.widgets.comparison.table import ComparisonTable

        table = ComparisonTable()
        with self.app.batch_update():
            await self.mount(table)
            self._table = table
            self._show()

    def _show(self) -> None:
        if not self.is_mounted or not self.bench.query.compared:
            return
        if self._table:
            self._table.show(self.comparison, self.load.base_of(self.view))
        elif not self._is_mounting:
            self._is_mounting = True
            self.call_next(self._mount_table)

    # Commands

    def action_drill(self) -> None:
        """Choose the line under the cursor."""
        if (made := self.comparison) and self._table and (line := self._table.line):
            self.post_message(self.Drilled(made.filter(line)))

    def action_turn(self, step: int) -> None:
        """Compare by the next (1) or previous (-1) field."""
        if wanted := self._wanted:
            from kps_tui.triage.compare import ways_of

            offered = ways_of(wanted[0])
            self._by = offered[(offered.index(wanted[2]) + step) % len(offered)]
            self._follow()

    repeated = staticmethod(repeated_move)

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows` (negative: up), at most to the end of the list."""
        if self._table:
            self._table.move(rows)

    def action_page(self, step: int) -> None:
        """Move the cursor by `step` pages."""
        if self._table:
            self._table.page(step)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a click on the line under the cursor chooses it."""
        if self._table and self._table.clicked(event):
            self.action_drill()


def _compared(view: View, field: str, values: tuple[str, str], by: str) -> "Comparison":
    from kps_tui.triage.compare import compare

    return compare(view.store, view.order, field, values, by, standings=view.standings)
