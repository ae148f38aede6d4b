"""The histogram: every task is in one bucket, and buckets follow the local clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.kps.task import LATEST
from kps_tui.triage.filter.moments import moment_of, moment_text
from kps_tui.triage.timeline import WEEK, WIDTHS, Timeline, blocks, timeline
from kps_tui.triage.times import DAY, HOUR, MINUTE

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: tzinfo = UTC) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000


def edges(line: Timeline, zone: tzinfo) -> list[str]:
    return [moment_text(moment, zone) for moment in line.edges]


# Widths


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "per minute"),
        (9 * MINUTE, "per minute"),
        (10 * MINUTE, "per 5 min"),
        (50 * MINUTE, "per 10 min"),
        (100 * MINUTE, "per 15 min"),
        (3 * HOUR, "per 30 min"),
        (9 * HOUR, "per hour"),
        (10 * HOUR, "per 2 h"),
        (24 * HOUR, "per 3 h"),
        (2 * DAY, "per 6 h"),
        (4 * DAY, "per 12 h"),
        (9 * DAY, "per day"),
        (15 * DAY, "per 2 days"),
        (7 * WEEK, "per week"),
        (14 * WEEK, "per 2 weeks"),
        (30 * WEEK, "per 4 weeks"),
        (60 * WEEK, "per 13 weeks"),
        (400 * WEEK, "per 52 weeks"),
        (900 * WEEK, "per 104 weeks"),
    ],
)
def test_the_smallest_width_that_is_enough(length: int, words: str) -> None:
    first = at("2001-01-01")
    line = timeline([first, first + length], 10, UTC)
    assert line.scale == words
    assert 1 <= len(line) <= 10


def test_a_bucket_more_than_there_is_room_for_takes_the_next_width() -> None:
    first = at("2026-11-23")
    assert [timeline([first, first + 4 * MINUTE], cells, UTC).scale for cells in (5, 4)] == ["per minute", "per 5 min"]
    assert [timeline([first, first + 4 * DAY], cells, UTC).scale for cells in (5, 4)] == ["per day", "per 2 days"]


def test_no_room_is_one_bucket() -> None:
    assert timeline([0, 10**12], 0, UTC).counts == timeline([0, 10**12], 1, UTC).counts == (2,)


def test_all_that_time_can_be_fits() -> None:
    for zone in (UTC, SHANGHAI, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))):
        for cells in (1, 3, 100):
            assert sum(timeline([0, LATEST], cells, zone).counts) == 2


# Edges


def test_buckets_begin_at_full_hours_of_the_local_clock() -> None:
    line = timeline([at("2026-11-23T07:10", SHANGHAI), at("2026-11-23T20:00", SHANGHAI)], 3, SHANGHAI)
    assert edges(line, SHANGHAI) == ["2026-11-23T06:00", "2026-11-23T12:00", "2026-11-23T18:00", "2026-11-24"]
    assert line.counts == (1, 0, 1)
    half = timezone(timedelta(hours=5, minutes=45))
    assert edges(timeline([at("2026-11-23T07:10", half)], 1, half), half) == ["2026-11-23T07:10", "2026-11-23T07:11"]


def test_days_begin_at_midnight_across_both_changes_of_the_clock() -> None:
    spring = timeline([at("2026-03-28T12:00", BERLIN), at("2026-03-30T12:00", BERLIN)], 3, BERLIN)
    assert edges(spring, BERLIN) == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
    assert [(end - begin) // HOUR for begin, end in map(spring.span, range(3))] == [24, 23, 24]
    autumn = timeline([at("2026-10-24T12:00", BERLIN), at("2026-10-26T12:00", BERLIN)], 3, BERLIN)
    assert edges(autumn, BERLIN) == ["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]
    assert [(end - begin) // HOUR for begin, end in map(autumn.span, range(3))] == [24, 25, 24]


def test_a_day_that_begins_at_one_o_clock() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    line = timeline([at("2018-11-03T12:00", zone), at("2018-11-05T12:00", zone)], 3, zone)
    assert edges(line, zone) == ["2018-11-03", "2018-11-04T01:00", "2018-11-05", "2018-11-06"]


def test_weeks_begin_on_mondays() -> None:
    line = timeline([at("2026-11-18"), at("2026-11-29T23:59")], 2, UTC)
    assert (edges(line, UTC), line.width) == (["2026-11-16", "2026-11-23", "2026-11-30"], WEEK)


def test_the_buckets_stay_where_they_are_when_older_tasks_come() -> None:
    times = [at("2026-11-20T10:00"), at("2026-11-23T12:00")]
    line = timeline(times, 10, UTC)
    longer = timeline([at("2026-11-19T13:00"), *times], 10, UTC)
    assert (line.scale, longer.scale) == ("per 12 h", "per 12 h")
    assert longer.edges[-len(line.edges) :] == line.edges


# What it counts


def test_no_times() -> None:
    empty = timeline([], 10, UTC)
    assert empty == Timeline() == Timeline((), 0, (), 0)
    assert (len(empty), empty.start, empty.scale, blocks(empty.counts)) == (0, 0, "", "")
    assert timeline([None, None], 10, UTC) == Timeline(unreadable=2)
    with pytest.raises(IndexError):
        empty.span(0)


def test_a_bucket_holds_its_beginning_and_not_its_end() -> None:
    first = at("2026-11-23")
    line = timeline([first, first + MINUTE - 1, first + MINUTE, None], 10, UTC)
    assert (line.counts, line.unreadable, line.start) == ((2, 1), 1, first)
    assert line.span(1) == (first + MINUTE, first + 2 * MINUTE)
    for bucket in (-1, 2):
        with pytest.raises(IndexError):
            line.span(bucket)


ZONES = st.sampled_from(
    [
        UTC,
        BERLIN,
        SHANGHAI,
        None,
        *map(ZoneInfo, ("America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut", "Asia/Kathmandu")),
    ]
)
CHANGES = (at("2026-03-29T01:00"), at("2026-10-25T01:00"), at("2011-12-30T10:00"), at("2018-11-04T03:00"))
MOMENTS = (
    st.integers(0, LATEST)
    | st.integers(at("2026-01-01"), at("2026-12-31"))
    | st.builds(int.__add__, st.sampled_from(CHANGES), st.integers(-2 * DAY, 2 * DAY))
)
TIMES = st.lists(st.none() | MOMENTS, max_size=20) | st.builds(
    lambda first, steps: [first + step for step in steps],
    st.sampled_from(CHANGES),
    st.lists(st.integers(-5 * DAY, 5 * DAY), max_size=20),
)


@given(TIMES, st.integers(1, 120), ZONES)
@example([LATEST], 1, SHANGHAI)
def test_every_readable_time_is_in_its_bucket(times: Sequence[int | None], cells: int, zone: tzinfo | None) -> None:
    line = timeline(times, cells, zone)
    known = [moment for moment in times if moment is not None]
    assert sum(line.counts) + line.unreadable == len(times)
    assert len(line.counts) <= cells
    assert line.counts == tuple(
        sum(begin <= moment < end for moment in known) for begin, end in map(line.span, range(len(line)))
    )
    spans = [line.span(bucket) for bucket in range(len(line))]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(begin <= end for begin, end in spans)
    if known:
        assert line.counts[0] > 0
        assert line.counts[-1] > 0
        assert line.width in WIDTHS or line.width % (364 * DAY) == 0


@given(TIMES, st.integers(1, 120), ZONES)
@example([at("2026-10-24T23:00"), at("2026-10-25T03:00")], 5, BERLIN)
def test_a_filter_reads_every_edge_as_it_was_meant(
    times: Sequence[int | None], cells: int, zone: tzinfo | None
) -> None:
    for moment in timeline(times, cells, zone).edges:
        if moment <= LATEST:
            assert moment_of(moment_text(moment, zone), datetime.now(UTC), zone) == moment


# How it is drawn


def test_blocks() -> None:
    assert blocks(range(9)) == " ▁▂▃▄▅▆▇█"
    assert blocks([0, 1, 500, 1000]) == " ▁▄█"
    assert blocks([0, 0]) == "  "
    assert blocks([7]) == "█"


@given(st.lists(st.integers(0, 10**6), max_size=50))
def test_only_nothing_is_blank(counts: list[int]) -> None:
    drawn = blocks(counts)
    assert [character == " " for character in drawn] == [count == 0 for count in counts]
