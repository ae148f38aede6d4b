"""After a refresh the marks are those of the new list; many are looked up in a thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.store import TaskStore
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.mark_keeper import MarkKeeper
from kps_tui.ui.model.view_maker import THREAD_ROWS
from tests.triage.tasks import task

TASKS = [replace(task(), task_id=f"task-{number}") for number in range(THREAD_ROWS + 2)]


class Watched(TaskStore):
    """A store that knows the threads in which rows were looked up."""

    def __init__(self, tasks: list[FailedTask]) -> None:
        self.threads: set[threading.Thread] = set()
        super().__init__(tasks)

    def index_of(self, row_key: RowKey) -> int | None:
        self.threads.add(threading.current_thread())
        return super().index_of(row_key)


@pytest.mark.parametrize(("count", "on_the_loop"), [(3, True), (THREAD_ROWS + 1, False)])
def test_marks_of_tasks_that_are_gone_are_dropped(count: int, on_the_loop: bool) -> None:
    before, after = TaskStore(TASKS), Watched(TASKS[:1:-1])
    bench, gone = Bench(marked=RowSet.at(before, range(count)), dropped=frozenset({TASKS[0].row_key})), list[str]()

    async def body() -> None:
        def show(changed: Bench) -> None:
            nonlocal bench
            bench = changed

        started: list[asyncio.Task[None]] = []

        def start(work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
            started.append(asyncio.get_running_loop().create_task(work()))
            return started[-1]

        keeper = MarkKeeper(lambda: bench, start, show, gone.append)
        keeper.follow(after)
        await asyncio.gather(*started)

    asyncio.run(body())
    assert (threading.main_thread() in after.threads) is on_the_loop
    assert gone == ["2 marked tasks are gone"]
    assert (bench.marked, bench.dropped) == ({each.row_key for each in TASKS[2:count]}, frozenset())
    assert isinstance(bench.marked, RowSet)
    assert bench.marked.store is after, "the list before can be freed"
