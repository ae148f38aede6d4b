"""When a request is repeated, and after how long. Pure."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

PAUSES = (0.5, 1.0)
"""Seconds before the first and the second repetition, each ±50 %: so a request is sent three times at most."""
LONGEST_RETRY_AFTER = 60.0
"""Seconds; a service that asks for more gets this."""
STATUSES = frozenset({429, 500, 502, 503, 504})


def pause(repetition: int, retry_after: float | None, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds to wait before `repetition` (from 0); `chance` returns 0 to 1."""
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER)
    return PAUSES[repetition] * (0.5 + chance())


def retry_after(header: str | None, now: datetime) -> float | None:
    """Read a `Retry-After` header, seconds or a date; `None` if there is none, or nonsense."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), LONGEST_RETRY_AFTER)
