"""The watch on a slow line: little is sent if nothing changed, and the title of the window is restored."""

import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live_app import Service
from tests.loopback import Loopback, http, listing, row, serving_in_a_thread
from tests.terminal.pty_run import ALLOWED, DEADLINE, Terminal, disallowed, environment

SECONDS = 0.2
"""Seconds between two loads."""
MOST_BYTES = 250
"""Of the line with the time of the last reading, at most once for each reading."""
MOST_BYTES_A_TICK = 40
"""Of a second in which a request waits for its answer."""
PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from kps_tui.identity.vault import Vault
from kps_tui.session.resolve import load_context
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
settings = Settings()
app = KpsApp(Session(load_context(settings), Vault(), None), settings, watch_seconds=float(sys.argv[1]))
app.run(mouse=False)
sys.exit(app.return_code)
"""
TITLE = re.compile(rb"\x1b\]2;([^\x07]*)\x07")
PUT_AWAY, GIVE_BACK = b"\x1b[22;2t", b"\x1b[23;2t"
ROWS = [row(number) for number in range(10, 50)]


@contextmanager
def watching(
    service: Service, home: Path, seconds: float = SECONDS, **variables: str
) -> Iterator[tuple[Terminal, Loopback]]:
    """Yield the program in a terminal, watching; one server of the list has an operation under way."""
    task = {"server_id": ROWS[0]["server_id"], "operate_type": "RUNNING_RESET", "task_time": ROWS[0]["task_time"]}
    running = http({"total": 1, "tasks": [task]})
    with serving_in_a_thread(service, running=lambda request: running) as server:
        env = environment(
            KPS_TUI_ENDPOINT=server.endpoint,
            KPS_TUI_PROJECT_ID="0" * 32,
            KPS_TUI_TOKEN="canary-token-91ab",
            XDG_STATE_HOME=str(home),
            **variables,
        )
        with Terminal([sys.executable, "-c", PROGRAM, str(seconds)], env=env) as terminal:
            terminal.shows("40 failed")
            terminal.send("w")
            terminal.shows("watch: ")
            yield terminal, server


def settled(terminal: Terminal, quiet: float = 0.5) -> int:
    """Wait until no bytes arrive for a while; return the number of all bytes so far."""
    end = time.monotonic() + DEADLINE
    while terminal.read(quiet):
        assert time.monotonic() < end, "it is never quiet"
    return len(terminal.data)


def read_until(terminal: Terminal, what: str, condition: Callable[[], bool]) -> None:
    terminal.until(what, lambda _screen: condition())


def asks(terminal: Terminal, server: Loopback, more: int) -> None:
    """Wait for `more` requests of the watch."""
    asked = len(server.requests)
    read_until(terminal, f"it asked {more} times more", lambda: len(server.requests) >= asked + more)


def test_only_the_time_is_sent_when_nothing_changed_and_little_when_something_did(tmp_path: Path) -> None:
    service = Service(listing(ROWS))
    with watching(service, tmp_path) as (terminal, server):
        asks(terminal, server, 2)
        before, asked = len(terminal.data), len(server.requests)
        read_until(terminal, "it asked ten times more", lambda: len(server.requests) >= asked + 10)
        sent = terminal.data[before:]
        assert re.search(rb"[0-9]", sent), "the time of the last reading moves"
        assert len(sent) < 10 * MOST_BYTES, sent
        service.reply = listing([row(9), *ROWS])
        terminal.shows("1 new")
        service.reply = listing([row(8), *ROWS])
        terminal.shows("23:52")  # The end of the timeline.
        asks(terminal, server, 2)
        after = len(terminal.data)
        assert TITLE.findall(terminal.data) == [b"kps-tui", b"(1 new) kps-tui"], "the same title is sent once"
        asked = len(server.requests)
        read_until(terminal, "it asked five times more", lambda: len(server.requests) >= asked + 5)
        assert len(terminal.data) - after < 5 * MOST_BYTES
        assert len(server.running_requests) >= len(server.requests) - 1, "each reading was followed by one request"
        terminal.send("w")
        read_until(terminal, "the title is given back", lambda: GIVE_BACK in terminal.data)
        terminal.send("q")
        assert terminal.ended()[0] == 0
        assert terminal.data.count(PUT_AWAY) == terminal.data.count(GIVE_BACK) == 1
        assert disallowed(terminal.data) == ""
        assert b"canary" not in terminal.data


@pytest.mark.parametrize("bell", [True, False])
def test_the_bell_rings_once_for_all_new_failures_of_a_reading_and_then_nothing_is_sent(
    bell: bool, tmp_path: Path
) -> None:
    configuration = tmp_path / "kps-tui" / "config.toml"
    configuration.parent.mkdir()
    configuration.write_text(f"bell = {str(bell).lower()}\n")
    service = Service(listing(ROWS))

    def rings(terminal: Terminal) -> int:
        return ALLOWED.sub(b"", terminal.data).count(b"\x07")

    with watching(service, tmp_path, 3600, XDG_CONFIG_HOME=str(tmp_path)) as (terminal, _server):
        for times, (first, new) in enumerate(((7, "3 new"), (4, "6 new")), 1):
            service.reply = listing([row(number) for number in range(first, 50)])
            terminal.send("r")
            terminal.shows(new)
            settled(terminal)
            assert rings(terminal) == times * bell
        terminal.send("r")
        settled(terminal)
        assert rings(terminal) == 2 * bell, "nothing is new"
        before = len(terminal.data)
        assert settled(terminal, 3) == before, "a watch that waits sends nothing"
        terminal.send("w")
        service.reply = listing([row(number) for number in range(1, 50)])
        terminal.send("r")
        terminal.shows("9 new")
        settled(terminal)
        assert rings(terminal) == 2 * bell, "it is not watched any more"
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_a_second_of_waiting_for_an_answer_takes_few_bytes(tmp_path: Path) -> None:
    service = Service(listing(ROWS))
    with watching(service, tmp_path, 3600) as (terminal, _server):
        service.open.clear()
        terminal.send("r")
        terminal.shows("no answer for 8 s")
        before = len(terminal.data)
        terminal.shows("no answer for 11 s")
        assert len(terminal.data) - before <= 3 * MOST_BYTES_A_TICK
        service.open.set()
        terminal.until("it is answered", lambda text: "no answer" not in text)
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_a_failure_is_sent_once(tmp_path: Path) -> None:
    service = Service(listing(ROWS))
    with watching(service, tmp_path) as (terminal, server):
        service.reply = lambda request: http({"error_code": "KPS.9003", "error_msg": "no"}, "403 X")
        terminal.shows("permission (403)")
        asked = len(server.requests)
        # Only the time of the next reading changes.
        before = settled(terminal, 0.2)
        read_until(terminal, "it asked again", lambda: len(server.requests) > asked)
        settled(terminal, 0.2)
        assert len(terminal.data) - before < 400
        assert len(terminal.screen.display) == 30
        terminal.send("q")
        assert terminal.ended()[0] == 0


@pytest.mark.parametrize(
    ("end", "code"),
    [
        pytest.param("q", 0, id="q"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param("\x03", 130, id="Ctrl+C", marks=pytest.mark.full),
        pytest.param(signal.SIGHUP, 129, id="SIGHUP", marks=pytest.mark.full),
        pytest.param(signal.SIGINT, 130, id="SIGINT", marks=pytest.mark.full),
    ],
)
def test_the_title_is_given_back_however_it_ends(end: str | int, code: int, tmp_path: Path) -> None:
    with watching(Service(listing(ROWS)), tmp_path, 3600) as (terminal, _server):
        assert PUT_AWAY in terminal.data
        if isinstance(end, str):
            terminal.send(end)
        else:
            terminal.signal(end)
        assert terminal.ended()[0] == code
        assert terminal.data.count(GIVE_BACK) == 1
        assert terminal.data.rindex(GIVE_BACK) > terminal.data.rindex(b"\x1b]2;")
        assert terminal.after == terminal.before
        assert disallowed(terminal.data) == ""


def test_without_watching_the_title_is_left_alone(tmp_path: Path) -> None:
    with watching(Service(listing(ROWS)), tmp_path, 3600) as (terminal, _server):
        began = terminal.data.index(PUT_AWAY)
        assert b"\x1b]2;" not in terminal.data[:began]
        assert b"40 failed" in terminal.data[:began]


def test_the_list_is_shown_at_the_next_start(tmp_path: Path) -> None:
    service = Service(listing(ROWS))
    with serving_in_a_thread(service) as server:
        env = environment(
            KPS_TUI_ENDPOINT=server.endpoint,
            KPS_TUI_PROJECT_ID="0" * 32,
            KPS_TUI_TOKEN="canary-token-91ab",
            XDG_STATE_HOME=str(tmp_path),
        )
        command = [sys.executable, "-m", "kps_tui"]
        with Terminal(command, env=env) as terminal:
            terminal.shows("40 failed")
            terminal.send("q")
            assert terminal.ended()[0] == 0
        service.open.clear()
        with Terminal(command, env=env) as terminal:
            terminal.shows("saved list, ")
            assert "40 failed" in terminal.text
            terminal.send("q")
            code, seconds = terminal.ended()
            assert code == 0
            assert seconds < 3 * 0.5
        with Terminal([*command, "--offline"], env=env) as terminal:
            asked = len(server.requests)
            terminal.shows("saved list, ")
            terminal.send("q")
            assert terminal.ended()[0] == 0
            assert len(server.requests) == asked
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "kps-tui").iterdir() if path.is_file()} == {0o600}
    for path in (tmp_path / "kps-tui").iterdir():
        assert b"canary" not in path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["kps-tui"]
