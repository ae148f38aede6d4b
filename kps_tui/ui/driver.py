"""The driver between Textual and the terminal: it survives any byte, and a terminal that does not read.

Textual's own driver decodes strictly as UTF-8, and writes through a queue that blocks the event loop when it is full.
Of Textual's private names this module uses `textual._xterm_parser`, which turns text into keys.
"""

import asyncio
import contextlib
import errno
import io
import os
import select
import signal
import sys
from functools import partial
from typing import Any, NoReturn

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from kps_tui.terminal.encoding import encoding_of, environment_given
from kps_tui.terminal.keyboard import ESC, Keyboard
from kps_tui.terminal.output import Output

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
        self._running_loop = asyncio.get_running_loop()
        self._output: Output | None = None

    # Input

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

    def send_message(self, message: Message) -> None:
        """Post a message to the app, without a task of its own for each."""
        self._owner.post_message(message)

    # Output

    def write(self, data: str) -> None:
        """Write `data` to the terminal without waiting long for it; see `Output`."""
        if self._output is not None:
            self._output.write(data)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        if self._output is None:
            stream = sys.__stderr__
            assert isinstance(stream, io.TextIOWrapper), "the screen is drawn on stderr"
            self._output = Output(stream, self._redraw)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back, as it was."""
        if self._output is not None:
            self._output.settle()
        super().stop_application_mode()

    def close(self) -> None:
        """End the threads that write."""
        super().close()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _redraw(self) -> None:
        def redraw() -> None:
            for screen in self._owner.screen_stack:
                screen.refresh(layout=True)

        # At the end of the program the loop may be closed.
        with contextlib.suppress(RuntimeError):
            self._running_loop.call_soon_threadsafe(redraw)


def _raise(error: Exception) -> NoReturn:
    raise error
