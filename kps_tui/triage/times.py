"""Moments, in milliseconds since the epoch (UTC), as local times and local days."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kps_tui.kps.task import LATEST

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
"""In milliseconds. A day on which clocks change is an hour shorter or longer."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds_of(moment: datetime) -> int:
    """Return a datetime with a time zone in milliseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def local_time(moment: int, zone: tzinfo | None) -> datetime:
    """Return `moment` as a datetime in `zone` (`None`: the local zone).

    The last hours of the year 9999 are in the year 10000 in a zone east of Greenwich: they are returned in UTC.
    """
    utc = _EPOCH + timedelta(milliseconds=min(moment, LATEST))
    try:
        return utc.astimezone(zone)
    except (OverflowError, ValueError):
        return utc


def day_of(moment: int, zone: tzinfo | None) -> int:
    """Return the ordinal of the day of `moment` in `zone` (`None`: the local zone)."""
    return local_time(moment, zone).toordinal()


def midnight(day: int, zone: tzinfo | None) -> int:
    """Return the moment at which the day with the ordinal `day` begins in `zone` (`None`: the local zone)."""
    if day > date.max.toordinal():
        return (day - _EPOCH.toordinal()) * DAY
    return int(datetime.combine(date.fromordinal(day), time.min, zone).timestamp()) * 1000
