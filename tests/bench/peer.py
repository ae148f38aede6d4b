"""A program in a terminal, and the bytes and seconds of its answers to keys."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.terminal.pty_run import Terminal, environment
from tests.terminal.test_wire_bytes import Cells, cells

COLUMNS, ROWS = 120, 36
QUIET_SECONDS = 0.4
"""An answer is complete when nothing is sent for this time."""
DEADLINE_SECONDS = 120
DOWN, UP, PAGE_DOWN = "\x1b[B", "\x1b[A", "\x1b[6~"


class Answer(NamedTuple):
    """What a program sent after keys."""

    bytes: int
    seconds: float
    """From the keys to the last byte."""


class Peer(Terminal):
    """A terminal that emulates the output only when the screen is looked at, so that reading takes no time."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
        self._unseen = b""
        env = environment(COLORTERM="truecolor", **(variables or {}))
        super().__init__(command, columns=COLUMNS, rows=ROWS, env=env)

    def _take(self, data: bytes) -> None:
        self._unseen += data

    @property
    def text(self) -> str:
        """The screen as text."""
        unseen, self._unseen = self._unseen, b""
        self._stream.feed(unseen)
        return super().text

    @property
    def cells(self) -> Cells:
        """The cells of the screen with their styles."""
        assert self.text
        return cells(self)

    def press(self, keys: str, shows: str = "", quiet: float = QUIET_SECONDS) -> Answer:
        """Type keys, and read until nothing more is sent, and the screen shows a text."""
        size, began = len(self.data), time.perf_counter()
        last = began
        self.send(keys)
        while time.perf_counter() - last < quiet or (shows and shows not in self.text):
            assert time.perf_counter() - began < DEADLINE_SECONDS, f"{keys!r} is not answered\n{self.text}"
            if self.read(0.02):
                last = time.perf_counter()
        return Answer(len(self.data) - size, last - began)

    def quit(self) -> float:
        """Press `q`; return the seconds until the process has ended."""
        self.send("q")
        code, seconds = self.ended()
        assert code == 0, f"ended with {code}\n{self.text}"
        return seconds

    @property
    def memory(self) -> int:
        """The resident memory of the process, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    @property
    def cpu_seconds(self) -> float:
        """The seconds that a processor worked for the process, whatever other processes did meanwhile."""
        # The number of the clock as clock_getcpuclockid(3) makes it.
        return time.clock_gettime((~self.pid << 3) | 2)

    def idle(self, seconds: float) -> tuple[int, float]:
        """Return the bytes sent, and the times a second that a thread of the process woke up, while nothing happens."""
        size, woken = len(self.data), self._wakeups()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.read(0.1)
        return len(self.data) - size, (self._wakeups() - woken) / seconds

    def _wakeups(self) -> int:
        total = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            status = (thread / "status").read_text(encoding="ascii")
            total += int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
        return total


def seconds_until(peer: Peer, *shown: Callable[[str], bool]) -> list[float]:
    """Return when the screen first met each condition, in seconds from now.

    No condition may be met by the screen that first meets the one before: it would measure that one again.
    """
    began = time.perf_counter()
    found: list[float] = []
    for condition in shown:
        assert not (found and condition(peer.text)), f"a condition is met too soon\n{peer.text}"
        while not condition(peer.text):
            assert time.perf_counter() - began < DEADLINE_SECONDS, f"it does not start\n{peer.text}"
            peer.read(0.02)
        found.append(time.perf_counter() - began)
    return found


def module(name: str, python: str = sys.executable) -> list[str]:
    """Return the command for a peer: the module `name` of `tests.bench.peers`."""
    return [python, "-m", f"tests.bench.peers.{name}"]
