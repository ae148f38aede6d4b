"""Faults of the terminal and unusual input while a service hangs: rows 70, 71 and 77 to 80."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.case import GOOD
from tests.faults.hostile import Server, always, drips, hangs, in_turn
from tests.faults.matrix import fault, identity
from tests.faults.test_network import attempts, black_hole
from tests.loopback import Reply, Request, listing, row, serving_in_a_thread
from tests.program import PATIENCE, TOKEN
from tests.terminal.pty_run import INSTALLED, Terminal, disallowed, environment
from tests.terminal.test_life import assert_restored

QUIT_SECONDS, GONE_SECONDS = PATIENCE * 0.5, PATIENCE * 2.0
ASKING = "Loading failed tasks"
HUNG: dict[str, Server] = {"hung": always(hangs), "drip": always(drips)}


@contextmanager
def program(endpoint: str, *arguments: str, ignore_hangup: bool = False) -> Iterator[Terminal]:
    """Yield the program in a terminal, connected to a service."""
    env = environment(KPS_TUI_ENDPOINT=endpoint, KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN=TOKEN)
    with Terminal([INSTALLED, *arguments], columns=140, env=env, ignore_hangup=ignore_hangup) as terminal:
        yield terminal
        assert TOKEN.encode() not in terminal.data


def quits(terminal: Terminal, key: str = "q", code: int = 0) -> None:
    """Press a key, and check that the program ends at once."""
    terminal.send(key)
    ended, seconds = terminal.ended()
    assert ended == code
    assert seconds < QUIT_SECONDS
    assert_restored(terminal)
    assert disallowed(terminal.data) == ""


@pytest.mark.parametrize("variant", HUNG, ids=lambda variant: identity(71, variant))
def test_a_service_that_hangs_does_not_delay_the_end(variant: str) -> None:
    with serving_in_a_thread(HUNG[variant]) as server, program(server.endpoint) as terminal:
        terminal.shows(ASKING)
        terminal.until("it was asked", lambda _: len(server.requests) == 1)
        quits(terminal)


@pytest.mark.parametrize("key", ["r", "G", "R"], ids=lambda key: identity(71, key))
def test_a_load_that_hangs_does_not_delay_the_end(key: str) -> None:
    first = in_turn(three_of_nine, always(hangs))
    with serving_in_a_thread(first) as server, program(server.endpoint) as terminal:
        terminal.shows("3 of 9 loaded")
        terminal.send(key)
        terminal.until("it was asked again", lambda _: len(server.requests) > 1)
        quits(terminal, "\x03", 130)


@fault(71, "black-hole")
def test_a_connection_that_hangs_does_not_delay_the_end(fault_id: str) -> None:
    with black_hole() as endpoint:
        before = attempts(endpoint)
        with program(endpoint) as terminal:
            terminal.until("it tries to connect", lambda _: attempts(endpoint) > before)
            quits(terminal)


@fault(71, "list")
def test_ctrl_c_ends_a_list_that_hangs(fault_id: str) -> None:
    with serving_in_a_thread(always(hangs)) as server, program(server.endpoint, "list") as terminal:
        terminal.until("it was asked", lambda _: len(server.requests) == 1)
        terminal.send("\x03")
        code, seconds = terminal.ended()
        assert code == 130
        assert seconds < QUIT_SECONDS
        assert b"Traceback" not in terminal.data


def three_of_nine(request: Request) -> Reply:
    """Three rows of nine."""
    answer = GOOD(request)
    assert isinstance(answer, bytes)
    return answer.replace(b'"total": 3', b'"total": 9')


class Switch:
    """Keeps connections open after a response until the network is switched; then it has one more task."""

    def __init__(self) -> None:
        self.switched = threading.Event()
        self.gone = threading.Event()

    def __call__(self, request: Request) -> Reply:
        rows = [row(number) for number in range(3 + self.switched.is_set())]
        kept = listing(rows)(request).replace(b"Connection: close", b"Connection: keep-alive")

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(kept)
            await writer.drain()
            await asyncio.to_thread(self.switched.wait, 60)
            writer.transport.abort()
            self.gone.set()

        return handler


@fault(70)
def test_a_kept_connection_that_is_gone_is_no_fault(fault_id: str) -> None:
    switch = Switch()
    with serving_in_a_thread(switch) as server, program(server.endpoint) as terminal:
        terminal.shows("3 failed")
        switch.switched.set()
        assert switch.gone.wait(30)
        terminal.send("r")
        terminal.shows("4 failed")
        assert "can't reach" not in terminal.text
        # Whether the request for running tasks finds the first connection gone depends on when that happens.
        assert server.connections <= 3
        assert len(server.requests) == 2
        quits(terminal)


SIGNALS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: identity(77, number.name))
def test_a_signal_during_a_request(number: signal.Signals) -> None:
    with serving_in_a_thread(always(hangs)) as server, program(server.endpoint) as terminal:
        terminal.shows(ASKING)
        terminal.until("it was asked", lambda _: len(server.requests) == 1)
        terminal.signal(number)
        code, seconds = terminal.ended()
        assert code == SIGNALS[number]
        assert seconds < QUIT_SECONDS
        assert_restored(terminal)


@fault(77, "SIGQUIT")
def test_quit_puts_the_terminal_back(fault_id: str) -> None:
    with serving_in_a_thread(always(hangs)) as server, program(server.endpoint) as terminal:
        terminal.shows(ASKING)
        terminal.signal(signal.SIGQUIT)
        assert terminal.ended()[0] == 131
        assert_restored(terminal)


@fault(77, "SIGTSTP")
def test_a_stop_during_a_request_gives_the_terminal_back(fault_id: str) -> None:
    with serving_in_a_thread(always(hangs)) as server:
        env = environment(PS1="shell> ", KPS_TUI_ENDPOINT=server.endpoint, KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN=TOKEN)
        with Terminal(["bash", "--norc", "--noprofile", "-i"], columns=140, env=env) as terminal:
            terminal.shows("shell>")
            terminal.send(f"{INSTALLED}\n")
            terminal.shows(ASKING)
            terminal.send("\x1a")
            terminal.shows("Stopped")
            left = len(terminal.data)
            terminal.send("fg\n")
            terminal.until("it draws again", lambda _: ASKING.encode() in terminal.data[left:])
            terminal.send("q")
            terminal.until("back in the shell", lambda _: terminal.data.endswith(b"shell> "))
            terminal.send("echo code=$?\n")
            terminal.shows("code=0")
            terminal.send("exit\n")
            assert terminal.ended()[0] == 0


@fault(77, "SIGCONT")
def test_a_program_that_was_frozen_goes_on(fault_id: str) -> None:
    with serving_in_a_thread(GOOD) as server, program(server.endpoint) as terminal:
        terminal.shows("3 failed")
        terminal.signal(signal.SIGSTOP)
        terminal.signal(signal.SIGCONT)
        terminal.send("?")
        terminal.shows("Keys")
        assert terminal.data.count(b"\x1b[?1049h") == 1
        terminal.send("\x1b")
        terminal.until("the help is closed", lambda text: "─ Keys ─" not in text)
        quits(terminal)


@pytest.mark.parametrize("ignored", [False, True], ids=lambda ignored: identity(78, "ignored" if ignored else ""))
def test_a_terminal_that_is_gone_ends_a_hung_program(ignored: bool) -> None:
    with (
        serving_in_a_thread(always(hangs)) as server,
        program(server.endpoint, ignore_hangup=ignored) as terminal,
    ):
        terminal.shows(ASKING)
        terminal.close()
        code, seconds = terminal.ended()
        assert code == 129
        assert seconds < GONE_SECONDS


CRASHING = """
import sys
from kps_tui.cli.messages import crash_report
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.place import Place
from kps_tui.session.target import Target
from kps_tui.ui.app import KpsApp
from kps_tui.session.session import Session

