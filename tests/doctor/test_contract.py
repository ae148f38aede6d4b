"""The contract probe: what it asks, what it finds, and that it prints nothing that identifies anybody."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kps_tui.doctor.contract import Answers, Fact, ask, facts, masked
from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.task import API_FIELDS
from tests import program
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving, serving_in_a_thread

PROJECT = "0123456789abcdef0123456789abcdef"


def probed(reply: Callable[[Request], Reply]) -> tuple[Answers, dict[str, Fact], Loopback]:
    """Ask a server that responds with `reply`; return the answers, the first fact of each question, and the server."""

    async def go() -> tuple[Answers, Loopback]:
        async with serving(reply) as server:
            login = TokenAuth(Token(Secret("token")), server.endpoint)
            async with KpsClient(Endpoint.parse(server.endpoint), PROJECT, login) as client:
                return await ask(client), server

    answers, server = asyncio.run(go())
    found: dict[str, Fact] = {}
    for fact in facts(answers):
        found.setdefault(fact.question, fact)
    return answers, found, server


def capped(rows: list[Any], limit: int) -> Callable[[Request], bytes]:
    """Return a reply that refuses a larger limit, and a limit of 0."""
    served = listing(rows)

    def reply(request: Request) -> bytes:
        if not 1 <= request.number("limit") <= limit:
            return http({"error_code": "KPS.0002", "error_msg": "parameter error"}, "400 X")
        return served(request)

    return reply


def test_it_sends_seven_gets_and_no_more() -> None:
    answers, _found, server = probed(listing([row(n) for n in range(1200)]))
    assert [(request.method, request.number("limit"), request.number("offset")) for request in server.requests] == [
        ("GET", 1000, 0),
        ("GET", 1000, 0),
        ("GET", 1, 1),
        ("GET", 1001, 0),
        ("GET", 0, 0),
        ("GET", 1000, 1200),
        ("GET", 1000, 2200),
    ]
    assert answers.asked == 7


def test_what_a_plain_service_tells() -> None:
    rows = [row(n, task_id=f"{n:032x}") for n in range(1200)]
    rows[3] |= {"operate_type": "RUNNING_BIND", "task_error_code": "Ecs.0314", "server_id": rows[3]["task_id"], "x": 1}
    _answers, found, _server = probed(capped(rows, 1000))
    assert {question: fact.answer for question, fact in found.items() if not question.startswith("type of")} == {
        "requests": "7 GET",
        "total": "1,200",
        "limit 1000": "1,000 rows",
        "limit 1001": "HTTP 400, code KPS.0002",
        "limit 0": "HTTP 400, code KPS.0002",
        "offset 1, limit 1": "1 rows: the second row: offsets count rows",
        "offset at total": "0 rows",
        "offset past total": "0 rows",
        "retention, who sees a task, X-Language, status of a delete": "not asked",
        "the same page twice": "same rows in the same order",
        "order": "newest first",
        "task_id": found["task_id"].answer,
        "task_id is the server_id": "in 1 of 1,000 rows",
        "server_id": "999 × other, 1 × 32 hex digits",
        "task_time": "1,000 × 13 digits",
        "operate_type": "999 × FAILED_RESET, 1 × RUNNING_BIND",
        "task_error_code": "999 × none, 1 × Ecs.0314",
        "undocumented fields": "1 in all rows",
        "task_error_msg": "1,000 × Update public key error",
    }
    assert re.fullmatch(
        "1,000 × 32 hex digits; 1,000 different; first [0-9a-f]{8}, last [0-9a-f]{8}", found["task_id"].answer
    )
    assert found["type of task_error_code"].answer == "999 × null, 1 × text"
    assert [question for question, fact in found.items() if fact.is_open] == [
        "retention, who sees a task, X-Language, status of a delete"
    ]


def test_ids_are_hashes_with_another_salt_in_each_run() -> None:
    reply = listing([row(n) for n in range(3)])
    assert probed(reply)[1]["task_id"] != probed(reply)[1]["task_id"]
    answers = probed(reply)[0]
    assert [*facts(answers, b"salt")] == [*facts(answers, b"salt")]


@pytest.mark.parametrize(
    ("reply", "question", "answer", "is_open"),
    [
        (listing([row(n) for n in range(1200)]), "limit 1001", "1,001 rows: accepted", False),
        (lambda r: http({"total": 1200, "tasks": [row(n) for n in range(1000)]}), "limit 1001", "cut to", False),
        (listing([row(0)]), "limit 1001", "too short to tell more", True),
        (listing([]), "order, ids, codes, states and messages", "no rows to look at", True),
        (listing([row(0), row(0)]), "task_id", "2 × other; 1 different", False),
        (listing([row(1), row(0)]), "order", "oldest first", False),
        (listing([row(1), row(0), row(2)]), "order", "not by time: 1 steps back, 1 forward", False),
        (lambda r: http({"total": 9, "tasks": [row(0), row(1)]}), "offset 1, limit 1", "another row", True),
        (lambda r: http({"tasks": [row(0), row(1)]}), "offset at total", "not asked", True),
    ],
)
def test_what_other_services_tell(reply: Callable[[Request], Reply], question: str, answer: str, is_open: bool) -> None:
    found = probed(reply)[1]
    assert answer in found[question].answer
    assert found[question].is_open == is_open


def test_a_page_that_is_not_the_same_twice() -> None:
    pages = iter([[row(0), row(1)], [row(1), row(0)], *[[]] * 9])
    assert probed(lambda r: http({"total": 2, "tasks": next(pages)}))[1]["the same page twice"].answer == (
        "same rows in another order"
    )
    pages = iter([[row(0)], [row(1)], *[[]] * 9])
    assert probed(lambda r: http({"total": 1, "tasks": next(pages)}))[1]["the same page twice"].answer == "other rows"


@pytest.mark.parametrize(("status", "asked"), [("401 X", 1), ("403 X", 1), ("429 X", 1), ("404 X", 5), ("500 X", 5)])
def test_a_service_that_refuses_everything_leaves_questions_open(status: str, asked: int) -> None:
    answers, found, server = probed(lambda request: http({"error_code": "KPS.9003"}, status))
    assert len(server.requests) == answers.asked == asked
    assert f"HTTP {status[:3]}, code KPS.9003" in found["limit 1000"].answer
    assert found["total"].is_open
    assert found["order, ids, codes, states and messages"].is_open
    assert found["offset at total"] == ("offset at total", "not asked", True)
    assert ("ended by" in found["requests"].answer) == (asked == 1)


@pytest.mark.parametrize("failing", range(7))
@pytest.mark.parametrize("answer", [http({}, "403 X"), http({}, "500 X"), http("nonsense"), b""])
def test_each_answer_may_fail(failing: int, answer: bytes) -> None:
    served = listing([row(n) for n in range(30)])
    count = iter(range(20))
    answers, found, server = probed(lambda request: answer if next(count) == failing else served(request))
    assert len(server.requests) <= 7
    assert any(fact.is_open for fact in found.values())
    assert len(answers.errors) == 1


CANARIES = {
    field: f"Zyxw{number}vut Qonary-{number}x qonary{number}.example.com 金丝雀甲 10.9.{number}.7"
    for number, field in enumerate(API_FIELDS)
}


def leaks() -> Iterator[Callable[[Request], bytes]]:
    """Yield replies of services that put canaries into every string that they can send."""
    headers = {"X-Request-Id": "qonary-header", "X-Qonary": "qonary"}
    hostile = {**CANARIES, "qonary_key": {"qonary": ["qonary"]}}
    yield lambda request: http({"total": 3, "tasks": [hostile, hostile, row(1)], "qonary": "qonary"}, headers=headers)
    for code in ("Qonary.0001", "KPS.qonary", "KPS.0001 qonary", "qonary"):
        body = {"error_code": code, "error_msg": "qonary", "request_id": "qonary", "qonary": "qonary"}
        yield lambda request, body=body: http(body, "400 Qonary", headers)  # type: ignore[misc]
        coded = row(1, task_error_code=code, operate_type=f"FAILED_{code}", task_id=code, server_id=code)
        yield lambda request, coded=coded: http({"total": 1, "tasks": [coded]})  # type: ignore[misc]
    yield lambda request: http("qonary", headers=headers)
    yield lambda request: http({"total": "qonary", "tasks": "qonary"})
    yield lambda request: http({"total": 1, "tasks": ["qonary", row(1)]})


@pytest.mark.parametrize("reply", [*leaks()])
@pytest.mark.parametrize("kind", ["plain", pytest.param("json", marks=pytest.mark.full)])
def test_no_string_of_the_service_is_printed(reply: Callable[[Request], Reply], kind: str, tmp_path: Path) -> None:
    with serving_in_a_thread(reply) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": "qonarytoken"}
        ended = program.run(tmp_path, "doctor", "--contract", "--format", kind, environ=named)
    said = (ended.out + ended.err).casefold()
    assert "requests" in said
    assert not [
        each for each in ("qonary", "zyxw", "vut", "金丝", "丝雀", "10.9.", PROJECT, "127.0.0.1") if each in said
    ]
    assert len(server.requests) <= 8
    assert all(request.method == "GET" for request in server.requests)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Update public key error", "Update public key error"),
        ("Update Zyxw-Prod key error", "Update <word> key error"),
        ("Failed to connect to 10.1.2.3:22", "Failed to connect to <address>:22"),
        ("key zyxw12345 and 99999", "key <word> and <number>"),
        ("登录凭证错误，请检查root密码或私钥", "登录凭证错误，"),
        ("王小明的金丝雀", "???????"),
        ("a\x1b[31m\u202ez", "<word>"),
    ],
)
def test_of_a_message_only_known_words_are_shown(message: str, shown: str) -> None:
    assert shown in masked(message)


def test_the_exit_code_is_that_of_the_error_that_ended_it(tmp_path: Path) -> None:
    with serving_in_a_thread(lambda request: http({"error_code": "KPS.9003"}, "403 X")) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": "token"}
        ended = program.run(tmp_path, "doctor", "--contract", "--format", "json", environ=named)
        offline = program.run(tmp_path, "doctor", "--contract", "--offline", environ=named)
    assert ended.code == 5
    found = json.loads(ended.out)
    assert found[0] == {"question": "requests", "answer": "1 GET, ended by HTTP 403, code KPS.9003", "is_open": False}
    assert offline.code == 2
    assert "--contract can't be combined with --offline" in offline.err
