"""The labels of the timeline."""

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kps_tui.kps.task import LATEST
from kps_tui.ui.widgets.timeline.histogram import (
    LARGEST_STEP,
    SCALE_FROM,
    histogram,
    selection_label,
    span_label,
    summary_label,
)

HOUR, DAY = 3_600_000, 86_400_000
NOON = 1_795_435_200_000
"""Mon 23 Nov 2026, 12:00 UTC."""
MIDNIGHT = NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("start", "end", "short", "long"),
    [
        (NOON, NOON + HOUR, "23 Nov 12:00–13:00", "Mon 23 Nov 12:00–13:00"),
        (NOON, NOON + 12 * HOUR, "23 Nov 12:00–24:00", "Mon 23 Nov 12:00–24:00"),
        (NOON, NOON + 13 * HOUR, "23 Nov 12:00–24 Nov 01:00", "Mon 23 Nov 12:00 – Tue 24 Nov 01:00"),
        (MIDNIGHT, MIDNIGHT + DAY, "23 Nov", "Mon 23 Nov"),
        (MIDNIGHT - DAY, MIDNIGHT + DAY, "22 Nov–23 Nov", "Sun 22 Nov – Mon 23 Nov"),
        (MIDNIGHT - DAY + HOUR, MIDNIGHT + DAY, "22 Nov 01:00–23 Nov 24:00", "Sun 22 Nov 01:00 – Mon 23 Nov 24:00"),
    ],
)
def test_a_span_as_people_say_it(start: int, end: int, short: str, long: str) -> None:
    assert span_label(start, end, UTC) == short
    assert span_label(start, end, UTC, weekdays=True) == long


def test_years_and_zones() -> None:
    assert span_label(MIDNIGHT, MIDNIGHT + DAY, UTC, years=True) == "23 Nov 2026"
    assert span_label(MIDNIGHT, MIDNIGHT + HOUR, timezone(timedelta(hours=-5))) == "22 Nov 19:00–20:00"
    assert span_label(LATEST - HOUR, LATEST, timezone(timedelta(hours=14))) == "31 Dec 22:59–23:59"


@pytest.mark.parametrize(
    ("first", "labels"),
    [
        (NOON, ("23 Nov 12:00", "12:00")),
        (NOON - DAY, ("22 Nov 12:00", "23 Nov 12:00")),
        (NOON - 9 * DAY, ("14 Nov", "23 Nov")),
        (NOON - 365 * DAY, ("23 Nov 2025", "23 Nov 2026")),
    ],
)
def test_ends_are_as_exact_as_the_span_needs(first: int, labels: tuple[str, str]) -> None:
    shown = histogram([NOON, first], 80, UTC)
    assert (shown.from_label, shown.to_label) == labels


def test_in_a_narrow_line_the_times_give_way_to_the_bars() -> None:
    shown = histogram([NOON, NOON - DAY], 51, UTC)
    assert (shown.from_label, shown.to_label) == ("22 Nov", "23 Nov")
    assert histogram([NOON, NOON - DAY], 52, UTC).from_label == "22 Nov 12:00"


@given(st.lists(st.integers(0, LATEST), min_size=1, max_size=30), st.integers(34, 300), st.data())
def test_what_is_said_fits_and_no_number_is_cut(times: list[int], width: int, data: st.DataObject) -> None:
    shown = histogram(times, width, UTC)
    buckets = len(shown.timeline)
    assert len(shown.bars) == buckets * shown.step
    assert 1 <= shown.step <= LARGEST_STEP
    room = width - cell_len(f"{shown.from_label} {shown.bars}")
    assert room >= cell_len(f" {shown.to_label}")
    assert cell_len(summary_label(shown, room)) <= room
    choosing = histogram(times, width, UTC, choosing=True)
    assert choosing == shown or width < SCALE_FROM
    buckets = len(choosing.timeline)
    start = data.draw(st.integers(0, buckets - 1))
    taken = range(start, data.draw(st.integers(start, buckets - 1)) + 1)
    room = width - len(choosing.bars) - 2
    words = selection_label(choosing, taken, room)
    assert cell_len(words) <= max(0, room)
    begin, end = choosing.span(taken)
    assert choosing.count(taken) == sum(begin <= moment < end for moment in times)


def test_all_of_it_is_counted() -> None:
    shown = histogram([NOON, None, NOON - 3 * DAY], 200, UTC)
    assert shown.count(range(len(shown.timeline))) == 2
    assert summary_label(shown, 50) == " 23 Nov   per 30 min, peak 1 · 1 without a time"
    assert summary_label(shown, 30) == " 23 Nov   per 30 min, peak 1"
    assert summary_label(shown, 21) == " 23 Nov   per 30 min"
    assert summary_label(shown, 10) == " 23 Nov"


def test_a_number_that_does_not_fit_is_left_out() -> None:
    shown = histogram([NOON - DAY] * 1000 + [NOON] * 234, 80, UTC)
    everything = range(len(shown.timeline))
    assert selection_label(shown, everything, 80) == "Sun 22 Nov 12:00 – Mon 23 Nov 13:00 · 1,234 failed"
    assert selection_label(shown, everything, 40) == "22 Nov 12:00–23 Nov 13:00 · 1,234 failed"
    assert selection_label(shown, everything, 33) == "22 Nov 12:00–23 Nov 13:00 · 1,234"
    assert selection_label(shown, everything, 32).rstrip() == "22 Nov 12:00–23 Nov 13:00"
    assert selection_label(shown, everything, 9) == "22 Nov 1…"
