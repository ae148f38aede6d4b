"""Moments in the words of the screen."""

from datetime import datetime

from kps_tui.i18n import _


def age(then: int, now: datetime) -> str:
    """Return how long ago `then` (milliseconds since the epoch) was, in one unit: `3 h ago`."""
    seconds = int(now.timestamp() - then / 1000)
    if seconds < 0:
        return _("in the future")
    for size, unit in ((86_400, _("d")), (3_600, _("h")), (60, _("min"))):
        if seconds >= size:
            return _("{count} {unit} ago").format(count=seconds // size, unit=unit)
    return _("{count} s ago").format(count=seconds)


def short_time(moment: datetime, now: datetime) -> str:
    """Return a moment in the local zone: `08:30:12`, with its date where that is not today's."""
    local = moment.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.astimezone().date() else f"{local:%Y-%m-%d %H:%M}"
