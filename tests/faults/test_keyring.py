"""Faults of keyring and configuration, with a real Secret Service and real files. Rows 72 to 76."""

import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.case import GOOD
from tests.faults.matrix import fault, identity
from tests.identity.secret_service import Home, needs_secret_service
from tests.loopback import Loopback, serving_in_a_thread
from tests.program import PATIENCE, Ended
from tests.session.desktop import Desktop, Watched, desktop
from tests.terminal.pty_run import INSTALLED, Terminal

SECRET = "canary-kept-2b91"
KEYRING_SECONDS, QUIT_SECONDS = 3.0, 0.5
PROFILE = '[profiles.default]\nkind = "token"\nendpoint = "{endpoint}"\nproject_id = "p"\n'


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving_in_a_thread(GOOD) as server:
        yield server


@pytest.fixture
def user(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as found:
        yield found


def login(user: Desktop, server: Loopback, *more: str, program: str = "", **variables: str) -> Ended | Watched:
    arguments = ("login", "--token-stdin", "--endpoint", server.endpoint, "--project-id", "p", *more)
    if program or "PYTHONPATH" in variables:
        return user.new_python(*arguments, stdin=SECRET, program=program, **variables)
    return user.kps(*arguments, stdin=SECRET, **variables)


def one_line(ended: Ended | Watched, code: int, *said: str) -> None:
    """Check that a run printed nothing on stdout, and one sentence without the secret on stderr."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert len(ended.err.splitlines()) == 1, ended.err
    for part in said:
        assert part in ended.err
    for word in ("Traceback", "bug in", SECRET):
        assert word not in ended.err


def with_profile(folder: Path, server: Loopback) -> Desktop:
    """Return a user with a profile, but without a session bus."""
    user = Desktop(Home(folder))
    user.configuration.parent.mkdir(parents=True)
    user.configuration.write_text(PROFILE.format(endpoint=server.endpoint))
    user.configuration.chmod(0o600)
    return user


SECRET_SERVICE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
"""Chosen, so that the kernel's keyring is not used where there is no bus."""
UNUSABLE = {
    "none": (SECRET_SERVICE, "there is no keyring"),
    "bogus-bus": (SECRET_SERVICE | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}, "there is no keyring"),
    "null": ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, "no keyring is used"),
    "plaintext": ({"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}, "no keyring is used"),
    "no-module": ({"PYTHON_KEYRING_BACKEND": "nonsense.X"}, "no keyring is used"),
    "broken": ({}, "keyring"),
}


@pytest.mark.parametrize("variant", UNUSABLE, ids=lambda variant: identity(72, variant))
def test_a_keyring_that_can_not_be_used(variant: str, tmp_path: Path, server: Loopback) -> None:
    variables, said = UNUSABLE[variant]
    user = with_profile(tmp_path, server)
    if variant == "broken":
        (tmp_path / "library" / "keyring").mkdir(parents=True)
        (tmp_path / "library" / "keyring" / "__init__.py").write_text("raise OSError")
        variables = {"PYTHONPATH": f"{tmp_path / 'library'}:{user.home.environ()['PYTHONPATH']}"}
    listed = (user.new_python if variant == "broken" else user.kps)("list", "--no-input", **variables)
    one_line(listed, 4, said)
    one_line(login(user, server, **variables), 2, "keyring")
    assert user.files_with(SECRET) == []
    assert server.requests == []


@needs_secret_service
@fault(72, "locked")
def test_a_locked_keyring(fault_id: str, tmp_path: Path, server: Loopback) -> None:
    user = with_profile(tmp_path, server)
    ran = user.home.run("dbus-run-session", "--", sys.executable, "-m", "kps_tui", "list", "--no-input")
    assert (ran.code, ran.output) == (4, "")
    assert "is locked" in ran.errors
    assert "Traceback" not in ran.errors


@needs_secret_service
@fault(72, "hung")
def test_a_hung_keyring(fault_id: str, user: Desktop, server: Loopback) -> None:
    assert login(user, server).code == 0
    server.requests.clear()
    with user.keyring_stopped():
        ended = user.kps("list", "--no-input")
        one_line(ended, 4, "did not answer in 3 s")
        assert ended.seconds < PATIENCE * KEYRING_SECONDS
        env = user.home.environ(**user.variables, TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC")
        with Terminal([INSTALLED], columns=120, rows=36, env=env) as terminal:
            terminal.until("the first frame", lambda screen: bool(screen.strip()))
            began = time.monotonic()
            terminal.shows("did not answer in 3 s")
            assert time.monotonic() - began < PATIENCE * KEYRING_SECONDS
            assert server.requests == []
            terminal.send("\x03")
            code, seconds = terminal.ended()
            assert code == 130
            assert seconds < PATIENCE * QUIT_SECONDS
            assert terminal.after == terminal.before
    assert user.kps("count").out == "3\n"


FORGETFUL = """
from pathlib import Path
KEPT = Path(__file__).with_name("kept")
class Keyring:
    priority = 5
    def get_password(self, service, user):
        return {answer}
    def set_password(self, service, user, text):
        KEPT.write_text("x")
    def delete_password(self, service, user):
        KEPT.unlink(missing_ok=True)
"""
ANSWERS = {"loses": "None", "changes": "'changed' if KEPT.exists() else None"}


@pytest.mark.parametrize("variant", ANSWERS, ids=lambda variant: identity(73, variant))
def test_a_keyring_that_does_not_give_back_what_it_took(variant: str, tmp_path: Path, server: Loopback) -> None:
    library = tmp_path / "library" / "keyring"
    for name in ("backends", "util"):
        (library / name).mkdir(parents=True)
        (library / name / "__init__.py").touch()
    (library / "__init__.py").touch()
    (library / "util" / "platform_.py").write_text(
        "from pathlib import Path\ndef config_root(): return Path('/nowhere')\n"
    )
    (library / "backends" / "SecretService.py").write_text(FORGETFUL.format(answer=ANSWERS[variant]))
    user = Desktop(Home(tmp_path))
    path = f"{library.parent}:{user.home.environ()['PYTHONPATH']}"
    ended = login(user, server, PYTHONPATH=path)
    assert (ended.code, ended.out) == (2, "")
    assert "the login was not saved: the keyring accepted it but does not return it" in ended.err.splitlines()[-1]
    assert SECRET not in ended.err
    assert (library / "backends" / "kept").exists()
    assert not user.profiles.exists()


PLANT = "from keyring.backends.SecretService import Keyring; Keyring().set_password('kps-tui', 'default', {text!r})"
SHOW = "from keyring.backends.SecretService import Keyring; print(Keyring().get_password('kps-tui', 'default'), end='')"
ITEMS = {
    "no-json": ("canary-kept-2b91", "it is not JSON"),
    "newer": ('{"schema": 99, "kind": "token", "token": "canary-kept-2b91"}', "it was written by a newer kps-tui"),
    "cut": ('{"schema": 1, "kind": "token", "token": {"tok', "it is not JSON"),
}


@needs_secret_service
@fault(74)
def test_an_item_that_can_not_be_read_is_said_and_left(fault_id: str, user: Desktop, server: Loopback) -> None:
    assert login(user, server).code == 0
    for text, said in ITEMS.values():
        assert user.new_python(program=PLANT.format(text=text)).code == 0
        one_line(user.kps("list", "--no-input"), 4, "the keyring item of profile “default” can't be read", said)
        assert user.new_python(program=SHOW).out == text
    assert login(user, server).code == 0, "who logs in again asked for it"
    assert user.kps("count").out == "3\n"


NO_ROOM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
from kps_tui.cli import main
main()
"""
"""Runs the program with a file size limit of 0."""


@needs_secret_service
@fault(75, "disk-full")
def test_a_full_disk_leaves_the_configuration_as_it_was(fault_id: str, user: Desktop, server: Loopback) -> None:
    assert login(user, server).code == 0
    before = user.profiles.read_bytes()
    ended = login(user, server, "--profile", "other", program=NO_ROOM)
    assert ended.code == 2, ended.err
    assert "profiles.toml" in ended.err
    assert "Traceback" not in ended.err
    assert SECRET not in ended.err
    assert user.profiles.read_bytes() == before
    left = {path.name for path in user.profiles.parent.iterdir()}
    assert {name for name in left if not name.endswith(".lock")} == {"profiles.toml"}
    assert user.kps("count").out == "3\n"
    assert user.new_python("count", program=NO_ROOM).out == "3\n", "what need not be saved works"


@needs_secret_service
@fault(75, "read-only")
def test_a_folder_that_can_not_be_written(fault_id: str, user: Desktop, server: Loopback) -> None:
    ended = login(user, server, XDG_CONFIG_HOME="/proc")
    assert (ended.code, ended.out) == (2, "")
    assert "profiles.toml" in ended.err
    assert "Traceback" not in ended.err
    named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": "p", "KPS_TUI_TOKEN": "t"}
    assert user.kps("count", XDG_CONFIG_HOME="/proc", **named).out == "3\n"


BROKEN = {
    "no-toml": ("[profiles.x\nregion = 1\n", "line 1"),
    "wrong-type": ("[profiles.x]\nregion = 1\n", "line 2"),
    "no-utf-8": ("\udcff\udcfe", "config.toml"),
}


@pytest.mark.parametrize("variant", BROKEN, ids=lambda variant: identity(75, variant))
def test_a_configuration_that_can_not_be_read(variant: str, tmp_path: Path, server: Loopback) -> None:
    user = with_profile(tmp_path, server)
    text, said = BROKEN[variant]
    user.configuration.write_bytes(text.encode("utf-8", "surrogateescape"))
    one_line(user.kps("list"), 2, "config.toml", said)
    assert server.requests == []


@fault(75, "open-to-others")
def test_a_configuration_that_others_can_write_is_refused(fault_id: str, tmp_path: Path, server: Loopback) -> None:
    user = with_profile(tmp_path, server)
    user.configuration.chmod(0o777)
    one_line(user.kps("count", KPS_TUI_TOKEN="t"), 2, "config.toml", "every user may write to it", "chmod go-w")
    assert server.requests == []


@needs_secret_service
@fault(76)
def test_several_at_once_leave_a_whole_configuration(fault_id: str, user: Desktop, server: Loopback) -> None:
    names = [f"p{number}" for number in range(6)]
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda name: login(user, server, "--profile", name).code, names))
    assert codes == [0] * 6
    profiles = tomllib.loads(user.profiles.read_text())["profiles"]
    assert set(profiles) <= set(names)
    assert profiles
    assert user.profiles.stat().st_mode & 0o777 == 0o600
    for name in profiles:
        assert user.kps("count", "--profile", name).out == "3\n"
    assert user.files_with(SECRET) == []
