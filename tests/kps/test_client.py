"""The client against a real server: requests, retries, and the results of every kind of response."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kps_tui.kps.answer import Page
from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient, RunningPages
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import (
    KpsError,
    LoginRefused,
    PermissionMissing,
    Redirected,
    RequestRejected,
    ServiceFailed,
    Throttled,
    Unreachable,
    UnreadableAnswer,
)
from kps_tui.kps.retries import PAUSES, RETRIED_STATUSES, pause_before
from kps_tui.kps.transport import LONGEST_RETRY_AFTER, Interrupted, RequestRecord
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving
from tests.virtual_time import VirtualTime

CANARY = "canary-token-5f2d"
PROJECT = "0123456789abcdef0123456789abcdef"


class Outcome:
    """The outcome of one call."""

    def __init__(self) -> None:
        self.page: Page | None = None
        self.error: KpsError | None = None
        self.pauses: list[float] = []
        self.exchanges: list[RequestRecord] = []
        self.server: Loopback


async def failed(client: KpsClient, offset: int, limit: int) -> Page:
    return await client.page(offset, limit)


async def running(client: KpsClient, offset: int, limit: int) -> Page:
    return await RunningPages(client).page(offset, limit)


async def running_once(client: KpsClient, offset: int, limit: int) -> Page:
    return await client.running_page_once(limit)


def call(
    reply: Callable[[Request], Reply],
    offset: int = 0,
    limit: int = 1000,
    ask: Callable[[KpsClient, int, int], Awaitable[Page]] = failed,
) -> Outcome:
    """Request one page from a server that responds with `reply`."""
    outcome = Outcome()

    timing = VirtualTime(outcome.pauses.append).timing

    async def go() -> None:
        async with serving(reply, running=reply) as server:
            outcome.server = server
            endpoint = Endpoint.parse(server.endpoint)
            login = TokenAuth(Token(Secret(CANARY)), server.endpoint)
            async with KpsClient(endpoint, PROJECT, login, ended=outcome.exchanges.append, timing=timing) as client:
                try:
                    outcome.page = await ask(client, offset, limit)
                except KpsError as error:
                    outcome.error = error

    asyncio.run(go())
    assert CANARY not in f"{outcome.error} {outcome.error!r} {outcome.exchanges} {outcome.page}"
    return outcome


def answers(*replies: Reply) -> Callable[[Request], Reply]:
    """Reply with each in turn, then always with the last one."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def test_a_page_is_asked_for_as_the_api_page_says() -> None:
    outcome = call(listing([row(n) for n in range(30)]), offset=10, limit=15)
    assert outcome.page is not None
    assert [task and task.task_id for task in outcome.page.tasks] == [f"task-{n:06}" for n in range(10, 25)]
    assert (outcome.page.total, outcome.page.rows, outcome.page.unreadable) == (30, 15, 0)
    first, last = '["task-000010", "1763855400000"]', '["task-000024", "1763854560000"]'
    assert (outcome.page.first, outcome.page.last) == (first, last)
    request = outcome.server.requests[0]
    assert (request.method, request.target) == ("GET", f"/v3/{PROJECT}/failed-tasks?limit=15&offset=10")
    assert request.headers["x-auth-token"] == CANARY
    assert request.headers["accept-encoding"] == "identity"
    (exchange,) = outcome.exchanges
    assert (exchange.status, exchange.request_id, exchange.error) == (200, "req-1", "")
    assert exchange.path == request.target


def test_a_page_of_running_tasks_is_asked_for_like_one_of_failed_ones() -> None:
    outcome = call(listing([row(n) for n in range(30)]), offset=10, limit=15, ask=running)
    assert outcome.page is not None
    assert (outcome.page.total, outcome.page.rows) == (30, 15)
    [request] = outcome.server.running_requests
    assert (request.method, request.target) == ("GET", f"/v3/{PROJECT}/running-tasks?limit=15&offset=10")
    assert request.headers["x-auth-token"] == CANARY
    assert [exchange.path for exchange in outcome.exchanges] == [request.target]


@pytest.mark.parametrize("ask", [running, running_once])
def test_without_the_permission_the_one_for_running_tasks_is_named(
    ask: Callable[[KpsClient, int, int], Awaitable[Page]],
) -> None:
    error = call(answers(http({}, "403 X")), ask=ask).error
    assert isinstance(error, PermissionMissing)
    assert "kps:domainKeypairs:getrunningtask" in str(error)
    assert "getfailtask" in str(call(answers(http({}, "403 X"))).error)


