"""An index from keys to rows that takes a tenth of the memory of a dictionary."""

from array import array
from collections.abc import Callable, Hashable

KeyOf = Callable[[int], Hashable]
"""Returns the key of a row."""
PARTS = 256
"""The number of parts of the table; only one of them is rebuilt at a time when the table grows."""
_SMALLEST = 8
"""Slots in a new part; a power of 2."""
_EMPTY = -1


class RowIndex:
    """A hash table of row numbers: 8 bytes a slot; a third to two thirds of the slots are empty.

    It does not store keys: `key_of` returns the key of a row. It is passed with each call, because a stored reference
    to the rows would be a cycle, whose memory is only freed by the garbage collector.
    """

    def __init__(self) -> None:
        self._parts = [_UNUSED] * PARTS

    def get(self, key: Hashable, key_of: KeyOf) -> int | None:
        """Return the row that has `key`, or None."""
        at, hashed = _split(key)
        part = self._parts[at]
        row = part.rows[_place(part, key, hashed, key_of)]
        return None if row == _EMPTY else row

    def setdefault(self, key: Hashable, row: int, key_of: KeyOf) -> int:
        """Return the row that has `key`; if there is none, store and return `row`."""
        at, hashed = _split(key)
        part = self._parts[at]
        place = _place(part, key, hashed, key_of)
        if (known := part.rows[place]) != _EMPTY:
            return known
        if part is _UNUSED:
            part = self._parts[at] = _Part(_SMALLEST)
        part.rows[place], part.hashes[place] = row, hashed
        part.used += 1
        if 3 * part.used > 2 * len(part.rows):
            self._parts[at] = part.grown()
        return row


class _Part:
    """A hash table with open addressing: rows, and 32 bits of the hash of the key of each."""

    def __init__(self, places: int) -> None:
        self.rows = array("i", [_EMPTY]) * places
        self.hashes = array("I", [0]) * places
        self.used = 0

    def grown(self) -> "_Part":
        """Return a copy with twice as many slots."""
        grown = _Part(2 * len(self.rows))
        grown.used = self.used
        last = len(grown.rows) - 1
        for row, hashed in zip(self.rows, self.hashes, strict=True):
            if row != _EMPTY:
                place = hashed & last
                while grown.rows[place] != _EMPTY:
                    place = place + 1 & last
                grown.rows[place], grown.hashes[place] = row, hashed
        return grown


_UNUSED = _Part(_SMALLEST)
"""Shared by all parts that have no row yet; a small index leaves most parts empty."""


def _place(part: _Part, key: Hashable, hashed: int, key_of: KeyOf) -> int:
    """Return the slot of `key`, or the empty slot where it belongs."""
    rows, hashes = part.rows, part.hashes
    last = len(rows) - 1
    place = hashed & last
    while (row := rows[place]) != _EMPTY:
        if hashes[place] == hashed and key_of(row) == key:
            break
        place = place + 1 & last
    return place


def _split(key: Hashable) -> tuple[int, int]:
    """Return the number of the part that a key belongs to, and its 32-bit hash in that part."""
    rest, part = divmod(hash(key), PARTS)
    return part, rest & 0xFFFF_FFFF
