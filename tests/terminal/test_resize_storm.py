"""A window that is resized continuously, from much too small to very large, faster than it can be drawn."""

import sys
from random import Random

from tests.terminal.pty_run import FORKED, Terminal, disallowed
from tests.terminal.test_life import assert_restored


def test_the_last_size_is_drawn_whole_and_the_terminal_is_given_back() -> None:
    random = Random(0)
    with Terminal([FORKED, "--demo"], columns=100, rows=30) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        for before in ("", "F", "t", "/op:reset"):
            terminal.send(before)
            for _ in range(40):
                terminal.resize(random.randrange(20, 301), random.randrange(5, 101))
                terminal.read(random.random() / 50)
            terminal.resize(52, 12)
            terminal.shows("needs 60×15, has 52×12")
            terminal.resize(120, 36)
            terminal.until(f"after {before!r}", lambda text: "DEMO" in text and "needs" not in text)
            terminal.send("\x1b")
        terminal.send("\x03")
        assert terminal.ended()[0] == 130
        assert_restored(terminal)
        assert disallowed(terminal.data) == ""


RESIZED_MEANWHILE = """
import fcntl, struct, sys, termios
from textual.drivers.linux_driver import LinuxDriver
from kps_tui.cli import main

measure = LinuxDriver._get_terminal_size

def measure_and_resize(self):
    size = measure(self)
    if size == (90, 25):
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 52, 0, 0))
    return size

LinuxDriver._get_terminal_size = measure_and_resize
sys.argv[0] = "kps-tui"
main()
"""
"""The program in a terminal that is resized again after the program has read the size 90×25."""


def test_a_size_that_is_read_before_the_next_resize_is_not_the_last() -> None:
    with Terminal([sys.executable, "-c", RESIZED_MEANWHILE, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.resize(90, 25)
        terminal.screen.resize(12, 52)
        terminal.shows("needs 60×15, has 52×12")