@pytest.mark.parametrize("status", ["429 X", "500 X", "503 X", "401 X"])
def test_a_request_that_is_sent_once_is_not_repeated(status: str) -> None:
    outcome = call(answers(http({}, status), http({"total": 0, "tasks": []})), ask=running_once)
    assert outcome.error is not None
    assert (len(outcome.server.running_requests), outcome.pauses) == (1, [])
    if status != "401 X":
        repeated = call(answers(http({}, status), http({"total": 0, "tasks": []})), ask=running)
        assert (repeated.error, len(repeated.server.running_requests)) == (None, 2)


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        ("400 Bad Request", RequestRejected, 1),
        ("401 Unauthorized", LoginRefused, 4),
        ("403 Forbidden", PermissionMissing, 5),
        ("404 Not Found", RequestRejected, 1),
        ("405 Method Not Allowed", RequestRejected, 1),
        ("429 Too Many Requests", Throttled, 3),
        ("500 Internal Server Error", ServiceFailed, 3),
        ("501 Not Implemented", ServiceFailed, 3),
        ("503 Service Unavailable", ServiceFailed, 3),
    ],
)
def test_the_status_decides(status: str, kind: type[KpsError], exit_code: int) -> None:
    outcome = call(answers(http({"error_code": "KPS.0002", "error_msg": "参数错误"}, status, {"X-Request-Id": "abc"})))
    error = outcome.error
    assert type(error) is kind
    assert error.exit_code == exit_code
    assert error.refusal is not None
    assert (error.refusal.code, error.refusal.message, error.refusal.request_id) == ("KPS.0002", "参数错误", "abc")
    for part in (status[:3], "KPS.0002", "参数错误", "abc", str(error.next_step)):
        assert part in str(error)


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "X.1", "error_msg": "no", "request_id": "r"},
        {"errorCode": "X.1", "errorMsg": "no", "request_id": "r"},
        {"error": {"code": "X.1", "message": "no"}, "request_id": "r"},
    ],
)
def test_flat_and_nested_error_bodies_are_read(body: Any) -> None:
    error = call(answers(http(body, "400 Bad Request"))).error
    assert error is not None
    assert error.refusal is not None
    assert (error.refusal.code, error.refusal.message, error.refusal.request_id) == ("X.1", "no", "r")


@pytest.mark.parametrize("body", [b"", b"<html>\x1b[31mred</html>", b"[1]", b"\xff", b'{"error_code": {}}'])
def test_an_unreadable_error_body_leaves_the_status(body: bytes) -> None:
    error = call(answers(http(body, "403 Forbidden"))).error
    assert isinstance(error, PermissionMissing)
    assert "\x1b" not in str(error)


@pytest.mark.parametrize("status", ["429 X", "500 X", "502 X", "503 X", "504 X"])
def test_a_passing_failure_is_asked_again_twice(status: str) -> None:
    good = http({"total": 0, "tasks": []})
    outcome = call(answers(http({}, status), http({}, status), good))
    assert outcome.page is not None
    assert len(outcome.server.requests) == 3
    first, second = outcome.pauses
    assert 0.25 <= first <= 0.75
    assert 0.5 <= second <= 1.5
    assert len(call(answers(http({}, status))).server.requests) == 3


def test_a_request_is_repeated_twice_after_half_a_second_and_a_second() -> None:
    assert PAUSES == (0.5, 1.0)
    assert [pause_before(repetition, None, lambda: 0.5) for repetition in range(len(PAUSES))] == [0.5, 1.0]


def test_only_what_may_pass_is_repeated() -> None:
    assert set(RETRIED_STATUSES) == {429, 500, 502, 503, 504}


@pytest.mark.parametrize("repetition", [0, 1])
def test_a_pause_varies_by_half_in_both_directions(repetition: int) -> None:
    middle = PAUSES[repetition]
    assert pause_before(repetition, None, lambda: 0.0) == middle * 0.5
    assert pause_before(repetition, None, lambda: 1.0) == middle * 1.5
    drawn = {pause_before(repetition, None) for _ in range(50)}
    assert len(drawn) > 1
    assert all(middle * 0.5 <= seconds <= middle * 1.5 for seconds in drawn)


def test_what_the_service_asks_for_goes_before_our_own_pause() -> None:
    assert pause_before(0, 7.0, lambda: 0.5) == 7.0
    assert pause_before(1, 0.0, lambda: 0.5) == 0.0
    assert pause_before(0, 10.0**9, lambda: 0.5) == LONGEST_RETRY_AFTER == 60.0


