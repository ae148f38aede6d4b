"""The screen in each state without a list: what happened, where, and the next key."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.identity.profiles import Configuration
from kps_tui.kps.credentials import AccessKey, Secret
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.status_line import StatusLine
from tests.demo_app import frozen, headless, press_keys, running, screen_of, settled, target_at, until
from tests.faults.certificates import authority, self_signed
from tests.live_app import Service
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving
from tests.ui.screens.driving import press, status_of, text_of

Body = Callable[[KpsApp, Pilot[int], TriageScreen, Loopback], Awaitable[None]]
ABSENT = "https://kms.states.invalid"
"""A reserved name that never resolves (RFC 6761)."""
BUSY = http({"error_code": "APIGW.0308", "error_msg": "slow down"}, "429 X", {"Retry-After": "60"})


def rows(count: int) -> list[dict[str, Any]]:
    return [row(number) for number in range(count)]


def drive(reply: Callable[[Request], Reply], body: Body, wait: bool = True) -> None:
    async def go() -> None:
        async with serving(reply) as server, running(target_at(server.endpoint)) as (app, pilot):
            await body(app, pilot, await settled(app, pilot) if wait else screen_of(app), server)

    asyncio.run(go())


def first_screen(target: Target) -> str:
    """Return the text of the screen after loading from a target has failed."""

    async def go() -> str:
        async with running(target) as (app, pilot):
            await settled(app, pilot)
            return text_of(app)

    return asyncio.run(go())


def holds(shown: str, *parts: str) -> None:
    joined = " ".join(shown.split())
    for part in parts:
        assert part in joined, f"{part!r} is not in\n{shown}"


@pytest.fixture
def refused() -> Iterator[str]:
    """Return a port without a listener."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


def test_offline(refused: str) -> None:
    shown = first_screen(target_at(f"http://{refused}"))
    holds(shown, refused, "the connection was refused", "r retries", "q quits", "project 0000")


def test_what_is_offered_without_a_list_has_the_keys_of_the_user(refused: str) -> None:
    keys = {"app.login": "F6", "app.context": "F7", "data.refresh": "F5"}

    async def shown_at(endpoint: str) -> str:
        configuration = Configuration(Path("config.toml"), keys=keys)
        app = KpsApp(Session.on(target_at(endpoint), configuration), now=frozen)
        async with headless(app, (120, 36)) as pilot:
            await settled(app, pilot)
            return text_of(app)

    async def empty() -> str:
        async with serving(listing([])) as server:
            return await shown_at(server.endpoint)

    holds(asyncio.run(shown_at(f"http://{refused}")), "F5 retries · F6 logs in · F7 switches the profile · q quits")
    holds(asyncio.run(empty()), "F7 switches to another profile, F6 signs in to another place. F5 refreshes")


def test_a_service_that_does_not_answer_shows_for_how_long_it_was_waited_for() -> None:
    service = Service(listing(rows(3)))
    service.open.clear()

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "it counts", lambda: "no answer for 3 s" in status_of(app))
        assert "Esc stops" in status_of(app)
        service.open.set()
        await settled(app, pilot)
        assert "no answer" not in text_of(app)
        service.open.clear()
        await press_keys(app, "r")
        await until(pilot, "it counts again", lambda: "no answer for 2 s" in status_of(app))
        await press_keys(app, "escape")
        await settled(app, pilot)
        assert "no answer" not in text_of(app)
        assert not screen.query_one(StatusLine)._stopwatch.is_ticking

    drive(service, body, wait=False)


def test_a_name_that_is_not_known() -> None:
    shown = first_screen(target_at(ABSENT))
    holds(shown, "kms.states.invalid", "host name not found", "check the region", "r retries")


