"""The main screen. It owns `bench`, `load` and `view`, three frozen values that its widgets bind as a whole.

Loaders and workers never touch widgets; handlers own the state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from kps_tui.clock import Clock
from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.session.reading import Reading
from kps_tui.triage.fields import COLUMNS
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.triage.standings import Standing
from kps_tui.triage.view import View
from kps_tui.ui.delivery import Delivery
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.bench import Bench, BenchChange
from kps_tui.ui.model.incident_finder import IncidentFinder, Incidents
from kps_tui.ui.model.list_cache import ListCache
from kps_tui.ui.model.load_state import LoadKind, LoadState
from kps_tui.ui.model.loader import Connect, ListLoader
from kps_tui.ui.model.mark_keeper import MarkKeeper
from kps_tui.ui.model.preparation import Preparation
from kps_tui.ui.model.running import ConnectRunning, RunningLoader
from kps_tui.ui.model.view_maker import ViewMaker
from kps_tui.ui.model.visits import Visits
from kps_tui.ui.model.watch import SECONDS, Watch, WatchState
from kps_tui.ui.model.when import When
from kps_tui.ui.terminal_title import TerminalTitle, window_title, write_raw
from kps_tui.ui.timers import Countdown, Throttle, once
from kps_tui.ui.widgets.blank_state import BlankState
from kps_tui.ui.widgets.comparison.panel import ComparisonPanel
from kps_tui.ui.widgets.facets.panel import FacetPanel
from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.footer import KeyFooter
from kps_tui.ui.widgets.notice import Notice
from kps_tui.ui.widgets.query_line import QueryLine
from kps_tui.ui.widgets.status_line import StatusLine
from kps_tui.ui.widgets.task_detail.pane import TaskDetail
from kps_tui.ui.widgets.task_table.table import TaskTable
from kps_tui.ui.widgets.timeline.bar import TimelineBar
from kps_tui.ui.widgets.title_line import TitleLine
from kps_tui.ui.widgets.too_small import SMALLEST, TooSmall
from kps_tui.ui.widgets.why_band import WhyBand
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.session.ledger import Ledger

FOLLOW_SECONDS = 0.25
"""Minimum seconds between two updates of rows and numbers while pages arrive."""
DETAIL_SECONDS = 0.25
"""Minimum seconds between two updates of the detail while the cursor moves.

An update takes ten times the bytes of a move, so on a slow line the moves of a held key would be shown late.
"""
LOW_ROWS = 20
"""With fewer rows, the terminal is too low for some lines above and below the table."""


@dataclass
class LoginNeeded(Message):
    """The list can't be loaded without a login; `reason` says what is wrong."""

    reason: str = ""


