"""Texts for people: every one passes `_`, so that a translation needs no change elsewhere."""


def _(text: str) -> str:
    """Return `text` in the language of the user (for now: as it is written)."""
    return text


def N_(text: str) -> str:  # noqa: N802
    """Mark `text` for translation where it is defined; `_` looks it up where it is shown."""
    return text


def counted(value: int, one: str, many: str) -> str:
    """Return `one` or `many`, as `value` wants it, with `{count}` filled in."""
    return (one if value == 1 else many).format(count=number(value))


def number(value: int) -> str:
    """Return `value` with a comma between thousands: `1,000`."""
    return f"{value:,}"
