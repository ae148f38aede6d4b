"""Stores the loaded tasks in columns, and caches values computed from them."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from operator import attrgetter
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar, overload

from kps_tui.kps.task import API_FIELDS, FailedTask, RowKey
from kps_tui.triage.columns import Combined, PackedTexts, Repeated
from kps_tui.triage.row_index import RowIndex

T = TypeVar("T")

NO_TIME = -1
"""Stands for a time that can't be read."""
_REPEATED = tuple(field for field in API_FIELDS if field not in ("task_id", "task_time"))
_BLANK = FailedTask(**dict.fromkeys(API_FIELDS, None) | {"task_id": ""})  # type: ignore[arg-type]


class Extended(NamedTuple):
    """What one call of `extend` did, in rows."""

    added: int
    repeated: int
    """Rows whose key was known, with the same content."""
    changed: int
    """Rows whose key was known, with other content; they replaced the old ones."""


@dataclass(frozen=True, slots=True)
class Derived(Generic[T]):
    """A value that is computed from some fields of a task, but not from its id or its time."""

    name: str
    """The key of the cache, unique for `fields` and `of`."""
    fields: tuple[str, ...]
    """The names of the fields in the API."""
    of: Callable[[FailedTask], T]
    """Computes the value of a task, of which only `fields` are set."""


@dataclass(frozen=True, slots=True)
class Values(Generic[T]):
    """A derived value of every task, computed once for each distinct text, or combination of texts."""

    numbers: Sequence[int]
    """The number of each task's text, by index; a copy, unaffected by later changes of the store."""
    distinct: list[T]
    """The values by number."""


