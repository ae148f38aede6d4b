"""The command that lets the user choose the theme."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.content import Content

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.settings import THEMES
from kps_tui.terminal.width import padded
from kps_tui.ui.theme import textual_name


def choose_theme(app: App[Any], configuration: Path, *, color: bool) -> None:
    """Let the user choose the theme for this run, and say how to set it for good in the file `configuration`."""
    from kps_tui.ui.screens.dialogs.chooser import Chooser

    if not color:
        app.notify(_("colours are off for this run"), markup=False)
        return
    words = {
        "terminal": _("the colours of your terminal"),
        "dark": _("light text on black"),
        "light": _("dark text on white"),
        "mono": _("no colours"),
        "contrast": _("high contrast, white on black"),
    }
    names = [textual_name(theme) for theme in THEMES]

    def chosen(number: int | None) -> None:
        if number is None:
            return
        app.theme = names[number]
        said = _('theme for this run · to keep it, write theme = "{theme}" in {file}')
        app.notify(said.format(theme=THEMES[number], file=line(str(configuration), 200)), markup=False)

    current = names.index(app.theme)
    title = _("Theme for this run · now {theme}").format(theme=THEMES[current])
    lines = [Content(padded(theme, 12) + words[theme]) for theme in THEMES]
    app.push_screen(Chooser(title, lines, _("Enter uses it"), current), chosen)
