"""The screen of the failed tasks: it owns the state; widgets get it bound, workers and widgets answer with messages."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import var

from kps_tui.blocking import run_async
from kps_tui.kps.task import FailedTask
from kps_tui.triage.filter import EVERYTHING, Expression
from kps_tui.triage.query import Query
from kps_tui.triage.view import View
from kps_tui.ui.actions import look, mark, narrow
from kps_tui.ui.commands import BY_ID, bindings
from kps_tui.ui.delivery import Delivery
from kps_tui.ui.heading import Heading
from kps_tui.ui.keeping import ListKeeper
from kps_tui.ui.load_state import Kind, LoadState
from kps_tui.ui.screens.marked_screen import MarkedScreen
from kps_tui.ui.screens.reading_screen import Connect
from kps_tui.ui.terminal_title import write_raw
from kps_tui.ui.throttle import Throttle
from kps_tui.ui.watch import SECONDS
from kps_tui.ui.widgets.blank_state import BlankState
from kps_tui.ui.widgets.facets import FacetPanel
from kps_tui.ui.widgets.filter_bar import FilterBar
from kps_tui.ui.widgets.notice import Notice
from kps_tui.ui.widgets.seven_keys import SevenKeys
from kps_tui.ui.widgets.status_line import StatusLine
from kps_tui.ui.widgets.task_detail import TaskDetail
from kps_tui.ui.widgets.task_table import TaskTable
from kps_tui.ui.widgets.time_line import TimeLine
from kps_tui.ui.widgets.title_line import TitleLine
from kps_tui.ui.widgets.too_small import SMALLEST, TooSmall

DETAIL_SECONDS = 0.1
"""While a key is held the detail follows the cursor at most so often: it costs ten times the bytes of the table."""
TIME_LINE_ROWS = 20
"""A terminal of fewer rows shows no time-line."""


class TriageScreen(MarkedScreen):
    """Failed tasks of one project."""

    BINDINGS: ClassVar[list[BindingType]] = bindings()

    heading: var[Heading] = var(Heading)
    expression: var[Expression] = var(EVERYTHING)
    """The filter of the query."""
    filtered: var[bool] = var(False)
    facet: var[str] = var("")
    """The facet of the query."""
    highlighted: var[FailedTask | None] = var(None)
    """The task under the cursor, as the detail shows it."""
    base: var[str] = var("")
    """What every count is based on, in words."""
    uncertain: var[bool] = var(False)
    """Whether there are tasks that are not counted."""
    full_detail: var[bool] = var(False)
    compact: var[bool] = var(False)
    """Whether the detail has a wide and low place."""

    def __init__(
        self,
        heading: Heading,
        connect: Connect,
        page_size: int,
        now: Callable[[], datetime],
        keys: Mapping[str, str],
        keeper: ListKeeper | None = None,
        watch_seconds: float = SECONDS,
    ) -> None:
        super().__init__(connect, page_size, now, keeper, watch_seconds)
        self._keys = keys
        self.set_reactive(TriageScreen.heading, heading)
        self.drilled: tuple[tuple[Query, Query], ...] = ()
        """The ways into groups: the query that was left, and the one it led to; Esc goes back along them."""
        self._delivery = Delivery(lambda sequence: write_raw(self.app, sequence))
        self._highlighted_id: str | None = None
        self._show_detail = Throttle(self, DETAIL_SECONDS, self._bring_detail_up_to_date)

    def compose(self) -> ComposeResult:
        """Title, filter, time-line, table and detail, notice, status, footer."""
        here = TriageScreen
        yield TitleLine().data_bind(here.heading)
        yield FilterBar(id="filter-bar").data_bind(here.expression, here.view)
        yield TimeLine(id="time-line").data_bind(here.view, here.base)
        with Container(id="body"):
            yield TaskTable(id="tasks").data_bind(here.view, here.marked, here.fresh)
            yield TaskDetail(self._now, id="detail").data_bind(here.highlighted, here.compact)
            yield FacetPanel(id="facets").data_bind(here.view, here.facet, here.base, here.uncertain)
            yield BlankState(self._now).data_bind(here.load, here.heading, here.filtered)
        yield Notice(self._now).data_bind(here.load)
        yield StatusLine(self._now).data_bind(here.load, here.shown, here.waiting, here.watching)
        yield SevenKeys(show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Ask for the first page when the first frame is out: the client takes as long to import as Textual."""
        self.query_one(TaskTable).focus()
        self.load = LoadState(running=Kind.FIRST)
        self.call_after_refresh(self.begin)

    @property
    def is_busy(self) -> bool:
        """Whether a dialog, an input or a choice is open that a new list would disturb."""
        typing = self.query_one(FilterBar).is_typing or self.query_one(TimeLine).is_active
        return self.app.screen is not self or typing or bool(self.marked) or self.range_from is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing loads, and everything shown has caught up with what was read and asked for."""
        if not self.is_mounted or self.load.running or self._follow.pending or self._show_detail.pending:
            return False
        counting = self.query_one(FacetPanel).is_counting or self.query_one(TimeLine).is_counting
        return not counting and not self.query_one(FilterBar).pending and self.has_caught_up

    def action_command(self, id: str) -> None:
        """Run a command of the registry."""
        if run := BY_ID[id].run:
            run(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Footer and keys offer what makes sense now."""
        if action != "command" or not parameters:
            return True
        id = str(parameters[0])
        return bool(self._keys[id]) and BY_ID[id].offered(self)

    def signed_in(self, heading: Heading) -> None:
        """Go on with another login: the same place is read again while its rows stay, another one from the start."""
        same = (heading.host, heading.project_id) == (self.heading.host, self.heading.project_id)
        self.stop()
        self.heading = heading
        if not same:
            self.forget()
            self.view = View(query=self.asked)
        self.begin()

    @work(group="delivery")
    async def deliver(self, name: str, text: Callable[[], str]) -> None:
        """Send what `text` returns to the terminal's clipboard, and say so."""
        said, is_well = await self._delivery.deliver(name, await run_async(text))
        self.notify(said, severity="information" if is_well else "warning", markup=False)

    # What follows what

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """What can be done, and what all is based on, depends on what is loaded."""
        self.base, self.uncertain = load.base, not load.at_end
        if old.is_kept != load.is_kept:
            self.tell_shown()
        if (old.running, old.at_end) != (load.running, load.at_end):
            self.refresh_bindings()

    def watch_asked(self, query: Query) -> None:
        """Show the filter at once, and let the view follow; a range of another list would mark what nobody passed."""
        self.range_from = None
        self.expression, self.filtered, self.facet = query.filter, query.filter != EVERYTHING, query.facet
        self.rows_changed()
        self.refresh_bindings()

    def watch_facet(self, facet: str) -> None:
        """A facet takes the place of table and detail."""
        self.set_class(bool(facet), "-facet")
        self.call_after_refresh(self.give_keys)

    def watch_view(self, view: View) -> None:
        """What depends on the rows follows them."""
        self.drop_gone_marks()
        if (blank := not len(view)) != self.has_class("-blank"):
            self.set_class(blank, "-blank")
            self.call_after_refresh(self.give_keys)
        self.tell_shown()
        self._show_detail.ask()

    def _bring_detail_up_to_date(self) -> None:
        task_id = self._highlighted_id
        self.highlighted = None if task_id is None else self.view.store.get(task_id)
        if self.highlighted is None:
            self.full_detail = False

    # What the widgets say

    @on(TaskTable.Highlighted)
    def _highlight(self, message: TaskTable.Highlighted) -> None:
        self._highlighted_id = message.task_id
        mark.extend_range(self)
        self._show_detail.ask()

    @on(TaskTable.Moved)
    def _moved(self, message: TaskTable.Moved) -> None:
        """A move that ends near the last row asks for one more page; not if that failed, or a filter hides rows."""
        may_load = self.load.pages and not self.load.running and not self.load.error and not self.filtered
        if message.near_end and may_load:
            self.start(Kind.NEXT)

    @on(TaskTable.Chosen)
    def _chosen(self) -> None:
        look.toggle(self)

    @on(TaskTable.SortAsked)
    def _sort_asked(self, message: TaskTable.SortAsked) -> None:
        message.table.active_column = message.field
        self.ask(self.asked.sorted_by(message.field))

    @on(FilterBar.Narrowed)
    def _narrowed(self, message: FilterBar.Narrowed) -> None:
        self.ask(replace(self.asked, filter=message.expression), remember=False)
        if message.is_final:
            if message.before != message.expression:
                before = replace(self.asked, filter=message.before)
                self.history = self.history.left(before)
                self.drilled = (*self.drilled, (before, self.asked))
            self.give_keys()

    @on(FilterBar.Mistaken)
    def _mistaken(self, message: FilterBar.Mistaken) -> None:
        self.mistake = message.why
        self.tell_shown()

    @on(FacetPanel.Drilled)
    def _drilled(self, message: FacetPanel.Drilled) -> None:
        narrow.drill(self, message.field, message.value)

    @on(FacetPanel.Opened)
    def _opened(self, message: FacetPanel.Opened) -> None:
        narrow.enter(self, replace(self.asked, facet=message.field))

    @on(TimeLine.RangeChosen)
    def _range_chosen(self, message: TimeLine.RangeChosen) -> None:
        narrow.to_range(self, message.start_ms, message.end_ms)

    @on(TimeLine.Ended)
    def _time_line_ended(self) -> None:
        self.give_keys()

    # Room

    def give_keys(self) -> None:
        """Give the keys to what is in front."""
        if self.query_one(FilterBar).is_typing or self.query_one(TimeLine).is_active:
            return
        if self.full_detail:
            self.query_one(TaskDetail).focus()
        else:
            (self.query_one(FacetPanel) if self.facet else self.query_one(TaskTable)).focus()

    def watch_full_detail(self, full: bool) -> None:
        """The same screen: a class gives the detail the whole width."""
        self.set_class(full, "-full-detail")
        self._lay_out()
        # Beside the table it never takes the keys: they would do nothing, and nothing would show why.
        self.query_one(TaskDetail).can_focus = full
        self.give_keys()
        self.refresh_bindings()

    def on_resize(self, event: events.Resize) -> None:
        """What fits depends on the terminal."""
        size = event.size
        self.query_one(TooSmall).terminal = size
        self.set_class(size.width < SMALLEST.width or size.height < SMALLEST.height, "-too-small")
        self.set_class(size.height < TIME_LINE_ROWS, "-low")
        self._lay_out()

    def _lay_out(self) -> None:
        self.compact = not self.full_detail and self.size.width < 120
