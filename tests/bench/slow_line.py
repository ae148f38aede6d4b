"""Runs the program in a terminal at the other end of a slow line, and measures how far the screen is behind the keys.

`uv run python -m tests.bench.slow_line` compares the program with `--plain-output`, which sends what Textual writes.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

import pyte

from tests.terminal.emulator import Emulator
from tests.terminal.pty_run import Terminal, environment

BITS_PER_SECOND = 128_000
ROUND_TRIP_SECONDS = 0.2
COLUMNS, ROWS = 120, 36
KEYS_PER_SECOND = 30
HELD_SECONDS = 5
DEADLINE_SECONDS = 180
QUIET_SECONDS = 1.5
"""After that time without a byte, everything has arrived."""
TASKS = 100_000


class SlowLine:
    """A line between a terminal and the user, of a given speed and latency.

    It takes everything at once, as the buffers of SSH do, so the program can't see that the line is slow.
    """

    def __init__(self, terminal: Terminal, bits_per_second: float, round_trip_seconds: float) -> None:
        self.screen = Emulator(COLUMNS, ROWS)
        """What the user sees."""
        self.most_behind = 0.0
        """The most seconds that bytes waited for the line."""
        self.bytes = 0
        self._terminal = terminal
        self._stream = pyte.ByteStream(self.screen)
        self._bytes_per_second = bits_per_second / 8
        self._one_way = round_trip_seconds / 2
        self._keys: deque[tuple[float, str]] = deque()
        self._output: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0
        """When the line will have sent everything that waits."""
        self._last_byte = time.monotonic()

    def type(self, keys: str) -> None:
        """Type keys at the user's end."""
        self._keys.append((time.monotonic() + self._one_way, keys))

    def run_until(self, what: str, condition: Callable[[], bool]) -> None:
        """Carry keys and output until `condition` holds."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"not within {DEADLINE_SECONDS} s: {what}\n{self.text}"
            self._carry()

    def run_for(self, seconds: float) -> None:
        """Carry keys and output for some seconds."""
        end = time.monotonic() + seconds
        self.run_until("the time is over", lambda: time.monotonic() >= end)

    def settle(self) -> float:
        """Carry until nothing is left. Return the seconds from now until the last byte arrived; not below 0."""
        began = time.monotonic()
        self.run_until("it is quiet", self._is_quiet)
        return max(0.0, self._last_byte - began)

    def forget(self) -> None:
        """Begin to count anew."""
        self.bytes, self.most_behind = 0, 0.0

    @property
    def text(self) -> str:
        """What the user sees."""
        return "\n".join(self.screen.display)

    def _is_quiet(self) -> bool:
        return not self._output and not self._keys and time.monotonic() - self._last_byte > QUIET_SECONDS

    def _carry(self) -> None:
        while self._keys and self._keys[0][0] <= time.monotonic():
            self._terminal.send(self._keys.popleft()[1])
        if data := self._terminal.read(0.005):
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + len(data) / self._bytes_per_second
            self.most_behind = max(self.most_behind, self._free_at - now)
            self.bytes += len(data)
            self._output.append((self._free_at + self._one_way, data))
        while self._output and self._output[0][0] <= time.monotonic():
            self._stream.feed(self._output.popleft()[1])
            self._last_byte = time.monotonic()


@dataclass(frozen=True)
class Followed:
    """How the screen at the end of the line followed the keys."""

    kilobytes: float
    most_behind_seconds: float
    """The most seconds that output waited for the line."""


def hold(line: SlowLine, key: str, seconds: float) -> Followed:
    """Hold a key down at the usual repeat rate."""
    line.forget()
    for _ in range(int(seconds * KEYS_PER_SECOND)):
        line.type(key)
        line.run_for(1 / KEYS_PER_SECOND)
    return Followed(round(line.bytes / 1000, 1), round(line.most_behind, 2))


def measure(*options: str) -> dict[str, object]:
    """Start the program with the demo, hold `j`, load all tasks, and hold `j` once more while they come."""
    command = [sys.executable, "-m", "kps_tui", "--demo", "--demo-tasks", str(TASKS), *options]
    with Terminal(command, columns=COLUMNS, rows=ROWS, env=environment()) as terminal:
        line = SlowLine(terminal, BITS_PER_SECOND, ROUND_TRIP_SECONDS)
        began = time.monotonic()
        line.run_until("the list is there", lambda: f"{TASKS:,} failed" in line.text)
        first = time.monotonic() - began
        line.settle()
        held = hold(line, "j", HELD_SECONDS)
        after = line.settle()
        began = time.monotonic()
        line.type("R")
        loading = hold(line, "j", HELD_SECONDS)
        line.run_until("everything is loaded", lambda: " of 100,000 loaded" not in line.text)
        line.settle()
        return {
            "first rows after, seconds": round(first, 2),
            "j held": asdict(held),
            "the last j shown after, seconds": round(after, 2),
            "j held while all tasks are loaded": asdict(loading),
            "all loaded after, seconds": round(time.monotonic() - began - QUIET_SECONDS, 2),
        }


if __name__ == "__main__":
    print(json.dumps({"kps-tui": measure(), "kps-tui --plain-output": measure("--plain-output")}, indent=2))
