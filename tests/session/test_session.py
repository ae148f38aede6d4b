"""The session of the UI: its first place, real logins, and what is stored."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kps_tui.demo.server import DemoServer
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.keyring_errors import NoKeyring
from kps_tui.identity.login_kinds import PASSWORD, TOKEN
from kps_tui.identity.profiles import Configuration, Profile
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret
from kps_tui.locations import config_file
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.session.sign_in import LoginForm
from kps_tui.session.target import Target
from kps_tui.settings import Settings, Sourced
from tests.demo_app import target_at

DEMO = target_at("http://127.0.0.1:9", demo=True)


class Keyring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.items.get(user)

    def set_password(self, service: str, user: str, text: str) -> None:
        self.items[user] = text


def vault_of(keyring: Keyring | None) -> Vault:
    def opened() -> OpenKeyring:
        if keyring is None:
            raise NoKeyring("there is no keyring")
        return OpenKeyring("memory", keyring)  # type: ignore[arg-type]

    return Vault(opened)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with DemoServer(tasks=3) as running:
        yield running


def session_with(keyring: Keyring | None, *profiles: Profile, fixed: Target | None = None) -> Session:
    configuration = Configuration(config_file(), {profile.name: profile for profile in profiles})
    return Session(Context(Settings(), {}, configuration, None), vault_of(keyring), lambda: DEMO, fixed=fixed)


def form_at(server: DemoServer) -> LoginForm:
    form = LoginForm().at(server.endpoint).with_kind(TOKEN)
    return form.with_login({"token": Secret(server.token), "project_id": server.project_id})


def test_a_fixed_target_is_where_it_begins_and_nothing_of_it_is_kept() -> None:
    session = session_with(Keyring(), fixed=DEMO)
    assert session.opening() == DEMO.place
    assert asyncio.run(session.find()) is DEMO
    assert not session.lists.is_enabled
    assert session_with(Keyring()).lists.is_enabled


def test_without_a_place_nothing_is_known_and_the_form_is_empty() -> None:
    session = session_with(None)
    assert session.opening() is None
    assert (session.login_form().where, session.login_form().kind) == ("", None)


def test_a_login_typed_in_the_demo_is_really_used(server: DemoServer) -> None:
    session = session_with(None, fixed=DEMO)
    result = asyncio.run(session.sign_in(form_at(server)))
    assert result.remark == "signed in for this run only: there is no keyring"
    assert result.target is not None
    assert str(result.target.place.endpoint) == server.endpoint
    assert not result.target.demo
    assert session.login_form().where == server.endpoint, "the next form is filled with it"
    assert session.login_form().credential is None


def test_a_profile_that_was_just_created_can_be_switched_to(server: DemoServer) -> None:
    session = session_with(Keyring(), Profile("prod", kind="token"))

    async def go() -> None:
        await session.sign_in(form_at(server))
        assert [profile.name for profile in session.profiles()] == ["prod", "default"]
        assert (await session.use("default")).place.project_id == server.project_id

    asyncio.run(go())


def test_a_stored_login_is_named_by_its_profile_alone(server: DemoServer) -> None:
    keyring = Keyring()
    result = asyncio.run(session_with(keyring).sign_in(form_at(server)))
    assert result.target is not None
    assert result.target.arguments == ("--profile", "default")
    assert json.loads(keyring.items["default"])["token"] == {"token": server.token}


def test_a_token_is_stored_with_the_end_that_iam_tells(server: DemoServer) -> None:
    keyring = Keyring()
    form = LoginForm().at(server.endpoint).with_kind(TOKEN).with_login({"token": Secret(server.token)})
    asyncio.run(session_with(keyring).sign_in(form))
    token = json.loads(keyring.items["default"])["token"]
    assert token["token"] == server.token
    assert datetime.fromisoformat(token["expires_at"]) > datetime.now(UTC)


def test_the_form_is_filled_from_the_profile_in_use(server: DemoServer) -> None:
    prod = Profile("prod", region="cn-north-4", project_id="p1", kind="password", user="ops", account="acme")
    session = session_with(Keyring(), prod)
    with pytest.raises(CredentialError, match="no login saved for profile “prod”"):
        asyncio.run(session.use("prod"))
    form = session.login_form()
    assert (form.kind, form.profile, form.where) == (PASSWORD, "prod", "cn-north-4")
    assert [form.known(name) for name in ("user", "account", "project_id", "access_key")] == ["ops", "acme", "p1", ""]


def test_nothing_typed_is_nothing_to_log_in_with() -> None:
    with pytest.raises(ConfigError, match="the form is empty"):
        asyncio.run(session_with(None).sign_in(LoginForm({"region": Sourced("cn-north-4", "")})))
