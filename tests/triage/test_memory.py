"""The memory that tasks take, as a ratio to what a list of tuples of the same texts takes."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from weakref import ref

from kps_tui.demo.tasks import TaskList
from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View

ROWS = 4_000


def pages() -> Iterator[list[dict[str, Any]]]:
    tasks = TaskList(ROWS, 1_795_000_000_000)
    for offset in range(0, ROWS, 500):
        # As they come: each text is another object, even if it repeats.
        yield json.loads(json.dumps(tasks.rows(offset, 500)))


def memory_of(make: Callable[[], object]) -> int:
    """Return the bytes that the result of `make` takes."""
    make()  # What is computed once stays, such as the servers of the demo.
    tracemalloc.start()
    made = make()
    taken, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made
    return taken


def tuples() -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for page in pages() for row in page]


def store() -> TaskStore:
    store = TaskStore()
    for page in pages():
        store.extend(map(FailedTask.from_json, page))
    return store


def test_tasks_take_a_fraction_of_the_memory_of_tuples() -> None:
    plain, ours = memory_of(tuples), memory_of(store)
    assert ours < plain / 2.5, (plain / ROWS, ours / ROWS)


def test_a_list_that_was_replaced_is_freed_at_once() -> None:
    """A search for garbage that finds it may be an hour away, and meanwhile each refresh would add another list."""
    view = View().over(store())
    replaced = ref(view.store)
    gc.disable()
    try:
        view = view.over(store())
        assert len(view) == ROWS
        assert replaced() is None
    finally:
        gc.enable()
