"""What must never be drawn."""

import unicodedata
from collections.abc import Iterable

from textual.strip import Strip

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, bidi and zero width characters, surrogates, private ones, unassigned ones, line separators."""


def unsafe(text: str, allowed: str = "") -> list[str]:
    """Return the characters of `text` that a terminal might act on, by number."""
    if text.isascii() and text.isprintable():
        return []
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in UNSAFE and c not in allowed]


def assert_safe(text: str, source: object, allowed: str = "") -> None:
    """Fail where `text`, made from `source`, holds such a character."""
    found = unsafe(text, allowed)
    assert not found, (found[:5], ascii(source)[:500])


def assert_drawn_safely(strips: Iterable[Strip], source: object) -> None:
    """The same for lines of a screen; nor may a text act when it is clicked."""
    for strip in strips:
        for text, style, control in strip:
            assert not control, (control, ascii(source)[:500])
            assert_safe(text, source)
            if style is not None:
                acts = style.link or style.meta.get("@click")
                assert not acts, (acts, ascii(source)[:500])
