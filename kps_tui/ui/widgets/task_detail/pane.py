"""The pane that shows the highlighted task: below the table, beside it, or over the whole width."""

from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.clock import Clock
from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.triage.view import View
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.model.story_maker import StoryMaker
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.triage.task_story import TaskStory

BESIDE_COLUMNS = 180
"""Columns of the terminal from which on the pane is beside the table."""


class TaskDetail(VerticalScroll):
    """Shows the highlighted task, or a text if there is none."""

    can_focus = False

    highlighted: reactive[FailedTask | None] = reactive(None)
    view: reactive[View] = reactive(View)
    """The rows with which the task is compared, and what the ledger knows about them."""
    load: reactive[LoadState] = reactive(LoadState)
    full_detail: reactive[bool] = reactive(False)
    """Whether it has the whole width of the screen."""
    running: reactive[RunningTasks] = reactive(NOTHING_RUNNING)
    """The running tasks, one of which may be on the server of the task."""

    def __init__(self, now: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._stories = StoryMaker(now, partial(start_worker, self, group="story"), self._show_story)
        self._story: TaskStory | None = None
        """What the rows tell about a task, which may still be the one that was highlighted before."""
        self._counted: tuple[object, ...] = ()
        """The store that was last counted, and its revision."""
        self._remarks: tuple[object, ...] = ()
        """What is shown in addition to the story."""

    def compose(self) -> ComposeResult:
        """Yield the widget for the text, which is updated for each task."""
        yield Static(markup=False)

    @property
    def is_counting(self) -> bool:
        """Whether the rows are being counted in a thread."""
        return self._stories.is_making

    def watch_highlighted(self) -> None:
        """Show the task from its top."""
        self._count()
        self._draw()
        self.scroll_home(animate=False)

    def watch_view(self) -> None:
        """Count new rows, and show what the ledger knows now."""
        if self._counted != (self.view.store, self.view.revision):
            self._count()
        self._draw_remarks()

    def watch_load(self) -> None:
        """Show how many rows were loaded."""
        self._draw_remarks()

    def watch_running(self) -> None:
        """Show the operation that is under way on the server."""
        self._draw_remarks()

    def watch_full_detail(self) -> None:
        """Show the task in the other layout."""
        self._draw()

    def on_resize(self) -> None:
        """Lay out the task for the new size."""
        self._draw()

    def _count(self) -> None:
        self._counted = self.view.store, self.view.revision
        if self.is_attached and (self.highlighted is None or self.view.store.get(self.highlighted.row_key)):
            self._stories.follow(self.view.store, self.highlighted)

    def _show_story(self, story: "TaskStory | None") -> None:
        self._story = story
        self._draw()

    def _draw_remarks(self) -> None:
        if self._remarks != self._current_remarks():
            self._draw()

    def _current_remarks(self) -> tuple[object, ...]:
        task = self.highlighted
        if task is None:
            return ()
        known = self.view.standing_of(task.row_key), self.view.acknowledgement_of(task.row_key)
        return self.load.extent.base, *known, self.running.on(task)

    def _draw(self) -> None:
        if self.is_mounted:
            self._remarks = self._current_remarks()
            self.query_one(Static).update(self._content())

    def _content(self) -> Content:
        task, story = self.highlighted, self._story
        if task is None:
            return Content.styled(_("no task selected"), "dim")
        if story is None:
            # The thread that makes the first story also imports the modules below.
            return Content("")

        from kps_tui.triage.task_story import TaskStory
        from kps_tui.ui.widgets.task_detail.below import below
        from kps_tui.ui.widgets.task_detail.sections import beside, whole
        from kps_tui.ui.widgets.task_detail.words import Detail, under_way

        detail = Detail(
            story if story.task.row_key == task.row_key else TaskStory(task),
            self._now(),
            self.load.extent.base,
            self.view.standing_of(task.row_key),
            self.view.acknowledgement_of(task.row_key),
            under_way(self.running.on(task), self._now()),
        )
        size = self.scrollable_content_region
        if self.full_detail:
            # Leave room for the scrollbar, which appears only once the lines are there.
            return whole(detail, self.content_region.width - self.styles.scrollbar_size_vertical)
        return (beside if self.app.size.width >= BESIDE_COLUMNS else below)(detail, size.width, size.height)
