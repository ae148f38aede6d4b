"""The themes. `terminal` uses the 16 colours that the terminal is set to: it fits every background, in few bytes."""

from collections.abc import Callable

from textual.theme import Theme

_TERMINAL = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "block-cursor-foreground": "ansi_default",
    "block-cursor-background": "ansi_default",
    "block-cursor-text-style": "reverse",
    "border": "ansi_default",
    "border-blurred": "ansi_default",
    "input-cursor-background": "ansi_default",
    "input-cursor-foreground": "ansi_default",
    "input-cursor-text-style": "reverse",
    "input-selection-background": "ansi_default",
    "input-selection-foreground": "ansi_default",
    "screen-selection-background": "ansi_default",
    "screen-selection-foreground": "ansi_default",
}


def _own(name: str, colour: Callable[[str], str]) -> Theme:
    """Return a theme on the background of the terminal; `colour` turns a colour's name into one of its 16."""
    plain = "ansi_default"
    return Theme(
        name=name,
        ansi=True,
        primary=colour("blue"),
        secondary=colour("cyan"),
        warning=colour("yellow"),
        error=colour("red"),
        success=colour("green"),
        accent=colour("cyan"),
        foreground=plain,
        background=plain,
        surface=plain,
        panel=plain,
        boost=plain,
        variables=_TERMINAL,
    )


THEMES = (_own("terminal", lambda name: f"ansi_{name}"), _own("mono", lambda name: "ansi_default"))
"""Ours, beside Textual's own."""

STOCK = {"dark": "textual-dark", "light": "textual-light"}
"""Names of ours for themes of Textual."""


def textual_name(theme: str, color: bool = True) -> str:
    """Return Textual's name of the theme that the user named; without colours that is `mono`."""
    return STOCK.get(theme, theme) if color else "mono"
