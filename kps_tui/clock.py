"""The current time, and the zone of local times. Code that needs the time takes a `Clock`, for tests."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time with a time zone."""


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def use_zone(name: str) -> None:
    """Set the local time zone of this process to `name`, such as `Asia/Shanghai`. An empty text changes nothing.

    Call it before any time is shown. It sets `TZ`, so that the C library and `datetime` use the same zone.
    """
    if name:
        os.environ["TZ"] = name
        time.tzset()
        _used.append(name)


def zone_abbreviation(*, only_named: bool = False) -> str:
    """Return the abbreviation of the local zone (`CST`); with `only_named`, nothing unless `use_zone` has set it."""
    return "" if only_named and not _used else datetime.now().astimezone().tzname() or ""


_used: list[str] = []
"""The zone that `use_zone` has set, if any."""
