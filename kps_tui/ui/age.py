"""Formats ages and times for the screen."""

from datetime import datetime

from kps_tui.i18n import N_, _, counted

MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
"""Not from `strftime`, which takes the names from the locale instead of the program's language."""


def age(then: int, now: datetime) -> str:
    """Return the age of `then` (milliseconds since the epoch) in its largest whole unit: `3 h ago`."""
    seconds = int(now.timestamp() - then / 1000)
    if seconds < 0:
        return _("in the future")
    if seconds >= 86_400:
        return counted(seconds // 86_400, "{count} d ago", "{count} d ago")
    if seconds >= 3_600:
        return counted(seconds // 3_600, "{count} h ago", "{count} h ago")
    if seconds >= 60:
        return counted(seconds // 60, "{count} min ago", "{count} min ago")
    return counted(seconds, "{count} s ago", "{count} s ago")


def long_age(then: int, now: datetime) -> str:
    """Return the age of `then` in two units below a week, such as `1 h 40 min ago`; see `age`."""
    minutes, days = int(now.timestamp() - then / 1000) // 60, 7 * 24 * 60
    if not 60 <= minutes < days:
        return age(then, now)
    if minutes < 24 * 60:
        return _("{hours} h {minutes} min ago").format(hours=minutes // 60, minutes=minutes % 60)
    return _("{days} d {hours} h ago").format(days=minutes // (24 * 60), hours=minutes // 60 % 24)


def short_time(moment: datetime, now: datetime) -> str:
    """Return a time in the local zone: `08:30:12` if it is today, else `2026-11-23 08:30`."""
    local = moment.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"


def since_time(moment: datetime, now: datetime) -> str:
    """Return a time of the past in the local zone: `18:02`, `Wed 18:02` in the last days, else `2026-11-12 18:02`."""
    local, today = moment.astimezone(), now.astimezone().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if 0 < (today - local.date()).days < 7:
        return f"{_(WEEKDAYS[local.weekday()])} {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def day_label(moment: datetime, years: bool = False, weekdays: bool = False) -> str:
    """Return a day as `26 Nov`, `26 Nov 2026` or `Thu 26 Nov`."""
    date = _("{day} {month}").format(day=moment.day, month=_(MONTHS[moment.month - 1]))
    if years:
        date = _("{date} {year}").format(date=date, year=moment.year)
    return _("{weekday} {date}").format(weekday=_(WEEKDAYS[moment.weekday()]), date=date) if weekdays else date
