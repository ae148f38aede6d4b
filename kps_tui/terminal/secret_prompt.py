"""Prompts for a secret on the terminal: of any length, perhaps pasted as several lines, and always without an echo.

`getpass` is not enough: a terminal returns at most 4,095 bytes of a line, the rest of a paste goes to the next program
that reads, and after a signal the terminal stays without an echo.
"""

import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST = 64 * 1024
"""The most bytes of a secret."""
PASTE_SECONDS = 0.05
"""Input within this time after a line end belongs to the same paste, in a terminal that does not mark pastes."""
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Signals that end the program, before which the echo is restored. At Ctrl+C, an exception does that."""

_START, _END = b"\x1b[200~", b"\x1b[201~"
_MARK_PASTES, _MARK_NO_PASTES = b"\x1b[?2004h", b"\x1b[?2004l"
_NEW_LINES = b"\r\n"
_BACKSPACE = b"\x7f\x08"
_CLEAR, _END_OF_FILE, _ESCAPE = 0x15, 0x04, 0x1B


class TooLong(Exception):
    """More than `LONGEST` bytes were typed or pasted."""


class Typed:
    """The secret so far, from the bytes that a terminal in raw mode sends."""

    def __init__(self) -> None:
        self._held = bytearray()
        """The secret, its line ends included."""
        self._escape = b""
        """The beginning of an incomplete escape sequence."""
        self._in_paste = False
        self.is_entered = False
        """Whether the last byte is a line end outside a marked paste."""
        self.is_aborted = False
        """Whether Ctrl+D was pressed before anything else."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooLong: there are too many.
        """
        for byte in data:
            if self._escape or byte == _ESCAPE:
                self._follow_escape(byte)
            else:
                self._take(byte)
        if len(self._held) > LONGEST:
            raise TooLong

    def text(self) -> str:
        """Return the secret: the lines without the spaces around them, joined.

        Raises:
            UnicodeDecodeError: it is not UTF-8.
        """
        lines = self._held.decode("utf-8").replace("\r", "\n").split("\n")
        return "".join(part.strip() for part in lines)

    def _take(self, byte: int) -> None:
        self.is_entered = False
        if byte in _NEW_LINES:
            self.is_entered = not self._in_paste
            self._held.append(byte)
        elif self._in_paste:
            self._held.append(byte)
        elif byte in _BACKSPACE:
            self._rub_out()
        elif byte == _CLEAR:
            self._held.clear()
        elif byte == _END_OF_FILE:
            self.is_aborted = self.is_aborted or not self._held
        elif byte >= 0x20:
            self._held.append(byte)

    def _rub_out(self) -> None:
        """Remove the last character, which may be several bytes long."""
        while self._held and self._held.pop() & 0xC0 == 0x80:
            pass

    def _follow_escape(self, byte: int) -> None:
        self._escape += bytes([byte])
        is_short = len(self._escape) == 2 and byte not in b"[O"
        if is_short or (len(self._escape) > 2 and 0x40 <= byte <= 0x7E):
            if self._escape in (_START, _END):
                self._in_paste = self._escape == _START
            self._escape = b""


def ask_secret(question: str) -> str:
    """Prompt on the terminal, and return the text that was typed or pasted, its lines joined.

    Raises:
        EOFError: the terminal is gone, or Ctrl+D was pressed.
        TooLong: it has more than `LONGEST` bytes.
        UnicodeDecodeError: it is not UTF-8.
    """
    with _terminal() as terminal, _raw(terminal):
        os.write(terminal, f"{question}: ".encode())
        typed = Typed()
        while True:
            wait = PASTE_SECONDS if typed.is_entered else None
            if not select.select([terminal], [], [], wait)[0]:
                return typed.text()
            data = _read(terminal)
            typed.feed(data)
            if not data or typed.is_aborted:
                raise EOFError


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # The terminal has been hung up.
        return b""


@contextmanager
def _terminal() -> Iterator[int]:
    """Yield the descriptor of the controlling terminal, or of stdin if that can't be opened."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        yield sys.stdin.fileno()
        return
    try:
        yield terminal
    finally:
        os.close(terminal)


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Switch `terminal` to raw mode without an echo until the block or the program ends."""
    before = termios.tcgetattr(terminal)
    raw = termios.tcgetattr(terminal)
    raw[3] &= ~(termios.ECHO | termios.ICANON)
    # No Ctrl+Z, because a stopped program would leave the shell without an echo.
    for character in (termios.VSUSP, termios.VEOF):
        raw[6][character] = b"\x00"
    raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0

    def restore() -> None:
        os.write(terminal, _MARK_NO_PASTES + b"\r\n")
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    with _restored_at_signals(restore):
        termios.tcsetattr(terminal, termios.TCSAFLUSH, raw)
        os.write(terminal, _MARK_PASTES)
        try:
            yield
        finally:
            restore()


@contextmanager
def _restored_at_signals(restore: Callable[[], None]) -> Iterator[None]:
    def end(number: int, _frame: FrameType | None) -> None:
        restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