@pytest.mark.parametrize("status", ["400 X", "401 X", "403 X", "404 X", "409 X", "501 X", "302 X"])
def test_everything_else_is_asked_once(status: str) -> None:
    assert len(call(answers(http({}, status))).server.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("600", 60.0), ("-5", None), ("soon", None), ("9" * 400, 60.0), ("", None)]
)
def test_retry_after_is_obeyed_up_to_a_minute(header: str, seconds: float | None) -> None:
    outcome = call(answers(http({}, "429 X", {"Retry-After": header}), http({"total": 0, "tasks": []})))
    assert outcome.page is not None
    if seconds is None:
        assert 0.25 <= outcome.pauses[0] <= 0.75
    else:
        assert outcome.pauses == [seconds]


def test_a_redirect_is_not_followed_and_the_login_stays_here() -> None:
    async def go() -> tuple[Loopback, Outcome]:
        async with serving(lambda request: http({})) as sink:
            answer = http({}, "302 Found", {"Location": f"{sink.endpoint}/steal"})
            return sink, await asyncio.to_thread(call, answers(answer))

    sink, outcome = asyncio.run(go())
    assert isinstance(outcome.error, Redirected)
    assert "127.0.0.1" in str(outcome.error)
    assert sink.connections == 0
    assert len(outcome.server.requests) == 1


def sent_then_reset(data: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.transport.abort()

    return send


WHOLE = http({"total": 0, "tasks": []})
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "broken",
    [b"", WHOLE[:-4], CHUNKED + b"40\r\nabc", sent_then_reset(WHOLE[:-4]), sent_then_reset(b"")],
    ids=["closed", "cut off", "cut chunk", "reset in the body", "reset"],
)
def test_a_broken_connection_is_asked_again(broken: Reply) -> None:
    outcome = call(answers(broken, WHOLE))
    assert outcome.page is not None
    assert len(outcome.server.requests) == 2
    error = call(answers(broken)).error
    assert isinstance(error, Interrupted)
    assert error.exit_code == 3


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\x1b[31m\r\n\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
        CHUNKED + b"zz\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 300_000 + b"\r\n\r\n",
        http(b"", headers={"Content-Length": "-3"}),
    ],
    ids=["ssh", "status", "chunk", "headers", "length"],
)
def test_what_is_no_http_is_said_once(garbage: bytes) -> None:
    outcome = call(answers(garbage))
    assert isinstance(outcome.error, UnreadableAnswer)
    assert outcome.error.exit_code == 1
    assert "\x1b" not in str(outcome.error)
    assert len(outcome.server.requests) == 1


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip, gzip", "x\x1b[31m"])
def test_an_encoded_body_is_refused_unread(encoding: str) -> None:
    body = gzip.compress(b"0" * 5_000_000)
    outcome = call(answers(http(body, headers={"Content-Encoding": encoding})))
    assert isinstance(outcome.error, UnreadableAnswer)
    assert "\x1b" not in str(outcome.error)


def test_a_body_without_end_is_cut_at_the_cap() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    error = call(lambda request: endless, limit=10).error
    assert isinstance(error, UnreadableAnswer)
    assert "256 KiB" in str(error)
    assert sent < 8 * 1024 * 1024


def test_a_name_that_is_not_known_and_a_port_that_is_closed() -> None:
    async def go(endpoint: str) -> KpsError:
        async with KpsClient(
            Endpoint.parse(endpoint),
            PROJECT,
            TokenAuth(Token(Secret(CANARY)), endpoint),
            timing=VirtualTime().timing,
        ) as client:
            with pytest.raises(KpsError) as caught:
                await client.page(0, 1)
            return caught.value

    unknown = asyncio.run(go("https://kms.no-such-region.invalid"))
    assert isinstance(unknown, Unreachable)
    assert "kms.no-such-region.invalid" in str(unknown)
    closed = asyncio.run(go("http://127.0.0.1:9"))
    assert isinstance(closed, Interrupted)
    assert "127.0.0.1:9" in str(closed)


def test_cancelling_reaches_the_socket() -> None:
    async def go() -> None:
        closed = asyncio.Event()
        arrived = asyncio.Event()

        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()
            closed.set()

        async with serving(lambda request: hold) as server:
            login = TokenAuth(Token(Secret(CANARY)), server.endpoint)
            async with KpsClient(Endpoint.parse(server.endpoint), PROJECT, login) as client:
                task = asyncio.create_task(client.page(0, 1))
                await asyncio.wait_for(arrived.wait(), 5)
                task.cancel()
                await asyncio.wait([task], timeout=5)
                assert task.cancelled()
                await asyncio.wait_for(closed.wait(), 5)

    asyncio.run(go())
