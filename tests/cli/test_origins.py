"""A stored login is only sent to the origins it was stored for; with real keyrings, servers and processes."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.identity.kernel import needs_kernel_keyring
from tests.identity.secret_service import Home, needs_secret_service
from tests.loopback import Loopback, Request, http, serving_in_a_thread
from tests.program import Ended
from tests.session.desktop import Desktop, demo_server, desktop

BACKENDS = {
    "Secret Service": "from keyring.backends.SecretService import Keyring\n",
    "Linux kernel": "from kps_tui.identity.kernel_keyring import KernelKeyring as Keyring\n",
}
SHOW = "print(Keyring().get_password('kps-tui', {name!r}))"
PLANT = "Keyring().set_password('kps-tui', {name!r}, {text!r})"
UNIQUE = uuid.uuid4().hex
"""Ends the names of profiles: the kernel's keyring is the same for every home of a uid."""


@dataclass(frozen=True)
class User:
    """A user whose logins are kept in a certain keyring."""

    desktop: Desktop
    keyring: str

    def kps(self, *arguments: str, **more: Any) -> Ended:
        """Run the program."""
        return self.desktop.kps(*arguments, **more)

    def name(self, kind: str) -> str:
        """Return the name of the profile for a kind of login."""
        return f"{kind}-{UNIQUE}"

    def item(self, kind: str) -> dict[str, object]:
        """Return what the keyring holds of a login."""
        program = BACKENDS[self.keyring] + SHOW.format(name=self.name(kind))
        item: dict[str, object] = json.loads(self.desktop.new_python(program=program).out)
        return item

    def plant(self, kind: str, item: dict[str, object]) -> None:
        """Replace what the keyring holds of a login."""
        program = BACKENDS[self.keyring] + PLANT.format(name=self.name(kind), text=json.dumps(item))
        assert self.desktop.new_python(program=program).code == 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with demo_server(tmp_path_factory.mktemp("demo")) as said:
        yield said


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("Secret Service", marks=needs_secret_service),
        pytest.param("Linux kernel", marks=needs_kernel_keyring),
    ],
)
def user(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    folder = tmp_path_factory.mktemp("user")
    if request.param == "Secret Service":
        with desktop(folder) as found:
            yield User(found, request.param)
        return
    user = User(Desktop(Home(folder)), request.param)
    yield user
    for profile in user.kps("profiles", "--format", "json").json:
        user.kps("logout", "--profile", profile["name"])


@pytest.fixture
def stranger() -> Iterator[Loopback]:
    """A server that accepts any login."""

    def reply(request: Request) -> bytes:
        if request.method == "POST":
            return http({"token": {}}, "201 Created", {"X-Subject-Token": "t"})
        return http({"total": 0, "tasks": []})

    with serving_in_a_thread(reply) as server:
        yield server


def log_in(user: User, demo: dict[str, str], kind: str) -> Ended:
    """Store a login of a kind in the keyring, for a profile of the same name."""
    options: dict[str, tuple[str, ...]] = {
        "token": ("--token-stdin",),
        "password": ("--password-stdin", "--user", demo["user"], "--account", demo["account"]),
        "access-key": ("--secret-key-stdin", "--access-key", demo["access key"]),
    }
    secret = {"token": demo["token"], "password": demo["password"], "access-key": demo["secret key"]}
    place = ("--endpoint", demo["endpoint"], "--project-id", demo["project id"], "--region", "cn-north-4")
    return user.kps("login", "--profile", user.name(kind), *options[kind], *place, stdin=secret[kind].encode())


WAYS = {
    "the option": (("--endpoint", "{url}"), {}),
    "the variable": ((), {"KPS_TUI_ENDPOINT": "{url}"}),
    "the option for IAM alone": (("--iam-endpoint", "{url}"), {}),
    "the variable for IAM alone": ((), {"KPS_TUI_IAM_ENDPOINT": "{url}"}),
}


def refused(ended: Ended, demo: dict[str, str], stranger: Loopback) -> None:
    """Check that a run ended with exit code 4, named both origins, and sent nothing to the other one."""
    assert (ended.code, ended.out) == (4, ""), ended.err
    assert len(ended.err.splitlines()) == 1, ended.err
    for text in ("is not sent to", demo["endpoint"], stranger.endpoint, "kps-tui login"):
        assert text in ended.err
    assert stranger.connections == 0


@pytest.mark.parametrize("kind", ["token", "password", pytest.param("access-key", marks=pytest.mark.full)])
def test_a_kept_login_goes_nowhere_else(kind: str, user: User, demo: dict[str, str], stranger: Loopback) -> None:
    assert log_in(user, demo, kind).code == 0
    if kind == "password":
        # The cached token has expired, so that the password itself would be sent.
        item = user.item(kind)
        assert isinstance(item["token"], dict)
        item["token"]["expires_at"] = "2020-01-01T00:00:00+00:00"
        user.plant(kind, item)
    for options, variables in WAYS.values():
        there = [option.format(url=stranger.endpoint) for option in options]
        named = {name: url.format(url=stranger.endpoint) for name, url in variables.items()}
        refused(user.kps("count", "--no-input", *there, KPS_TUI_PROFILE=user.name(kind), **named), demo, stranger)
    before = user.desktop.profiles.read_text()
    elsewhere = f'= "{stranger.endpoint}"\n'
    table, endpoint = f"[profiles.{user.name(kind)}]\n", f'endpoint = "{demo["endpoint"]}"\n'
    for edited in (
        before.replace(endpoint, f"endpoint {elsewhere}"),
        before.replace(table, f"{table}iam_endpoint {elsewhere}"),
    ):
        assert edited != before
        user.desktop.profiles.write_text(edited)
        refused(user.kps("count", "--no-input", "--profile", user.name(kind)), demo, stranger)
    user.desktop.profiles.write_text(before)
    assert user.kps("count", "--profile", user.name(kind)).out == "12\n", "where it belongs it still works"


def test_a_temporary_key_goes_nowhere_else(user: User, demo: dict[str, str], stranger: Loopback) -> None:
    assert log_in(user, demo, "access-key").code == 0
    user.plant("access-key", user.item("access-key") | {"security_token": "sts"})
    refused(user.kps("count", "--profile", user.name("access-key"), "--endpoint", stranger.endpoint), demo, stranger)


@pytest.mark.parametrize(
    "kind",
    ["token", pytest.param("password", marks=pytest.mark.full), pytest.param("access-key", marks=pytest.mark.full)],
)
def test_a_login_that_an_older_version_kept_is_not_sent(kind: str, user: User, demo: dict[str, str]) -> None:
    assert log_in(user, demo, kind).code == 0
    item = {key: value for key, value in user.item(kind).items() if key != "origins"}
    user.plant(kind, item | {"schema": 1})
    ended = user.kps("count", "--no-input", "--profile", user.name(kind))
    assert (ended.code, ended.out) == (4, "")
    assert "saved by an older version" in ended.err
    assert "log in again" in ended.err
    assert log_in(user, demo, kind).code == 0
    assert user.kps("count", "--profile", user.name(kind)).out == "12\n"


def test_doctor_reports_a_login_that_is_not_sent(user: User, demo: dict[str, str], stranger: Loopback) -> None:
    assert log_in(user, demo, "token").code == 0
    ended = user.kps("doctor", "--endpoint", stranger.endpoint, KPS_TUI_PROFILE=user.name("token"))
    assert ended.code == 4
    assert "is not sent to" in ended.out
    assert demo["token"] not in str(stranger.requests), "it was asked without a login"


def test_a_login_elsewhere_makes_another(user: User, demo: dict[str, str]) -> None:
    assert log_in(user, demo, "token").code == 0
    folder = user.desktop.home.path / "other"
    folder.mkdir()
    with demo_server(folder, 3) as other:
        assert (
            "is not sent to" in user.kps("count", "--profile", user.name("token"), "--endpoint", other["endpoint"]).err
        )
        options = ("--token-stdin", "--endpoint", other["endpoint"], "--project-id", other["project id"])
        assert user.kps("login", "--profile", user.name("there"), *options, stdin=other["token"].encode()).code == 0
        assert user.kps("count", "--profile", user.name("there")).out == "3\n"
    assert user.kps("count", "--profile", user.name("token")).out == "12\n"
