"""Asks the service which tasks are running, in the background and once after each complete reading of the list."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from kps_tui.kps.answer import Page
from kps_tui.kps.errors import LoginRefused, PermissionMissing, RequestRejected
from kps_tui.problems import Problem
from kps_tui.session.reading import Reading
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.ui.model.loader import Cancellable, StartTask

LIMIT = 1000
"""The most running tasks that are asked for: the default of the service."""


class RunningSource(Protocol):
    """Serves the running tasks."""

    async def running_page_once(self, limit: int) -> Page:
        """Return at most `limit` running tasks, without repeating the request."""


ConnectRunning = Callable[[], Awaitable[RunningSource]]


class RunningLoader:
    """Keeps track of the running tasks. If the request fails, none are shown, and the user is not told.

    A source that refuses the request, for example because a permission is missing, is not asked again.
    """

    def __init__(
        self,
        connect: ConnectRunning | None,
        start_task: StartTask,
        learned: Callable[[RunningTasks], None],
    ) -> None:
        """Create it without running tasks.

        Args:
            connect: returns the source; None if the service must not be asked.
            start_task: starts a task.
            learned: is called with the running tasks after each answer.
        """
        self._connect = connect
        self._start_task = start_task
        self._learned = learned
        self._refused: RunningSource | None = None
        self._task: Cancellable | None = None

    def list_read(self, reading: Reading | None) -> None:
        """Ask if `reading` is complete."""
        if self._connect is not None and reading is not None and reading.extent.is_complete:
            self._cancel()
            self._task = self._start_task(partial(self._ask, self._connect))

    def forget(self) -> None:
        """Stop asking, and drop what is known: another project is shown."""
        self._cancel()
        self._learned(NOTHING_RUNNING)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _ask(self, connect: ConnectRunning) -> None:
        tasks = NOTHING_RUNNING
        try:
            source = await connect()
            if source is self._refused:
                return
            try:
                page = await source.running_page_once(LIMIT)
            except (PermissionMissing, RequestRejected, LoginRefused):
                self._refused = source
            else:
                tasks = RunningTasks.of(filter(None, page.tasks), page.total)
        except Problem:
            pass
        self._learned(tasks)
