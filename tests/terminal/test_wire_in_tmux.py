"""The short output in a real terminal: tmux shows the same as after the whole screen was drawn again."""

import shlex
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyte
import pytest

from tests.terminal.emulator import Emulator
from tests.terminal.pty_run import INSTALLED, Terminal, environment
from tests.terminal.test_random_keys import seen
from tests.terminal.tmux import Tmux

WIDEST = 160
IDLE_SECONDS = 0.6
"""Longer than the timers that follow a key."""


class Screen:
    """The program in a window of tmux."""

    def __init__(self, tmux: Tmux) -> None:
        self.tmux = tmux
        variables = [f"{name}={value}" for name, value in environment().items() if name != "TERM"]
        shell = shlex.join(["env", *variables, "bash", "--norc", "--noprofile"])
        tmux.run("respawn-window", "-k", shell)
        self.type(f"{shlex.quote(INSTALLED)} --demo --mouse", "Enter")
        self.shows("1,000 of 2,500 loaded")

    def captured(self) -> str:
        return self.tmux.run("capture-pane", "-p")

    def shows(self, text: str) -> None:
        self.tmux.until(text, lambda: text in self.captured())

    def type(self, *keys: str) -> None:
        self.tmux.run("send-keys", *keys)

    def mark(self, count: int) -> None:
        """Mark another task, after which so many are marked. Then all keys before it have had their effect."""
        self.type("Space")
        self.shows(f"{count} marked")

    def settle(self) -> None:
        """Wait until the program has waited for so long that no timer of it is left."""
        shell = self.tmux.run("display-message", "-p", "#{pane_pid}").strip()
        switches, since = -1, 0.0

        def is_idle() -> bool:
            nonlocal switches, since
            (program,) = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
            threads = []
            for path in Path(f"/proc/{program}/task").iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):
                    threads.append((path / "status").read_text())
            now = sum(int(thread.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for thread in threads)
            # A thread that waits for the processor is not idle.
            if now != switches or not all("\nState:\tS" in thread for thread in threads):
                switches, since = now, time.monotonic()
            return time.monotonic() - since > IDLE_SECONDS

        self.tmux.until("nothing is left to do", is_idle)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Return what a person sees, once the program has nothing left to do."""
        self.settle()
        lines = self.tmux.run("capture-pane", "-peN").rstrip("\n").split("\n")
        screen = Emulator(WIDEST, len(lines))
        pyte.Stream(screen).feed("\r\n".join(lines))
        return [[seen(screen.buffer[row][column]) for column in range(WIDEST)] for row in range(len(lines))]

    def is_whole(self) -> None:
        """Check that everything is shown as if it were drawn anew."""
        before = self.cells()
        self.type("C-l")
        after = self.cells()
        different = [
            (row, column, was, cell)
            for row, (old, new) in enumerate(zip(before, after, strict=True))
            for column, (was, cell) in enumerate(zip(old, new, strict=True))
            if was != cell
        ]
        assert different == []


def stripped(text: str) -> list[str]:
    """Return the lines of a screen without the blanks at their ends."""
    return [line.rstrip() for line in text.removesuffix("\n").split("\n")]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with Tmux(tmp_path / "socket") as tmux:
        yield Screen(tmux)


def test_keys_sizes_mouse_and_pasted_text(screen: Screen) -> None:
    screen.type(*"jjjkj", "NPage", "k", "s")
    screen.mark(1)
    screen.is_whole()
    screen.type("?")
    screen.shows("Esc closes")
    screen.is_whole()
    screen.type("Escape")
    for number, (width, height) in enumerate(((120, 40), (61, 16), (80, 24)), 2):
        screen.tmux.run("resize-window", "-x", str(width), "-y", str(height))
        screen.tmux.until("the footer", lambda: "q Quit" in stripped(screen.captured())[-1])
        screen.type("j")
        screen.mark(number)
        screen.is_whole()
    screen.type("-l", "\x1b[<65;20;12M\x1b[<65;20;12M\x1b[<0;20;9M\x1b[<0;20;9m")
    screen.type("u")
    screen.tmux.until("nothing is marked", lambda: "marked" not in screen.captured())
    screen.is_whole()
    screen.type("/")
    screen.tmux.run("set-buffer", "server:api 订单")
    screen.tmux.run("paste-buffer", "-p")
    screen.shows("server:api 订单")
    screen.shows("0 match")
    screen.is_whole()


def test_after_fg_and_after_another_program_wrote_to_the_terminal(screen: Screen) -> None:
    before = screen.cells()
    screen.type("C-z")
    screen.shows("Stopped")
    screen.type("fg", "Enter")
    screen.shows("1,000 of 2,500 loaded")
    assert screen.cells() == before
    with Path(screen.tmux.run("display-message", "-p", "#{pane_tty}").strip()).open("w") as terminal:
        terminal.write("\x1b[5;10Ha message\x1b[31m for all")
    screen.shows("a message for all")
    screen.type("C-l")
    assert screen.cells() == before


def test_a_terminal_that_is_attached_again_shows_everything(screen: Screen) -> None:
    attach = ["tmux", "-u", "-S", str(screen.tmux.socket), "attach"]
    with Terminal(attach, columns=80, rows=25) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("\x02d")
        assert terminal.ended()[0] == 0
    screen.type(*"jjj", "NPage", "k")
    screen.mark(1)
    screen.is_whole()
    for columns, rows in ((80, 25), (120, 41)):
        with Terminal(attach, columns=columns, rows=rows) as terminal:
            terminal.until("the footer, and the line of tmux", lambda text: "? Help" in text.split("\n")[-2])
            screen.is_whole()
            # The last line is tmux's own.
            terminal.until("what tmux has", lambda text: stripped(text)[:-1] == stripped(screen.captured()))
            terminal.send("\x02d")
            assert terminal.ended()[0] == 0
