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
    """Let local time be that of the zone `name`, such as `Asia/Shanghai`; an empty text leaves it as it is.

    Call it at the start of the process, before any time is shown: C library and `datetime` then agree everywhere.
    """
    if name:
        os.environ["TZ"] = name
        time.tzset()
        _used.append(name)


def zone_abbreviation(*, only_named: bool = False) -> str:
    """Return the abbreviation of the local zone (`CST`); if `only_named`, empty unless `use_zone` was called."""
    return "" if only_named and not _used else datetime.now().astimezone().tzname() or ""


_used: list[str] = []
"""The zones that were named: none, or one."""
