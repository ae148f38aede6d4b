"""Keys that arrive in one read, as on a slow line: they go to the widget that the key before them opened."""

import os
import resource
from pathlib import Path

import pytest

from tests.terminal.pty_run import FORKED, INSTALLED, Terminal, copies, environment
from tests.terminal.test_life import QUIT_SECONDS

COMMANDS = "Keys and commands"
"""The title of the list of commands."""


@pytest.mark.parametrize(
    ("keys", "parts", "absent"),
    [
        ("/server:web\r*", ("server:web", "marked"), "server:web*"),
        ("/server:web servr:x\r*", ("Mark all ", "TIME UTC ▼", "  web-cn-", " match"), "marked"),
        pytest.param("/q", ("/ q", "match"), "Quit", marks=pytest.mark.full),
        ("jsl \x1b/q", ("/ q", "match"), "Quit"),
        ("jjyq", ("this view: sent to the terminal",), "─ Copy · "),
        pytest.param("jjVq", ("Name:", "q"), "hcloud", marks=pytest.mark.full),
        (
            ":oldest first\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7fload the rest\r",
            ("all 2,500",),
            COMMANDS,
        ),
        pytest.param(":sort by this\r", ("oldest first",), COMMANDS, marks=pytest.mark.full),
        ("F\rl", ("err:=", "match"), "values"),
        pytest.param("Vmine\x1b", ("2,500 failed",), "Save view", marks=pytest.mark.full),
        pytest.param("ytt", ("task id: sent to the terminal",), "─ Copy · ", marks=pytest.mark.full),
        pytest.param("Vx", ("Name:", "x"), "hcloud", marks=pytest.mark.full),
    ],
)
def test_each_key_goes_to_what_the_one_before_it_opened(keys: str, parts: tuple[str, ...], absent: str) -> None:
    with Terminal([FORKED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send(keys)
        terminal.until(f"{parts}, not {absent}", lambda text: all(p in text for p in parts) and absent not in text)
        terminal.send("\x03")
        assert terminal.ended()[0] == 130


def test_a_paste_waits_for_the_key_before_it() -> None:
    with Terminal([FORKED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("/\x1b[200~op:reset\x1b[201~\r")
        terminal.until("it is the filter", lambda text: " op:reset " in text and "match" in text)
        terminal.send("\x03")
        assert terminal.ended()[0] == 130


def cpu_seconds(terminal: Terminal | None) -> float:
    """Return the CPU time of the program that runs and of all that have ended: what else runs here does not count."""
    of_ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = of_ended.ru_utime + of_ended.ru_stime
    if terminal is not None:
        fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


HEAPS = {
    "a held key": "j" * 3000,
    "two moves": "jk" * 1500,
    "escape sequences": "\x1b[B" * 1000,
    "moves in the groups": "fj" + "j" * 1000,
    "sorts and marks": "sl jS h" * 400,
    "groups, opened and closed": "f\x1b" * 1000,
    "after a dialog": "y\x1b" + "Ggtvd=[" * 400,
}


QUICK = ("a held key", "groups, opened and closed", "after a dialog")


@pytest.mark.parametrize(
    "heap", [heap if heap in QUICK else pytest.param(heap, marks=pytest.mark.full) for heap in HEAPS]
)
def test_keys_that_were_typed_ahead_do_not_delay_q(heap: str) -> None:
    with Terminal([INSTALLED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        before = cpu_seconds(terminal)
        terminal.send(HEAPS[heap] + "q")
        assert terminal.ended()[0] == 0
        assert cpu_seconds(None) - before < QUIT_SECONDS


def test_keys_that_were_typed_ahead_do_not_delay_ctrl_c() -> None:
    with Terminal([INSTALLED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("jksC\x1b" * 300 + "\x03")
        ended, seconds = terminal.ended()
        assert ended == 130
        assert seconds < QUIT_SECONDS


def test_moves_that_were_typed_ahead_end_where_each_alone_would() -> None:
    with Terminal([FORKED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("kkjjjjjkkjjjy")
        terminal.shows("─ Copy · ")
        terminal.send("t")
        terminal.shows("task id: sent to the terminal")
        far = copies(terminal.data)[-1]
        terminal.send("g")
        for key in "jjjjjj":
            terminal.send(key)
            terminal.read(0.2)
        terminal.send("yt")
        terminal.until("the second copy", lambda _: len(copies(terminal.data)) > 1)
        assert copies(terminal.data)[-1] == far
        terminal.send("q")
        assert terminal.ended()[0] == 0
