"""Widths of text in terminal cells, for commands that print without Textual."""

import re
import unicodedata
from functools import lru_cache

_OPENING, _CLOSING = "（“《", "，。；：？！）”》、"
_WIDE = r"\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Characters of scripts without spaces between words."""
_PIECE = rf" +|[{_OPENING}]*(?:[{_WIDE}]|[^ {_OPENING}{_WIDE}]+)?[{_CLOSING}]* *"


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
    """Return `text` in at most `width` cells; a longer one is cut and ends with `…`."""
    if cells(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _cells_of(character)
        if used > width - 1:
            break
        kept += character
    return (kept + "…")[: max(0, width)]


def pieces(text: str) -> list[str]:
    """Split `text` where a line may be broken: into words with the spaces after them.

    Each character of Chinese or a similar script is a piece, with the punctuation that must stay beside it.
    """
    return [piece for piece in re.findall(_PIECE, text) if piece]


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` cells, broken between `pieces`. A longer piece is a line of its own."""
    lines = [""]
    for piece in pieces(text):
        if lines[-1] and cells(lines[-1]) + cells(piece.rstrip(" ")) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip(" ") for line in lines]


def padded(text: str, width: int) -> str:
    """Return `text` padded with spaces to `width` cells; a longer one is not changed."""
    return text + " " * (width - cells(text))


def flush_right(text: str, width: int) -> str:
    """Return `text` padded with leading spaces to `width` cells; a longer one is not changed."""
    return " " * (width - cells(text)) + text
