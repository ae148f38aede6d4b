"""Ages and times as text."""

from datetime import UTC, datetime, timedelta

import pytest

from kps_tui.ui.age import age, long_age, short_time, since_time

NOW = datetime(2026, 11, 23, 8, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(0), "0 s ago"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=47), "1 d ago"),
        (timedelta(days=400), "400 d ago"),
        (timedelta(seconds=-5), "in the future"),
    ],
)
def test_an_age_has_one_unit(before: timedelta, said: str) -> None:
    assert age(round((NOW - before).timestamp() * 1000), NOW) == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h 0 min ago"),
        (timedelta(minutes=100), "1 h 40 min ago"),
        (timedelta(hours=24), "1 d 0 h ago"),
        (timedelta(days=6, hours=23, minutes=59), "6 d 23 h ago"),
        (timedelta(days=7), "7 d ago"),
        (timedelta(seconds=-5), "in the future"),
    ],
)
def test_a_long_age_has_two_units_below_a_week(before: timedelta, said: str) -> None:
    assert long_age(round((NOW - before).timestamp() * 1000), NOW) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "08:30:12"),
        (NOW.replace(hour=0, minute=0, second=0), "00:00:00"),
        (NOW - timedelta(hours=8, minutes=31), "2026-11-22 23:59"),
        (NOW + timedelta(days=1), "2026-11-24 08:30"),
        (NOW - timedelta(days=365), "2025-11-23 08:30"),
    ],
)
def test_a_moment_of_another_day_has_its_date(moment: datetime, said: str) -> None:
    assert short_time(moment, NOW) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW - timedelta(hours=2), "06:30"),
        (NOW - timedelta(days=1), "Sun 08:30"),
        (NOW - timedelta(days=6), "Tue 08:30"),
        (NOW - timedelta(days=7), "2026-11-16 08:30"),
        (NOW + timedelta(days=1), "2026-11-24 08:30"),
    ],
)
def test_a_time_of_the_last_days_has_its_weekday(moment: datetime, said: str) -> None:
    assert since_time(moment, NOW) == said
