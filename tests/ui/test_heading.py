"""The texts about the current place, and the command line for it."""

import asyncio

import pytest

from kps_tui.session.session import Session
from kps_tui.settings import Settings, Sourced
from kps_tui.ui.app import KpsApp
from tests.demo_app import demo_target, until
from tests.live_app import configure, home, live_at
from tests.ui.screens.driving import text_of

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
PROFILE = '[profiles.prod]\nregion = "cn-north-4"\nproject_id = "p1"\nkind = "token"\n'


def test_the_demo_says_so_before_it_has_answered() -> None:
    with demo_target(1) as target:
        heading = KpsApp(Session.on(target)).connection.first_heading(offline=False)
    assert heading.demo
    assert heading.arguments == ("--demo",)


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        (Settings(profile="prod", offline=True), "kps-tui list --profile prod --offline"),
        (
            Settings({"region": Sourced("cn-east-3", "--region")}, profile="prod", offline=True),
            "kps-tui list --profile prod --region cn-east-3 --offline",
        ),
        (
            Settings({"region": Sourced("cn-east-3", "--region")}, offline=True),
            "kps-tui list --profile prod --region cn-east-3 --offline",
        ),
        (Settings(offline=True), "kps-tui list --profile prod --offline"),
    ],
)
def test_the_command_of_an_offline_list_stays_offline_and_with_its_profile(
    settings: Settings, command: str, home: "object"
) -> None:
    async def body() -> None:
        async with live_at(settings, {}) as (app, pilot):
            await until(pilot, "there is no list", lambda: "no saved list for this place" in text_of(app))
            assert "login: none, offline" in text_of(app)
            await pilot.press("y")
            await until(pilot, "the menu", lambda: "this view" in text_of(app))
            (shown,) = [line for line in text_of(app).splitlines() if "this view" in line]
            assert shown.rstrip(" │┃▌▐").rpartition("as a command")[2].strip(" │┃▌▐") == command

    configure(home, PROFILE)  # type: ignore[arg-type]
    asyncio.run(body())
