"""A user's desktop for a test: session bus, real Secret Service, and runs of the program."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.identity.secret_service import Home
from tests.program import Ended, run

SECONDS = 60
_START = 'printf %s test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'
_HOLD = """
import os, signal, sys, time
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection
address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
call = new_method_call(address, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
def daemon():
    with open_dbus_connection() as bus:
        reply = bus.send_and_get_reply(call)
    return reply.body[0] if reply.header.message_type is MessageType.method_return else 0
deadline = time.monotonic() + 30
while not (found := daemon()) and time.monotonic() < deadline:
    time.sleep(0.02)
print(os.environ["DBUS_SESSION_BUS_ADDRESS"], found, flush=True)
sys.stdin.read()
if last := daemon():
    os.kill(last, signal.SIGKILL)
"""
"""Waits for the Secret Service, prints its address, and ends it when stdin is closed."""


@dataclass(frozen=True)
class Watched:
    """The result of a run of the program in a new Python, and the command lines of its processes."""

    code: int
    out: str
    err: str
    command_lines: bytes


@dataclass(frozen=True)
class Desktop:
    """The desktop of one user."""

    home: Home
    variables: dict[str, str] = field(default_factory=dict)
    daemon: int = 0
    """The process id of the Secret Service; 0 if there is none."""

    @property
    def configuration(self) -> Path:
        """The user's configuration file."""
        return self.home.path / ".config" / "kps-tui" / "config.toml"

    @property
    def profiles(self) -> Path:
        """The file of profiles that the program writes."""
        return self.configuration.with_name("profiles.toml")

    def kps(self, *arguments: str, stdin: bytes | str = b"", **variables: str) -> Ended:
        """Run `kps-tui` in a process of its own with only `variables` in its environment."""
        with TemporaryDirectory() as folder:
            return run(
                Path(folder),
                *arguments,
                environ=self._environ(variables),
                stdin=stdin.encode() if isinstance(stdin, str) else stdin,
                working=self.home.path,
            )

    def new_python(self, *arguments: str, stdin: bytes | str = b"", program: str = "", **variables: str) -> Watched:
        """Run `kps-tui`, or the Python `program`, in a new Python. That takes ten times as long as `kps`."""
        process = subprocess.Popen(
            [sys.executable, *(("-c", program) if program else ("-m", "kps_tui")), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.home.path,
            env=self._environ(variables),
        )
        seen: list[bytes] = []
        watcher = threading.Thread(target=_watch, args=(process, seen), daemon=True)
        watcher.start()
        try:
            out, err = process.communicate(stdin.encode() if isinstance(stdin, str) else stdin, SECONDS)
        finally:
            process.kill()
        watcher.join(SECONDS)
        return Watched(process.returncode, out.decode(), err.decode(), b"\n".join(seen))

    def _environ(self, variables: dict[str, str]) -> dict[str, str]:
        state = f"{self.home.path}/.state"
        return self.home.environ(LC_ALL="C.UTF-8", TZ="UTC", XDG_STATE_HOME=state, **(self.variables | variables))

    @contextmanager
    def keyring_stopped(self) -> Iterator[None]:
        """Suspend the Secret Service until the block ends."""
        os.kill(self.daemon, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.daemon, signal.SIGCONT)

    def files_with(self, text: str) -> list[Path]:
        return self.home.files_with(text)


def _watch(process: subprocess.Popen[bytes], seen: list[bytes]) -> None:
    """Record the command lines of `process` and its children until it ends."""
    pause = threading.Event()
    while process.poll() is None:
        with suppress(OSError):
            here = Path(f"/proc/{process.pid}")
            children = (here / "task" / str(process.pid) / "children").read_text().split()
            for pid in (str(process.pid), *children):
                if (line := Path(f"/proc/{pid}/cmdline").read_bytes()) not in seen:
                    seen.append(line)
        pause.wait(0.01)


@contextmanager
def desktop(folder: Path) -> Iterator[Desktop]:
    """Yield a desktop whose keyring is unlocked."""
    home = Home(folder)
    holder = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", _START, "sh", sys.executable, "-c", _HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=home.environ(),
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        with _killed_after(SECONDS, holder):
            address, pid = holder.stdout.readline().split()
        assert int(pid), "the Secret Service did not come up"
        yield Desktop(home, {"DBUS_SESSION_BUS_ADDRESS": address}, int(pid))
    finally:
        holder.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            holder.wait(SECONDS)
        holder.kill()
        holder.wait(SECONDS)
        holder.stdout.close()


@contextmanager
def demo_server(folder: Path, tasks: int = 12) -> Iterator[dict[str, str]]:
    """Yield the output of a demo server in a process of its own: endpoint, project id, token and so on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kps_tui", "demo-server", "--tasks", str(tasks)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=Home(folder).environ(),
        cwd=folder,
        text=True,
    )
    assert process.stdout is not None
    try:
        said: dict[str, str] = {}
        with _killed_after(SECONDS, process):
            while "password" not in said:
                name, separator, value = process.stdout.readline().rstrip("\n").partition(": ")
                assert separator, "the demo server ended"
                said[name] = value
        yield said
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
        process.kill()
        process.wait(SECONDS)
        process.stdout.close()


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[str]) -> Iterator[None]:
    """End a process that does not respond within `seconds`, so that nothing waits for it."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
