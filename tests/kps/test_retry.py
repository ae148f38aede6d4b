"""How long is waited before a request is repeated, whatever the service says about it."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kps_tui.kps.retry import LONGEST_RETRY_AFTER, PAUSES, STATUSES, pause, retry_after

NOW = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)


def test_a_request_is_repeated_twice_after_half_a_second_and_a_second() -> None:
    assert PAUSES == (0.5, 1.0)
    assert [pause(repetition, None, lambda: 0.5) for repetition in range(len(PAUSES))] == [0.5, 1.0]


def test_only_what_may_pass_is_repeated() -> None:
    assert set(STATUSES) == {429, 500, 502, 503, 504}


@pytest.mark.parametrize("repetition", [0, 1])
def test_a_pause_varies_by_half_in_both_directions(repetition: int) -> None:
    middle = PAUSES[repetition]
    assert pause(repetition, None, lambda: 0.0) == middle * 0.5
    assert pause(repetition, None, lambda: 1.0) == middle * 1.5
    drawn = {pause(repetition, None) for _ in range(50)}
    assert len(drawn) > 1
    assert all(middle * 0.5 <= seconds <= middle * 1.5 for seconds in drawn)


def test_what_the_service_asks_for_goes_before_our_own_pause() -> None:
    assert pause(0, 7.0, lambda: 0.5) == 7.0
    assert pause(1, 0.0, lambda: 0.5) == 0.0
    assert pause(0, 10.0**9, lambda: 0.5) == LONGEST_RETRY_AFTER == 60.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("60", 60.0),
        ("61", 60.0),
        ("1000000000", 60.0),
        ("9" * 5000, 60.0),
    ],
)
def test_seconds(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Mon, 23 Nov 2026 08:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 07:59:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 16:00:30 +0800", 30.0),
        ("Mon, 23 Nov 2026 08:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 08:00:30", 30.0),
        ("23 Nov 2026 08:00:30 GMT", 30.0),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 -2300", 60.0),
    ],
)
def test_dates(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "soon",
        "5 s",
        "1,2",
        "²",
        "٣",
        "５",
        "\x1b[31m",
        "\ud83d",
        "Mon, 32 Nov 2026 08:00:30 GMT",
        "Mon, 23 Nov 2026 25:00:30 GMT",
        "Mon, 23 Nov 2026 08:00:30 +9999",
        "Mon, 23 Nov 99999999999999999999 08:00:30 GMT",
        "Mon, 23 Nov 2026 99999999999999999999:00:00 GMT",
        "Mon, 23 Nov 2026 08:00:30 +99999999999999999999",
    ],
)
def test_nonsense_is_as_good_as_no_header(header: str | None) -> None:
    assert retry_after(header, NOW) is None


PARTS = st.sampled_from(
    [*"0123456789:,+- ", "Mon", "Nov", "GMT", "EST", "2026", "23", "08:00:30", "+0800", "9" * 20, "a", "\x00", "(", "٣"]
)


@settings(deadline=None, max_examples=1000)
@given(st.text(max_size=30) | st.lists(PARTS, max_size=9).map(" ".join) | st.lists(PARTS, max_size=9).map("".join))
@example("Mon, 23 Nov 2026 08:00:30 +" + "9" * 20)
def test_any_header_is_a_bounded_wait_or_none(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER


@settings(deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(-12, 14))
def test_a_date_in_any_zone_is_the_time_until_then(ahead: int, hours: int) -> None:
    at = NOW.astimezone(timezone(timedelta(hours=hours))) + timedelta(seconds=ahead)
    assert retry_after(format_datetime(at), NOW) == min(max(0, ahead), LONGEST_RETRY_AFTER)
