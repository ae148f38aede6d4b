"""Columns that hold the values of many rows in little memory: one kind for repeated values, one for unique texts."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Generic, TypeVar

from kps_tui.triage.pieces import PIECE

T = TypeVar("T")

_ENCODING, _ERRORS = "utf-8", "surrogatepass"
BLOCK = 4096
"""Rows that are searched for a text, or decoded, at once."""


class _Numbers(dict[T, int]):
    """The number of each value; a new value gets the next number."""

    def __init__(self, values: list[T]) -> None:
        self._values = values

    def __missing__(self, value: T) -> int:
        # The value first, because another thread may read it as soon as its number is known.
        self._values.append(value)
        number = self[value] = len(self._values) - 1
        return number


class Repeated(Generic[T]):
    """A column of values that mostly repeat: each distinct value is kept once, and each row takes 4 bytes."""

    def __init__(self) -> None:
        self.numbers = array("I")
        """The number of each row's value."""
        self.distinct: list[T] = []
        """The distinct values by number, in the order of their first occurrence."""
        self._number_of = _Numbers(self.distinct)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, row: int) -> T:
        return self.distinct[self.numbers[row]]

    def extend(self, values: Iterable[T]) -> None:
        """Add rows."""
        self.numbers.extend(map(self._number_of.__getitem__, values))

    def replace(self, row: int, value: T) -> None:
        """Give a row another value."""
        self.numbers[row] = self._number_of[value]


class Combined:
    """The combinations of the texts that each row has in several columns."""

    def __init__(self, columns: Sequence[Repeated[str | None]]) -> None:
        self.column: Repeated[tuple[str | None, ...]] = Repeated()
        self._columns = columns
        self._replaced = 0

    def follow(self, replaced: int, size: int, pieces: int | None = None) -> bool:
        """Add the rows up to `size`, at most `pieces` times `PIECE` of them. Return whether all are there.

        If `replaced`, the number of replacements in the columns, has changed, all rows are combined anew.
        """
        if replaced != self._replaced:
            self._replaced, self.column.numbers = replaced, array("I")
        for start in islice(range(len(self.column), size, PIECE), pieces):
            rows = range(start, min(start + PIECE, size))
            self.column.extend(zip(*(map(column.__getitem__, rows) for column in self._columns), strict=True))
        return len(self.column) >= size


class PackedTexts:
    """A column of texts that differ in almost every row, such as ids, in one buffer. Rows are only added."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ends = array("Q", [0])
        self._is_plain = True
        """Whether all texts are printable ASCII."""

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._buffer[self._ends[row] : self._ends[row + 1]].decode(_ENCODING, _ERRORS)

    def __iter__(self) -> Iterator[str]:
        for rows in self._blocks():
            ends = self._ends[rows.start : rows.stop + 1]
            block = bytes(self._buffer[ends[0] : ends[-1]])
            start = ends[0]
            for begin, end in pairwise(ends):
                yield block[begin - start : end - start].decode(_ENCODING, _ERRORS)

    @property
    def content(self) -> tuple[bytearray, bytes]:
        """All texts, as a value that compares quickly."""
        return self._buffer, self._ends.tobytes()

    def extend(self, texts: Iterable[str]) -> None:
        """Add rows."""
        encoded = []
        for text in texts:
            self._is_plain = self._is_plain and text.isascii() and text.isprintable()
            encoded.append(text.encode(_ENCODING, _ERRORS))
        start = len(self._buffer)
        self._buffer += b"".join(encoded)
        self._ends.extend(start + end for end in accumulate(map(len, encoded)))

    def may_contain(self, folded: str) -> Iterator[range]:
        """Yield ranges of rows that together hold every row whose casefolded text contains `folded`.

        If all texts are ASCII, one search in the buffer excludes `BLOCK` rows.
        """
        wanted = folded.encode(_ENCODING, _ERRORS)
        for rows in self._blocks():
            block = self._buffer[self._ends[rows.start] : self._ends[rows.stop]]
            if not self._is_plain or wanted in block.lower():
                yield rows

    def _blocks(self) -> Iterator[range]:
        rows = len(self)
        return (range(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK))
