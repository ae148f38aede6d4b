"""Sorting and counting in pieces give what one call gives."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kps_tui.triage.pieces import PIECE, counted_in_pieces, ends, sorted_in_pieces
from kps_tui.triage.sorting import by_times, by_values
from kps_tui.triage.store import NO_TIME, Values

MANY = 5 * PIECE
NUMBERS = st.builds(
    lambda factor, modulus, step: [step * (row * factor % modulus) for row in range(MANY)],
    st.integers(1, 10**6),
    st.sampled_from([1, 2, 3, 1000, 2**31 - 1]),
    st.sampled_from([-1, 1]),
)
"""Many numbers: all equal, few different ones, rising, falling, or scattered."""


@settings(max_examples=8)
@given(NUMBERS, st.booleans())
def test_sorting_in_pieces_is_sorting(numbers: list[int], reverse: bool) -> None:
    rows = range(MANY)
    assert sorted_in_pieces(rows, numbers.__getitem__, reverse=reverse) == sorted(
        rows, key=numbers.__getitem__, reverse=reverse
    )


def test_each_row_is_compared_about_as_often_as_in_one_call() -> None:
    compared = 0

    class Key(int):
        def __lt__(self, other: int) -> bool:
            nonlocal compared
            compared += 1
            return int(self) < int(other)

    numbers = [row * 7919 % 1_000_003 for row in range(MANY)]
    sorted(numbers, key=Key)
    at_once, compared = compared, 0
    assert sorted_in_pieces(numbers, Key) == sorted(numbers)
    assert compared < 1.5 * at_once


@given(st.lists(st.integers(0, 5)))
def test_counting_in_pieces_is_counting(numbers: list[int]) -> None:
    many = numbers * 900
    assert counted_in_pieces(many, lambda number: number) == Counter(many)
    if numbers:
        assert ends(many) == (min(numbers), max(numbers))


def plainly(order: Sequence[int], values: Sequence[Any], *, descending: bool) -> list[int]:
    present = sorted((row for row in order if values[row] is not None), key=values.__getitem__, reverse=descending)
    return present + [row for row in order if values[row] is None]


ORDERS = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@given(ORDERS, st.lists(st.sampled_from(["a", "b", "c", None]), min_size=6, max_size=6), st.booleans(), st.randoms())
def test_dealing_rows_out_to_their_values_is_sorting(
    numbers: list[int], distinct: list[str | None], descending: bool, random: Any
) -> None:
    order = random.sample(range(len(numbers)), len(numbers))
    found = by_values(order, Values(numbers, distinct), descending=descending)
    assert list(found) == plainly(order, [distinct[number] for number in numbers], descending=descending)


@given(st.lists(st.integers(-1, 5), max_size=30), st.booleans(), st.booleans(), st.randoms())
def test_times_are_sorted_whether_or_not_they_fall_already(
    times: list[int], falls: bool, descending: bool, random: Any
) -> None:
    order = random.sample(range(len(times)), len(times))
    if falls:
        order.sort(key=times.__getitem__, reverse=True)
    values = [None if time == NO_TIME else time for time in times]
    assert list(by_times(order, times, descending=descending)) == plainly(order, values, descending=descending)
