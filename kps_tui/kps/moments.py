"""Times as IAM writes them (`2026-11-24T23:25:33.000000Z`), read leniently."""

from datetime import UTC, datetime


def moment(value: object) -> datetime | None:
    """Return the time in UTC; `None` if `value` is none that we can read."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
