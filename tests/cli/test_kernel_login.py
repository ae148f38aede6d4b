"""`login`, `logout` and `profiles` on a host without D-Bus: the kernel keeps the login."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.kernel import needs_kernel_keyring
from tests.identity.secret_service import Home, needs_secret_service
from tests.program import Ended
from tests.session.desktop import Desktop, demo_server, desktop
from tests.terminal.pty_run import INSTALLED, Terminal

pytestmark = needs_kernel_keyring
LIFETIME = "until reboot, or "


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with demo_server(tmp_path_factory.mktemp("demo")) as said:
        yield said


@pytest.fixture
def host(tmp_path: Path) -> Desktop:
    """A user of a host without a session bus."""
    return Desktop(Home(tmp_path))


@pytest.fixture
def prod(host: Desktop) -> Iterator[str]:
    """The name of a profile that no other test has; its logins are removed."""
    name = f"prod-{uuid.uuid4().hex}"
    yield name
    if host.profiles.exists():
        for profile in host.kps("profiles", "--format", "json").json:
            host.kps("logout", "--profile", profile["name"])


def log_in(user: Desktop, demo: dict[str, str], profile: str, *more: str) -> Ended:
    options = ("--token-stdin", "--endpoint", demo["endpoint"], "--profile", profile, *more)
    return user.kps("login", *options, stdin=demo["token"].encode())


def test_a_login_is_used_by_later_processes_until_logout(host: Desktop, demo: dict[str, str], prod: str) -> None:
    said = log_in(host, demo, prod)
    assert (said.code, said.out) == (0, ""), said.err
    before, after = said.err.splitlines()
    assert before.startswith(f"kps-tui: If the login is accepted, it is kept in the kernel's keyring {LIFETIME}")
    assert f"saved in the kernel's keyring {LIFETIME}" in after
    assert host.kps("count", "--no-input").out == "12\n"
    assert host.files_with(demo["token"]) == []
    assert 'keyring = "Linux kernel"' in host.profiles.read_text()
    assert host.profiles.stat().st_mode & 0o777 == 0o600
    (listed,) = [line for line in Path("/proc/keys").read_text().splitlines() if f"kps-tui:{prod}:" in line]
    assert listed.split()[3] in ("1d", "23h"), "the item expires with the token"
    out = host.kps("logout")
    assert (out.code, out.err) == (0, f"kps-tui: removed the login of profile “{prod}”\n")
    ended = host.kps("count", "--no-input")
    assert (ended.code, ended.out) == (4, "")
    assert f"no login saved for profile “{prod}”: the kernel's keyring forgets logins at a reboot" in ended.err
    assert "kps-tui login" in ended.err


def test_doctor_and_the_title_say_how_long_it_is_kept(host: Desktop, demo: dict[str, str], prod: str) -> None:
    assert log_in(host, demo, prod).code == 0
    found = host.kps("doctor").out
    (keyring,) = [line for line in found.splitlines() if "keyring " in line and "reachable" in line]
    assert "Linux kernel" in keyring
    assert f"kept {LIFETIME}" in keyring
    env = host.home.environ(TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC")
    with Terminal([INSTALLED], columns=160, rows=30, env=env) as terminal:
        terminal.shows(f"login: kernel's keyring {LIFETIME}")
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_the_sign_in_says_it_before_the_user_types(host: Desktop, demo: dict[str, str]) -> None:
    env = host.home.environ(TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC")
    with Terminal([INSTALLED, "--endpoint", demo["endpoint"]], columns=110, rows=34, env=env) as terminal:
        terminal.shows("How do you want to sign in?")
        terminal.send("\r")
        terminal.shows(f"If the login is accepted, it is kept in the kernel's keyring {LIFETIME}")
        terminal.send("\x03")
        assert terminal.ended()[0] == 130


def test_a_login_goes_with_a_renamed_profile(host: Desktop, demo: dict[str, str], prod: str) -> None:
    assert log_in(host, demo, prod).code == 0
    assert host.kps("profiles", "rename", prod, f"{prod}-new").code == 0
    assert host.kps("count", "--profile", f"{prod}-new").out == "12\n"
    text = host.profiles.read_text()
    host.profiles.write_text(text.replace(f"{prod}-new", prod))
    assert "no login saved" in host.kps("count", "--profile", prod).err
    host.profiles.write_text(text)
    assert host.kps("profiles", "remove", f"{prod}-new").code == 0
    host.profiles.write_text(text)
    assert "no login saved" in host.kps("count", "--profile", f"{prod}-new").err


@needs_secret_service
def test_a_login_is_read_where_it_was_kept_and_logout_removes_it_everywhere(
    host: Desktop, demo: dict[str, str], prod: str
) -> None:
    assert log_in(host, demo, prod).code == 0
    with desktop(host.home.path) as at_desk:
        assert at_desk.kps("count").out == "12\n", "the profile names the kernel's keyring"
        assert log_in(at_desk, demo, prod).code == 0
        assert 'keyring = "Secret Service"' in host.profiles.read_text()
        away = host.kps("count", "--no-input")
        assert (away.code, away.out) == (4, "")
        assert "the login is in the keyring (Secret Service), which can't be reached here" in away.err
        removed = host.kps("profiles", "remove", prod)
        assert removed.code == 4
        assert f"removed the login of profile “{prod}”, the profile stays\n" in removed.err, "that in the kernel"
        assert "may still be in a keyring: the login is in the keyring (Secret Service)" in removed.err
        out = host.kps("logout")
        assert (out.code, len(out.err.splitlines())) == (4, 1)
        assert "may still be in a keyring: the login is in the keyring (Secret Service)" in out.err
        assert at_desk.kps("count").out == "12\n"
        with at_desk.keyring_stopped():
            hung = at_desk.kps("logout")
            assert hung.code == 4
            assert "may still be in a keyring: the keyring (Secret Service) did not answer" in hung.err
        assert at_desk.kps("logout").code == 0
        assert "no login saved" in at_desk.kps("count").err


@needs_secret_service
def test_logout_of_all_removes_the_logins_of_all_profiles_in_every_keyring_that_answers(
    host: Desktop, demo: dict[str, str], prod: str
) -> None:
    nothing = host.kps("logout", "--all")
    assert (nothing.code, nothing.err) == (0, "kps-tui: there is no profile, so there is no login to remove\n")
    assert log_in(host, demo, prod).code == 0
    with desktop(host.home.path) as at_desk:
        assert log_in(at_desk, demo, "desk").code == 0
        text = host.profiles.read_text()
        away = host.kps("logout", "--all")
        first, second = away.err.splitlines()
        assert (away.code, first) == (4, f"kps-tui: removed the login of profile “{prod}”")
        assert (
            "logins may still be in a keyring: the login is in the keyring (Secret Service), which can't be" in second
        )
        there = at_desk.kps("logout", "--all")
        assert (there.code, there.err) == (0, "kps-tui: removed the login of profile “desk”\n")
        again = at_desk.kps("logout", "--all")
        assert (again.code, again.err) == (0, "kps-tui: no profile had a login\n")
        assert host.profiles.read_text() == text
    both = host.kps("logout", "--all", "--profile", prod)
    assert (both.code, both.err) == (2, "kps-tui: --all can't be combined with --profile · leave out one of them\n")
