"""The metadata service of an ECS, against a real socket."""

import asyncio
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kps_tui.kps.credentials import AccessKey, Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError, Redirected, ServiceFailed, Unreachable, UnreadableAnswer
from kps_tui.kps.login_errors import AgencyMissing
from kps_tui.kps.metadata import ADDRESS, IssuedKeys, Metadata
from kps_tui.kps.transport import RequestRecord
from tests.loopback import Loopback, Reply, Request, http, serving

SECRET, TOKEN = "canary-agency-secret-55", "canary-agency-token-55"
HELD = {"access": "AKTEMP", "secret": SECRET, "securitytoken": TOKEN, "expires_at": "2026-11-25T03:04:05.000000Z"}


def ecs(
    keys: bytes | None = None, session: bytes = http("session-1", headers={"Content-Type": "text/plain"})
) -> Callable[[Request], Reply]:
    answer = http({"credential": HELD}) if keys is None else keys
    return lambda request: session if request.method == "PUT" else answer


def asked(reply: Callable[[Request], Reply]) -> tuple[Loopback, IssuedKeys | None, KpsError | None]:
    exchanges: list[RequestRecord] = []

    async def go() -> tuple[Loopback, IssuedKeys | None, KpsError | None]:
        async with serving(reply) as server:
            try:
                return server, await Metadata(Endpoint.parse(server.endpoint), exchanges.append).keys(), None
            except KpsError as error:
                return server, None, error

    server, keys, error = asyncio.run(go())
    shown = f"{exchanges} {keys!r} {error}"
    if error is not None:
        stack = traceback.TracebackException.from_exception(error, capture_locals=True).stack
        shown += repr([frame.locals for frame in stack if "/tests/" not in frame.filename])
    assert SECRET not in shown
    assert TOKEN not in shown
    return server, keys, error


def test_the_address_is_the_link_local_one() -> None:
    assert str(ADDRESS) == "http://169.254.169.254"


def test_keys_are_asked_for_with_a_session() -> None:
    server, issued, _ = asked(ecs())
    assert issued == IssuedKeys(
        AccessKey("AKTEMP", Secret(SECRET), Secret(TOKEN)), datetime(2026, 11, 25, 3, 4, 5, tzinfo=UTC)
    )
    first, second = server.requests
    assert (first.method, first.target) == ("PUT", "/meta-data/latest/api/token")
    assert first.headers["x-metadata-token-ttl-seconds"] == "21600"
    assert (second.method, second.target) == ("GET", "/openstack/latest/securitykey")
    assert second.headers["x-metadata-token"] == "session-1"


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed", "503 Service Unavailable"])
def test_without_the_second_version_it_goes_on(status: str) -> None:
    server, issued, _ = asked(ecs(session=http({}, status)))
    assert issued is not None
    assert len(server.requests) == 2
    assert "x-metadata-token" not in server.requests[1].headers


@pytest.mark.parametrize("status", ["500 Internal Server Error", "401 Unauthorized", "400 Bad Request"])
def test_any_other_refusal_of_a_session_ends_it(status: str) -> None:
    server, _, error = asked(ecs(session=http({}, status)))
    assert error is not None
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found"])
def test_a_machine_without_an_agency(status: str) -> None:
    body = {"message": "Please configure Cloud Service Agency first"}
    _, _, error = asked(ecs(http(body, status)))
    assert isinstance(error, AgencyMissing)
    assert error.exit_code == 4
    assert "Please configure Cloud Service Agency first" in str(error)


@pytest.mark.parametrize(("status", "kind"), [("500 X", ServiceFailed), ("302 X", Redirected)])
def test_other_failures(status: str, kind: type[KpsError]) -> None:
    _, _, error = asked(ecs(http({}, status)))
    assert type(error) is kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        f'{{"credential": {{"secret": "{SECRET}", "securitytoken": "{TOKEN}"'.encode(),
        {"credential": None},
        {"credential": []},
        [HELD],
        {"credential": {name: value for name, value in HELD.items() if name != "securitytoken"}},
        {"credential": HELD | {"secret": f"{SECRET}\n"}},
        {"credential": HELD | {"access": f"{SECRET} x"}},
        {"credential": HELD | {"secret": 5}},
    ],
)
def test_keys_that_are_none_are_refused_without_an_echo(body: Any) -> None:
    _, issued, error = asked(ecs(http(body)))
    assert issued is None
    assert isinstance(error, UnreadableAnswer)


@pytest.mark.parametrize("ends", [None, "soon", 5])
def test_an_end_that_is_none_is_unknown(ends: object) -> None:
    _, issued, _ = asked(ecs(http({"credential": HELD | {"expires_at": ends}})))
    assert issued is not None
    assert issued.expires_at is None


@pytest.mark.parametrize("text", ["two words\r\nX: 1", "é", "", "a\x01"])
def test_a_session_that_no_header_can_carry_is_refused(text: str) -> None:
    server, _, error = asked(ecs(session=http(text)))
    assert isinstance(error, UnreadableAnswer)
    assert len(server.requests) == 1


def test_no_proxy_is_asked_and_elsewhere_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with serving(lambda request: http({})) as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.endpoint)
            # 192.0.2.0/24 (documentation) is not loopback, so the proxy of the environment would apply.
            asking = asyncio.create_task(Metadata(Endpoint("http", "192.0.2.1", 9)).keys())
            with pytest.raises(Unreachable) as caught:
                await asyncio.wait_for(asking, 9)
            assert "only an ECS" in str(caught.value)
            assert proxy.connections == 0

    asyncio.run(go())


def test_what_never_answers_is_given_up_after_three_seconds() -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def go() -> float:
        loop = asyncio.get_running_loop()
        async with serving(lambda request: hold) as server:
            started = loop.time()
            with pytest.raises(Unreachable):
                await asyncio.wait_for(Metadata(Endpoint.parse(server.endpoint)).keys(), 9)
            return loop.time() - started

    assert asyncio.run(go()) < 9
