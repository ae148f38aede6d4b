"""Finds what the loaded rows tell about a task, in a thread if that may take long."""

from asyncio import sleep
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.clock import Clock
from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import TaskStore
from kps_tui.ui.model.loader import StartTask

if TYPE_CHECKING:
    from kps_tui.triage.task_story import StoryIndex, TaskStory

DIRECT_ROWS = 5_000
"""The most rows that are read on the event loop, which takes a few milliseconds."""
FIRST_SECONDS = 0.05
"""Seconds that the first story waits, so that the first rows are painted before its modules are imported."""


class StoryMaker:
    """Calls `show` with the story of the task last passed to `follow`, or with None if there is no task."""

    def __init__(self, now: Clock, start_task: StartTask, show: Callable[["TaskStory | None"], None]) -> None:
        self._now = now
        self._start_task = start_task
        self._show = show
        self._index: StoryIndex | None = None
        self._wanted: tuple[TaskStore, FailedTask | None] = TaskStore(), None
        self._in_thread = False

    @property
    def is_making(self) -> bool:
        """Whether a story is being made in a thread."""
        return self._in_thread

    def follow(self, store: TaskStore, task: FailedTask | None) -> None:
        """Make the story of `task`, which is in `store`."""
        self._wanted = store, task
        if self._in_thread:
            return
        index = self._index
        if task is None:
            self._show(None)
        elif index and index.store is store and index.rows_to_read(task) <= DIRECT_ROWS:
            self._show(index.story(task, self._now()))
        else:
            self._in_thread = True
            self._start_task(self._make)

    async def _make(self) -> None:
        try:
            if self._index is None:
                await sleep(FIRST_SECONDS)
            story, made = None, None
            while made is not self._wanted:
                made = self._wanted
                story = await run_async(partial(self._story, *made))
            self._show(story)
        finally:
            self._in_thread = False

    def _story(self, store: TaskStore, task: FailedTask | None) -> "TaskStory | None":
        from kps_tui.triage.task_story import StoryIndex

        if task is None:
            return None
        if self._index is None or self._index.store is not store:
            self._index = StoryIndex(store)
        return self._index.story(task, self._now())
