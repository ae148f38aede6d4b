"""The table of this program, in the same picture as the other peers."""

import os
from functools import cache

from textual.widget import Widget

from kps_tui.kps.task import FailedTask
from kps_tui.locations import styles
from kps_tui.triage.filter.parser import parse
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.bench.peers.rows import FIELDS, WORD, rows
from tests.bench.peers.table_app import TablePeer


@cache
def tasks(count: int) -> list[FailedTask]:
    """Return the rows as tasks."""
    return [FailedTask.from_json(dict(zip(FIELDS, row, strict=True))) for row in rows(count)]


class OurPeer(TablePeer):
    """Shows a view of the tasks, which copies nothing."""

    CSS_PATH = [str(path) for path in sorted(styles().glob("*.tcss"))]  # noqa: RUF012

    def table(self) -> Widget:
        """Return the empty table."""
        return TaskTable()

    def on_mount(self) -> None:
        """Make the tasks before the clock runs."""
        self._store = TaskStore()
        tasks(int(os.environ["BENCH_ROWS"]))

    def all(self) -> None:
        """Show all tasks in the empty table."""
        self._add(tasks(int(os.environ["BENCH_ROWS"])))

    def page(self, page: list[tuple[str, ...]]) -> None:
        """Add a page of rows."""
        loaded = len(self._store)
        self._add(tasks(int(os.environ["BENCH_ROWS"]))[loaded : loaded + len(page)])

    def sort_text(self) -> None:
        """Sort by the error."""
        self._ask(self._table.view.query.sorted_by("err"))

    def sort_number(self) -> None:
        """Sort by the time, the oldest first."""
        self._ask(self._table.view.query.sorted_by("time").sorted_by("time"))

    def filter(self) -> None:
        """Show only the servers whose name holds the word."""
        self._ask(Query(filter=parse(f"server:{WORD}").expression))

    def on_task_table_highlighted(self, event: TaskTable.Highlighted) -> None:
        """Follow the cursor."""
        task = self._store.get(event.row_key) if event.row_key else None
        if task is not None:
            self.show_detail(tuple(str(getattr(task, name)) for name in FIELDS))

    def _add(self, found: list[FailedTask]) -> None:
        self._store.extend(found)
        self._table.view = self._table.view.over(self._store)

    def _ask(self, query: Query) -> None:
        self._table.view = self._table.view.asking(query)

    @property
    def _table(self) -> TaskTable:
        return self.query_one("#table", TaskTable)


if __name__ == "__main__":
    OurPeer().run()
