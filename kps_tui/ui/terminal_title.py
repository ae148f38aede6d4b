"""The title of the terminal's window: put away when ours is first shown, and given back at the end."""

from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

from kps_tui.sanitize import line

_PUT_AWAY, _GIVE_BACK = "\x1b[22;2t", "\x1b[23;2t"


class TerminalTitle:
    """What is in the title now, and whether the one from before is put away."""

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._shown = ""

    def say(self, title: str) -> None:
        """Show `title`; the same again sends nothing."""
        if title != self._shown:
            write_raw(self._owner.app, f"{'' if self._shown else _PUT_AWAY}\x1b]2;{line(title, 100)}\x07")
            self._shown = title

    def give_back(self) -> None:
        """Show the title from before."""
        if self._shown:
            write_raw(self._owner.app, _GIVE_BACK)
            self._shown = ""


def write_raw(app: App[Any], sequence: str) -> None:
    """Write an escape sequence of ours on the terminal of `app`, in order with what is drawn."""
    if (driver := app._driver) is not None:
        driver.write(sequence)
