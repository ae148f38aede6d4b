"""A terminal that no longer reads, as behind a line that hangs: a key or a signal still ends the program."""

import signal
import time

import pytest

from tests.terminal.pty_run import DEADLINE, INSTALLED, Terminal

END_SECONDS = 3 * 2.0
"""Three times the promised time."""
STILL_SECONDS = 1.0
"""If nothing has been written for so long although keys arrive, the terminal is full."""


REDRAW = "\x0c"


def fill(terminal: Terminal) -> None:
    """Make the program draw, without reading, until nothing more fits into the terminal."""
    end, since, before = time.monotonic() + DEADLINE, time.monotonic(), -1
    while time.monotonic() - since < STILL_SECONDS:
        assert time.monotonic() < end, "the terminal is never full"
        terminal.send(REDRAW)
        time.sleep(0.05)
        if (now := terminal.unread()) != before:
            before, since = now, time.monotonic()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (signal.SIGHUP, 129),
        ("q", 0),
        pytest.param(signal.SIGTERM, 143, marks=pytest.mark.full),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.full),
        pytest.param("\x03", 130, marks=pytest.mark.full),
    ],
)
def test_a_terminal_that_does_not_read_does_not_delay_the_end(end: str | signal.Signals, code: int) -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        fill(terminal)
        if isinstance(end, str):
            terminal.send(end)
        else:
            terminal.signal(end)
        ended_with, seconds = terminal.ended(reading=False)
        assert ended_with == code
        assert seconds < END_SECONDS
        assert terminal.after == terminal.before


def test_a_terminal_that_reads_again_shows_the_whole_screen() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        fill(terminal)
        terminal.send("?")
        terminal.until("the help", lambda text: "without this value" in text and "Esc closes" in text)
        terminal.send("\x1b")
        terminal.until("the list", lambda text: "Esc closes" not in text and "q Quit" in text and "TIME" in text)
        terminal.send("q")
        assert terminal.ended()[0] == 0
