"""A set of rows of a store; a million rows are marked, counted and combined within milliseconds."""

from collections.abc import Callable, Iterable, Iterator, Set
from itertools import compress
from operator import and_, or_, xor
from typing import Any, Self

from kps_tui.kps.task import RowKey
from kps_tui.triage.store import TaskStore


class RowSet(Set[RowKey]):
    """Rows of a store, as a byte for each row of the store: 1 if the row is in the set.

    It is equal to any set of the same row keys. An operation with a set that has rows of another store returns a
    `frozenset`, and takes microseconds a row.
    """

    def __init__(self, store: TaskStore, flags: bytes | bytearray) -> None:
        """Create a set. `flags` are by index; rows of the store beyond their end are not in the set."""
        self.store = store
        self.flags = bytes(flags)
        self._count = self.flags.count(1)

    @classmethod
    def at(cls, store: TaskStore, indices: Iterable[int]) -> Self:
        """Return the set of the rows at `indices`."""
        flags = bytearray(len(store))
        for index in indices:
            flags[index] = 1
        return cls(store, flags)

    @classmethod
    def of(cls, store: TaskStore, row_keys: Set[RowKey]) -> "RowSet":
        """Return those of `row_keys` that are in `store`, or `row_keys` itself if it is a set of rows of that store."""
        if isinstance(row_keys, RowSet) and row_keys.store is store:
            return row_keys
        return cls.at(store, (index for key in row_keys if (index := store.index_of(key)) is not None))

    def without(self, indices: Iterable[int]) -> Self:
        """Return the set without the rows at `indices`."""
        flags = bytearray(self.flags)
        for index in indices:
            flags[index] = 0
        return type(self)(self.store, flags)

    @property
    def indices(self) -> Iterator[int]:
        """The indices of the rows, ascending."""
        return compress(range(len(self.flags)), self.flags)

    def flags_up_to(self, size: int) -> bytes:
        """Return the flags of the first `size` rows of the store."""
        return self.flags[:size].ljust(size, b"\0")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[RowKey]:
        return map(self.store.row_key, self.indices)

    def __contains__(self, row_key: object) -> bool:
        index = self.store.index_of(row_key)  # type: ignore[arg-type]
        return index is not None and index < len(self.flags) and bool(self.flags[index])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RowSet) and other.store is self.store:
            return self.flags.rstrip(b"\0") == other.flags.rstrip(b"\0")
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Set[Any]) -> Set[RowKey]:
        return self._combined(other, or_)

    __ror__ = __or__

    def __and__(self, other: Set[Any]) -> Set[RowKey]:
        return self._combined(other, and_)

    __rand__ = __and__

    def __xor__(self, other: Set[Any]) -> Set[RowKey]:
        return self._combined(other, xor)

    __rxor__ = __xor__

    def __sub__(self, other: Set[Any]) -> Set[RowKey]:
        return self ^ (self & other)

    def __le__(self, other: Set[Any]) -> bool:
        return len(self) <= len(other) and not self - other

    def __rsub__(self, other: Set[Any]) -> Set[RowKey]:
        return frozenset(key for key in other if key not in self)

    def _combined(self, other: Set[Any], operation: Callable[[Any, Any], Any]) -> Set[RowKey]:
        rows = RowSet.of(self.store, other)
        if len(rows) < len(other):
            # Some are not in the store.
            combined: frozenset[RowKey] = operation(frozenset(self), frozenset(other))
            return combined
        numbers = (int.from_bytes(each.flags, "little") for each in (self, rows))
        size = max(len(self.flags), len(rows.flags))
        return type(self)(self.store, operation(*numbers).to_bytes(size, "little"))
