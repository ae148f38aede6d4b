"""The driver between Textual and the terminal, which survives any byte. Textual's own decodes strictly as UTF-8.

Of Textual's private names this module uses `textual._xterm_parser`, which turns text into keys.
"""

import errno
import os
import select
import signal
from functools import partial
from typing import Any, NoReturn

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from kps_tui.terminal.encoding import encoding_of, environment_given
from kps_tui.terminal.keyboard import ESC, Keyboard

POLL_SECONDS = 0.1
"""Seconds after which the input thread looks whether it is to end."""
AT_ONCE = 4096
"""The most bytes that are read at once."""


class TerminalDriver(LinuxDriver):
    """Powers display and input. An app may name, as `alt_characters`, the characters that it binds with Alt."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._owner = app

    def run_input_thread(self) -> None:
        """Read keys until the driver stops. An error here is raised in the app, which would be deaf without it."""
        try:
            self._read_keys()
        except Exception as error:
            self._owner.call_later(partial(_raise, error))

    def _read_keys(self) -> None:
        alt = getattr(self._owner, "alt_characters", "")
        keyboard, parser = Keyboard(encoding_of(environment_given()) or "utf-8", alt), XTermParser()
        while not self.exit_event.is_set():
            patience = constants.ESCAPE_DELAY if keyboard.is_undecided else POLL_SECONDS
            if select.select([self.fileno], [], [], patience)[0]:
                data = self._read()
                if not data:
                    # The terminal is gone.
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                pieces = keyboard.read(data)
            else:
                pieces = keyboard.pause()
            for piece in pieces:
                for message in [events.Key("escape", ESC)] if piece == ESC else parser.feed(piece):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, AT_ONCE)
        except OSError as error:
            if error.errno == errno.EIO:
                return b""
            raise


def _raise(error: Exception) -> NoReturn:
    raise error
