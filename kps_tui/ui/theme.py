"""The themes. `terminal` uses the 16 colours of the terminal: it suits any background and needs few bytes."""

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
    """Return a theme on the terminal's background. `colour` maps the name of a colour to one of Textual's."""
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


_BLACK, _WHITE = "#000000", "#ffffff"
CONTRAST = Theme(
    name="contrast",
    primary="#66d9ff",
    secondary=_WHITE,
    warning="#ffff00",
    error="#ff9999",
    success="#66ff66",
    accent=_WHITE,
    foreground=_WHITE,
    background=_BLACK,
    surface=_BLACK,
    panel=_BLACK,
    boost=_BLACK,
    variables={
        "foreground-muted": _WHITE,
        "foreground-disabled": _WHITE,
        "text": _WHITE,
        "text-muted": _WHITE,
        "text-disabled": _WHITE,
        "text-primary": "#66d9ff",
        "text-warning": "#ffff00",
        "text-error": "#ff9999",
        "text-success": "#66ff66",
        "border": _WHITE,
        "border-blurred": _WHITE,
        "block-cursor-foreground": _BLACK,
        "block-cursor-background": "#ffff00",
        "block-cursor-text-style": "bold",
        "input-cursor-background": "#ffff00",
        "input-cursor-foreground": _BLACK,
        "input-cursor-text-style": "none",
        "input-selection-background": "#ffff00",
        "input-selection-foreground": _BLACK,
    },
)
"""White and a few light colours on black: all text, dim text too, has a contrast of at least 7:1 (WCAG 2, AAA)."""
OWN_THEMES = (_own("terminal", lambda name: f"ansi_{name}"), _own("mono", lambda name: "ansi_default"), CONTRAST)
"""Our themes, to be registered beside Textual's."""


STOCK = {"dark": "textual-dark", "light": "textual-light"}
"""Textual's themes by our names."""


def textual_name(theme: str, color: bool = True) -> str:
    """Return Textual's name of the theme that the user names `theme`; without colours always `mono`."""
    return STOCK.get(theme, theme) if color else "mono"
