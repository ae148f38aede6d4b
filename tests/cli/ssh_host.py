"""A typical jump host: a real sshd on loopback, accounts of ordinary users, and no D-Bus."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.accounts import account, copy_program, python_for

SECONDS = 60
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
needs_sshd = pytest.mark.skipif(
    SSHD is None or os.geteuid() != 0, reason="needs openssh-server, and root to make users and to start it"
)
_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/user-key.pub
PidFile none
UsePAM yes
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
"""


@dataclass(frozen=True)
class Account:
    """An ordinary user of the host."""

    name: str
    home: Path
    ssh: tuple[str, ...]
    """The command that logs in as this user."""
    program: str
    """The command line of kps-tui for the shell of this user."""

    def command(self, *arguments: str) -> list[str]:
        """Return the ssh command line that runs kps-tui."""
        return [*self.ssh, f"{self.program} {' '.join(arguments)}"]

    def kps(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run kps-tui in an ssh login of its own, which ends with it."""
        return subprocess.run(
            self.command(*arguments), input=stdin, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def files(self) -> list[Path]:
        """Return the files of this user, at home and where everybody may write."""
        uid = self.home.stat().st_uid
        places = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path(f"/run/user/{uid}"))
        found = [path for path in self.home.rglob("*") if path.is_file()]
        for place in places:
            for folder, _folders, names in os.walk(place):
                for path in (Path(folder, name) for name in names):
                    with suppress(OSError):
                        if path.is_file() and not path.is_symlink() and path.stat().st_uid == uid:
                            found.append(path)
        return found

    def processes(self) -> list[int]:
        """Return the processes of kps-tui of this user."""
        uid, found = self.home.stat().st_uid, []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if folder.stat().st_uid == uid and b"kps_tui" in (folder / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found


@contextmanager
def ssh_host(accounts: int = 2) -> Iterator[list[Account]]:
    """Run a host with some accounts; they are removed when the block ends."""
    assert SSHD is not None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        for name in ("host-key", "user-key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = folder / "sshd.conf"
        config.write_text(_CONFIG.format(port=port, folder=folder))
        Path("/run/sshd").mkdir(exist_ok=True)
        log = stack.enter_context((folder / "log").open("w"))
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stderr=log)
        stack.callback(server.wait, SECONDS)
        stack.callback(server.terminate)
        _wait_for(port)
        copy_program(folder / "program")
        users = [stack.enter_context(account()) for _ in range(accounts)]
        python = python_for(users[0][0])
        program = f"env -u DBUS_SESSION_BUS_ADDRESS PYTHONPATH={folder / 'program'} LC_ALL=C.UTF-8 {python} -m kps_tui"
        options = ("-F", "none", "-i", str(folder / "user-key"), "-p", str(port), "-o", "BatchMode=yes")
        trust = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
        yield [Account(name, home, ("ssh", *options, *trust, f"{name}@127.0.0.1"), program) for name, home in users]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("sshd does not listen")
