"""Widths of text in terminal cells, for the commands that print without Textual."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """Return the width of `text`, one safe line, in cells."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells; a longer one is cut and ends with an ellipsis."""
    if cells(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _cells_of(character)
        if used > width - 1:
            break
        kept += character
    return (kept + "…")[: max(0, width)]


def padded(text: str, width: int) -> str:
    """Return `text` padded with spaces to `width` cells; a longer one is returned as it is."""
    return text + " " * (width - cells(text))
