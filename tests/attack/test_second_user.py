"""A second user of the host attacks: plants files and links, watches the process, asks the kernel for keys.

All is real: two ordinary users, the program run by one of them, every attack made by the other. What the attacker must
not get is the token of the first user; what must not change is the folder `private` at the home of the first user.
"""

import pwd
import re
import select
import shlex
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.accounts import account, copy_program, needs_root, python_for
from tests.attack.scripts import ASK_FOR_KEYS, IN_A_SESSION_OF, PLANT_OUTPUTS, PLANT_STATE, READ_ALL, READ_FIFO, SNOOP
from tests.identity.kernel import needs_kernel_keyring
from tests.session.desktop import demo_server
from tests.terminal.pty_run import Terminal

pytestmark = [needs_root, needs_kernel_keyring, pytest.mark.xdist_group("second user")]
SECONDS = 60
REFUSED = {"EACCES", "EPERM", "ENOKEY"}


@dataclass(frozen=True)
class User:
    """An ordinary user, and how this user runs programs."""

    name: str
    home: Path
    python: str
    program: Path

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    def environ(self, **more: str) -> dict[str, str]:
        places = {"HOME": str(self.home), "PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(self.program)}
        return {**places, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color", **more}

    def run(
        self, *arguments: str | Path, stdin: str = "", cwd: Path | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run Python with some arguments as this user."""
        return subprocess.run(
            [self.python, *arguments],
            user=self.uid,
            group=self.uid,
            extra_groups=[],
            input=stdin,
            env=self.environ(**variables),
            cwd=cwd or self.home,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def kps(
        self, *arguments: str, stdin: str = "", cwd: Path | None = None, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run the program as this user."""
        return self.run("-m", "kps_tui", *arguments, stdin=stdin, cwd=cwd, **variables)

    def does(self, script: str, *arguments: str | Path) -> str:
        """Run a script as this user and return its output."""
        done = self.run("-c", script, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass(frozen=True)
class Host:
    """The host: its two users, and the service that the first one has a login for."""

    folder: Path
    victim: User
    attacker: User
    token: str
    endpoint: str

    @contextmanager
    def unharmed(self) -> Iterator[list[str]]:
        """Check that nothing private changed during the block, and that no text of the yielded list has the token."""
        private = self.victim.home / "private"
        before, seen = _state_of(private), list[str]()
        yield seen
        assert _state_of(private) == before
        assert not any(self.token in text for text in seen)

    def sticky(self, name: str) -> Path:
        """Make a folder where everybody may create files, like `/tmp`."""
        folder = self.folder / name
        folder.mkdir()
        folder.chmod(0o1777)
        return folder


def _state_of(folder: Path) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        found[str(path)] = (content, status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns)
    return found


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        copy_program(folder / "program")
        said = stack.enter_context(demo_server(tmp_path_factory.mktemp("demo")))
        names = [stack.enter_context(account()) for _ in range(2)]
        python = python_for(names[0][0])
        victim, attacker = (User(name, home, python, folder / "program") for name, home in names)
        private = victim.home / "private"
        victim.does(
            "import os, pathlib, sys; os.umask(0o022); private = pathlib.Path(sys.argv[1]); private.mkdir()\n"
            "for name in ('keys', 'notes'): (private / name).write_text('mine\\n'); (private / name).chmod(0o640)",
            private,
        )
        done = victim.kps("login", "--token-stdin", "--endpoint", said["endpoint"], stdin=said["token"])
        assert done.returncode == 0, done.stderr
        yield Host(folder, victim, attacker, said["token"], said["endpoint"])
        victim.kps("logout")


@pytest.mark.parametrize(
    ("planted", "place", "fault"),
    [
        ("link", "kps-tui", "it is a symbolic link of another user"),
        ("folder", "kps-tui", "it belongs to another user"),
        ("exchange", "", "every user may write to it"),
    ],
)
def test_nothing_is_written_through_what_is_planted_in_the_place_of_the_state(
    host: Host, planted: str, place: str, fault: str
) -> None:
    state = host.sticky(planted)
    if planted == "exchange":
        state.chmod(0o777)
        host.victim.does("import os, sys; os.mkdir(sys.argv[1])", state / "kps-tui")
    host.attacker.does(PLANT_STATE, state, host.victim.home / "private", planted)
    with host.unharmed():
        done = host.victim.kps("--debug", "count", XDG_STATE_HOME=str(state))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"kps-tui: --debug: can't write {state}/kps-tui/debug.log: {state / place}: {fault}"
            " · free some space or leave out --debug\n"
        )
        if planted == "folder":
            offline = host.victim.kps("list", "--offline", XDG_STATE_HOME=str(state))
            assert (offline.returncode, offline.stdout) == (2, "")
            assert f"kps-tui.sqlite3 can't be used: {state / place}: {fault} · " in offline.stderr


@pytest.mark.parametrize("attack", ["a file", "a file beside", "a link beside", "an open folder", "a linked folder"])
def test_a_configuration_that_the_attacker_can_change_sends_no_login(host: Host, attack: str) -> None:
    """The login comes from the environment, and is not bound to an endpoint."""
    folder = host.sticky(attack.replace(" ", "-"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        evil = f'endpoint = "http://127.0.0.1:{listener.getsockname()[1]}"\n'
        text = f'default_profile = "a"\n[profiles.a]\nregion = "cn-north-4"\n{evil}'
        own = "default_profile = 'a'\n"
        write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
        file, named = folder / "config.toml", folder / "config.toml"
        if attack == "a file":
            host.attacker.does(write, file, text)
            said, next_step = "it belongs to another user", "use a file of your own: --config FILE"
        elif attack == "a file beside":
            host.victim.does(write, file, own)
            host.attacker.does(write, folder / "profiles.toml", text)
            said, next_step = "it belongs to another user", "use a file of your own: --config FILE"
        elif attack == "a link beside":
            host.victim.does(write, file, own)
            host.victim.does(write, host.victim.home / "other.toml", text)
            link = "import os, sys; os.symlink(sys.argv[1], sys.argv[2])"
            host.attacker.does(link, host.victim.home / "other.toml", folder / "profiles.toml")
            said, next_step = "it is a symbolic link of another user", "use a file of your own: --config FILE"
        elif attack == "an open folder":
            host.victim.does(write, file, own)
            folder.chmod(0o777)
            host.attacker.does(write, folder / "profiles.toml", text)
            said, next_step = "every user may write to it", f"run: chmod go-w {folder}"
        else:
            host.victim.does("import os, sys; os.mkdir(sys.argv[1])", host.victim.home / "old")
            host.victim.does(write, host.victim.home / "old" / "config.toml", text)
            link = "import os, sys; os.symlink(sys.argv[1], sys.argv[2])"
            host.attacker.does(link, host.victim.home / "old", folder / "kps")
            named = folder / "kps" / "config.toml"
            said, next_step = "it is a symbolic link of another user", "use a file of your own: --config FILE"
        with host.unharmed():
            done = host.victim.kps(
                "count", KPS_TUI_CONFIG=str(named), KPS_TUI_TOKEN=host.token, KPS_TUI_PROJECT_ID="0" * 32
            )
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr.count("\n") == 1
            assert said in done.stderr
            assert next_step in done.stderr
            assert not select.select([listener], [], [], 0)[0], "nothing was sent"


def test_an_export_follows_nothing_that_is_planted_and_is_read_by_nobody(host: Host) -> None:
    folder = host.sticky("outputs")
    host.attacker.does(PLANT_OUTPUTS, folder, host.victim.home / "private")
    planted = {path.name for path in folder.iterdir()}
    with host.unharmed() as seen, _reading_a_fifo(host, folder / "fifo.csv", seen):
        for name, fault in {
            "link.csv": "it is a symbolic link of another user",
            "nothing.csv": "it is a symbolic link of another user",
            "sub/keys": "it is a symbolic link of another user",
            "fifo.csv": "it belongs to another user",
            "file.csv": "Operation not permitted",
        }.items():
            done = host.victim.kps("list", "-o", str(folder / name))
            assert (done.returncode, done.stdout) == (2, ""), name
            assert done.stderr.endswith(
                f"can't write -o “{folder / name}”: {fault} · use a file in a folder that exists and is yours\n"
            ), done.stderr
        assert host.victim.kps("list", "--format", "csv", "-o", "own.csv", cwd=folder).returncode == 0
        seen.append(host.attacker.does(READ_ALL, folder))
    assert {path.name for path in folder.iterdir()} == {*planted, "own.csv"}, "nothing is left beside, nothing gone"
    assert (folder / "file.csv").read_text() == "theirs"
    assert (folder / "own.csv").read_text().count("\n") == 13
    assert "task_id" not in "".join(seen), "not even the list"


@contextmanager
def _reading_a_fifo(host: Host, fifo: Path, seen: list[str]) -> Iterator[None]:
    """Let the attacker read a FIFO until the block ends, and add to `seen` what came."""
    uid = host.attacker.uid
    reader = subprocess.Popen(
        [host.attacker.python, "-c", READ_FIFO, fifo],
        user=uid,
        group=uid,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    try:
        yield
    finally:
        seen.append(reader.communicate(timeout=SECONDS)[0])


def test_the_screen_shows_nothing_to_others_and_follows_nothing_that_is_planted(host: Host) -> None:
    victim, attacker = host.victim, host.attacker
    folder, state = host.sticky("screen"), host.sticky("screen-state")
    attacker.does(PLANT_OUTPUTS, folder, victim.home / "private")
    attacker.does(PLANT_STATE, state, victim.home / "private", "folder")
    as_victim = ["setpriv", "--reuid", str(victim.uid), "--regid", str(victim.uid), "--clear-groups"]
    command = [*as_victim, "env", "-C", str(folder), victim.python, "-m", "kps_tui"]
    environ = victim.environ(XDG_STATE_HOME=str(state))
    with (
        host.unharmed() as seen,
        _reading_a_fifo(host, folder / "fifo.csv", seen),
        Terminal(command, columns=160, rows=40, env=environ) as terminal,
    ):
        terminal.shows("12 failed")
        terminal.shows("login: kernel's keyring")
        kept = f"{state}/kps-tui/kps-tui.sqlite3 can't be used: {state}/kps-tui: it belongs to another user"
        terminal.until(kept, lambda text: kept in _notes(text))
        for user in (attacker, victim):
            found = user.does(SNOOP, str(terminal.pid), host.token)
            seen.append(found.replace("found", host.token))
            for line in found.splitlines():
                name, result = line.split(": ")
                assert result == ("open" if name in ("cmdline", "status", "comm") else "refused"), (user.name, line)
        terminal.send("e")
        terminal.shows("The extension sets the format")
        for name, fault in {
            "link.csv": "can't write “link.csv”: it is a symbolic link of another user",
            "fifo.csv": "can't write “fifo.csv”: it belongs to another user",
            "file.csv": "“file.csv” already exists",
            "": "can't write “file.csv”: Operation not permitted",
        }.items():
            terminal.send(f"\x15{name}\r" if name else "\r")
            terminal.shows(fault)
        terminal.send("\x15own.csv\r")
        terminal.shows("Exported 12 tasks to")
        terminal.send("Y")
        terminal.shows("ticket of 1 task")
        terminal.send("Y")
        refused = f"no file could be written: {state}/kps-tui: it belongs to another user"
        terminal.until(refused, lambda text: refused in _notes(text))
        terminal.send("q")
        assert terminal.ended()[0] == 0
        seen.append(attacker.does(READ_ALL, folder))
        seen.append(attacker.does(READ_ALL, state))
    assert not any("task_id" in text or "failed key-pair" in text for text in seen)


def _notes(screen: str) -> str:
    """Return the text of the notifications on a screen, without its line breaks."""
    return " ".join(" ".join(re.findall("│ ([^│]+) │", screen)).split())


def test_what_reads_the_process_would_find_the_login_in_one_that_is_open(host: Host) -> None:
    """The control for the test before: the attack works where nothing protects against it."""
    attacker = host.attacker
    unprotected = f"""
import os, subprocess, sys
child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, env={{"CANARY": sys.argv[2]}})
sys.argv[1] = str(child.pid)
{SNOOP}
child.kill()
"""
    found = attacker.does(unprotected, "", host.token)
    assert {"environ: found", "mem: found", "ptrace: open", "process_vm_readv: open"} <= set(found.splitlines())


@pytest.mark.parametrize("session", ["own", "inherited"])
def test_the_kernel_gives_no_key_to_the_attacker(host: Host, session: str) -> None:
    victim, attacker = host.victim, host.attacker
    listed = [line.split() for line in victim.does("print(open('/proc/keys').read())").splitlines()]
    keys = [line[0] for line in listed if line and ("kps-tui:default:" in line or "_persistent" in " ".join(line))]
    assert len(keys) == 2
    asked = [str(victim.uid), host.token, *keys]
    with host.unharmed() as seen:
        if session == "own":
            answers = attacker.does(ASK_FOR_KEYS, *asked)
        else:
            command = shlex.join([attacker.python, "-c", ASK_FOR_KEYS, *asked])
            done = subprocess.run(
                [victim.python, "-c", IN_A_SESSION_OF, str(victim.uid), str(attacker.uid), command],
                env=victim.environ(),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=True,
            )
            answers = done.stdout
        seen.append(answers.replace("found", host.token))
        results = dict(line.split(": ") for line in answers.splitlines())
        assert len(results) > 20
        assert set(results.values()) <= REFUSED, results
    assert victim.kps("count", "--no-input").stdout == "12\n", "the login is still there"
