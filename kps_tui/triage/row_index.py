"""Finds rows by their keys, in a tenth of the memory of a dictionary."""

from array import array
from collections.abc import Callable, Hashable

KeyOf = Callable[[int], Hashable]
"""Returns the key of a row."""
PARTS = 256
"""The table is divided, so that only a small part of it is made anew at a time while it grows."""
_SMALLEST = 8
"""Places in a new part; a power of 2."""
_EMPTY = -1


class RowIndex:
    """A hash table of row numbers: 8 bytes a place, of which a third to two thirds are empty.

    The keys stay where the rows are: `key_of` returns the key of a row. It is passed with each call and not kept: the
    rows and their index would refer to each other, so that their memory would only be freed by a search for garbage.
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
        """Return the row that has `key`; if there is none, let it be `row`."""
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
    """Rows, and 32 bits of the hash of the key of each, in an open hash table."""

    def __init__(self, places: int) -> None:
        self.rows = array("i", [_EMPTY]) * places
        self.hashes = array("I", [0]) * places
        self.used = 0

    def grown(self) -> "_Part":
        """Return a copy with twice as many places."""
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
"""Stands for each part that has no row yet, because many an index never gets one."""


def _place(part: _Part, key: Hashable, hashed: int, key_of: KeyOf) -> int:
    """Return the place of `key`, or the empty place where it belongs."""
    rows, hashes = part.rows, part.hashes
    last = len(rows) - 1
    place = hashed & last
    while (row := rows[place]) != _EMPTY:
        if hashes[place] == hashed and key_of(row) == key:
            break
        place = place + 1 & last
    return place


def _split(key: Hashable) -> tuple[int, int]:
    """Return the number of the part of a key, and the 32 bits that are its hash there."""
    rest, part = divmod(hash(key), PARTS)
    return part, rest & 0xFFFF_FFFF
