"""Sets the title of the terminal's window, and restores the previous one (XTWINOPS 22 and 23)."""

from typing import Any

from textual.app import App
from textual.dom import DOMNode

from kps_tui.i18n import counted
from kps_tui.sanitize import line

_SAVE, _RESTORE = "\x1b[22;2t", "\x1b[23;2t"


class TerminalTitle:
    """Shows a title; while the program is suspended, the previous one."""

    def __init__(self, owner: DOMNode) -> None:
        self._owner = owner
        self._title = ""
        """The title to show; empty for the previous one."""
        self.shown = ""
        """The title that is shown now."""

    def attach(self) -> None:
        """Restore the previous title whenever the program is suspended."""
        self._owner.app.app_suspend_signal.subscribe(self._owner, lambda _app: self._write(""), immediate=True)
        self._owner.app.app_resume_signal.subscribe(self._owner, lambda _app: self._write(self._title))

    def show(self, title: str) -> None:
        """Show `title`, or the previous one if it is empty. Nothing is sent if it is shown already."""
        self._title = title
        self._write(title)

    def _write(self, title: str) -> None:
        if title != self.shown:
            save = "" if self.shown else _SAVE
            write_raw(self._owner.app, f"{save}\x1b]2;{line(title, 100)}\x07" if title else _RESTORE)
            self.shown = title


def window_title(new: int) -> str:
    """Return the title that says how many tasks are new."""
    return counted(new, "({count} new) kps-tui", "({count} new) kps-tui") if new else "kps-tui"


def write_raw(app: App[Any], sequence: str) -> None:
    """Write an escape sequence to the terminal of `app`, in order with what is drawn."""
    if (driver := app._driver) is not None:
        driver.write(sequence)
