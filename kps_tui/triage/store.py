"""The tasks that were loaded."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from kps_tui.kps.task import FailedTask

VALUES_KEPT = 32
"""Texts and sort values that are kept: to filter or sort again, or with more rows, only the new ones are asked for."""


class Extended(NamedTuple):
    """What one `extend` did, in rows."""

    added: int
    repeated: int
    """Ids that were there already, with the same content."""
    changed: int
    """Ids that were there already, with other content: the later one is kept."""


class TaskStore:
    """Tasks in the order they came, unique by `task_id`; it only grows.

    A row without an id gets one of ours: its fingerprint, and its count among its equals.
    """

    def __init__(self, tasks: Iterable[FailedTask] = ()) -> None:
        self._tasks: list[FailedTask] = []
        self._index: dict[str, int] = {}
        self._without_id: Counter[str] = Counter()
        self._replaced = 0
        self._values: dict[str, tuple[int, list[Any]]] = {}
        self._lock = Lock()
        self.extend(tasks)

    def __len__(self) -> int:
        return len(self._tasks)

    def __getitem__(self, index: int) -> FailedTask:
        return self._tasks[index]

    @property
    def tasks(self) -> list[FailedTask]:
        """Every task by index. Read it only."""
        return self._tasks

    @property
    def revision(self) -> tuple[int, int]:
        """How many tasks there are, and how many were replaced by a later row. Differs after each change."""
        return len(self._tasks), self._replaced

    def index_of(self, task_id: str) -> int | None:
        """Return the index of a task, or `None`."""
        return self._index.get(task_id)

    def get(self, task_id: str) -> FailedTask | None:
        """Return a task, or `None`."""
        index = self._index.get(task_id)
        return None if index is None else self._tasks[index]

    def values(self, name: str, value: Callable[[FailedTask], Any]) -> list[Any]:
        """Return `value` of every task by index; kept under `name` for the fields that were asked for last."""
        with self._lock:
            replaced, values = self._values.pop(name, (self._replaced, []))
            if replaced != self._replaced:
                values = []
            values.extend(map(value, islice(self._tasks, len(values), None)))
            self._values[name] = (self._replaced, values)
            while len(self._values) > VALUES_KEPT:
                del self._values[next(iter(self._values))]
            return values

    def extend(self, tasks: Iterable[FailedTask]) -> Extended:
        """Add `tasks`; of rows with the same id the later wins."""
        added = repeated = changed = 0
        for task in tasks:
            if not task.task_id:
                fingerprint = task.fingerprint()
                self._without_id[fingerprint] += 1
                task = task.with_own_id(self._without_id[fingerprint])
            index = self._index.setdefault(task.task_id, len(self._tasks))
            if index == len(self._tasks):
                self._tasks.append(task)
                added += 1
            elif self._tasks[index] == task:
                repeated += 1
            else:
                self._tasks[index] = task
                self._replaced += 1
                changed += 1
        return Extended(added, repeated, changed)
