"""The screen of the failed tasks: it owns the state; widgets get it bound, workers and widgets answer with messages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Footer

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.session.reading import PageSource, Reading
from kps_tui.triage.query import Query, words_of
from kps_tui.triage.view import View
from kps_tui.ui import loading
from kps_tui.ui.actions import look
from kps_tui.ui.commands import BY_ID, bindings
from kps_tui.ui.connecting import Heading, LoginNeeded
from kps_tui.ui.load_state import Kind, LoadState, state_of
from kps_tui.ui.loading import LoadEnded, LoadFailed, PageArrived
from kps_tui.ui.throttle import Throttle
from kps_tui.ui.widgets.blank_state import BlankState
from kps_tui.ui.widgets.notice import Notice
from kps_tui.ui.widgets.status_line import StatusLine
from kps_tui.ui.widgets.task_detail import TaskDetail
from kps_tui.ui.widgets.task_table import TaskTable
from kps_tui.ui.widgets.title_line import TitleLine
from kps_tui.ui.widgets.too_small import SMALLEST, TooSmall

FOLLOW_SECONDS = 0.25
"""While pages come the view follows them at most so often."""
DETAIL_SECONDS = 0.1
"""While a key is held the detail follows the cursor at most so often: it costs ten times the bytes of the table."""
THREAD_ROWS = 50_000
"""From so many rows on, a view is made in a thread."""


Connect = Callable[[], Awaitable[PageSource]]


class TriageScreen(Screen[None]):
    """Failed tasks of one project."""

    BINDINGS: ClassVar[list[BindingType]] = bindings()

    heading: var[Heading] = var(Heading)
    view: var[View] = var(View)
    highlighted: var[FailedTask | None] = var(None)
    """The task under the cursor, as the detail shows it."""
    marked: var[frozenset[str]] = var(frozenset[str]())
    load: var[LoadState] = var(LoadState)
    order: var[str] = var("")
    """The order of the rows in words."""
    full_detail: var[bool] = var(False)
    compact: var[bool] = var(False)
    """Whether the detail has a wide and low place."""

    def __init__(self, heading: Heading, connect: Connect, page_size: int, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.set_reactive(TriageScreen.heading, heading)
        self._page_size = page_size
        self._connect = connect
        self._now = now
        self._reading: Reading | None = None
        self._then: Kind | None = None
        """What to load when the load under way has ended."""
        self._making_view = False
        self._generation = 0
        self._highlighted_id: str | None = None
        self._follow = Throttle(self, FOLLOW_SECONDS, self._bring_up_to_date)
        self._show_detail = Throttle(self, DETAIL_SECONDS, self._bring_detail_up_to_date)

    def compose(self) -> ComposeResult:
        """Title, table and detail, notice, status, footer."""
        yield TitleLine().data_bind(TriageScreen.heading)
        with Container(id="body"):
            yield TaskTable(id="tasks").data_bind(TriageScreen.view, TriageScreen.marked)
            yield TaskDetail(self._now, id="detail").data_bind(TriageScreen.highlighted, TriageScreen.compact)
            yield BlankState().data_bind(TriageScreen.load, TriageScreen.heading)
        yield Notice().data_bind(TriageScreen.load)
        yield StatusLine().data_bind(TriageScreen.load, TriageScreen.order)
        yield Footer(show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Ask for the first page when the first frame is out: the client takes as long to import as Textual."""
        self.query_one(TaskTable).focus()
        self.load = LoadState(running=Kind.FIRST)
        self.call_after_refresh(self.start, Kind.FIRST)

    @property
    def is_settled(self) -> bool:
        """Whether nothing loads, and everything shown has caught up with what was read."""
        at_rest = not (self.load.running or self._making_view or self._follow.pending or self._show_detail.pending)
        return at_rest and self.is_mounted and (self._reading is None or self.view.shows_all_of(self._reading.store))

    def action_command(self, id: str) -> None:
        """Run a command of the registry."""
        if run := BY_ID[id].run:
            run(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Footer and keys offer what makes sense now."""
        if action != "command" or not parameters:
            return True
        return BY_ID[str(parameters[0])].offered(self)

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """What can be done depends on what loads."""
        if (old.running, old.at_end) != (load.running, load.at_end):
            self.refresh_bindings()

    # Loading

    def start(self, kind: Kind) -> None:
        """Start a load; what is loading already goes on, unless more is wanted than it reads."""
        running = self.load.running
        if self._generation and running:
            if kind is Kind.REST and running in (Kind.FIRST, Kind.NEXT):
                # The page under way is not asked for twice.
                self._then = kind
            if kind is not Kind.REFRESH or running in (Kind.FIRST, Kind.REFRESH):
                return
        reading = self._reading
        if kind in (Kind.NEXT, Kind.REST) and reading:
            reading.go_on()
            if reading.paging.ended:
                return
        self._generation += 1
        self.load = state_of(reading, kind) if reading else LoadState(running=kind)
        self._load(kind, reading, self._generation)

    def stop(self) -> None:
        """Stop what is loading, down to the socket; what came is kept."""
        self._generation += 1
        self._then = None
        self.workers.cancel_group(self, "load")
        self._settle(None)

    @work(group="load", exclusive=True)
    async def _load(self, kind: Kind, current: Reading | None, generation: int) -> None:
        reading: Reading | None = None
        try:
            source = await self._connect()
            anew = current is None or kind in (Kind.FIRST, Kind.REFRESH)
            reading = Reading(source, self._page_size, self._now) if anew else current
            assert reading is not None
            pages = current.paging.pages if current else 1
            await loading.read(kind, reading, pages, lambda: self._tell(PageArrived, generation, reading))
        except Problem as problem:
            self.post_message(LoadFailed(generation, reading, problem))
        else:
            self._tell(LoadEnded, generation, reading)

    def _tell(self, message: type[PageArrived | LoadEnded], generation: int, reading: Reading | None) -> None:
        if reading is not None:
            self.post_message(message(generation, reading))

    @on(PageArrived)
    def _page_arrived(self, message: PageArrived) -> None:
        if message.generation != self._generation:
            return
        if self.load.running is Kind.REFRESH:
            self.load = replace(self.load, refreshed=message.reading.loaded)
            return
        self._reading = message.reading
        self._follow.ask()

    @on(LoadEnded)
    def _load_ended(self, message: LoadEnded) -> None:
        if message.generation == self._generation:
            self._reading = message.reading
            self._settle(None)
            if then := self._then:
                self._then = None
                self.start(then)

    @on(LoadFailed)
    def _load_failed(self, message: LoadFailed) -> None:
        if message.generation == self._generation:
            self._then = None
            self._settle(message.error)
            if message.reading is None and isinstance(message.error, CredentialError | ConfigError):
                self.post_message(LoginNeeded(str(message.error)))

    def _settle(self, error: Problem | None) -> None:
        """The load is over: show all that came, and say what is wrong."""
        if self._reading:
            self.load = state_of(self._reading, None, error)
            self._follow.ask()
        else:
            self.load = LoadState(error=error)

    def _bring_up_to_date(self) -> None:
        """Let view and numbers follow what was read."""
        if self._reading is None:
            return
        if self.load.running is not Kind.REFRESH:
            self.load = state_of(self._reading, self.load.running, self.load.error)
        if len(self._reading.store) > THREAD_ROWS:
            self._make_view()
        else:
            self.view = self.view.over(self._reading.store)

    @work(group="view")
    async def _make_view(self) -> None:
        """Make the view of a long list in a thread, until it has caught up."""
        if self._making_view:
            return
        self._making_view = True
        try:
            while self._reading and not self.view.shows_all_of(self._reading.store):
                view = await asyncio.to_thread(self.view.over, self._reading.store)
                self.view = view.asking(self.view.query)
        finally:
            self._making_view = False

    def signed_in(self, heading: Heading) -> None:
        """Go on with another login: the same place is read again while its rows stay, another one from the start."""
        same = (heading.host, heading.project_id) == (self.heading.host, self.heading.project_id)
        self.stop()
        self.heading = heading
        if not same:
            self._reading = None
            self.view = View(query=self.view.query)
            self.load = LoadState()
        self.start(Kind.REFRESH if self.load.pages else Kind.FIRST)

    # What is shown

    def ask(self, query: Query) -> None:
        """Show the tasks under another query."""
        self.view = self.view.asking(query)

    def watch_view(self, view: View) -> None:
        """What depends on the rows follows them."""
        self.order = words_of(view.query.sort)
        gone = {task_id for task_id in self.marked if view.store.get(task_id) is None}
        if gone:
            self.marked -= gone
            self.notify(_("{count} marked tasks are gone").format(count=len(gone)), markup=False)
        self.set_class(not len(view), "-blank")
        self._show_detail.ask()

    def _bring_detail_up_to_date(self) -> None:
        task_id = self._highlighted_id
        self.highlighted = None if task_id is None else self.view.store.get(task_id)
        if self.highlighted is None:
            self.full_detail = False

    @on(TaskTable.Highlighted)
    def _highlight(self, message: TaskTable.Highlighted) -> None:
        self._highlighted_id = message.task_id
        self._show_detail.ask()

    @on(TaskTable.Moved)
    def _moved(self, message: TaskTable.Moved) -> None:
        """A move that ends near the last row asks for one more page; one that failed is not asked for by moving."""
        if message.near_end and self.load.pages and not self.load.running and not self.load.error:
            self.start(Kind.NEXT)

    @on(TaskTable.Chosen)
    def _chosen(self) -> None:
        look.toggle(self)

    @on(TaskTable.SortAsked)
    def _sort_asked(self, message: TaskTable.SortAsked) -> None:
        message.table.active_column = message.field
        self.ask(self.view.query.sorted_by(message.field))

    # Room

    def watch_full_detail(self, full: bool) -> None:
        """The same screen: a class gives the detail the whole width."""
        self.set_class(full, "-full-detail")
        self._lay_out()
        detail = self.query_one(TaskDetail)
        # Beside the table it never takes the keys: they would do nothing, and nothing would show why.
        detail.can_focus = full
        (detail if full else self.query_one(TaskTable)).focus()
        self.refresh_bindings()

    def on_resize(self, event: events.Resize) -> None:
        """What fits depends on the terminal."""
        size = event.size
        self.query_one(TooSmall).terminal = size
        self.set_class(size.width < SMALLEST.width or size.height < SMALLEST.height, "-too-small")
        self._lay_out()

    def _lay_out(self) -> None:
        self.compact = not self.full_detail and self.size.width < 120
