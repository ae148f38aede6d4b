"""Why the sign-in opens: a kept login is not sent to another origin, or none of several profiles is chosen."""

import asyncio
from pathlib import Path

import pytest

from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.identity.stored import Origins, Stored, to_json
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Credential, Password, Secret, Token
from kps_tui.locations import config_file
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.settings import Settings, Sourced
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from tests.demo_app import frozen, grid, headless, press_keys, target_at, until
from tests.loopback import http, serving

OWN = "http://127.0.0.1:9"
LOGINS: dict[str, Credential] = {
    "token": Token(Secret("canary-kept")),
    "password": Password("ops", "acme", Secret("canary-kept")),
}


class Keyring:
    """A keyring in memory that holds one item."""

    def __init__(self, stored: Stored) -> None:
        self._text = to_json(stored)

    def get_password(self, service: str, user: str) -> str:
        return self._text


@pytest.mark.parametrize("kind", LOGINS)
@pytest.mark.parametrize("named", ["endpoint", pytest.param("iam_endpoint", marks=pytest.mark.full), ""])
def test_the_sign_in_opens_with_the_reason(
    kind: str, named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def go() -> None:
        async with serving(lambda request: http({"total": 0, "tasks": []})) as stranger:
            profile = Profile("prod", endpoint=OWN, iam_endpoint=OWN, project_id="p", kind=kind)
            flags = {named: Sourced(stranger.endpoint, "--endpoint")} if named else {}
            configuration = Configuration(config_file(), {"prod": profile})
            context = Context(Settings(flags), {}, configuration, Chosen(profile, "the only profile"))
            # Without another place named, the item is one of an older version.
            keyring = Keyring(Stored(LOGINS[kind], origins=Origins(OWN, OWN) if named else None))
            vault = Vault(lambda: OpenKeyring("memory", keyring))  # type: ignore[arg-type]
            app = KpsApp(Session(context, vault, lambda: target_at(OWN, demo=True)), now=frozen)
            async with headless(app, (200, 30)) as pilot:
                await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
                text = "\n".join(grid(app))
                said = ("is not sent to", stranger.endpoint, OWN) if named else ("older version", "log in again")
                assert all(part in text for part in said), text
                assert stranger.connections == 0

    asyncio.run(go())


def test_of_several_profiles_without_a_default_one_can_be_chosen_or_esc_leads_to_the_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def go() -> None:
        profiles = {name: Profile(name, region="cn-north-4") for name in ("first", "second")}
        context = Context(Settings(), {}, Configuration(config_file(), profiles), None)
        vault = Vault(lambda: OpenKeyring("memory", Keyring(Stored(LOGINS["token"]))))  # type: ignore[arg-type]
        app = KpsApp(Session(context, vault, lambda: target_at(OWN, demo=True)), now=frozen)
        async with headless(app, (160, 30)) as pilot:
            await until(pilot, "the profiles are offered", lambda: "Choose a profile" in "\n".join(grid(app)))
            text = "\n".join(grid(app))
            assert "none is the default" in text
            assert "first" in text
            assert "second" in text
            await press_keys(app, "escape")
            await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
            text = "\n".join(grid(app))
            assert "No profile is chosen." in text
            assert "kps-tui profiles" not in text

    asyncio.run(go())


def test_a_profile_that_is_chosen_at_the_start_but_has_no_login_leads_to_the_sign_in_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def go() -> None:
        profiles = {name: Profile(name, region="cn-north-4", project_id="p") for name in ("first", "second")}
        context = Context(Settings(), {}, Configuration(config_file(), profiles), None)
        vault = Vault(lambda: OpenKeyring("memory", Keyring(Stored(LOGINS["token"]))))  # type: ignore[arg-type]
        app = KpsApp(Session(context, vault, lambda: target_at(OWN, demo=True)), now=frozen)
        async with headless(app, (160, 30)) as pilot:
            await until(pilot, "the profiles are offered", lambda: "Choose a profile" in "\n".join(grid(app)))
            await press_keys(app, "j", "enter")
            await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
            assert "the login of profile “second” is not used" in "\n".join(grid(app))

    asyncio.run(go())
