"""Times in filters: which texts are valid, and what they mean."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import LATEST
from kps_tui.triage.filter.moments import day_span, moment_of, moment_text

SHANGHAI = timezone(timedelta(hours=8))
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 20, 15, 30, 500_000, tzinfo=UTC)
"""In Shanghai this is 4 in the morning of the 24th."""


def at(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=SHANGHAI)),
        ("2026-11-23T08:00", datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)),
        ("2026-11-23t08:00", datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)),
        ("2026-11-23 08:00:12", datetime(2026, 11, 23, 8, 0, 12, tzinfo=SHANGHAI)),
        ("2026-11-23T08：00", datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)),
        ("2026-11-23T08:00:12Z", datetime(2026, 11, 23, 8, 0, 12, tzinfo=UTC)),
        ("2026-11-23T08:00:12.345Z", datetime(2026, 11, 23, 8, 0, 12, 345_000, tzinfo=UTC)),
        ("2026-11-23T08:00z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T08:00+02:00", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        ("2026-11-23T08:00-0530", datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
        ("now", NOW),
        ("NOW", NOW),
        ("30m", NOW - timedelta(minutes=30)),
        ("24h", NOW - timedelta(hours=24)),
        ("7D", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
        ("0h", NOW),
        ("today", datetime(2026, 11, 24, tzinfo=SHANGHAI)),
        ("Yesterday", datetime(2026, 11, 23, tzinfo=SHANGHAI)),
        (" today ", datetime(2026, 11, 24, tzinfo=SHANGHAI)),
        ("1969-12-31T23:00Z", datetime(1969, 12, 31, 23, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=SHANGHAI)),
    ],
)
def test_a_moment(text: str, moment: datetime) -> None:
    assert moment_of(text, NOW, SHANGHAI) == at(moment)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "tomorrow", "24", "h", "-24h", "24 h", "1.5h", "24s", "2026", "2026-11", "2026-1-2", "2026-02-30",
        "2026-13-01", "2025-02-29", "2026-11-23T", "2026-11-23T8:00", "2026-11-23T24:00", "2026-11-23T08:60",
        "2026-11-23T08:00:60", "2026-11-23T08", "2026-11-23Z", "2026-11-23T08:00+25:00", "2026-11-23T08:00+8",
        "0000-01-01", "99999999w", "9999999999h", "२०२६-११-२३", "1523342130000",
    ],
)  # fmt: skip
def test_no_moment(text: str) -> None:
    assert moment_of(text, NOW, SHANGHAI) is None


@pytest.mark.parametrize("text", ["24h", "now", "2026-11-23T08:00", "soon", "2026-02-30", ""])
def test_no_day(text: str) -> None:
    assert day_span(text, NOW, SHANGHAI) is None


def test_a_day_begins_and_ends_in_its_zone() -> None:
    midnight = at(datetime(2026, 11, 24, tzinfo=SHANGHAI))
    day = 24 * 3_600_000
    assert day_span("today", NOW, SHANGHAI) == day_span("2026-11-24", NOW, SHANGHAI) == (midnight, midnight + day)
    assert day_span("yesterday", NOW, SHANGHAI) == (midnight - day, midnight)
    assert day_span("today", NOW, UTC) == day_span("2026-11-23", NOW, UTC)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_of_another_length(day: str, hours: int) -> None:
    span = day_span(day, NOW, BERLIN)
    assert span is not None
    assert span[1] - span[0] == hours * 3_600_000


def test_the_first_and_the_last_day_of_the_calendar_are_no_fault() -> None:
    assert day_span("9999-12-31", NOW, UTC) is None
    assert moment_of("9999-12-31T23:59:59", NOW, UTC) == 253_402_300_799_000
    for zone in (UTC, SHANGHAI, timezone(timedelta(hours=-12)), None):
        moment_of("0001-01-01", NOW, zone)
        day_span("0001-01-01", NOW, zone)


@pytest.fixture
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the local zone to UTC+8."""
    monkeypatch.setenv("TZ", "XYZ-8")
    time.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") != "XYZ-8"
    time.tzset()


@pytest.mark.usefixtures("east")
@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T08:00", "today", "yesterday", "24h", "2026-11-23T08:00Z"])
def test_without_a_zone_it_is_the_local_one(text: str) -> None:
    assert moment_of(text, NOW) == moment_of(text, NOW, SHANGHAI)
    assert day_span(text, NOW) == day_span(text, NOW, SHANGHAI)


@given(st.datetimes(datetime(1971, 1, 1), datetime(9990, 1, 1)), st.sampled_from([UTC, SHANGHAI, BERLIN]))  # noqa: DTZ001
def test_what_is_shown_is_read(moment: datetime, zone: timezone) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    local = moment.astimezone(zone)
    assert moment_of(f"{local:%Y-%m-%dT%H:%M:%S%z}", NOW, zone) == at(moment)
    day = day_span(f"{local:%Y-%m-%d}", NOW, zone)
    assert day is not None
    assert day[0] <= at(moment) < day[1]


@given(st.text(st.sampled_from("0123456789-:TZ+. hdwmtodaynw"), max_size=20) | st.text(max_size=10))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moment_of(text, NOW, BERLIN)
    day_span(text, NOW, BERLIN)


def test_a_moment_is_written_as_a_filter_has_it() -> None:
    assert moment_text(at(datetime(2026, 11, 23, tzinfo=BERLIN)), BERLIN) == "2026-11-23"
    assert moment_text(at(datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)), SHANGHAI) == "2026-11-23T08:00"
    assert moment_text(0, timezone(timedelta(hours=-3))) == "1969-12-31T21:00"
    night = at(datetime(2026, 10, 25, tzinfo=UTC))
    assert [moment_text(night + hour * 3_600_000, BERLIN)[10:] for hour in range(3)] == [
        "T02:00",
        "T02:00+01:00",
        "T03:00",
    ]
    assert moment_text(LATEST, SHANGHAI) == "9999-12-31T23:59+00:00"
    assert moment_text(LATEST + 1, UTC) == "9999-12-31T23:59"
