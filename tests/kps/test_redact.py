"""What a service repeats of a login is not shown."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import UnreadableAnswer
from kps_tui.kps.iam_answer import issued_token
from kps_tui.kps.redact import redacted, secrets_in_headers
from kps_tui.kps.transport import Answer, RequestRecord
from tests.loopback import http, serving

CANARY = "canary-" + "9" * 200
"""Longer than what is shown of a body: a part of it must not show either."""


def test_each_secret_is_replaced_plain_and_as_json() -> None:
    secrets = [Secret('p"ä\\ss'), Secret("token-1234"), Secret("abc")]
    text = 'wrong: p"ä\\ss, "p\\"\\u00e4\\\\ss", "p\\"ä\\\\ss", token-1234, abc'.encode()
    assert redacted(text, secrets).decode() == 'wrong: …, "…", "…", …, abc'


def test_the_headers_of_a_login_are_known() -> None:
    headers = {"X-Auth-Token": "one", "X-Security-Token": "two", "Accept": "three"}
    assert secrets_in_headers(headers) == (Secret("one"), Secret("two"))


def test_an_unreadable_answer_of_a_good_status_shows_no_login_that_it_repeats() -> None:
    exchanges: list[RequestRecord] = []
    headers = {"X-Request-Id": CANARY, "Content-Type": CANARY}

    async def run() -> UnreadableAnswer:
        async with serving(lambda request: http(f"<html>{CANARY}", headers=headers)) as server:
            token = Token.parse(Secret(CANARY), "a test")
            async with KpsClient(Endpoint.parse(server.endpoint), "p", token, ended=exchanges.append) as client:
                with pytest.raises(UnreadableAnswer) as caught:
                    await client.page(0, 1)
                return caught.value

    error = asyncio.run(run())
    assert "<html>…" in str(error)
    assert "canary" not in f"{error} {error!r} {exchanges}"


def test_nor_does_iam_where_it_repeats_a_password() -> None:
    answer = Answer(201, httpx.Headers({"X-Subject-Token": "t" * 40}), f"oops {CANARY}".encode(), (Secret(CANARY),))
    with pytest.raises(UnreadableAnswer) as caught:
        issued_token(answer, datetime.now(UTC))
    assert "oops …" in str(caught.value)
    assert "canary" not in str(caught.value)
