"""Text from outside, made safe to show: it can't style, ring, reorder, hide or move the cursor.

Textual and Rich pass escape sequences, C1 and bidi characters through; so whatever was not written by us passes
`line` or `block` once, where it is parsed for display. Both are total: they never raise, whatever the text.
"""

import unicodedata
from functools import lru_cache

LINE_LIMIT = 1024
"""Characters of a `line`."""
BLOCK_LIMIT = 64 * 1024
"""Characters of a `block`."""
MARKS_LIMIT = 4
"""Combining marks on one character: more are dropped, they only paint over the neighbours."""

_UNSHOWABLE = frozenset({"Cs", "Cn", "Co"})
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by category, blank by sight."""
_MARKS = frozenset({"Mn", "Me"})


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return `text` as one line of at most `limit` characters, with controls made visible."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # One character more than the limit tells that something was left out; the cache need not hold the rest.
    return _line(text[: limit + 1], limit)


@lru_cache(maxsize=8192)
def _line(text: str, limit: int) -> str:
    shown, taken = _visible(text[:limit], limit)
    return shown + "…" if taken < len(text) else shown


def block(text: str, limit: int = BLOCK_LIMIT) -> str:
    """Return `text` with its line breaks, all else as in `line`: `limit` characters, then how many are left out."""
    text = text.replace("\r\n", "\n")
    shown, taken = _visible(text[:limit], limit, line_break="\n")
    return shown if taken == len(text) else f"{shown}… {len(text) - taken:,} more characters"


def _visible(text: str, limit: int, line_break: str = "␊") -> tuple[str, int]:
    """Return at most `limit` safe characters, and how many characters of `text` they stand for."""
    shown: list[str] = []
    room, marks = limit, 0
    for taken, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if marks > MARKS_LIMIT or (marks and _selects_variation(character)):
            continue
        safe = line_break if character == "\n" else _shown(character, category)
        room -= len(safe)
        if room < 0:
            return "".join(shown), taken
        shown.append(safe)
    return "".join(shown), len(text)


def _selects_variation(character: str) -> bool:
    """Variation selectors change the width of their neighbour; terminals disagree by how much."""
    code = ord(character)
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F or code == 0x034F


def _shown(character: str, category: str) -> str:
    if character in ("\r", "\t"):
        return "␍" if character == "\r" else " "
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))
    if ord(character) == 0x7F:
        return "␡"
    if category in _UNSHOWABLE:
        return "\ufffd"
    if category in _INVISIBLE or character in _FILLERS:
        return f"<U+{ord(character):04X}>"
    return character
