"""Parts of a login that a service repeats are not shown."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError, UnreadableAnswer
from kps_tui.kps.iam_answer import issued_token
from kps_tui.kps.redact import redacted, secrets_in_headers
from kps_tui.kps.transport import Answer, Body, RequestRecord, Transport
from tests.loopback import Request, http, serving
from tests.virtual_time import VirtualTime

CANARY = "canary-" + "9" * 200
"""Longer than the shown part of a body: a part of it must not be shown either."""


def test_each_secret_is_replaced_plain_and_as_json() -> None:
    secrets = [Secret('p"ä\\ss'), Secret("token-1234"), Secret("abc")]
    text = 'wrong: p"ä\\ss, "p\\"\\u00e4\\\\ss", "p\\"ä\\\\ss", token-1234, abc'.encode()
    assert redacted(text, secrets).decode() == 'wrong: …, "…", "…", …, abc'


def test_the_headers_of_a_login_are_known() -> None:
    headers = {"X-Auth-Token": "one", "X-Security-Token": "two", "Accept": "three", "X-Metadata-Token": "four"}
    assert secrets_in_headers(headers) == (Secret("one"), Secret("two"), Secret("four"))


def test_an_unreadable_answer_of_a_good_status_shows_no_login_that_it_repeats() -> None:
    exchanges: list[RequestRecord] = []
    headers = {"X-Request-Id": CANARY, "Content-Type": CANARY}

    async def run() -> UnreadableAnswer:
        async with serving(lambda request: http(f"<html>{CANARY}", headers=headers)) as server:
            login = TokenAuth(Token(Secret(CANARY)), server.endpoint)
            async with KpsClient(Endpoint.parse(server.endpoint), "p", login, ended=exchanges.append) as client:
                with pytest.raises(UnreadableAnswer) as caught:
                    await client.page(0, 1)
                return caught.value

    error = asyncio.run(run())
    assert "<html>…" in str(error)
    assert "canary" not in f"{error} {error!r} {exchanges}"


def echoing(form: bytes) -> Callable[[Request], bytes]:
    """Answer with `form`, in which TOKEN stands for the token of the request."""
    return lambda request: form.replace(b"TOKEN", request.headers["x-auth-token"].encode())


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nBad Line TOKEN\r\n\r\n", id="header-line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Wrapped: 1\r\nTOK" + CANARY[5:60].encode() + b"\r\n\r\n", id="wrapped"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: TOKEN\x00\r\n\r\n", id="header-value"),
        pytest.param(b"SSH TOKEN\r\n\r\n", id="status-line"),
        pytest.param(b"HTTP/1.1 TOKEN\r\n\r\n", id="status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: TOKEN\r\n\r\n", id="transfer-encoding"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n", id="content-length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nTOKEN\r\n", id="chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: TOKEN\r\n\r\n{}", id="content-encoding"),
        pytest.param(b"HTTP/1.1 302 Found\r\nLocation: https://TOKEN/\r\n\r\n", id="location"),
        pytest.param(b"HTTP/1.1 500 TOKEN\r\nContent-Type: TOKEN\r\n\r\nTOKEN", id="reason-phrase"),
    ],
)
@pytest.mark.parametrize("token", [CANARY, CANARY + "\\x'\"\\'"], ids=["plain", "quotes"])
def test_no_error_repeats_a_login_whatever_part_of_an_answer_holds_it(form: bytes, token: str) -> None:
    records: list[RequestRecord] = []

    async def run() -> KpsError:
        async with serving(echoing(form)) as server:
            endpoint, login = Endpoint.parse(server.endpoint), TokenAuth(Token(Secret(token)), server.endpoint)
            async with KpsClient(endpoint, "p", login, ended=records.append, timing=VirtualTime().timing) as client:
                with pytest.raises(KpsError) as caught:
                    await client.page(0, 1)
                return caught.value

    error = asyncio.run(run())
    said = f"{error} {error!r} {records}"
    assert "canary" not in said.lower()
    assert "9999" not in said


def test_no_error_of_the_protocol_repeats_a_password_of_the_body() -> None:
    async def run() -> KpsError:
        body = Body(CANARY.encode, (Secret(CANARY),))
        async with (
            serving(lambda request: b"SSH " + request.body + b"\r\n\r\n") as server,
            Transport(Endpoint.parse(server.endpoint)) as transport,
        ):
            with pytest.raises(KpsError) as caught:
                await transport.send("POST", "/", limit=100, body=body)
            return caught.value

    said = str(asyncio.run(run()))
    assert "SSH …" in said
    assert "canary" not in said


def test_a_banner_of_another_protocol_is_shown() -> None:
    async def run() -> KpsError:
        async with serving(lambda request: b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as server:
            login = TokenAuth(Token(Secret(CANARY)), server.endpoint)
            async with KpsClient(Endpoint.parse(server.endpoint), "p", login) as client:
                with pytest.raises(UnreadableAnswer) as caught:
                    await client.page(0, 1)
                return caught.value

    assert "SSH-2.0-OpenSSH_9.6" in str(asyncio.run(run()))


def test_a_proxy_that_repeats_its_login_is_quoted_without_it() -> None:
    login = b64encode(b"ops:hunter2-long").decode()

    async def run() -> KpsError:
        refusal = f"HTTP/1.1 407 hunter2-long {login}\r\n\r\n".encode()
        async with serving(lambda request: refusal) as server:
            environ = {"HTTPS_PROXY": server.endpoint.replace("://", "://ops:hunter2-long@")}
            async with Transport(Endpoint.parse("https://kms.example.com"), environ=environ) as transport:
                with pytest.raises(KpsError) as caught:
                    await transport.send("GET", "/", limit=100)
                return caught.value

    said = str(asyncio.run(run()))
    assert "the proxy answered: 407 … …" in said
    assert "hunter2" not in said


def test_nor_does_iam_where_it_repeats_a_password() -> None:
    answer = Answer(201, httpx.Headers({"X-Subject-Token": "t" * 40}), f"oops {CANARY}".encode(), (Secret(CANARY),))
    with pytest.raises(UnreadableAnswer) as caught:
        issued_token(answer, datetime.now(UTC))
    assert "oops …" in str(caught.value)
    assert "canary" not in str(caught.value)