class TriageScreen(Screen[None]):
    """Shows the failed tasks of one project."""

    heading: var[Heading] = var(Heading)
    bench: var[Bench] = var(Bench)
    """The query and the marks. For a short time, `view` may still be that of an earlier query."""
    load: var[LoadState] = var(LoadState)
    """The progress of loading. While pages arrive it is updated less often than the loader's state."""
    view: var[View] = var(View)
    """The rows that are shown."""
    incidents: var[Incidents] = var(Incidents)
    highlighted: var[FailedTask | None] = var(None)
    """The task in the detail. It follows the cursor of the table with a short delay."""
    watching: var[WatchState | None] = var(None)
    """The state of the watch, or None if it is off."""
    waiting: var[str] = var("")
    """Why and for how long a request waits to be retried; empty if none does."""
    running: var[RunningTasks] = var(NOTHING_RUNNING)
    """The running tasks, as far as they are known."""
    mistake: var[str] = var("")
    """What is wrong with the filter that is being typed; empty if nothing is."""
    full_detail: var[bool] = var(False)

    table = getters.query_one("#tasks", TaskTable)
    detail = getters.query_one("#detail", TaskDetail)
    facets = getters.query_one("#facets", FacetPanel)
    comparison = getters.query_one("#comparison", ComparisonPanel)
    filter_bar = getters.query_one("#filter-bar", FilterBar)
    timeline = getters.query_one("#timeline", TimelineBar)

    def __init__(
        self,
        heading: Heading,
        connect: Connect,
        page_size: int,
        now: Clock,
        cache: ListCache | None = None,
        open_ledger: "Callable[[], Ledger | None]" = lambda: None,
        watch_seconds: float = SECONDS,
        columns: Sequence[str] = COLUMNS,
        ring: Callable[[], object] = lambda: None,
        connect_running: ConnectRunning | None = None,
    ) -> None:
        super().__init__(classes="-blank")
        self.set_reactive(TriageScreen.heading, heading)
        self.now = now
        self._columns = columns
        self.loader = ListLoader(
            connect, page_size, now, self, partial(start_worker, self, group="load"), cache, lambda: not self.is_busy
        )
        start_timer, read = partial(once, self), partial(self.loader.start, LoadKind.WATCH)
        self.list_watch = Watch(start_timer, read, lambda: self.is_busy, self._watch_changed, watch_seconds, now=now)
        self.countdown = Countdown(
            self, partial(setattr, self, "waiting"), lambda: self.loader.running is not LoadKind.WATCH
        )
        """Shows each wait before a request is retried."""
        self._view_maker = ViewMaker(now, partial(start_worker, self, group="view"), partial(setattr, self, "view"))
        start = partial(start_worker, self, group="ledger")
        warn = partial(self.notify, severity="warning", markup=False)
        rings = lambda: self.list_watch.is_on and ring()  # noqa: E731
        self.visits = Visits(open_ledger, now, start, self.make_view, warn, arrived=rings)
        start = partial(start_worker, self, group="running")
        self.running_loader = RunningLoader(connect_running, start, partial(setattr, self, "running"))
        found = partial(setattr, self, "incidents")
        self.finder = IncidentFinder(now, partial(start_worker, self, group="incidents"), found)
        start, say = partial(start_worker, self, group="marks"), partial(self.notify, markup=False)
        self._mark_keeper = MarkKeeper(lambda: self.bench, start, partial(setattr, self, "bench"), say)
        self.preparation = Preparation(start_timer)
        self._follow = Throttle(self, FOLLOW_SECONDS, self._follow_loader)
        self._show_detail = Throttle(self, DETAIL_SECONDS, self._bring_detail_up_to_date)
        self.delivery = Delivery(lambda sequence: write_raw(self.app, sequence))
        self._title = TerminalTitle(self)

    def compose(self) -> ComposeResult:
        """Yield title, band, filter and timeline, table and detail, notice, status line and footer."""
        here = TriageScreen
        yield TitleLine(self.now).data_bind(here.heading, here.view, here.load)
        yield WhyBand(self.now).data_bind(here.incidents, here.load)
        with QueryLine():
            yield FilterBar(id="filter-bar").data_bind(here.bench, here.view)
            yield TimelineBar(id="timeline").data_bind(here.view)
        with Container(id="body"):
            yield TaskTable(self.now, self._columns, id="tasks").data_bind(
                here.view, here.bench, here.incidents, here.running
            )
            detail = TaskDetail(self.now, id="detail")
            yield detail.data_bind(here.view, here.load, here.highlighted, here.full_detail, here.running)
            yield FacetPanel(id="facets").data_bind(here.view, here.bench, here.load)
            yield ComparisonPanel(id="comparison").data_bind(here.view, here.bench, here.load)
            yield BlankState(self.now).data_bind(here.load, here.heading, here.bench)
        yield Notice(self.now).data_bind(here.load)
        yield StatusLine(self.now).data_bind(
            here.load, here.view, here.bench, here.waiting, here.watching, here.mistake, here.running
        )
        yield KeyFooter().data_bind(here.bench, here.full_detail)
        yield TooSmall()

    def on_mount(self) -> None:
        """Start loading after the first frame: importing the client takes as long as importing Textual."""
        self._title.attach()
        self.table.focus()
        self.load = LoadState(running=LoadKind.FIRST)
        self.call_after_refresh(self.visits.begin)
        self.call_after_refresh(self.loader.begin)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Do not let Textual compute all styles twice for the first frame."""
        if not self.stack_updates:
            event.refresh_styles = False

    def on_unmount(self) -> None:
        """Restore the title of the terminal, and end the visit."""
        self._title.show("")
        self.visits.end(self.loader.reading, self.view.standings)

    @property
    def front(self) -> When:
        """The part of the screen that commands apply to."""
        if self.full_detail:
            return When.DETAIL
        if self.timeline.is_active:
            return When.TIMELINE
        return self.bench.part

    @property
    def is_busy(self) -> bool:
        """Whether a new list would disturb: the user is in a dialog, an input or the timeline, or has marked tasks."""
        choosing = self.filter_bar.is_typing or self.timeline.is_active
        return self.app.screen is not self or choosing or bool(self.bench.marked) or self.bench.range is not None

    # Listener of the loader

    def load_changed(self, state: LoadState) -> None:
        """Show the state."""
        if state.running is None:
            self.countdown.clear()
        self.load = state

    def rows_changed(self) -> None:
        """Update numbers and rows, at most every `FOLLOW_SECONDS`."""
        self._follow.ask()

    def load_ended(self, kind: LoadKind, before: Reading | None) -> None:
        """Update the rows at once, the new tasks and the watch."""
        self._follow.flush()
        self.visits.renewed(before, self.loader.reading)
        self.running_loader.list_read(self.loader.reading)
        if kind is LoadKind.WATCH:
            # Even if the list has not changed, a filter such as `since:1h` may match other rows by now.
            self.make_view()
        self.list_watch.load_ended()

    def load_failed(self, kind: LoadKind, error: Problem, *, connected: bool) -> None:
        """Update the watch, and ask for a login if none was found."""
        if self.list_watch.load_failed(error):
            self.notify(_("watch stopped: the login was rejected · L logs in, w watches again"), markup=False)
        if not connected and kind is not LoadKind.WATCH and isinstance(error, CredentialError | ConfigError):
            self.post_message(LoginNeeded(error.on_screen))

    def _follow_loader(self) -> None:
        self.load = self.loader.state
        self.make_view()

    def make_view(self) -> None:
        """Compute the view of the rows loaded, under the current query."""
        store = self.loader.reading.store if self.loader.reading else self.view.store
        self._view_maker.follow(self.view, store, self.bench.query, self.visits.knowledge)

    def _watch_changed(self, state: WatchState | None) -> None:
        if state is None:
            # `load` may lag behind, and the status line shows the time of the last reading from now on.
            self.load = self.loader.state
        self.watching = state
        self._update_title()

    # Watchers of the state

    def watch_heading(self) -> None:
        """Begin a visit if another project is shown, or if the project has become known."""
        self.visits.begin()

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """Update the footer: which commands are offered depends on the load."""
        if (old.running, old.extent.at_end) != (load.running, load.extent.at_end):
            self.refresh_bindings()

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Compute the view of a new query, and switch between the groups and the table with its detail."""
        if old.part != bench.part:
            # The groups cover the detail, which would keep the focus.
            self.full_detail = self.full_detail and bench.part is When.LIST
            # Not a class of the screen, for which Textual would compute the styles of every widget again.
            self.facets.display, self.comparison.display = bench.part is When.GROUPS, bench.part is When.COMPARISON
            for behind in (self.table, self.detail, self.query_one(BlankState), self.query_one(WhyBand)):
                behind.set_class(bench.part is not When.LIST, "-covered")
            # At once, because the next key may have been typed already, and again after the new layout.
            self.focus_front()
            self.call_after_refresh(self.focus_front)
        if old.query != bench.query:
            self.make_view()
        if old.query != bench.query or (not old.marked, not old.range) != (not bench.marked, not bench.range):
            self.refresh_bindings()

    def watch_view(self, old: View, view: View) -> None:
        """Update what depends on the rows: marks, the blank state, the detail."""
        if view.store is not old.store:
            self._mark_keeper.follow(view.store)
        if (blank := not len(view)) != self.has_class("-blank"):
            self.set_class(blank, "-blank")
            self.call_after_refresh(self.focus_front)
        if blank or not len(old):
            self.refresh_bindings()
        self._update_title()
        self.finder.follow(view)
        self._show_detail.ask()

    def _update_title(self) -> None:
        self._title.show(window_title(self.view.standings.count(Standing.NEW)) if self.watching else "")

    def _bring_detail_up_to_date(self) -> None:
        # The table may still have an older view, so look the task up by its key.
        self.highlighted = (task := self.table.task_at_cursor) and self.view.store.get(task.row_key)
        if self.highlighted is None:
            self.full_detail = False
        self.preparation.wait(self.view.store)

    # Messages of the widgets

    @on(TaskTable.Highlighted)
    def _highlight(self) -> None:
        self.bench = self.bench.marked_through(self.view, self.table.cursor_row)
        self._show_detail.ask()

    @on(TaskTable.Moved)
    def _moved(self, message: TaskTable.Moved) -> None:
        """Load the next page after a move near the last row, unless a load failed or a filter hides rows."""
        reading, is_waiting = self.loader.reading, self.load.running or self.load.error or self.bench.is_filtered
        # Before the next page is asked for, the last one must be shown.
        if message.near_end and not is_waiting and reading and self.view.shows_all_of(reading.store):
            self.loader.start(LoadKind.NEXT)

    @on(TaskTable.Chosen)
    def toggle_detail(self) -> None:
        """Show the detail in full width, or go back to the table."""
        self._bring_detail_up_to_date()
        # An Enter that was typed ahead may reach the table after the groups have covered it.
        self.full_detail = not self.full_detail and self.highlighted is not None and not self.bench.query.facet

    @on(TaskTable.SortAsked)
    def _sort_asked(self, message: TaskTable.SortAsked) -> None:
        self.table.active_column = message.field
        self.bench = self.bench.sorted_by(message.field)

    @on(FilterBar.Narrowed)
    def _narrowed(self, message: FilterBar.Narrowed) -> None:
        if message.is_final:
            self.bench = self.bench.typed(message.expression, message.before)
            self.focus_front()
        else:
            self.bench = self.bench.typing(message.expression)

    @on(FilterBar.Mistaken)
    def _mistaken(self, message: FilterBar.Mistaken) -> None:
        self.mistake = message.why

    @on(FacetPanel.Drilled)
    @on(FacetPanel.Opened)
    @on(ComparisonPanel.Drilled)
    def _bench_asked(self, message: BenchChange) -> None:
        self.bench = message.changed(self.bench)

    @on(TimelineBar.RangeChosen)
    def _range_chosen(self, message: TimelineBar.RangeChosen) -> None:
        self.timeline.end()
        self.bench = self.bench.narrowed_to_times(message.start_ms, message.end_ms)
        self.focus_front()

    # Focus and layout

    @on(TimelineBar.Ended)
    def focus_front(self) -> None:
        """Focus the widget in front, unless the user is typing a filter or choosing a time range."""
        if self.filter_bar.is_typing or self.timeline.is_active:
            return
        fronts = {When.DETAIL: self.detail, When.GROUPS: self.facets, When.COMPARISON: self.comparison}
        self.set_focus(fronts.get(self.front, self.table))

    def watch_full_detail(self, full: bool) -> None:
        """Switch the layout, which the style sheet does by a class, and the focus."""
        self.set_class(full, "-full-detail")
        # Beside the table it must not have the focus: keys would do nothing, for no visible reason.
        self.detail.can_focus = full
        self.focus_front()
        self.refresh_bindings()

    def on_resize(self, event: events.Resize) -> None:
        """Set the classes for terminals that are too small or too low."""
        self.query_one(TooSmall).terminal = size = event.size
        self.set_class(size.width < SMALLEST.width or size.height < SMALLEST.height, "-too-small")
        self.set_class(size.height < LOW_ROWS, "-low")
