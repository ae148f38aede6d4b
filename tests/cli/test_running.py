"""`list --running`: the tasks that are under way, in every format."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kps_tui.triage.export import FORMATS
from tests import program
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving_in_a_thread

PROJECT = "0123456789abcdef0123456789abcdef"
ERRORS = ("task_error_code", "task_error_msg")
ROWS: list[dict[str, Any]] = [
    {key: value for key, value in row(number, operate_type="RUNNING_BIND").items() if key not in ERRORS}
    for number in range(25)
]


ALL = listing(ROWS)


def run(folder: Path, *arguments: str, reply: Callable[[Request], Reply] = ALL) -> tuple[program.Ended, Loopback]:
    with serving_in_a_thread(lambda request: http({}, "500 X"), running=reply) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": "token"}
        ended = program.run(folder, "list", "--running", *arguments, environ=named)
    assert server.requests == []
    return ended, server


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_prints_them_all_and_says_nothing_of_errors(output_format: str, tmp_path: Path) -> None:
    ended, server = run(tmp_path, "--format", output_format, "--page-size", "10")
    assert (ended.code, ended.err) == (0, "")
    assert len(server.running_requests) == 3
    assert sum(f"task-{number:06}" in ended.out for number in range(25)) == 25
    assert "no error given" not in ended.out
    if output_format == "json":
        document = json.loads(ended.out)
        assert (document["running"], document["complete"], document["total"]) == (True, True, 25)
        assert [{key: task[key] for key in ROWS[0]} for task in document["tasks"]] == ROWS
    if output_format == "csv":
        assert {each["operate_type"] for each in csv.DictReader(io.StringIO(ended.out))} == {"RUNNING_BIND"}
    if output_format == "table":
        assert "ERROR" not in ended.out.splitlines()[0]
    if output_format == "plain":
        assert "bind running  server web-0  key pair KeyPair-xt  task task-000000" in ended.out


def test_they_are_filtered_sorted_and_counted_like_failed_ones(tmp_path: Path) -> None:
    arguments = ("--where", "server:web-1", "--sort", "time", "--limit", "2", "--format", "jsonl", "--fail-if-any")
    ended, _server = run(tmp_path, *arguments)
    assert [json.loads(line)["task_id"] for line in ended.out.splitlines()] == ["task-000022", "task-000015"]
    assert ended.code == 10


def test_none_is_no_error(tmp_path: Path) -> None:
    ended, _server = run(tmp_path, "--fail-if-any", reply=listing([]))
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_without_the_permission_it_is_named(tmp_path: Path) -> None:
    ended, _server = run(tmp_path, reply=lambda request: http({"error_code": "KPS.9003"}, "403 X"))
    assert ended.code == 5
    assert "kps:domainKeypairs:getrunningtask" in ended.err


@pytest.mark.parametrize("other", [("--as", "cron"), ("--offline",)])
def test_what_makes_no_sense_together_is_said(tmp_path: Path, other: tuple[str, ...]) -> None:
    ended, server = run(tmp_path, *other)
    assert ended.code == 2
    assert f"--running can't be combined with {other[0]}" in ended.err
    assert server.running_requests == []