def test_a_proxy_that_is_not_there_is_named(refused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:canary-proxy@{refused}")
    shown = first_screen(target_at(ABSENT))
    holds(shown, "kms.states.invalid", "the connection was refused", "HTTPS_PROXY", "r retries")
    assert "canary-proxy" not in shown


@pytest.mark.parametrize("given", [False, True])
def test_a_certificate_that_nobody_vouches_for_names_the_hop_and_the_ca(tmp_path: Path, given: bool) -> None:
    bundle = authority(tmp_path / "ca").bundle if given else None

    async def go() -> str:
        async with serving(listing([]), tls=self_signed(tmp_path)) as server:
            target = target_at(server.endpoint)
            async with running(replace(target, place=replace(target.place, ca_bundle=bundle))) as (app, pilot):
                await settled(app, pilot)
                return text_of(app)

    shown = asyncio.run(go())
    holds(shown, "certificate", "127.0.0.1", "KPS_TUI_CA_BUNDLE", "r retries")


REFUSED = {
    "401": (
        http({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}, "401 X"),
        ("rejected the login (401)", "APIGW.0301", "L logs in · r retries"),
    ),
    "403": (
        http({"error_code": "KPS.9003", "error_msg": "No operation permission"}, "403 X"),
        ("permission (403)", "kps:domainKeypairs:getfailtask", "KPS.9003"),
    ),
    "wrong project": (
        http({"error_code": "APIGW.0101", "error_msg": "The API does not exist"}, "404 X"),
        ("404", "region", "project"),
    ),
    "unreadable": (http("<html>", headers={"Content-Type": "text/html"}), ("can't be read", "text/html")),
    "without tasks": (http({"total": 4, "tasks": None}), ("can't be read", "“tasks” is not a list")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_asked_once_and_says_what_is_missing(name: str) -> None:
    answer, parts = REFUSED[name]

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        holds(text_of(app), *parts, "r retries", "q quits", "project 0000", server.endpoint.partition("://")[2])
        assert len(server.requests) == 1
        assert "No failed tasks" not in text_of(app)

    drive(lambda request: answer, body)


def test_a_clock_that_is_wrong() -> None:
    def reply(request: Request) -> Reply:
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=11), usegmt=True)
        return http({"error_code": "APIGW.0301", "error_msg": "bad signature"}, "401 X", {"Date": date})

    async def go() -> None:
        async with serving(reply) as server:
            key = AccessKey("AKAKAKAKAK", Secret("canary-secret-key"))
            target = replace(target_at(server.endpoint, region="cn-north-4"), credential=key)
            async with running(target) as (app, pilot):
                await settled(app, pilot)
                holds(text_of(app), "clock", "11 min", "r retries")
                assert "canary" not in text_of(app)

    asyncio.run(go())


def test_a_service_that_is_busy_is_waited_for_with_a_countdown_that_esc_stops() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "it counts down", lambda: "again in" in status_of(app))
        assert "Esc stops" in status_of(app)
        seen = {status_of(app)}
        await until(pilot, "it goes on counting", lambda: seen != {*seen, status_of(app)})
        await pilot.press("escape")
        await settled(app, pilot)
        assert "Stopped" in text_of(app)
        assert "again in" not in text_of(app)
        await until(pilot, "nothing ticks", lambda: not screen.countdown.is_ticking)
        assert len(server.requests) == 1

    drive(lambda request: BUSY, body, wait=False)


def test_a_new_load_does_not_show_the_wait_of_the_one_before() -> None:
    service = Service(lambda request: BUSY)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "it counts down", lambda: "again in" in status_of(app))
        service.reply = listing(rows(3))
        service.open.clear()
        # Both in one iteration of the event loop: the old request does not know yet that it is cancelled.
        screen.loader.stop()
        screen.loader.begin()
        assert screen.waiting == ""
        await until(pilot, "it asks again", lambda: len(server.requests) == 2)
        assert (screen.waiting, screen.countdown.is_ticking) == ("", False)
        assert "again in" not in text_of(app)
        service.open.set()
        await settled(app, pilot)
        assert len(screen.view) == 3

    drive(service, body, wait=False)


def test_a_service_that_failed_is_asked_three_times() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        holds(text_of(app), "(503)", "KPS.0003", "r retries")
        assert len(server.requests) == 3
        assert (screen.waiting, screen.countdown.is_ticking) == ("", False)

    drive(lambda request: http({"error_code": "KPS.0003", "error_msg": "later"}, "503 X"), body)


def test_a_part_of_a_list_stays_and_only_what_is_missing_is_asked_for_again() -> None:
    service = Service(listing(rows(4500)))
    good = service.reply

    def failing(request: Request) -> Reply:
        if request.number("offset") < 2000:
            return good(request)
        return http({"error_code": "KPS.9003", "error_msg": "no"}, "403 X", {"X-Request-Id": "4f1c"})

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        service.reply = failing
        await press(app, pilot, "R")
        holds(text_of(app), "R continues, r retries", "permission (403)", "rows from 08:30:00")
        assert "4,500 failed · 2,998 of 4,500 loaded" in status_of(app)
        before = len(server.requests)
        service.reply = good
        await press(app, pilot, "R")
        assert len(screen.view) == 4500
        assert sorted(request.number("offset") for request in server.requests[before:]) == [2997, 3996]
        assert "R continues" not in text_of(app)

    drive(service, body)


def test_every_count_of_a_part_says_that_there_may_be_more() -> None:
    def without_total(request: Request) -> Reply:
        at, limit = request.number("offset"), request.number("limit")
        return http({"tasks": rows(2500)[at : at + limit]})

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert "≥ 1,000 failed" in status_of(app)
        await pilot.press("slash", "w", "e", "b", "minus", "3", "enter")
        await settled(app, pilot)
        assert "≥ 143 match" in status_of(app)
        await pilot.press("F")
        await settled(app, pilot)
        await until(pilot, "groups are counted", lambda: "≥" in text_of(app).replace(status_of(app), ""))
        await press(app, pilot, "R")
        assert "2,500 failed" in status_of(app)
        assert "357 match" in status_of(app)
        assert "≥" not in text_of(app)

    drive(without_total, body)


def test_after_a_refusal_the_sign_in_says_why() -> None:
    refused = http({"error_code": "APIGW.0301", "error_msg": "no"}, "401 X")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await pilot.press("L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        assert "rejected the login (401)" in text_of(app)

    drive(lambda request: refused, body)
