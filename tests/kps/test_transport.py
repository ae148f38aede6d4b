"""Properties of every request, whatever sends it."""

import asyncio
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KPS, LARGE_BODY, DeadlinePassed
from kps_tui.kps.transport import LONGEST_RETRY_AFTER, Answer, Transport, _unconnected, retry_after
from tests.loopback import http, serving


@pytest.mark.parametrize(
    ("before", "loaded"),
    [("", []), ("import httpx", ["click", "httpx._main", "pygments", "rich"])],
    ids=["ours", "theirs"],
)
def test_httpx_is_imported_without_its_command_line_unless_another_module_wanted_it(
    before: str, loaded: list[str]
) -> None:
    code = (
        f"{before}\nimport kps_tui.kps.transport, sys\n"
        "print([name for name in ('click', 'httpx._main', 'pygments', 'rich') if name in sys.modules])\n"
        "import httpx._main; print(httpx._main.main.name)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.splitlines() == [str(loaded), "main"]


def test_keys_of_connections_are_not_written_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    Transport(Endpoint.parse("https://kms.cn-north-4.myhuaweicloud.com"))
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
            async with Transport(Endpoint.parse(server.endpoint)) as transport:
                for _ in range(2):
                    assert (await transport.send("GET", "/", limit=100)).status == 200
            assert ["cookie" in request.headers for request in server.requests] == [False, False]

    asyncio.run(run())


def test_an_unknown_name_suggests_the_region_that_is_nearly_the_one_asked_for() -> None:
    unknown = httpx.ConnectError("[Errno -2] Name or service not known")
    error = _unconnected(Endpoint.parse("https://kms.cn-noth-4.myhuaweicloud.com"), unknown, KPS, None)
    assert str(error.next_step).startswith("did you mean the region “cn-north-4”? · check --region")
    known = _unconnected(Endpoint.parse("https://kms.cn-north-4.myhuaweicloud.com"), unknown, KPS, None)
    assert str(known.next_step).startswith("check --region")


NOW = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("60", 60.0),
        ("61", 60.0),
        ("1000000000", 60.0),
        ("9" * 5000, 60.0),
    ],
)
def test_seconds(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Mon, 23 Nov 2026 08:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 07:59:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 16:00:30 +0800", 30.0),
        ("Mon, 23 Nov 2026 08:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 08:00:30", 30.0),
        ("23 Nov 2026 08:00:30 GMT", 30.0),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 -2300", 60.0),
    ],
)
def test_dates(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "soon",
        "5 s",
        "1,2",
        "²",
        "٣",
        "５",
        "\x1b[31m",
        "\ud83d",
        "Mon, 32 Nov 2026 08:00:30 GMT",
        "Mon, 23 Nov 2026 25:00:30 GMT",
        "Mon, 23 Nov 2026 08:00:30 +9999",
        "Mon, 23 Nov 99999999999999999999 08:00:30 GMT",
        "Mon, 23 Nov 2026 99999999999999999999:00:00 GMT",
        "Mon, 23 Nov 2026 08:00:30 +99999999999999999999",
    ],
)
def test_nonsense_is_as_good_as_no_header(header: str | None) -> None:
    assert retry_after(header, NOW) is None


PARTS = st.sampled_from(
    [*"0123456789:,+- ", "Mon", "Nov", "GMT", "EST", "2026", "23", "08:00:30", "+0800", "9" * 20, "a", "\x00", "(", "٣"]
)


@given(st.text(max_size=30) | st.lists(PARTS, max_size=9).map(" ".join) | st.lists(PARTS, max_size=9).map("".join))
@example("Mon, 23 Nov 2026 08:00:30 +" + "9" * 20)
def test_any_header_is_a_bounded_wait_or_none(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER


@given(st.integers(-(10**6), 10**6), st.integers(-12, 14))
def test_a_date_in_any_zone_is_the_time_until_then(ahead: int, hours: int) -> None:
    at = NOW.astimezone(timezone(timedelta(hours=hours))) + timedelta(seconds=ahead)
    assert retry_after(format_datetime(at), NOW) == min(max(0, ahead), LONGEST_RETRY_AFTER)


@pytest.mark.parametrize(
    ("size", "what", "advice"),
    [
        (None, "did not answer within 0.5 s", "try again"),
        (10_240, "only 10 KiB of the answer of 127.0.0.1:", "try again"),
        (LARGE_BODY, "only 64 KiB of the answer of 127.0.0.1:", "try again with a smaller --page-size"),
    ],
)
def test_what_arrived_before_the_deadline_decides_the_advice(size: int | None, what: str, advice: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if size is not None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + b" " * size)
            await writer.drain()
        await reader.read()

    async def go() -> DeadlinePassed:
        async with serving(lambda request: answer) as server, Transport(Endpoint.parse(server.endpoint)) as transport:
            with pytest.raises(DeadlinePassed) as caught:
                await transport.send("GET", "/", limit=1_000_000, seconds=0.5)
            return caught.value

    problem = asyncio.run(go())
    assert what in problem.what
    assert str(problem.next_step) == advice
    assert problem.next_step.screen == "try again"
