"""Parses and writes the moments of filters: a date, a date with a time of day, or an age such as `24h`."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from kps_tui.kps.task import LATEST

_DATE = r"(\d{4})-(\d{2})-(\d{2})"
_CLOCK = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
_DAY = re.compile(_DATE, re.ASCII)
_MOMENT = re.compile(rf"{_DATE}[T ]{_CLOCK} ?(?:(Z)|([+-])(\d{{2}}):?(\d{{2}}))?", re.ASCII | re.IGNORECASE)
_AGO = re.compile(r"(\d{1,9})([mhdw])", re.ASCII | re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAYS_BACK = {"today": 0, "yesterday": 1}


def is_absolute(text: str) -> bool:
    """Return whether the meaning of `text` does not depend on the present, unlike that of `24h` or `today`."""
    return bool(re.match(_DATE, text.strip(), re.ASCII))


def moment_of(text: str, now: datetime, zone: tzinfo | None = None) -> int | None:
    """Return the moment that `text` means, in milliseconds since the epoch, or `None` if it means none.

    Accepted are `2026-11-23T08:00`, optionally with seconds and `Z` or `+08:00`; an age such as `24h` or `7d`, counted
    back from `now`; `now`; and a date, `today` or `yesterday`, the start of the day in `zone` (`None`: the local zone).
    """
    text = text.strip().replace("：", ":")
    try:
        if day := _day(text, now, zone):
            return _start_of(day, zone)
        if text.casefold() == "now":
            return _milliseconds(now)
        if ago := _AGO.fullmatch(text):
            return _milliseconds(now - int(ago[1]) * _UNITS[ago[2].lower()])
        if match := _MOMENT.fullmatch(text):
            return _from_parts(match, zone)
    except (ValueError, OverflowError):
        # Such as 30 February, 25:00, or a date before the year 1.
        return None
    return None


def day_span(text: str, now: datetime, zone: tzinfo | None = None) -> tuple[int, int] | None:
    """Return the start of the day that `text` means and of the next day, or `None` if it means no day.

    Both are in milliseconds since the epoch. Where clocks change, a day of `zone` has 23 or 25 hours.
    """
    try:
        day = _day(text.strip(), now, zone)
        return (_start_of(day, zone), _start_of(day + timedelta(days=1), zone)) if day else None
    except (ValueError, OverflowError):
        return None


def moment_text(moment: int, zone: tzinfo | None = None) -> str:
    """Return `moment` (milliseconds since the epoch, at a whole minute) as `moment_of` reads it.

    That is `2026-11-23` for midnight in `zone`, else `2026-11-23T08:00`. In the hour that comes twice when clocks are
    put back, the second one is written with its offset from UTC.
    """
    utc = datetime.fromtimestamp(min(moment, LATEST) // 1000, UTC)
    try:
        local = utc.astimezone(zone)
        is_unique = datetime.combine(local.date(), local.time().replace(fold=0), zone).timestamp() == utc.timestamp()
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        local, is_unique = utc, False
    if not is_unique:
        return local.isoformat(timespec="minutes")
    return f"{local:%Y-%m-%d}" if local.time() == time.min else f"{local:%Y-%m-%dT%H:%M}"


def _day(text: str, now: datetime, zone: tzinfo | None) -> date | None:
    back = _DAYS_BACK.get(text.casefold())
    if back is not None:
        return now.astimezone(zone).date() - timedelta(days=back)
    match = _DAY.fullmatch(text)
    return date(int(match[1]), int(match[2]), int(match[3])) if match else None


def _from_parts(match: re.Match[str], zone: tzinfo | None) -> int:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if match[8]:
        zone = UTC
    elif match[9]:
        east = timedelta(hours=int(match[10]), minutes=int(match[11]))
        zone = timezone(east if match[9] == "+" else -east)
    fraction = int((match[7] or "").ljust(6, "0"))
    return _milliseconds(datetime(year, month, day, hour, minute, second, fraction, tzinfo=zone))


def _start_of(day: date, zone: tzinfo | None) -> int:
    return _milliseconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def _milliseconds(moment: datetime) -> int:
    """Return milliseconds since the epoch; a moment without a zone is taken as local."""
    seconds = moment.replace(microsecond=0).timestamp()
    return int(seconds) * 1000 + moment.microsecond // 1000
