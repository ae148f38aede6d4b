"""A task table in a small app, and tasks to show."""

from collections.abc import Iterable, Sequence
from random import Random

from textual.message import Message

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.query import Query, SortKey
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.ui.harness import Harness, lines

NEWEST = 1_795_420_800_000
MESSAGES = (
    "Update public key error",
    "Failed to connect to the server",
    "密钥对重置失败",
    "Wrong private key or password",
)
OPERATIONS = ("FAILED_BIND", "FAILED_UNBIND", "FAILED_RESET", "FAILED_REPLACE")


def make_task(number: int, **fields: object) -> FailedTask:
    """Task `number`; a higher number is an older task."""
    rng = Random(number)
    row = {
        "task_id": f"task-{number}",
        "operate_type": rng.choice(OPERATIONS),
        "task_time": str(NEWEST - number * 61_000),
        "task_error_code": None,
        "task_error_msg": rng.choice(MESSAGES),
        "server_name": f"srv-{number:06}",
        "server_id": f"id-{number}",
        "keypair_name": f"kp-{number % 7}",
    }
    return FailedTask.from_json(row | fields)


def key(number: int) -> RowKey:
    """The key of task `number`."""
    return make_task(number).row_key


def keys(*numbers: int) -> frozenset[RowKey]:
    """The keys of tasks."""
    return frozenset(map(key, numbers))


def make_tasks(count: int, start: int = 0) -> list[FailedTask]:
    """`count` tasks, newest first."""
    return [make_task(number) for number in range(start, start + count)]


def view_of(tasks: Iterable[FailedTask], *sort: str) -> View:
    """A view of `tasks`; `-server` sorts descending by server."""
    keys = tuple(SortKey(key.removeprefix("-"), key.startswith("-")) for key in sort)
    return View(query=Query(keys) if keys else Query()).over(TaskStore(tasks))


class TableApp(Harness):
    """A table of `tasks`, focused."""

    def __init__(self, tasks: Iterable[FailedTask] = (), theme: str = "ansi-dark") -> None:
        self.table = TaskTable()
        super().__init__(self.table, theme=theme)
        self.first_view = view_of(tasks)

    def on_mount(self) -> None:
        self.table.focus()
        self.table.view = self.first_view

    @property
    def said(self) -> list[tuple[str, object]]:
        """The messages of the table except `Moved`."""
        said: list[tuple[str, object]] = []
        for message in self.messages:
            match message:
                case TaskTable.Highlighted(row_key=row_key):
                    said.append(("highlighted", row_key and row_key[0]))
                case TaskTable.Chosen(row_key=row_key):
                    said.append(("chosen", row_key[0]))
                case TaskTable.SortAsked(field=field):
                    said.append(("sort", field))
                case _:
                    pass
        return said

    @property
    def moves(self) -> list[tuple[int, bool]]:
        """All `Moved` messages."""
        return [(message.rows_below, message.near_end) for message in self.of(TaskTable.Moved)]

    def forget(self) -> None:
        """Forget all messages so far."""
        self.messages.clear()

    @property
    def cursor_id(self) -> str | None:
        """The id of the task under the cursor."""
        task = self.table.view.at(self.table.cursor_row)
        return task.task_id if task else None

    @property
    def cursor_line(self) -> int:
        """The line of the cursor on the screen, below the header."""
        return self.table.cursor_row - self.table.scroll_offset.y

    def body(self) -> Sequence[str]:
        """The lines below the header."""
        return lines(self)[1:]


def from_data_table(messages: Iterable[Message]) -> list[Message]:
    """The messages of the stock table."""
    return [message for message in messages if type(message).__qualname__.startswith("DataTable.")]
