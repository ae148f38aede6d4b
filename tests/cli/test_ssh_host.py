"""The whole way on the host that the program is for: log in over ssh, keep a login, come back, lose the line."""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.cli.ssh_host import Account, needs_sshd, ssh_host
from tests.identity.kernel import needs_kernel_keyring
from tests.program import PATIENCE
from tests.session.desktop import demo_server
from tests.terminal.pty_run import Terminal, environment

pytestmark = [needs_sshd, needs_kernel_keyring, pytest.mark.xdist_group("ssh host")]
GONE_SECONDS = 3.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with demo_server(tmp_path_factory.mktemp("demo")) as said:
        yield said


@pytest.fixture(scope="module")
def accounts() -> Iterator[list[Account]]:
    with ssh_host() as found:
        yield found


def log_in(user: Account, demo: dict[str, str]) -> None:
    said = user.kps("login", "--token-stdin", "--endpoint", demo["endpoint"], stdin=demo["token"])
    assert (said.returncode, said.stdout) == (0, ""), said.stderr
    assert "If the login is accepted, it is kept in the kernel's keyring until reboot" in said.stderr


def test_a_login_is_found_by_the_next_ssh_login_and_by_nobody_else(
    accounts: list[Account], demo: dict[str, str]
) -> None:
    user, other = accounts
    log_in(user, demo)
    counted = user.kps("count", "--no-input")
    assert (counted.returncode, counted.stdout) == (0, "12\n"), counted.stderr
    profiles = user.home / ".config" / "kps-tui" / "profiles.toml"
    files = user.files()
    assert profiles in files
    assert [path for path in files if demo["token"].encode() in path.read_bytes()] == []

    folder = other.home / ".config" / "kps-tui"
    folder.mkdir(parents=True)
    shutil.copy(profiles, folder)
    for path in (folder.parent, folder, folder / "profiles.toml"):
        shutil.chown(path, other.name, other.name)
    nothing = other.kps("count", "--no-input")
    assert (nothing.returncode, nothing.stdout) == (4, ""), nothing.stderr
    assert "no login saved for profile “default”" in nothing.stderr
    assert other.kps("logout").returncode == 0

    assert user.kps("count").stdout == "12\n", "nothing that the other did counts here"
    assert user.kps("logout").returncode == 0
    ended = user.kps("count", "--no-input")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert "no login saved for profile “default”" in ended.stderr


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_a_tmux_that_outlives_its_ssh_login_finds_it(accounts: list[Account], demo: dict[str, str]) -> None:
    user = accounts[0]
    log_in(user, demo)
    tmux = "tmux -f /dev/null"
    assert subprocess.run([*user.ssh, f"{tmux} new-session -d"], check=False, timeout=60).returncode == 0
    # The session keyring of that ssh login has been revoked by now, and the next login has another.
    counted, done = user.home / "counted", user.home / "done"
    typed = shlex.quote(f"{user.program} count > {counted} 2>&1; touch {done}")
    assert subprocess.run([*user.ssh, f"{tmux} send-keys {typed} Enter"], check=False, timeout=60).returncode == 0
    deadline = time.monotonic() + 60
    while not done.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    subprocess.run([*user.ssh, f"{tmux} kill-server"], check=False, timeout=60)
    assert counted.read_text() == "12\n"
    assert user.kps("logout").returncode == 0


def test_the_screen_is_gone_soon_after_the_line_dropped_and_the_login_is_still_there(
    accounts: list[Account], demo: dict[str, str]
) -> None:
    user = accounts[0]
    log_in(user, demo)
    command = [user.ssh[0], "-tt", *user.command()[1:]]
    with Terminal(command, columns=160, rows=36, env=environment()) as terminal:
        terminal.shows("12 failed")
        terminal.shows("login: kernel's keyring until reboot")
        assert user.processes()
        os.kill(terminal.pid, signal.SIGKILL)
        dropped = time.monotonic()
        while user.processes() and time.monotonic() - dropped < PATIENCE * GONE_SECONDS:
            time.sleep(0.05)
        assert user.processes() == []
    assert user.kps("count").stdout == "12\n"
    assert user.kps("logout").returncode == 0
