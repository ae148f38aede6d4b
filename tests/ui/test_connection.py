"""The connection of the app: what begins at the first frame serves the first load, and nothing after it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.identity.stored import Origins, Stored, to_json
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret, Token
from kps_tui.locations import config_file
from kps_tui.problems import CredentialError
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.connection import Connection
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from tests.demo_app import frozen, grid, target_at, until

HERE, ELSEWHERE = "http://127.0.0.1:9", "http://127.0.0.1:10"


class Keyring:
    """A keyring in memory. It answers when `open` is set, with the item that it then holds."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reads = 0
        self.text: str | None = to_json(Stored(Token(Secret("kept")), origins=Origins(HERE, HERE)))

    def get_password(self, service: str, user: str) -> str | None:
        self.reads += 1
        assert self.open.wait(60)
        return self.text

    def delete_password(self, service: str, user: str) -> None:
        self.text = None


@asynccontextmanager
async def connection_with(keyring: Keyring, *others: Profile) -> AsyncIterator[tuple[Connection, Pilot[int]]]:
    """Yield a connection whose login is in `keyring`, in a running app that does not use it.

    With `others`, there are several profiles, and none is chosen.
    """
    profile = Profile("prod", endpoint=HERE, iam_endpoint=HERE, project_id="p", kind="token")
    profiles = {each.name: each for each in (profile, *others)}
    chosen = None if others else Chosen(profile, "the only profile")
    context = Context(Settings(), {}, Configuration(config_file(), profiles), chosen)
    vault = Vault(lambda: OpenKeyring("memory", keyring), read_seconds=60, write_seconds=60)  # type: ignore[arg-type]
    app = KpsApp(Session.on(target_at(ELSEWHERE, demo=True)), now=frozen)
    async with app.run_test() as pilot:
        connection = Connection(app, Session(context, vault, lambda: target_at(ELSEWHERE, demo=True)))
        yield connection, pilot
        await connection.close()


def _text(pilot: Pilot[int]) -> str:
    assert isinstance(pilot.app, KpsApp)
    return "\n".join(grid(pilot.app))


def test_the_first_load_takes_over_what_has_begun() -> None:
    async def go() -> None:
        keyring = Keyring()
        async with connection_with(keyring) as (connection, pilot):
            connection.begin()
            await until(pilot, "the keyring is asked", lambda: keyring.reads == 1)
            keyring.open.set()
            client = await connection.connect()
            assert client is await connection.connect()
            assert keyring.reads == 1

    asyncio.run(go())


def test_the_first_load_is_told_why_it_failed_and_the_next_tries_again() -> None:
    async def go() -> None:
        keyring = Keyring()
        keyring.text, item = None, keyring.text
        keyring.open.set()
        async with connection_with(keyring) as (connection, pilot):
            connection.begin()
            await until(pilot, "the keyring is asked", lambda: keyring.reads == 1)
            with pytest.raises(CredentialError, match="no login saved"):
                await connection.connect()
            keyring.text = item
            await connection.connect()
            assert keyring.reads == 2

    asyncio.run(go())


def test_a_place_that_was_chosen_meanwhile_stays() -> None:
    async def go() -> None:
        keyring = Keyring()
        async with connection_with(keyring) as (connection, pilot):
            before = asyncio.all_tasks()
            connection.begin()
            (opening,) = asyncio.all_tasks() - before
            await until(pilot, "the keyring is asked", lambda: keyring.reads == 1)
            chosen = target_at(ELSEWHERE)
            connection.switch_to(chosen)
            await until(pilot, "the other place is used", lambda: connection.target is chosen)
            keyring.open.set()
            await asyncio.wait([opening])
            assert (await connection.connect()).endpoint == chosen.place.endpoint
            assert connection.target is chosen

    asyncio.run(go())


def test_a_place_that_can_not_be_connected_to_is_said_on_the_sign_in_screen() -> None:
    async def go() -> None:
        keyring = Keyring()
        async with connection_with(keyring) as (connection, pilot):
            there = target_at("https://127.0.0.1:9")
            without_bundle = replace(there, place=replace(there.place, ca_bundle=Path("/no/such/bundle.pem")))
            connection.switch_to(without_bundle)
            await until(pilot, "it asks for a login", lambda: isinstance(pilot.app.screen, SignInScreen))
            assert "/no/such/bundle.pem" in _text(pilot)
            assert connection.target is None

    asyncio.run(go())


def test_a_profile_with_a_malformed_place_is_said_on_the_sign_in_screen() -> None:
    async def go() -> None:
        keyring = Keyring()
        bad = Profile("bad", endpoint="ftp://nowhere", project_id="p", kind="token")
        async with connection_with(keyring, bad) as (connection, pilot):
            connection.switch_to("bad")
            await until(pilot, "it asks for a login", lambda: isinstance(pilot.app.screen, SignInScreen))
            assert "ftp://nowhere" in _text(pilot)

    asyncio.run(go())


def test_a_new_login_for_the_same_profile_is_not_another_one_to_go_back_to() -> None:
    async def go() -> None:
        async with connection_with(Keyring()) as (connection, pilot):
            first, second = target_at(HERE), target_at(ELSEWHERE)
            renewed = target_at(ELSEWHERE, token="renewed")
            for target in (first, second, renewed):
                connection.switch_to(target)
                await until(pilot, "it is used", lambda target=target: connection.target is target)  # type: ignore[misc]
            connection.switch_back()
            await until(pilot, "the profile before", lambda: connection.target is first)
            connection.switch_back()
            await until(pilot, "with the new login", lambda: connection.target is renewed)

    asyncio.run(go())


def test_a_login_that_was_removed_is_not_gone_back_to() -> None:
    async def go() -> None:
        keyring = Keyring()
        keyring.open.set()
        async with connection_with(keyring) as (connection, pilot):
            await connection.connect()
            assert connection.target is not None
            connection.log_out()
            await pilot.pause()
            await pilot.press("y")
            await until(pilot, "the keyring forgets it", lambda: keyring.text is None)
            elsewhere = target_at(ELSEWHERE)
            connection.switch_to(elsewhere)
            await until(pilot, "the other place is used", lambda: connection.target is elsewhere)
            connection.switch_back()
            await until(pilot, "it asks for a login", lambda: isinstance(pilot.app.screen, SignInScreen))
            assert connection.target is elsewhere

    asyncio.run(go())
