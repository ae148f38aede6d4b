"""Faults before a response: name resolution, connections, certificates, TLS. Rows 1 to 3, 17 to 19."""

import asyncio
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.demo_app import running, screen_of, settled, target_at, until
from tests.faults.case import GOOD
from tests.faults.certificates import Authority, authority, old, self_signed
from tests.faults.matrix import fault, identity
from tests.faults.screens import AGE, words
from tests.faults.side_by_side import SideBySide
from tests.loopback import serving, serving_in_a_thread
from tests.program import PATIENCE, PROJECT, TOKEN, Ended, run
from tests.terminal.pty_run import Terminal, environment
from tests.ui.screens.driving import ids

CONNECT_SECONDS, QUIT_SECONDS = 5, 0.5
ABSENT = "https://kms.faults.invalid"
"""A reserved name that never resolves (RFC 6761)."""


def list_at(endpoint: str, folder: Path, *arguments: str, **environ: str) -> Ended:
    """Run `list` with a token."""
    named = {"KPS_TUI_ENDPOINT": endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": TOKEN}
    return run(folder, "list", "--format=json", "--debug", *arguments, environ=named | environ)


def one_line(ended: Ended, code: int, *said: str) -> None:
    """Check that a run printed nothing on stdout, and one sentence without a secret on stderr."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert len(ended.err.splitlines()) == 1, ended.err
    for part in said:
        assert part in ended.err
    for word in ("Traceback", "bug in", TOKEN):
        assert word not in ended.everything
    assert ended.err.strip().isprintable()


@contextmanager
def black_hole() -> Iterator[str]:
    """Yield an endpoint that ignores connection attempts, because its queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"
        for each in waiting:
            each.close()


def attempts(endpoint: str) -> int:
    """Return the number of pending connection attempts to `endpoint` on this machine."""
    port, waiting = f":{urlsplit(endpoint).port:04X}", "02"
    fields = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(field[2].endswith(port) and field[3] == waiting for field in fields)


@contextmanager
def greeting(data: bytes) -> Iterator[int]:
    """Yield the port of a server that sends `data` first, unlike a TLS server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.sendall(data)
                        connection.recv(4096)

        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def closed() -> Iterator[str]:
    """Yield an endpoint without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@fault(1)
def test_an_unknown_name(fault_id: str, tmp_path: Path) -> None:
    ended = list_at(ABSENT, tmp_path)
    warning, error = ended.err.splitlines()
    assert (ended.code, ended.out) == (3, "")
    assert warning == "kps-tui: kms.faults.invalid is not a Huawei Cloud host: the login will be sent there"
    assert "can't reach kms.faults.invalid: host name not found" in error
    assert "--region" in error

    async def screen() -> str:
        async with running(target_at(ABSENT)) as (app, pilot):
            await settled(app, pilot)
            return words(app)

    text = asyncio.run(screen())
    assert "can't reach kms.faults.invalid" in text
    assert "r retries" in text
    assert "No failed tasks" not in text


SILENT = """
import os, socket, threading
def silent(*arguments, **options):
    open(os.environ["ASKED"], "w").close()
    threading.Event().wait(60)
    raise OSError
socket.getaddrinfo = silent
from kps_tui.cli import main
main()
"""
"""Runs the program with a name server that never responds."""


@fault(1, "silent")
def test_a_name_server_that_never_answers_delays_nobody(fault_id: str, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    env = environment(KPS_TUI_ENDPOINT=ABSENT, KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN=TOKEN, ASKED=str(asked))
    with Terminal([sys.executable, "-c", SILENT], env=env) as terminal:
        terminal.until("the name server is asked", lambda _: asked.exists())
        terminal.send("q")
        code, seconds = terminal.ended()
        assert code == 0
        assert seconds < PATIENCE * QUIT_SECONDS


@dataclass(frozen=True)
class Slow:
    """A slow fault; `list` runs against it while other tests run."""

    row: int
    at: Callable[[], AbstractContextManager[str]]
    shortest: float = 0.0

    @property
    def id(self) -> str:
        return identity(self.row)

    def listed(self, folder: Path) -> Ended:
        """Run `list`."""
        with self.at() as endpoint:
            return list_at(endpoint, folder)


@pytest.mark.parametrize("slow", [Slow(2, closed)], ids=lambda slow: slow.id)
def test_a_refused_connection(slow: Slow, runs: SideBySide) -> None:
    async def screen() -> None:
        async with AsyncExitStack() as stack:
            async with serving(GOOD) as server:
                app, pilot = await stack.enter_async_context(running(target_at(server.endpoint)))
                before = ids(await settled(app, pilot))
            await pilot.press("r")
            shown = await settled(app, pilot)
            assert (ids(shown), len(before)) == (before, 3)
            for part in ("can't reach", "the connection was refused", AGE, "r retries"):
                assert part in words(app)

    asyncio.run(screen())
    one_line(runs[slow], 3, "can't reach 127.0.0.1:", "the connection was refused", "region")


@pytest.mark.parametrize("slow", [Slow(3, black_hole, CONNECT_SECONDS)], ids=lambda slow: slow.id)
def test_a_black_hole(slow: Slow, runs: SideBySide) -> None:
    async def screen(endpoint: str) -> float:
        async with running(target_at(endpoint)) as (app, pilot):
            shown = screen_of(app)
            await until(pilot, "it asks", lambda: shown.load.running is not None)
            began = time.monotonic()
            await pilot.press("escape")
            await settled(app, pilot)
            assert "Stopped" in words(app)
            return time.monotonic() - began

    with black_hole() as endpoint:
        assert asyncio.run(screen(endpoint)) < CONNECT_SECONDS, "Esc does not wait for the connection"
    one_line(runs[slow], 3, "no connection within 5 s")
    assert CONNECT_SECONDS <= runs[slow].seconds < PATIENCE * CONNECT_SECONDS


CERTIFICATES: dict[str, tuple[Callable[[Authority, Path], ssl.SSLContext], tuple[str, ...]]] = {
    "self-signed": (lambda ca, folder: self_signed(folder), ("self-signed certificate", "--ca-bundle")),
    "expired": (lambda ca, folder: ca.server(days=-1), ("certificate has expired", "clock")),
    "wrong-host": (lambda ca, folder: ca.server("DNS:kms.other.example"), ("not valid for '127.0.0.1'", "--endpoint")),
    "unknown-ca": (lambda ca, folder: authority(folder).server(), ("unable to get local issuer", "--ca-bundle")),
}


@pytest.mark.parametrize("variant", CERTIFICATES, ids=lambda variant: identity(17, variant))
def test_a_certificate(variant: str, ca: Authority, tmp_path: Path) -> None:
    context, said = CERTIFICATES[variant]
    with serving_in_a_thread(GOOD, context(ca, tmp_path)) as server:
        ended = list_at(server.endpoint, tmp_path, "--ca-bundle", str(ca.bundle))
        one_line(ended, 3, "its certificate is not trusted", *said)
        text = asyncio.run(first_screen(server.endpoint, ca))
        assert server.requests == []
    assert "its certificate is not trusted" in text
    assert "No failed tasks" not in text


async def first_screen(endpoint: str, ca: Authority) -> str:
    """Return the first text on the screen."""
    target = target_at(endpoint)
    async with running(replace(target, place=replace(target.place, ca_bundle=ca.bundle))) as (app, pilot):
        await settled(app, pilot)
        return words(app)


@fault(17, "good")
def test_a_good_certificate(fault_id: str, ca: Authority, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD, ca.server()) as server:
        ended = list_at(server.endpoint, tmp_path / "trusted", "--ca-bundle", str(ca.bundle))
        assert (ended.code, len(ended.json["tasks"]), ended.err) == (0, 3, "")
        one_line(list_at(server.endpoint, tmp_path / "not"), 3, "its certificate is not trusted", "--ca-bundle")
        assert len(server.requests) == 1


@fault(17, "no-bypass")
def test_no_switch_lets_a_bad_certificate_pass(fault_id: str, tmp_path: Path) -> None:
    for name in ("--insecure", "-k", "--no-verify", "--skip-tls-verify"):
        one_line(list_at(ABSENT, tmp_path / name, name), 2, f"“{name}” is not an option of kps-tui list")


@fault(18)
def test_an_old_tls(fault_id: str, ca: Authority, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD, old(ca.server())) as server:
        one_line(list_at(server.endpoint, tmp_path, "--ca-bundle", str(ca.bundle)), 3, "no TLS there", "--endpoint")
        assert server.requests == []


@fault(18, "no-tls")
def test_no_tls_at_all(fault_id: str, tmp_path: Path) -> None:
    with greeting(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        one_line(list_at(f"https://127.0.0.1:{port}", tmp_path), 3, "no TLS there", "--endpoint")


def _bundle_that_is_none(folder: Path) -> Path:
    path = folder / "none.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    return path


BUNDLES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absent": (lambda folder: folder / "absent.pem", "No such file or directory"),
    "folder": (lambda folder: folder, "Is a directory"),
    "none": (_bundle_that_is_none, "can't be used"),
    "empty": (lambda folder: Path("/dev/null"), "can't be used"),
}


@pytest.mark.parametrize("variant", BUNDLES, ids=lambda variant: identity(19, variant))
def test_a_ca_bundle(variant: str, ca: Authority, tmp_path: Path) -> None:
    made, said = BUNDLES[variant]
    path = made(tmp_path)
    with serving_in_a_thread(GOOD, ca.server()) as server:
        one_line(list_at(server.endpoint, tmp_path / "run", "--ca-bundle", str(path)), 2, f"“{path}”", said)
    assert server.connections == 0
