"""Logging out on the screen: the keyring forgets the login of the profile, and the next request asks for one."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from textual.pilot import Pilot

from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.identity.stored import Origins, Stored, to_json
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret, Token
from kps_tui.locations import config_file
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from tests.demo_app import frozen, headless, press_keys, running, settled, target_at, until
from tests.loopback import Loopback, listing, serving
from tests.ui.screens.driving import mixed, press, text_of, until_said


class Keyring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.items.get(user)

    def delete_password(self, service: str, user: str) -> None:
        del self.items[user]


def drive(body: Callable[[KpsApp, Pilot[int], Keyring, Loopback], Awaitable[None]]) -> None:
    """Run `body` with the program and a login in a keyring."""

    async def go() -> None:
        async with serving(listing(mixed(7))) as server:
            keyring = Keyring()
            origin = f"http://{urlsplit(server.endpoint).netloc}"
            keyring.items["prod"] = to_json(Stored(Token(Secret("kept")), origins=Origins(origin, origin)))
            profile = Profile("prod", endpoint=origin, iam_endpoint=origin, project_id="p", kind="token")
            found = Configuration(config_file(), {"prod": profile})
            context = Context(Settings(), {}, found, Chosen(profile, "the only profile"))
            vault = Vault(lambda: OpenKeyring("memory", keyring))  # type: ignore[arg-type]
            app = KpsApp(Session(context, vault, lambda: target_at(origin, demo=True)), now=frozen)
            async with headless(app, (100, 30)) as pilot:
                await settled(app, pilot)
                await body(app, pilot, keyring, server)

    asyncio.run(go())


def test_it_asks_first_then_forgets_the_login_and_keeps_the_rows() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], keyring: Keyring, server: Loopback) -> None:
        await press(app, pilot, "colon", *"logout", "enter")
        assert "─ Log out of profile “prod”? ─" in text_of(app)
        assert "─ Enter logs out · Esc cancels ─" in text_of(app)
        await press(app, pilot, "escape")
        assert [*keyring.items] == ["prod"]
        await press(app, pilot, "colon", *"logout", "enter", "y")
        await until_said(app, pilot, "removed the login of profile “prod”")
        assert keyring.items == {}
        await until(pilot, "the title says it", lambda: "login: none, logged out" in text_of(app))
        assert "7 failed" in text_of(app)
        asked = len(server.requests)
        await press_keys(app, "r")
        await until(pilot, "it asks for a login", lambda: isinstance(app.screen, SignInScreen))
        assert "no login saved for profile “prod”" in text_of(app)
        assert len(server.requests) == asked

    drive(body)


def test_a_login_that_is_not_kept_is_said_so() -> None:
    async def go() -> None:
        async with serving(listing(mixed(7))) as server, running(target_at(server.endpoint)) as (app, pilot):
            await settled(app, pilot)
            await app.action_command("app.logout")
            await until_said(app, pilot, "this login is not saved: it comes from a test")

    asyncio.run(go())


def test_the_doctor_does_not_use_a_login_that_was_removed() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], keyring: Keyring, server: Loopback) -> None:
        await press(app, pilot, "colon", *"logout", "enter", "y")
        await until_said(app, pilot, "removed the login of profile “prod”")
        asked = len(server.requests)
        await app.action_command("app.doctor")
        await until(pilot, "it found something", lambda: "─ Doctor · profile prod · " in text_of(app))
        assert "no login saved for profile “prod”" in text_of(app)
        assert not [request for request in server.requests[asked:] if "x-auth-token" in request.headers]

    drive(body)
