"""Moments in the words of the screen."""

from datetime import datetime

from kps_tui.i18n import _, counted


def age(then: int, now: datetime) -> str:
    """Return how long ago `then` (milliseconds since the epoch) was, in one unit: `3 h ago`."""
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
    """Return a moment in the local zone: `08:30:12`, with its date where that is not today's."""
    local = moment.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"
