"""Writes to the terminal in a thread of its own, because a terminal that does not read blocks the writer."""

import contextlib
import io
import os
import select
import termios
import threading
from collections import deque
from collections.abc import Callable

from kps_tui import blocking

LIMIT = 32
"""The most calls of `write` whose texts may wait."""
PATIENCE_SECONDS = 0.3
"""Seconds that `write`, `settle` and `close` wait for a terminal that does not read."""
Translate = Callable[[list[str]], str]
"""Returns what to send to the terminal for texts in the order in which they were written."""


class Output:
    """Writes texts in order.

    If the terminal does not read, texts are dropped. When it reads again, `redraw` is called in the writing thread,
    because the terminal does not show what it should.
    """

    def __init__(self, stream: io.TextIOWrapper, redraw: Callable[[], None], translate: Translate = "".join) -> None:
        """Start the writing thread.

        Args:
            stream: the terminal. Its file and encoding are used, but not its buffer and lock.
            redraw: called when the terminal reads again after texts were dropped.
            translate: called in the writing thread with all texts that wait; its result is written.
        """
        self._stream = stream
        self._redraw = redraw
        self._translate = translate
        self._waiting: deque[list[str]] = deque()
        self._is_writing = False
        self._is_closed = False
        self._dropped = False
        """Whether texts were dropped since the last redraw."""
        self._changed = threading.Condition()
        blocking.start(self._write_all)

    def write(self, texts: list[str]) -> None:
        """Queue `texts`. If the queue stays full for `PATIENCE_SECONDS`, drop them."""
        with self._changed:
            patience = 0 if self._dropped else PATIENCE_SECONDS
            if self._changed.wait_for(lambda: len(self._waiting) < LIMIT, patience):
                self._waiting.append(texts)
                self._changed.notify_all()
            else:
                self._dropped = True

    def settle(self) -> None:
        """Wait until everything is written. After `PATIENCE_SECONDS`, drop the rest.

        The output that the system has not sent to the terminal yet is dropped too.
        """
        with self._changed:
            if self._is_written():
                return
            self._waiting.clear()
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._stream.fileno(), termios.TCOFLUSH)

    def close(self) -> None:
        """End the thread once everything is written. Wait for that, but at most `PATIENCE_SECONDS`."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            self._is_written()

    def _is_written(self) -> bool:
        return self._changed.wait_for(lambda: not self._waiting and not self._is_writing, PATIENCE_SECONDS)

    def _write_all(self) -> None:
        while (texts := self._next()) is not None:
            text = self._translate(texts)
            with contextlib.suppress(OSError):
                # A terminal that is gone ends the program elsewhere.
                _write(self._stream.fileno(), text.encode(self._stream.encoding, self._stream.errors or "replace"))
            if self._done():
                self._redraw()

    def _next(self) -> list[str] | None:
        """Wait for texts and return all of them, or None when the output is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            self._is_writing = True
            texts = [text for group in self._waiting for text in group]
            self._waiting.clear()
            self._changed.notify_all()
            return texts

    def _done(self) -> bool:
        """Return whether the terminal reads again after texts were dropped."""
        with self._changed:
            self._is_writing = False
            self._changed.notify_all()
            reads_again = self._dropped and not self._waiting and not self._is_closed
            if reads_again:
                self._dropped = False
            return reads_again


def _write(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            # Another program has set the terminal to non-blocking mode.
            select.select([], [descriptor], [])
