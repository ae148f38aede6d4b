"""Sorts the rows of a store by the values of a field."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kps_tui.kps.task import LATEST
from kps_tui.triage.pieces import sorted_in_pieces
from kps_tui.triage.store import NO_TIME, Values


def by_values(order: Iterable[int], values: Values[Any], *, descending: bool) -> "array[int]":
    """Sort `order` by the value of each task. The sort is stable, and tasks without a value (`None`) come last.

    Only the distinct values are compared; the rows are then distributed over them in linear time.
    """
    distinct = {value for value in values.distinct if value is not None}
    rows = {value: array("i") for value in sorted_in_pieces([*distinct], lambda value: value, reverse=descending)}
    last = array("i")
    rows_of = [last if value is None else rows[value] for value in values.distinct]
    numbers = values.numbers
    for index in order:
        rows_of[numbers[index]].append(index)
    ordered = array("i")
    for each in (*rows.values(), last):
        ordered += each
    return ordered


def by_times(order: Sequence[int], times: Sequence[int], *, descending: bool) -> "array[int]":
    """Sort `order` by time, in the same way. Rows that are newest first already take linear time."""
    known = [index for index in order if times[index] != NO_TIME]
    unknown = [index for index in order if times[index] == NO_TIME] if len(known) < len(order) else []
    if not _is_newest_first(known, times):
        return array("i", sorted_in_pieces(known, times.__getitem__, reverse=descending) + unknown)
    if not descending:
        known.reverse()
        for start, stop in runs_of_one_time(known, times):
            known[start:stop] = reversed(known[start:stop])
    return array("i", known + unknown)


def runs_of_one_time(order: Sequence[int], times: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each run of two or more rows that have the same time."""
    start, before = 0, None
    for at, index in enumerate(order):
        if (time := times[index]) != before:
            if at - start > 1:
                yield start, at
            start, before = at, time
    if len(order) - start > 1:
        yield start, len(order)


def _is_newest_first(order: Sequence[int], times: Sequence[int]) -> bool:
    before = LATEST
    for index in order:
        if (time := times[index]) > before:
            return False
        before = time
    return True
