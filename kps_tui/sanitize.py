"""Makes text from outside safe to show: afterwards it can't set styles, ring the bell, reorder text or move the cursor.

Textual and Rich pass escape sequences, C1 controls and bidi characters through. So all text that is not our own passes
`line` or `block` once, where it is prepared for display. Neither function raises.
"""

import unicodedata
from functools import lru_cache

from kps_tui.i18n import counted

LINE_LIMIT = 1024
"""The most characters that `line` returns."""
BLOCK_LIMIT = 64 * 1024
"""The most characters of its text that `block` returns."""
MARKS_LIMIT = 4
"""The most combining marks on one character; the others are dropped, as they would be drawn over other lines."""

_UNSHOWABLE = frozenset({"Cs", "Cn", "Co"})
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Characters in the category of letters that are drawn as blanks."""
_MARKS = frozenset({"Mn", "Me"})


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return `text` as one line of at most `limit` characters, with control characters made visible.

    A longer text is cut and ends with `…`, which is not counted.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # One character beyond the limit is enough to know that the text is cut; the cache need not hold the rest.
    return _line(text[: limit + 1], limit)


@lru_cache(maxsize=8192)
def _line(text: str, limit: int) -> str:
    shown, taken = _visible(text[:limit], limit)
    return shown + "…" if taken < len(text) else shown


def block(text: str, limit: int = BLOCK_LIMIT) -> str:
    """Return at most `limit` characters of `text`, made safe like a `line` but with its line breaks.

    A longer text is cut and ends with `… N more characters`.
    """
    text = text.replace("\r\n", "\n")
    shown, taken = _visible(text[:limit], limit, line_break="\n")
    if rest := len(text) - taken:
        return shown + counted(rest, "… {count} more character", "… {count} more characters")
    return shown


def _visible(text: str, limit: int, line_break: str = "␊") -> tuple[str, int]:
    """Return at most `limit` safe characters, and how many characters of `text` they represent."""
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
    """Return whether this is a variation selector, which terminals draw with different widths."""
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
