"""Copies a text to the terminal's clipboard. If that fails, or the user copies it again, also saves it to a file."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic

from kps_tui.blocking import run_async
from kps_tui.files import reason
from kps_tui.i18n import _
from kps_tui.locations import copies_folder
from kps_tui.sanitize import line

AGAIN_SECONDS = 10.0
"""Copying the same text again within so many seconds suggests that it did not reach the clipboard."""


class Delivery:
    """Delivers copies, and remembers the last one."""

    def __init__(
        self,
        write: Callable[[str], None],
        environ: Mapping[str, str] = os.environ,
        folder: Path | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Create a delivery.

        Args:
            write: writes an escape sequence to the terminal.
            environ: the environment, which tells which terminal it is.
            folder: the folder for files; None for the one in the state folder.
            clock: returns seconds, from any starting point.
        """
        self._write = write
        self._environ = environ
        self._folder = folder
        self._clock = clock
        self._told_of_tmux = False
        self._last: tuple[str, float] = ("", float("-inf"))

    async def deliver(self, name: str, text: str) -> tuple[str, bool]:
        """Copy `text`, which the user knows as `name`. Return the message for the user, and whether it succeeded."""
        from kps_tui.terminal.clipboard import is_behind_tmux, send
        from kps_tui.terminal.saved_copies import save

        before, at = self._last
        now = self._clock()
        is_again = text == before and now - at < AGAIN_SECONDS
        self._last = (text, now)
        sent = await run_async(partial(send, text, self._environ, self._write))
        said = f"{name}: {sent.says}"
        if sent.method == "OSC 52" and is_behind_tmux(self._environ) and not self._told_of_tmux:
            self._told_of_tmux = True
            said = _("{said} · your tmux passes it on only after: tmux set -s set-clipboard on").format(said=said)
        if sent.sent and not is_again:
            return said, True
        if not text:
            return said, False
        try:
            path: Path = await run_async(partial(save, text, self._folder or copies_folder()))
        except OSError as error:
            why = line(reason(error), 120)
            return _("{said} · and no file could be written: {why}").format(said=said, why=why), False
        return _("{said} · also in {path}").format(said=said, path=line(str(path), 300)), True