class Tasks(Sequence[FailedTask]):
    """Tasks of a store, made when they are accessed; equal to any sequence of equal tasks."""

    def __init__(self, store: "TaskStore", indices: Sequence[int]) -> None:
        self._store = store
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, at: int) -> FailedTask: ...
    @overload
    def __getitem__(self, at: slice) -> "Tasks": ...
    def __getitem__(self, at: int | slice) -> "FailedTask | Tasks":
        if isinstance(at, slice):
            return Tasks(self._store, self._indices[at])
        return self._store[self._indices[at]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


class TaskStore:
    """Tasks in the order in which they arrived, unique by `row_key`. Tasks are added or replaced, never removed.

    They are kept in columns, in less than 100 bytes a task beside texts that are new. A row without an id gets one made
    from its fingerprint and its number among equal rows. One thread extends the store; others may read it meanwhile.
    """

    def __init__(self, tasks: Iterable[FailedTask] = ()) -> None:
        self._size = 0
        self._ids = PackedTexts()
        self.times = array("q")
        """The times in milliseconds since the epoch, by index; `NO_TIME` if a time can't be read."""
        self._other_times: dict[int, str | None] = {}
        """The times as sent, where that is not the number in `times`."""
        self._columns: dict[str, Repeated[str | None]] = {field: Repeated() for field in _REPEATED}
        self._combinations: dict[tuple[str, ...], Combined] = {}
        self._served: dict[int, Mapping[str, Any]] = {}
        self._index = RowIndex()
        self._coming: list[FailedTask] = []
        """The rows that `extend` is about to add."""
        self._without_id: Counter[str] = Counter()
        self._replaced = 0
        self._values: dict[str, list[Any]] = {}
        self._lock = Lock()
        self._row_numbers = array("q")
        self._numbers_lock = Lock()
        self.extend(tasks)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int) -> FailedTask:
        if not 0 <= index < self._size:
            raise IndexError(index)
        time = self.times[index]
        return FailedTask(
            task_id=self._ids[index],
            task_time=self._time_text(index),
            milliseconds=None if time == NO_TIME else time,
            served=self._served.get(index),
            **{field: column[index] for field, column in self._columns.items()},
        )

    @property
    def tasks(self) -> Tasks:
        """All tasks that are stored now, by index."""
        return Tasks(self, range(self._size))

    @property
    def ids(self) -> PackedTexts:
        """The ids, by index."""
        return self._ids

    def is_same_as(self, other: "TaskStore") -> bool:
        """Return whether both have equal tasks in the same order."""
        if len(self) != len(other):
            return False
        if not self._replaced and not other._replaced:
            # Texts are numbered as they come, so the columns of equal tasks are equal too.
            return self._content() == other._content()
        return self.tasks == other.tasks

    def _content(self) -> tuple[object, ...]:
        columns = self._columns.values()
        return (
            self._ids.content,
            self.times.tobytes(),
            self._other_times,
            self._served,
            [column.distinct for column in columns],
            [column.numbers.tobytes() for column in columns],
        )

    @property
    def revision(self) -> tuple[int, int]:
        """The number of tasks and the number of replacements. It differs after every change."""
        return self._size, self._replaced

    def index_of(self, row_key: RowKey) -> int | None:
        """Return the index of a task, or `None` if there is none with this key."""
        return self._index.get(row_key, self.row_key)

    def get(self, row_key: RowKey) -> FailedTask | None:
        """Return a task, or `None` if there is none with this key."""
        index = self._index.get(row_key, self.row_key)
        return None if index is None else self[index]

    def times_of(self, indices: Iterable[int]) -> "array[int]":
        """Return the times of those tasks whose time can be read, in milliseconds since the epoch."""
        times = self.times
        return array("q", (time for index in indices if (time := times[index]) != NO_TIME))

    def place(self, index: int) -> tuple[int, str, str]:
        """Return the sort key of the default order: newest first, then by id; unreadable times last."""
        time = self.times[index]
        return 1 if time == NO_TIME else -time, self._ids[index], self._time_text(index) or ""

    def values(self, derived: Derived[T]) -> Values[T]:
        """Return `derived` of every task, computed once for each text, or each combination of texts."""
        with self._lock:
            self._compute(derived)
            # Copied before the remaining values are computed, because a row may get a new text meanwhile.
            numbers = self._column(derived.fields).numbers[:]
            self._compute(derived)
            return Values(numbers, self._values[derived.name])

    def prepare(self, derived: Derived[Any], most: int) -> bool:
        """Compute at most `most` further values, or combine some thousand rows, so that `values` takes less time.

        Return whether all are computed. If another thread is computing values, do nothing.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            return self._compute(derived, most)
        finally:
            self._lock.release()

    def unknown_texts(self, derived: Derived[Any]) -> int:
        """Return for how many texts `values` would have to compute `derived`, apart from new combinations of texts."""
        fields = derived.fields
        if len(fields) > 1 and fields not in self._combinations:
            return 0
        return len(self._column(fields).distinct) - len(self._values.get(derived.name, ()))

    def _compute(self, derived: Derived[Any], most: int | None = None) -> bool:
        fields = derived.fields
        if len(fields) > 1 and fields not in self._combinations:
            self._combinations[fields] = Combined([self._columns[field] for field in fields])
        combined = self._combinations.get(fields)
        if combined and not combined.follow(self._replaced, self._size, 1 if most else None):
            return False
        distinct = self._column(fields).distinct
        values = self._values.setdefault(derived.name, [])
        stop = None if most is None else len(values) + most
        for texts in distinct[len(values) : stop]:
            alone = dict(zip(fields, texts if isinstance(texts, tuple) else (texts,), strict=True))
            values.append(derived.of(replace(_BLANK, **alone)))
        return len(values) == len(distinct)

    def _column(self, fields: tuple[str, ...]) -> Repeated[Any]:
        """Return the column of a field, or one of the combinations of several fields."""
        if len(fields) == 1:
            return self._columns[fields[0]]
        return self._combinations[fields].column

    def row_numbers(self) -> "array[int]":
        """Return `row_number` of every task, by index. Each is computed once, which takes 3 µs.

        It is not a copy, which would be 8 MB for each page of a million rows: don't change it. It grows with the store.
        """
        with self._numbers_lock:
            new = range(len(self._row_numbers), self._size)
            self._row_numbers.extend(row_number(self.row_key(index)) for index in new)
        return self._row_numbers

    def extend(self, tasks: Iterable[FailedTask]) -> Extended:
        """Add `tasks`; a row whose key is known replaces the earlier one."""
        new = self._coming = []
        size, repeated, changed = self._size, 0, 0
        for task in tasks:
            if not task.task_id:
                fingerprint = task.fingerprint()
                self._without_id[fingerprint] += 1
                task = task.with_generated_id(self._without_id[fingerprint])
            index = self._index.setdefault(task.row_key, size + len(new), self.row_key)
            if index == size + len(new):
                new.append(task)
            elif (new[index - size] if index >= size else self[index]) == task:
                repeated += 1
            elif index >= size:
                new[index - size] = task
                self._replaced += 1
                changed += 1
            else:
                self._replace(index, task)
                changed += 1
        self._append(new)
        self._coming = []
        return Extended(len(new), repeated, changed)

    def _append(self, tasks: list[FailedTask]) -> None:
        self._ids.extend(task.task_id for task in tasks)
        for index, task in enumerate(tasks, self._size):
            if task.milliseconds is None or task.task_time != str(task.milliseconds):
                self._other_times[index] = task.task_time
            if task.served is not None:
                self._served[index] = task.served
        self.times.extend(NO_TIME if task.milliseconds is None else task.milliseconds for task in tasks)
        for field, column in self._columns.items():
            column.extend(map(attrgetter(field), tasks))
        # Last, because other threads read the rows up to it.
        self._size += len(tasks)

    def _replace(self, index: int, task: FailedTask) -> None:
        """Replace a task by another one with the same key."""
        self.times[index] = NO_TIME if task.milliseconds is None else task.milliseconds
        for field, column in self._columns.items():
            column.replace(index, getattr(task, field))
        if task.served is not None:
            self._served[index] = task.served
        else:
            self._served.pop(index, None)
        self._replaced += 1

    def _time_text(self, index: int) -> str | None:
        return self._other_times[index] if index in self._other_times else str(self.times[index])

    def row_key(self, index: int) -> RowKey:
        """Return the key of a task, which takes less time than making the task."""
        if index >= self._size:
            return self._coming[index - self._size].row_key
        return self._ids[index], self._time_text(index)


def row_number(row_key: RowKey) -> int:
    """Return the number that the ledger knows a row by."""
    return number_of(row_key)


def number_of(texts: tuple[str | None, ...]) -> int:
    """Return 64 bits of a hash of `texts`, signed, as SQLite holds them."""
    # `ascii` is the same in every version of Python, and takes lone surrogates.
    digest = blake2b(ascii(texts).encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
