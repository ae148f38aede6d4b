"""Checks for characters that must never reach the terminal."""

import unicodedata
from collections.abc import Iterable

from textual.strip import Strip

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, format characters, surrogates, private use, unassigned, separators."""


def unsafe(text: str, allowed: str = "") -> list[str]:
    """Return the code points in `text` that a terminal might interpret."""
    if text.isascii() and text.isprintable():
        return []
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in UNSAFE and c not in allowed]


def assert_safe(text: str, source: object, allowed: str = "") -> None:
    """Fail if `text`, made from `source`, contains such a character."""
    found = unsafe(text, allowed)
    assert not found, (found[:5], ascii(source)[:500])


def assert_drawn_safely(strips: Iterable[Strip], source: object) -> None:
    """Fail if lines of a screen contain such a character, or a text that reacts to clicks."""
    for strip in strips:
        for text, style, control in strip:
            assert not control, (control, ascii(source)[:500])
            assert_safe(text, source)
            if style is not None:
                acts = style.link or style.meta.get("@click")
                assert not acts, (acts, ascii(source)[:500])
