"""Short names of tasks for the titles of dialogs."""

from kps_tui.i18n import _, counted
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.terminal.width import cut
from kps_tui.triage.fields import BY_KEY

SERVER_CELLS = 36
"""The most cells of a server's name, or of an id."""


def task_title(task: FailedTask) -> str:
    """Return `reset on cache-redis-14`. The server's id replaces a missing name, and the task's id a missing server."""
    operation = BY_KEY["op"].text(task) or "?"
    if server := line(task.server_name or task.server_id or "", 200):
        return _("{operation} on {server}").format(operation=operation, server=cut(server, SERVER_CELLS))
    return _("{operation}, task {id}").format(operation=operation, id=cut(line(task.task_id, 200), SERVER_CELLS))


def marked_title(count: int, hidden: int) -> str:
    """Return `16 marked tasks`, or `16 marked tasks, 14 hidden` if a filter hides some of them."""
    words = counted(count, "1 marked task", "{count} marked tasks")
    return counted(hidden, "{marked}, {count} hidden", "{marked}, {count} hidden", marked=words) if hidden else words
