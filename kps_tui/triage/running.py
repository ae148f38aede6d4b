"""The operations in progress on servers, from the list of running tasks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kps_tui.kps.task import FailedTask


class RunningOperation(NamedTuple):
    """An operation in progress on a server."""

    name: str
    """`bind`, `unbind`, `reset` or `replace`, else the `operate_type` as sent."""
    milliseconds: int | None
    """When it began, in milliseconds since the epoch, UTC; None if that can't be read."""


@dataclass(frozen=True, slots=True)
class RunningTasks:
    """The running tasks of a project."""

    by_server: Mapping[str, RunningOperation] = field(default_factory=dict)
    """The operation by the id of its server; if there are several, the newest."""
    count: int = 0
    """Number of running tasks, including those that name no server."""

    @classmethod
    def of(cls, tasks: Iterable[FailedTask], total: int | None = None) -> "RunningTasks":
        """Return the running tasks from rows of `running-tasks`; `total` is their number, if there are more rows."""
        rows = sorted(tasks, key=lambda task: task.milliseconds or 0)
        by_server = {
            task.server_id: RunningOperation(task.operation.name, task.milliseconds) for task in rows if task.server_id
        }
        return cls(by_server, max(len(rows), total or 0))

    def on(self, task: FailedTask) -> RunningOperation | None:
        """Return the operation in progress on the server of a failed task, or None."""
        return self.by_server.get(task.server_id or "")


NOTHING_RUNNING = RunningTasks()
