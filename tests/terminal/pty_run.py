"""Runs the program in a pseudo-terminal: sends keys, reads bytes, checks the terminal afterwards."""

import base64
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import pyte

from tests.program import CONTEXT, as_program
from tests.terminal.emulator import Emulator

DEADLINE = 30.0
INSTALLED = str(Path(sys.executable).with_name("kps-tui"))
"""The console script in the environment of the tests."""
FORKED = "kps-tui"
"""The program in a fork of a process that has imported it: what does not depend on how it starts is shown sooner."""

ALLOWED = re.compile(
    rb"\x1b\[\?(?:1049|25|1004|2004|2026|7|2048)[hl]"  # alternate screen, cursor, focus, paste, synchronised, wrap
    rb"|\x1b\[\?(?:2026|2048)\$p"  # queries to the terminal
    rb"|\x1b\[[<>][0-9]*u"  # kitty keyboard protocol
    rb"|\x1b\[[0-9;]*m"  # colours
    rb"|\x1b\[[0-9;]*H"  # cursor
    rb"|\x1b\[[0-9]*[ABCDGJKLM]"  # moves of the cursor, what is erased, lines that are inserted or deleted
    rb"|\x1b\[(?:[0-9]+;[0-9]+)?r"  # the lines that scroll
    rb"|\x1b\]22;default\x07"  # the shape of the mouse pointer
    rb"|\x1b\[2[23];2t|\x1b\]2;[ -~]{1,100}\x07"  # the title of the window: saved, restored, set
    rb"|[\r\n]"
)
"""The escape sequences and control characters that the program may send."""


COPY = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/]+=*)\x07")
"""A text for the clipboard, only allowed after a key that copies."""


def disallowed(data: bytes) -> str:
    """Return the control characters that remain without the allowed sequences."""
    text = ALLOWED.sub(b"", data).decode("utf-8", "replace")
    return "".join(sorted({character for character in text if not character.isprintable()}))


def copies(data: bytes) -> list[str]:
    """Return the texts that were sent to the clipboard."""
    return [base64.b64decode(found).decode() for found in COPY.findall(data)]


def environment(**more: str) -> dict[str, str]:
    """Return an environment without cloud, proxy, colours and keyring, for a terminal with 256 colours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_STATE_HOME") if name in os.environ}
    base = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", "XDG_CONFIG_HOME": "/nonexistent"}
    base["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    return kept | base | more


class Terminal:
    """A run of the program in a terminal of `columns` × `rows`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 100,
        rows: int = 30,
        env: Mapping[str, str] | None = None,
        ignore_hangup: bool = False,
    ) -> None:
        self.data = b""
        self.screen = Emulator(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.closed = False
        # Keep the slave open, so that the terminal's modes can be read after the program has ended.
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self._slave)
        self._fork = None
        if command[0] == FORKED:
            variables = dict(environment() if env is None else env)
            place = os.ttyname(self._slave)
            self._fork = CONTEXT.Process(target=_program, args=(place, command[1:], variables, Path.cwd()))
            self._fork.start()
            assert self._fork.pid is not None
        self.pid = self._fork.pid if self._fork and self._fork.pid else os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
                if ignore_hangup:
                    signal.signal(signal.SIGHUP, signal.SIG_IGN)
                for descriptor in (0, 1, 2):
                    os.dup2(self._slave, descriptor)
                os.closerange(3, 256)
                os.execvpe(command[0], list(command), dict(environment() if env is None else env))
            finally:
                os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fork:
            self._fork.kill()
            self._fork.join()
            self._fork.close()
        else:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        if not self.closed:
            os.close(self._master)
            os.close(self._slave)

    @property
    def after(self) -> list[int]:
        """The current modes of the terminal."""
        return termios.tcgetattr(self._slave)

    @property
    def text(self) -> str:
        """The screen as text; the second cell of a wide character is empty."""
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        return "\n".join("".join(buffer[y][x].data for x in columns) for y in range(self.screen.lines))

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def unread(self) -> int:
        """Return the number of bytes that can be read now."""
        return int.from_bytes(fcntl.ioctl(self._master, termios.FIONREAD, bytes(4)), sys.byteorder)

    def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """Close the terminal, as a dropped connection does."""
        self.closed = True
        os.close(self._slave)
        os.close(self._master)

    def read(self, seconds: float) -> bytes:
        """Return the bytes that arrive within `seconds`; empty if none do."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return b""
        self.data += data
        self._take(data)
        return data

    def _take(self, data: bytes) -> None:
        self._stream.feed(data)

    def until(self, what: str, condition: Callable[[str], bool]) -> None:
        """Wait until the screen meets `condition`."""
        end = time.monotonic() + DEADLINE
        while not condition(self.text):
            if time.monotonic() > end:
                raise AssertionError(f"not within {DEADLINE:g} s: {what}\n{self.text}")
            self.read(0.05)

    def shows(self, text: str) -> None:
        """Wait until the screen shows `text`."""
        self.until(f"shows {text!r}", lambda screen: text in screen)

    def ended(self, reading: bool = True) -> tuple[int, float]:
        """Wait for the end of the program, and read its output until then.

        Return the exit code (negative for a signal), and the seconds since this call. The time in which the program was
        ready to run but got no core is not counted.
        """
        begin, began_waiting = time.monotonic(), self._seconds_without_core()
        waited = 0.0
        while time.monotonic() - begin < DEADLINE:
            waited = max(waited, self._seconds_without_core() - began_waiting)
            if (code := self._exit_code()) is not None:
                took = time.monotonic() - begin - waited
                while reading and not self.closed and self.read(0):
                    pass
                return code, took
            if self.closed or not reading:
                time.sleep(0.01)
            else:
                self.read(0.01)
        raise AssertionError(f"it did not end within {DEADLINE:g} s\n{self.text}")

    def _exit_code(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self._fork:
            return self._fork.exitcode
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def _seconds_without_core(self) -> float:
        """Return for how long the main thread was ready to run but waited for a core; 0 if that is unknown."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0


def _program(place: str, arguments: Sequence[str], variables: dict[str, str], working: Path) -> None:
    """Run the program in this process on the terminal `place`, as if a shell had started it there."""
    os.setsid()
    # The first terminal that the leader of a session opens becomes that of the session.
    terminal = os.open(place, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(terminal, descriptor)
    os.closerange(3, 256)
    as_program(arguments, variables, working)
