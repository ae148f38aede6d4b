"""Faults during a session of the UI: rows 51 to 56, 62, 63 and 69."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.ui.app import KpsApp
from tests.demo_app import headless, running, screen_of, settled, target_at, until
from tests.faults.case import GOOD
from tests.faults.hostile import Server, always, hangs, in_turn
from tests.faults.iam import PASSWORD, REFUSED, Iam
from tests.faults.matrix import fault
from tests.faults.screens import WIDE, words
from tests.loopback import Loopback, http, serving
from tests.ui.screens.driving import ids
from tests.virtual_time import VirtualTime

Body = Callable[[KpsApp, Pilot[int], Loopback], Awaitable[None]]


def drive(server: Server, body: Body, login: Callable[[Target], Target] = lambda target: target) -> None:
    """Run `body` with the UI on a target at `server`."""

    async def go() -> None:
        async with serving(server) as service, running(login(target_at(service.endpoint)), WIDE) as (app, pilot):
            await body(app, pilot, service)

    asyncio.run(go())


def with_password(target: Target) -> Target:
    return replace(target, credential=Password("ops", "acme", Secret(PASSWORD)))


def with_token_that_ends_in(minutes: float) -> Callable[[Target], Target]:
    last = Token(Secret("token-old"), datetime.now(UTC) + timedelta(minutes=minutes))
    return lambda target: replace(with_password(target), cached_token=last)


@fault(51, "screen")
def test_a_refused_login_offers_another_and_sends_nothing_by_itself(fault_id: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: Loopback) -> None:
        await settled(app, pilot)
        assert "rejected the login (401)" in words(app)
        assert "L logs in" in words(app)
        assert len(server.requests) == 1
        await pilot.press("L")
        await until(pilot, "the login is asked for", lambda: "Which region?" in words(app))
        assert len(server.requests) == 1

    drive(always(REFUSED), body)


@fault(52, "screen")
def test_a_token_that_expires_leaves_cursor_and_order(fault_id: str) -> None:
    iam = Iam(3, life=5.0)

    async def body(app: KpsApp, pilot: Pilot[int], server: Loopback) -> None:
        screen = await settled(app, pilot)
        before = ids(screen)
        await pilot.press("j", "s")
        await settled(app, pilot)
        assert screen.highlighted is not None
        task, order = screen.highlighted.task_id, screen.view.query
        iam.refuse_first = True
        await pilot.press("r")
        await until(pilot, "it is read again", lambda: screen.load.running is None and iam.refused == 1)
        await settled(app, pilot)
        assert sorted(ids(screen)) == sorted(before)
        assert (screen.highlighted.task_id, screen.view.query) == (task, order)
        assert (len(iam.posts), screen.load.error) == (2, None)

    drive(iam, body, with_password)


@fault(55, "screen")
def test_a_wrong_password_is_sent_once_for_a_key_press(fault_id: str) -> None:
    iam = Iam(login=lambda iam: REFUSED)

    async def body(app: KpsApp, pilot: Pilot[int], server: Loopback) -> None:
        await settled(app, pilot)
        for presses in range(1, 4):
            assert len(iam.posts) <= presses
            assert "IAM rejected the login" in words(app)
            await pilot.press("r")
            await settled(app, pilot)
        assert iam.gets == []

    drive(iam, body, with_password)


@pytest.mark.parametrize(("minutes", "posts"), [(4, 1), (30, 0)], ids=["fault-56-ends-soon", "fault-56-ends-soon-not"])
def test_a_token_that_ends_soon_is_renewed_ahead(minutes: float, posts: int) -> None:
    iam = Iam(3)

    async def body(app: KpsApp, pilot: Pilot[int], server: Loopback) -> None:
        screen = await settled(app, pilot)
        assert len(ids(screen)) == 3
        assert len(iam.posts) == posts
        assert [request.headers["x-auth-token"] for request in iam.gets] == ["token-1" if posts else "token-old"]

    drive(iam, body, with_token_that_ends_in(minutes))


def slow_down(retry_after: str) -> bytes:
    return http({}, "429 X", {"Retry-After": retry_after})


@fault(62, "screen")
def test_a_long_wait_is_cancelled_at_once(fault_id: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], server: Loopback) -> None:
        screen = await settled(app, pilot)
        await pilot.press("r")
        await until(pilot, "it waits", lambda: len(server.requests) == 2)
        assert "Esc stops" in words(app)
        await pilot.press("escape")
        await settled(app, pilot)
        assert len(ids(screen)) == 3
        assert len(server.requests) == 2
        await pilot.press("r")
        await settled(app, pilot)
        assert len(server.requests) == 3

    drive(in_turn(GOOD, always(slow_down("60")), GOOD), body)


@fault(63, "huge")
def test_no_wait_is_longer_than_a_minute(fault_id: str) -> None:
    pauses: list[float] = []

    async def go() -> None:
        async with serving(in_turn(always(slow_down("1000000000")), GOOD)) as server:
            login = TokenAuth(Token(Secret("t")), server.endpoint)
            async with KpsClient(
                Endpoint.parse(server.endpoint), "p", login, timing=VirtualTime(pauses.append).timing
            ) as client:
                assert (await client.page(0, 10)).rows == 3

    asyncio.run(go())
    assert pauses == [60.0]


@fault(69)
def test_a_clock_that_jumps_ends_no_request_and_takes_no_row(fault_id: str) -> None:
    now = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

    async def go() -> None:
        nonlocal now
        waiting = asyncio.Event()

        async def answers_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await waiting.wait()
            answer = GOOD(service.requests[-1])
            assert isinstance(answer, bytes)
            writer.write(answer)

        async with serving(in_turn(GOOD, always(answers_late), always(hangs))) as service:
            app = KpsApp(Session.on(target_at(service.endpoint)), now=lambda: now)
            async with headless(app, WIDE) as pilot:
                screen = await settled(app, pilot)
                assert "read 08:30:00" in words(app)
                for hours in (9, -48):
                    now += timedelta(hours=hours)
                    await pilot.pause()
                    assert len(ids(screen)) == 3
                await pilot.press("r")
                await until(pilot, "it was asked", lambda: len(service.requests) == 2)
                now += timedelta(hours=9)
                await pilot.pause(0.1)
                assert screen_of(app).load.running, "a deadline is no time of day"
                waiting.set()
                await settled(app, pilot)
                assert len(ids(screen)) == 3
                assert screen.load.error is None
                assert f"read {now:%H:%M:%S}" in words(app)

    asyncio.run(go())
