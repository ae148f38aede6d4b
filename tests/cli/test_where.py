"""`--where`: the commands use only matching tasks, and refuse an invalid filter before any request."""

import subprocess
import sys
from typing import Any

import pytest

from tests.cli.test_commands import run
from tests.loopback import Reply, Request, http, listing, row

ROWS = [row(number, operate_type="FAILED_BIND" if number % 2 else "FAILED_RESET") for number in range(10)]


def ids(document: Any) -> list[str]:
    return [task["task_id"][-1] for task in document["tasks"]]


def test_list_prints_what_matches_in_the_order_asked_for() -> None:
    ended = run("list", "--where", "op:bind -server:web-3", "--format", "json", reply=listing(ROWS))
    assert (ended.code, ids(ended.json)) == (0, ["1", "5", "7", "9"])
    head = {key: ended.json[key] for key in ("total", "loaded", "complete")}
    assert head == {"total": 10, "loaded": 10, "complete": True}
    ended = run(
        *("list", "--where", "web-1 or web-2", "--sort", "server,time", "--limit", "3", "--format", "json"),
        reply=listing(ROWS),
    )
    assert ids(ended.json) == ["8", "1", "9"]


def test_a_filter_that_begins_with_a_dash_is_no_option() -> None:
    assert run("count", "--where", "-op:bind", reply=listing(ROWS)).out == "5\n"
    assert run("count", "--where=-op:bind -web-0", reply=listing(ROWS)).out == "4\n"


def test_count_counts_what_matches() -> None:
    ended = run("count", "--where", "server:web-1", "--format", "json", reply=listing(ROWS))
    assert ended.json == {"count": 2, "total": 10, "loaded": 10, "complete": True}
    assert run("count", "--where", "", reply=listing(ROWS)).out == "10\n"
    assert run("count", "--where", "since:24h", reply=listing(ROWS)).out == "0\n"


def test_show_looks_among_what_matches() -> None:
    ended = run("show", "task-00000", "--where", "op:bind server:web-3", reply=listing(ROWS))
    assert ended.code == 0
    assert "task-000003" in ended.out
    ended = run("show", "task-000002", "--where", "op:bind", "--page-size", "4", reply=listing(ROWS))
    assert (ended.code, ended.out) == (1, "")
    assert "no task begins with “task-000002” (5 tasks searched)" in ended.err


@pytest.mark.parametrize(("where", "code"), [("op:bind", 10), ("op:unbind", 0)])
def test_fail_if_any_means_any_that_matches(where: str, code: int) -> None:
    assert run("list", "--fail-if-any", "--where", where, reply=listing(ROWS)).code == code


@pytest.mark.parametrize(("where", "code"), [("server:web-1", 10), ("server:web-6", 6)])
def test_in_an_incomplete_list_what_matches_counts_and_nothing_is_6(where: str, code: int) -> None:
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        return listing(ROWS)(request) if len(asked) == 1 else http({"error_code": "KPS.9003"}, "403 X")

    ended = run("list", "--fail-if-any", "--where", where, "--page-size", "5", "--format", "json", reply=reply)
    assert ended.code == code
    assert ended.json["complete"] is False
    assert len(ended.json["tasks"]) == (1 if code == 10 else 0)


@pytest.mark.parametrize("command", ["list", "count", "show x", "facet op"])
@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("web sever:web", '--where: “sever:web” at 5: no field “sever” · did you mean “server:”? or quote it: "sever'),
        ('err:"open', "--where: “\"open” at 5: the quote is not closed"),
        ("on:2026-02-30", "is not a valid day · allowed: 2026-11-23, today, yesterday"),
        ("/(/", "not a valid regular expression: missing )"),
        ("sever:\x1b[31m", "“sever:␛[31m” at 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_nothing_is_asked_for(command: str, where: str, said: str) -> None:
    ended = run(*command.split(), "--where", where, reply=listing(ROWS))
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.server.requests == []


@pytest.mark.parametrize("command", ["list", "count", "show task", "facet op"])
def test_a_regular_expression_that_takes_too_long_is_refused(command: str) -> None:
    slow = [row(number, task_error_msg="a" * 60 + "!") for number in range(3)]
    ended = run(*command.split(), "--where", "-err:/(a|aa)+$/", reply=listing(slow))
    assert (ended.code, ended.out) == (2, "")
    assert "--where: “err:/(a|aa)+$/” takes too long" in ended.err


def test_a_filter_without_a_regular_expression_does_not_load_their_engine() -> None:
    code = (
        "import sys; from kps_tui.cli.commands import kps_tui; "
        "from kps_tui.triage.filter import parse; parse(sys.argv[1]); print('regex' in sys.modules)"
    )
    for where, loaded in (("op:bind ~x since:24h", "False"), ("/x/", "True")):
        ended = subprocess.run(
            [sys.executable, "-c", code, where], capture_output=True, text=True, timeout=60, check=True
        )
        assert ended.stdout.strip() == loaded
