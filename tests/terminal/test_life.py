"""Starting and ending the program, and the state of the terminal afterwards."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.terminal.pty_run import DEADLINE, INSTALLED, Terminal, disallowed, environment

WHEEL = os.environ.get("KPS_TUI_WHEEL_COMMAND")
COMMANDS = [INSTALLED] + ([WHEEL] if WHEEL else [])
MODES_ON = (b"\x1b[?1049h", b"\x1b[?2004h", b"\x1b[?1004h")
QUIT_SECONDS = 3 * 0.5
"""Three times the promised time for `q`."""
IDLE_SECONDS = 3
"""The program may wake up once a second."""
CLOSED_SECONDS = 3 * 2.0
"""Three times the promised time for a terminal that hung up."""


def assert_restored(terminal: Terminal) -> None:
    """Check that the modes, the screen and the cursor of the terminal are restored."""
    assert terminal.after == terminal.before
    for on in MODES_ON:
        if on in terminal.data:
            off = on[:-1] + b"l"
            assert terminal.data.rindex(off) > terminal.data.rindex(on), on
    assert terminal.data.rindex(b"\x1b[?25h") > terminal.data.rindex(b"\x1b[?25l")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x03", 130)])
def test_the_demo_opens_and_a_key_ends_it(command: str, key: str, code: int) -> None:
    with Terminal([command, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        assert "DEMO" in terminal.text
        assert "q Quit" in terminal.text
        terminal.send(key)
        ended, seconds = terminal.ended()
        assert ended == code
        assert seconds < QUIT_SECONDS
        assert_restored(terminal)
        assert disallowed(terminal.data) == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_restores_the_terminal(number: int, code: int) -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.signal(number)
        assert terminal.ended()[0] == code
        assert_restored(terminal)


@pytest.mark.parametrize("ignore_hangup", [False, True])
def test_a_closed_terminal_ends_the_process(ignore_hangup: bool) -> None:
    with Terminal([INSTALLED, "--demo"], ignore_hangup=ignore_hangup) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.close()
        code, seconds = terminal.ended()
        assert code == 129
        assert seconds < CLOSED_SECONDS


@pytest.mark.parametrize("arguments", [["--demo"], []])
def test_a_dumb_terminal_is_told_what_to_use(arguments: list[str]) -> None:
    with Terminal([INSTALLED, *arguments], env=environment(TERM="dumb")) as terminal:
        assert terminal.ended()[0] == 2
        assert b"list --format plain" in terminal.data
        assert b"\x1b" not in terminal.data


def test_nothing_is_sent_while_nothing_happens() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        while terminal.read(0.5):
            pass
        assert terminal.read(2) == b""


def test_suspend_gives_the_terminal_back_and_fg_returns() -> None:
    with Terminal(["bash", "--norc", "--noprofile", "-i"], env=environment(PS1="shell> ")) as terminal:
        terminal.shows("shell>")
        terminal.send(f"{INSTALLED} --demo\n")
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("\x1a")
        terminal.shows("Stopped")
        left = len(terminal.data)
        terminal.send("fg\n")
        terminal.until("the program draws again", lambda _: b"1,000 of 2,500 loaded" in terminal.data[left:])
        assert b"Server login credential" in terminal.data[left:]
        terminal.send("q")
        terminal.until("back in the shell", lambda _: terminal.data.endswith(b"shell> "))
        terminal.send("echo code=$?\n")
        terminal.shows("code=0")
        terminal.send("exit\n")
        assert terminal.ended()[0] == 0


def test_where_no_shell_could_bring_it_back_it_is_not_suspended() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("\x1a")
        terminal.shows("no shell here to resume from")
        terminal.send("q")
        assert terminal.ended()[0] == 0


@pytest.mark.parametrize(
    "variable", [{"NO_COLOR": "1"}, {"TERM": "vt100"}, {"TERM": "vt220", "COLORTERM": "truecolor"}]
)
def test_without_colours_no_colour_is_sent(variable: dict[str, str]) -> None:
    with Terminal([INSTALLED, "--demo"], env=environment(**variable)) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        codes = {
            code
            for part in terminal.data.split(b"\x1b[")[1:]
            if b"m" in part
            for code in part.split(b"m")[0].split(b";")
        }
        assert codes & {b"31", b"32", b"33", b"34", b"38", b"48", b"44"} == set()


@pytest.mark.parametrize("name", ["linux", "vt100"])
def test_an_old_terminal_scrolls_by_its_own_sequences(name: str) -> None:
    with Terminal([INSTALLED, "--demo"], env=environment(TERM=name)) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.shows("replace")
        first = next(line for line in terminal.text.splitlines() if "replace" in line)[:80]
        terminal.send("j" * terminal.screen.lines)
        terminal.until("the first task is out of sight", lambda text: first not in text)
        for _ in range(5):
            # One at a time: moves that were typed ahead are made at once.
            terminal.send("j")
            terminal.read(DEADLINE)
            while terminal.read(0.1):
                pass
        assert b"\x1b[M" in terminal.data
        assert not re.search(rb"\x1b\[[0-9]*[ST]", terminal.data), "the Linux console does not know these"
        while terminal.read(0.5):
            pass
        before = terminal.text
        terminal.send("\x0c")
        terminal.until("it is cleared", lambda _: b"\x1b[2J" in terminal.data)
        terminal.until("the same again", lambda text: text == before)
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_idle_it_does_not_wake_up() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        end = time.monotonic() + DEADLINE
        # It prepares filters and groups for a while.
        while woken(terminal, IDLE_SECONDS) > IDLE_SECONDS:
            assert time.monotonic() < end, "it never rests"
        assert woken(terminal, IDLE_SECONDS) <= IDLE_SECONDS


def woken(terminal: Terminal, seconds: float) -> int:
    """Return how often the threads of the program have waited within some seconds."""
    before, end = wake_ups(terminal.pid), time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.1)
    return wake_ups(terminal.pid) - before


def wake_ups(pid: int) -> int:
    """Return how often the threads of a process have waited so far."""
    threads = [(path / "status").read_text() for path in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(thread.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for thread in threads)


@pytest.mark.parametrize("wanted", [b"", b"\x1b[?1049h", b"DEMO"])
def test_a_signal_during_the_start_leaves_no_wreck(wanted: bytes) -> None:
    """At any time: before the first frame the program may end at once, after that it restores everything."""
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.until("started so far", lambda _: wanted in terminal.data)
        terminal.signal(signal.SIGTERM)
        assert terminal.ended()[0] in (143, -signal.SIGTERM)
        assert terminal.after == terminal.before
        assert terminal.data.count(b"\x1b[?1049h") == terminal.data.count(b"\x1b[?1049l")
