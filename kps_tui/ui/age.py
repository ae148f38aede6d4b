"""Formats ages and times for the screen."""

from datetime import datetime

from kps_tui.i18n import _, counted


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
        days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        return f"{days[local.weekday()]} {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
