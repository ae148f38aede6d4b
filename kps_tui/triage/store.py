"""The tasks that were loaded, and values computed from them."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from kps_tui.kps.task import FailedTask, RowKey

VALUES_KEPT = 32
"""How many lists of values are cached, so that filtering or sorting again only computes values of new rows."""


class Extended(NamedTuple):
    """What one call of `extend` did, in rows."""

    added: int
    repeated: int
    """Rows whose key was known, with the same content."""
    changed: int
    """Rows whose key was known, with other content; they replaced the old ones."""


class TaskStore:
    """Tasks in the order in which they arrived, unique by `row_key`. Tasks are added or replaced, never removed.

    A row without an id gets one made from its fingerprint and its number among equal rows.
    """

    def __init__(self, tasks: Iterable[FailedTask] = ()) -> None:
        self._tasks: list[FailedTask] = []
        self._index: dict[RowKey, int] = {}
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
        """Every task, by index. The list must not be changed."""
        return self._tasks

    @property
    def revision(self) -> tuple[int, int]:
        """The number of tasks and the number of replacements. It differs after every change."""
        return len(self._tasks), self._replaced

    def index_of(self, row_key: RowKey) -> int | None:
        """Return the index of a task, or `None` if there is none with this key."""
        return self._index.get(row_key)

    def get(self, row_key: RowKey) -> FailedTask | None:
        """Return a task, or `None` if there is none with this key."""
        index = self._index.get(row_key)
        return None if index is None else self._tasks[index]

    def values(self, name: str, value: Callable[[FailedTask], Any]) -> list[Any]:
        """Return `value` of every task, by index. The most recently used lists are cached under `name`."""
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
        """Add `tasks`; a row whose key is known replaces the earlier one."""
        added = repeated = changed = 0
        for task in tasks:
            if not task.task_id:
                fingerprint = task.fingerprint()
                self._without_id[fingerprint] += 1
                task = task.with_own_id(self._without_id[fingerprint])
            index = self._index.setdefault(task.row_key, len(self._tasks))
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