class Crashing(KpsApp):
    def get_system_commands(self, screen):
        token = sys.argv[2]
        raise RuntimeError(token)

    def on_key(self, event):
        if event.key == "x":
            self.get_system_commands(self.screen)

origin = Endpoint.parse(sys.argv[1])
target = Target(Place(origin, origin, "", "p"), Token.parse(Secret(sys.argv[2]), "x"), "a test")
app = Crashing(Session.on(target), report=crash_report)
app.run(mouse=False)
sys.exit(app.return_code)
"""


@fault(79)
def test_a_crash_in_a_handler_shows_no_locals(fault_id: str) -> None:
    with (
        serving_in_a_thread(GOOD) as server,
        Terminal([sys.executable, "-c", CRASHING, server.endpoint, TOKEN], columns=140) as terminal,
    ):
        terminal.shows("3 failed")
        terminal.send("x")
        assert terminal.ended()[0] == 70
        assert_restored(terminal)
        left = terminal.data[terminal.data.rindex(b"\x1b[?1049l") :]
        assert b"bug in kps-tui: RuntimeError at" in left
        assert TOKEN.encode() not in terminal.data
        assert server.requests[0].headers["x-auth-token"] == TOKEN


REDIRECTIONS = {"stdin": "< /dev/null", "stdout": "| cat", "stderr": "2> err", "closed": "<&-"}


@pytest.mark.parametrize("variant", REDIRECTIONS, ids=lambda variant: identity(80, variant))
def test_without_a_terminal_nothing_is_drawn(variant: str, tmp_path: os.PathLike[str]) -> None:
    env = environment(KPS_TUI_ENDPOINT="http://127.0.0.1:9", KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN=TOKEN)
    script = f"cd {tmp_path} && set -o pipefail; {INSTALLED} {REDIRECTIONS[variant]}; echo code=$?; cat err 2>/dev/null"
    with Terminal(["bash", "-c", script], columns=140, env=env) as terminal:
        assert terminal.ended()[0] in (0, 1)
        assert b"code=2" in terminal.data
        assert b"list --format plain" in terminal.data
        assert b"\x1b" not in terminal.data


@fault(80)
def test_without_any_terminal_nothing_is_drawn(fault_id: str) -> None:
    env = environment(KPS_TUI_ENDPOINT="http://127.0.0.1:9", KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN=TOKEN)
    ended = subprocess.run([INSTALLED], env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert len(ended.stderr.splitlines()) == 1
    assert b"\x1b" not in ended.stderr
