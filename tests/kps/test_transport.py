"""What every request of ours keeps to, whoever asks."""

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.transport import Answer, http_client, send
from tests.loopback import http, serving


def test_keys_of_connections_are_not_written_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    http_client(Endpoint.parse("https://kms.cn-north-4.myhuaweicloud.com"))
    assert not log.exists()
    ssl.create_default_context()
    assert log.exists(), "so the variable would have worked"


def test_an_answer_shows_neither_headers_nor_body() -> None:
    answer = Answer(201, httpx.Headers({"X-Subject-Token": "canary", "X-IAM-Trace-Id": "trace"}), b"canary")
    assert "canary" not in repr(answer)
    assert answer.request_id == "trace"


@pytest.mark.parametrize(
    "date", ["", "soon", "Tue, 99 Nov 2026 12:00:20 GMT", "Tue, 24 Nov 99999999999999 12:00:20 GMT"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert Answer(200, httpx.Headers({"Date": date}), b"").date is None
    assert Answer(200, httpx.Headers(), b"").date is None


def test_a_date_has_a_zone() -> None:
    for text in ("Tue, 24 Nov 2026 12:00:20 GMT", "Tue, 24 Nov 2026 12:00:20 -0000"):
        date = Answer(200, httpx.Headers({"Date": text}), b"").date
        assert date is not None
        assert date.isoformat() == "2026-11-24T12:00:20+00:00"


def test_a_cookie_is_not_sent_back() -> None:
    async def run() -> None:
        async with serving(lambda request: http({}, headers={"Set-Cookie": "a=\xe9"})) as server:
            async with http_client(Endpoint.parse(server.endpoint)) as client:
                for _ in range(2):
                    assert (await send(client, "GET", "/", 100)).status == 200
            assert ["cookie" in request.headers for request in server.requests] == [False, False]

    asyncio.run(run())
