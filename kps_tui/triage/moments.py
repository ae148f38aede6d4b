"""Moments as a filter names them: a date, a time of day, or so long ago."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_DATE = r"(\d{4})-(\d{2})-(\d{2})"
_CLOCK = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
_DAY = re.compile(_DATE, re.ASCII)
_MOMENT = re.compile(rf"{_DATE}[T ]{_CLOCK} ?(?:(Z)|([+-])(\d{{2}}):?(\d{{2}}))?", re.ASCII | re.IGNORECASE)
_AGO = re.compile(r"(\d{1,9})([mhdw])", re.ASCII | re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAYS_BACK = {"today": 0, "yesterday": 1}


def is_absolute(text: str) -> bool:
    """Return whether `text` names the same moment or day at any time."""
    return bool(re.match(_DATE, text.strip(), re.ASCII))


def moment_of(text: str, now: datetime, zone: tzinfo | None = None) -> int | None:
    """Return the moment that `text` names, in milliseconds since the epoch, or `None` if it names none.

    `2026-11-23T08:00`, with seconds, `Z` or `+08:00` where wanted; `24h`, `7d` (that long before `now`); `now`. A date,
    `today` and `yesterday` are their first moment in `zone` (`None`: the local one).
    """
    text = text.strip().replace("：", ":")
    try:
        if day := _day(text, now, zone):
            return _begin_of(day, zone)
        if text.casefold() == "now":
            return _milliseconds(now)
        if ago := _AGO.fullmatch(text):
            return _milliseconds(now - int(ago[1]) * _UNITS[ago[2].lower()])
        if match := _MOMENT.fullmatch(text):
            return _written(match, zone)
    except (ValueError, OverflowError):
        # The 30th of February, 25:00, before the year 1.
        return None
    return None


def day_of(text: str, now: datetime, zone: tzinfo | None = None) -> tuple[int, int] | None:
    """Return the first moment of the day that `text` names, and of the next one, or `None` if it names no day.

    In milliseconds since the epoch. A day of `zone` can have 23 or 25 hours.
    """
    try:
        day = _day(text.strip(), now, zone)
        return (_begin_of(day, zone), _begin_of(day + timedelta(days=1), zone)) if day else None
    except (ValueError, OverflowError):
        return None


def _day(text: str, now: datetime, zone: tzinfo | None) -> date | None:
    back = _DAYS_BACK.get(text.casefold())
    if back is not None:
        return now.astimezone(zone).date() - timedelta(days=back)
    match = _DAY.fullmatch(text)
    return date(int(match[1]), int(match[2]), int(match[3])) if match else None


def _written(match: re.Match[str], zone: tzinfo | None) -> int:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if match[8]:
        zone = UTC
    elif match[9]:
        east = timedelta(hours=int(match[10]), minutes=int(match[11]))
        zone = timezone(east if match[9] == "+" else -east)
    fraction = int((match[7] or "").ljust(6, "0"))
    return _milliseconds(datetime(year, month, day, hour, minute, second, fraction, tzinfo=zone))


def _begin_of(day: date, zone: tzinfo | None) -> int:
    return _milliseconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def _milliseconds(moment: datetime) -> int:
    """Return milliseconds since the epoch; a moment without a zone is a local one."""
    seconds = moment.replace(microsecond=0).timestamp()
    return int(seconds) * 1000 + moment.microsecond // 1000
