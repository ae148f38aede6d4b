"""The current time. It is passed around as a `Clock`, so that a test can stop it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time, timezone-aware."""


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
