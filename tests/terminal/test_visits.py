"""Visits of the real program, one process after the other: what each one finds, and the line that it leaves."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live_app import Service
from tests.loopback import listing, row, serving_in_a_thread
from tests.terminal.pty_run import FORKED, Terminal, disallowed, environment

TOO_LATE = 1_900_000_000_000
"""A time after every test, so that a task with it is later than the visit before."""


def rows(*which: int) -> list[dict[str, Any]]:
    """Rows by number; a higher number is an older task, and each has a server of its own."""
    return [row(number, server_id=f"server-{number}") for number in which]


def came(number: int, **other: Any) -> dict[str, Any]:
    return row(number, task_time=str(TOO_LATE - number * 1000), server_id=f"server-{number}") | other


@dataclass
class Host:
    """A service whose list the test changes, and a home in which each run finds what the one before left."""

    service: Service
    env: dict[str, str]

    def visit(self) -> Terminal:
        return Terminal([FORKED], env=self.env)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    service = Service(listing(rows(*range(10, 22))))
    with serving_in_a_thread(service) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": "p", "KPS_TUI_TOKEN": "t"}
        yield Host(service, environment(XDG_STATE_HOME=str(tmp_path), **named))


def signs(terminal: Terminal) -> str:
    """The first cell of the gutter of each row from top to bottom."""
    shown = terminal.text.splitlines()
    top = next((at for at, line in enumerate(shown) if "TIME" in line), len(shown))
    return "".join(line[0] for line in shown[top + 1 : top + 6])


def leave(terminal: Terminal, how: Callable[[], None], code: int) -> str:
    """End the program; return the line that stays."""
    how()
    assert terminal.ended()[0] == code
    left = terminal.data[terminal.data.rindex(b"\x1b[?1049l") :]
    assert disallowed(left) == ""
    return next((line for line in left.decode().splitlines() if "kps-tui " in line), "")


def test_each_visit_finds_what_came_since_the_last_and_what_was_acknowledged(host: Host) -> None:
    with host.visit() as terminal:
        terminal.shows("first visit")
        terminal.shows("12 failed")
        line = leave(terminal, lambda: terminal.send("q"), 0)
        assert line.endswith(" p: 12 failed, first visit, 0 acknowledged, 12 open (all loaded)")
    host.service.reply = listing([came(1), came(2), *rows(*range(10, 22))])
    with host.visit() as terminal:
        terminal.shows("2 new since ")
        terminal.until("two are new", lambda _text: signs(terminal) == "++   ")
        terminal.send("g")
        terminal.send("n")
        terminal.send("a")
        terminal.shows("Note (optional)")
        terminal.send("INC-4711\r")
        terminal.until("one is acknowledged", lambda _text: signs(terminal) == "+✓   ")
        line = leave(terminal, lambda: terminal.signal(signal.SIGTERM), 143)
        assert line.endswith(" p: 14 failed, 2 new, 1 acknowledged, 13 open (all loaded)")
    with host.visit() as terminal:
        terminal.shows("nothing new since ")
        terminal.until("it stays acknowledged", lambda _text: signs(terminal) == " ✓   ")
        line = leave(terminal, lambda: terminal.send("\x03"), 130)
        assert line.endswith(" p: 14 failed, 0 new, 1 acknowledged, 13 open (all loaded)")
    again = came(0, server_id="server-2", operate_type=row(2)["operate_type"])
    host.service.reply = listing([again, came(1), came(2), *rows(*range(10, 22))])
    with host.visit() as terminal:
        terminal.shows("1 new since ")
        terminal.until("the repeat lifts it", lambda _text: signs(terminal) == "+    ")
        terminal.signal(signal.SIGHUP)
        assert terminal.ended()[0] == 129


def test_a_ledger_that_cannot_be_written_is_said_once_in_the_terminal(host: Host) -> None:
    folder = Path(host.env["XDG_STATE_HOME"]) / "kps-tui"
    with host.visit() as terminal:
        terminal.shows("first visit")
        terminal.shows("12 failed")
        folder.mkdir(exist_ok=True)
        (folder / "ledger.sqlite3").mkdir()
        terminal.send("q")
        assert terminal.ended()[0] == 0
        left = terminal.data[terminal.data.rindex(b"\x1b[?1049l") :].decode()
    assert left.count("ledger.sqlite3") == 1
    assert "can't be used" in left


def test_a_terminal_that_does_not_read_keeps_neither_the_end_nor_the_record(host: Host) -> None:
    with host.visit() as terminal:
        terminal.shows("12 failed")
        terminal.signal(signal.SIGTERM)
        assert terminal.ended(reading=False)[0] == 143
    with host.visit() as terminal:
        terminal.shows("nothing new since ")
