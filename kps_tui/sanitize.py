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

_LINE_BREAKS = {"\n": "␊", "\r": "␍"}
_UNSHOWABLE = frozenset({"Cs", "Cn", "Co"})
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return `text` as one line of at most `limit` characters, with controls made visible."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    return _line(text, limit)


@lru_cache(maxsize=8192)
def _line(text: str, limit: int) -> str:
    shown = _visible(text[:limit])
    return shown + "…" if len(text) > limit else shown


def block(text: str, limit: int = BLOCK_LIMIT) -> str:
    """Return `text` with its line breaks, everything else as in `line`; what is over `limit` is counted at the end."""
    text = text.replace("\r\n", "\n")
    shown = "\n".join(_visible(part) for part in text[:limit].split("\n"))
    return f"{shown}… {len(text) - limit:,} more characters" if len(text) > limit else shown


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _MARKS:
            marks += 1
            if marks <= MARKS_LIMIT and not _selects_variation(character):
                shown.append(character)
            continue
        marks = 0
        shown.append(_shown(character, category))
    return "".join(shown)


def _selects_variation(character: str) -> bool:
    """Variation selectors change the width of their neighbour; terminals disagree by how much."""
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def _shown(character: str, category: str) -> str:
    if character in _LINE_BREAKS:
        return _LINE_BREAKS[character]
    if character == "\t":
        return " "
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))
    if ord(character) == 0x7F:
        return "␡"
    if category in _UNSHOWABLE:
        return "\ufffd"
    if category in _INVISIBLE:
        return f"<U+{ord(character):04X}>"
    return character
