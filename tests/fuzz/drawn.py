"""Checks for characters that must never reach the terminal."""

from collections.abc import Iterable

from textual.strip import Strip

from tests.payloads import unsafe


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
