"""A window that is resized continuously, from much too small to very large, faster than it can be drawn."""

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
