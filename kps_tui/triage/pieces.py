"""Sorts and counts many items in pieces.

A single call that sorts or counts a million items would hold the interpreter lock and block all other threads.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

PIECE = 8192
"""The most items that are usually sorted in one call, which takes a few milliseconds."""
_SAMPLES = 8
"""Samples for each piece, so that pieces hardly exceed `PIECE`."""


def sorted_in_pieces(items: Sequence[T], key: Callable[[T], Any], *, reverse: bool = False) -> list[T]:
    """Return the same as `sorted`. Items are distributed over pieces by their keys, and each piece is sorted."""
    if len(items) <= PIECE:
        return sorted(items, key=key, reverse=reverse)
    count = len(items) // PIECE + 1
    samples = sorted(map(key, items[:: max(1, PIECE // _SAMPLES)]))
    borders = samples[:: max(1, len(samples) // count)]
    pieces: list[list[T]] = [[] for _ in range(len(borders) + 1)]
    for item in items:
        pieces[bisect_right(borders, key(item))].append(item)
    ordered: list[T] = []
    for piece in reversed(pieces) if reverse else pieces:
        ordered += sorted(piece, key=key, reverse=reverse)
    return ordered


def counted_in_pieces(items: Sequence[T], key: Callable[[T], int]) -> Counter[int]:
    """Count the keys of `items`."""
    counts: Counter[int] = Counter()
    for start in range(0, len(items), PIECE):
        counts.update(map(key, items[start : start + PIECE]))
    return counts


def ends(items: Sequence[int]) -> tuple[int, int]:
    """Return the smallest and the largest of `items`, of which there is at least one."""
    pieces = [items[start : start + PIECE] for start in range(0, len(items), PIECE)]
    return min(map(min, pieces)), max(map(max, pieces))
