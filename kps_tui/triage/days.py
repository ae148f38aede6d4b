"""Local days: which day a moment is on, and when a day begins. Moments are in milliseconds since the epoch."""

from datetime import UTC, date, datetime, time, tzinfo

DAY = 86_400_000
"""In milliseconds. A day on which clocks change is an hour shorter or longer."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def day_of(moment: int, zone: tzinfo | None) -> int:
    """Return the ordinal of the day of `moment` in `zone` (`None`: the local zone)."""
    try:
        return datetime.fromtimestamp(moment // 1000, UTC).astimezone(zone).toordinal()
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        return date.max.toordinal()


def midnight(day: int, zone: tzinfo | None) -> int:
    """Return the moment at which the day with the ordinal `day` begins."""
    if day > date.max.toordinal():
        return (day - _EPOCH_DAY) * DAY
    return int(datetime.combine(date.fromordinal(day), time.min, zone).timestamp()) * 1000
