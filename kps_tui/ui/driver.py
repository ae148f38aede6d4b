"""The driver between Textual and the terminal. It accepts any byte, and a terminal that does not read can't block it.

Textual's own driver decodes strictly as UTF-8, writes through a queue that blocks the event loop when it is full, wakes
up ten times a second to see whether it should end, and sends a whole widget where one cell has changed; see `wire`.
Of Textual's private names this module uses `textual._xterm_parser`, which turns text into keys.
"""

import asyncio
import contextlib
import errno
import io
import os
import select
import shutil
import signal
import sys
import threading
from collections import deque
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
from kps_tui.ui.wire.wire import Wire

AT_ONCE = 4096
"""The most bytes that are read at once."""


class TerminalDriver(LinuxDriver):
    """Powers display and input.

    It reads two attributes of the app, if there are any: `alt_characters`, the characters that are bound with Alt, and
    `plain_output`, whether to send what Textual writes unchanged.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._owner = app
        self._running_loop = asyncio.get_running_loop()
        self._running_thread = threading.get_ident()
        self._encoding = encoding_of(environment_given()) or "utf-8"
        self._output: Output | None = None
        self._turn: deque[str] = deque()
        """What was written in this turn of the event loop."""
        self._wire = None if getattr(app, "plain_output", False) else Wire(0, 0)
        self._is_resized = False
        """Whether the terminal was resized since the last output, so that it may show anything."""
        self._wake: tuple[int, int] | None = None
        """A pipe that ends the input thread when something is written to it."""

    # Input

    def run_input_thread(self) -> None:
        """Read keys until the driver stops. An error is raised in the app, which would otherwise ignore all keys."""
        try:
            self._read_keys()
        except Exception as error:
            self._owner.call_later(partial(_raise, error))

    def _read_keys(self) -> None:
        keyboard, parser = Keyboard(self._encoding, getattr(self._owner, "alt_characters", "")), XTermParser()
        sources = [self.fileno, *(self._wake or ())[:1]]
        patience: float | None = None
        while (ready := select.select(sources, [], [], patience)[0]) in ([], [self.fileno]):
            if ready:
                data = self._read()
                if not data:
                    # The terminal is gone.
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                pieces, patience = keyboard.read(data), constants.ESCAPE_DELAY
            else:
                pieces, patience = keyboard.pause(), None
            for piece in pieces:
                for message in [events.Key("escape", ESC)] if piece == ESC else parser.feed(piece):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def disable_input(self) -> None:
        """End the input thread."""
        if self._wake is None:
            return
        reader, writer = self._wake
        os.write(writer, b"\0")
        super().disable_input()
        self._wake = None
        os.close(reader)
        os.close(writer)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, AT_ONCE)
        except OSError as error:
            if error.errno == errno.EIO:
                return b""
            raise

    def send_message(self, message: Message) -> None:
        """Post a message to the app, without a task of its own for each."""
        if isinstance(message, events.Resize):
            # Some terminals report their size among the keys.
            self._is_resized = True
        self._owner.post_message(message)

    # Output

    def write(self, data: str) -> None:
        """Write `data` to the terminal, with all that is written in this turn of the loop. Never waits long."""
        self._turn.append(data)
        if threading.get_ident() != self._running_thread:
            self._hand_over()
        elif len(self._turn) == 1:
            self._running_loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        texts: list[str] = []
        while self._turn:
            texts.append(self._turn.popleft())
        if texts and self._output is not None:
            self._output.write(texts)

    def _translate(self, texts: list[str]) -> str:
        """Return what to send for `texts`. Called in the thread that writes; an error is raised in the app."""
        if self._wire is None:
            return "".join(texts)
        try:
            return self._shortened(texts, self._wire)
        except Exception as error:
            # The terminal must still be given back.
            self._wire = None
            self._owner.call_later(partial(_raise, error))
            return "".join(texts)

    def _shortened(self, texts: list[str], wire: Wire) -> str:
        stream = sys.__stderr__
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            # Translate what the terminal will show: its encoding may replace one character by several, such as `>=`.
            shown = (text.encode(stream.encoding, stream.errors or "replace") for text in texts)
            texts = [data.decode(self._encoding, "replace") for data in shown]
        size = shutil.get_terminal_size()
        if self._is_resized or wire.size != size:
            self._is_resized = False
            wire.forget(*size)
        return wire.translate(texts)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        if self._output is None:
            stream = sys.__stderr__
            assert isinstance(stream, io.TextIOWrapper), "the screen is drawn on stderr"
            self._output = Output(stream, self._redraw, self._translate)
        if self._wake is None:
            self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._watch_size()

    def stop_application_mode(self) -> None:
        """Give the terminal back, as it was."""
        self._hand_over()
        if self._output is not None:
            self._output.settle()
        super().stop_application_mode()

    def close(self) -> None:
        """End the threads that write."""
        super().close()
        self._hand_over()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _watch_size(self) -> None:
        """Forget what the terminal shows whenever it is resized, because it may cut or wrap its lines.

        The signal is handled in a turn of the loop. A handler in Python can be interrupted by the next signal after it
        has read the size: the app would be told of the new size first, and of the old one last.
        """
        tell_textual = signal.getsignal(signal.SIGWINCH)
        if not callable(tell_textual):
            return

        def resized() -> None:
            self._is_resized = True
            if tuple(shutil.get_terminal_size()) == tuple(self._owner.size):
                # It had another size in between, for which Textual would not draw again.
                self._redraw()
            tell_textual(signal.SIGWINCH, None)

        self._running_loop.add_signal_handler(signal.SIGWINCH, resized)

    def _redraw(self) -> None:
        def redraw() -> None:
            for screen in self._owner.screen_stack:
                screen.refresh(layout=True)

        # At the end of the program the loop may be closed.
        with contextlib.suppress(RuntimeError):
            self._running_loop.call_soon_threadsafe(redraw)


def _raise(error: Exception) -> NoReturn:
    raise error
