"""`list --as NAME`: what a reader has not read yet, and when a list counts as read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kps_tui.demo.server import DemoServer
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.task import FailedTask
from kps_tui.session.ledger import Ledger
from kps_tui.session.place import Place
from kps_tui.triage.knowledge import acknowledged
from kps_tui.triage.standings import Standings
from kps_tui.triage.store import TaskStore
from kps_tui.triage.times import milliseconds_of
from tests import program
from tests.loopback import Reply, Request, http, listing, row, serving_in_a_thread
from tests.program import PROJECT, TOKEN, Ended, clean_environment

NEW = ("list", "--where", "is:new", "--fail-if-any", "--format", "json")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def failure(number: int) -> dict[str, Any]:
    """Return the row of a task; a larger number is later."""
    return row(number, task_time=str(1_763_856_000_000 + number * 60_000))


@dataclass
class Host:
    """A service whose list the test changes, and a home in which each run finds what the one before left."""

    folder: Path
    endpoint: str = ""
    rows: list[dict[str, Any]] = field(default_factory=lambda: [failure(number) for number in range(5, 0, -1)])
    refused_from: int | None = None
    """The offset from which pages are refused."""

    def reply(self, request: Request) -> Reply:
        if self.refused_from is not None and request.number("offset") >= self.refused_from:
            return http({"error_code": "KPS.9003"}, "403 X")
        return listing(self.rows)(request)

    @property
    def environ(self) -> dict[str, str]:
        return {"KPS_TUI_ENDPOINT": self.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": TOKEN}

    @property
    def ledger(self) -> Ledger:
        endpoint = Endpoint.parse(self.endpoint)
        place = Place(endpoint, endpoint, "", PROJECT)
        return Ledger(self.folder / "state" / "kps-tui" / "ledger.sqlite3", place)

    def run(self, *arguments: str) -> Ended:
        return program.run(self.folder, *arguments, environ=self.environ)

    def new(self, reader: str, *arguments: str) -> tuple[int, list[str]]:
        """Return the exit code, and the ends of the ids of what is new to `reader`."""
        ended = self.run(*NEW, "--as", reader, *arguments)
        return ended.code, [task["task_id"][-1] for task in ended.json["tasks"]]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    with serving_in_a_thread(made.reply) as server:
        made.endpoint = server.endpoint
        yield made


def test_the_first_run_reads_all_the_next_nothing_and_a_new_failure_comes_once(host: Host) -> None:
    assert host.new("cron") == (10, ["5", "4", "3", "2", "1"])
    assert host.new("cron") == (0, [])
    host.rows.insert(0, failure(6))
    assert host.new("cron") == (10, ["6"])
    assert host.new("cron") == (0, [])


def test_of_the_demo_service(tmp_path: Path) -> None:
    port = 0
    sizes = []
    for tasks in (60, 60, 61, 61):
        with DemoServer(tasks=tasks, port=port, now=NOON.timestamp) as server:
            port = int(server.endpoint.rpartition(":")[2])
            named = {
                "KPS_TUI_ENDPOINT": server.endpoint,
                "KPS_TUI_PROJECT_ID": server.project_id,
                "KPS_TUI_TOKEN": server.token,
            }
            ended = program.run(tmp_path, *NEW, "--as", "cron", "--page-size", "25", environ=named)
        sizes.append((ended.code, len(ended.json["tasks"])))
    assert sizes == [(10, 60), (0, 0), (10, 1), (0, 0)]


def test_readers_are_independent(host: Host) -> None:
    host.new("cron")
    host.rows.insert(0, failure(6))
    assert host.new("cron") == (10, ["6"])
    assert host.new("mail") == (10, ["6", "5", "4", "3", "2", "1"])
    assert host.new("mail") == (0, [])


def test_all_rows_count_as_read_whatever_is_shown(host: Host) -> None:
    assert host.run("list", "--as", "cron", "--where", "server:nowhere").code == 0
    assert host.new("cron") == (0, [])
    host.rows[:0] = [failure(7), failure(6)]
    assert host.new("cron", "--limit", "1") == (10, ["7"])
    assert host.new("cron") == (0, [])


def test_an_incomplete_list_moves_nothing(host: Host) -> None:
    host.refused_from = 3
    ended = host.run(*NEW, "--as", "cron", "--page-size", "4")
    assert ended.code == 10
    assert ended.json["complete"] is False
    assert "nothing counts as read by “cron”" in ended.err
    host.refused_from = None
    assert host.new("cron") == (10, ["5", "4", "3", "2", "1"])


def test_a_closed_pipe_moves_nothing(host: Host) -> None:
    """So few rows that they stay in the buffer of stdout until it is flushed."""
    reading, writing = os.pipe()
    os.close(reading)
    state = {"HOME": str(host.folder), "XDG_STATE_HOME": str(host.folder / "state")}
    ended = subprocess.run(
        [sys.executable, "-m", "kps_tui", *NEW, "--as", "cron"],
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=clean_environment(**host.environ, **state),
        timeout=120,
        check=False,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")
    assert host.new("cron") == (10, ["5", "4", "3", "2", "1"])


def test_a_file_that_can_not_be_written_moves_nothing(host: Host) -> None:
    assert host.run(*NEW, "--as", "cron", "-o", str(host.folder / "none" / "tasks.json")).code == 2
    assert host.run(*NEW, "--as", "cron", "-o", "/dev/full").code == 2
    assert host.new("cron") == (10, ["5", "4", "3", "2", "1"])


def test_the_demo_remembers_no_reader(host: Host) -> None:
    for _time in range(2):
        ended = host.run(*NEW, "--demo", "--demo-tasks", "3", "--as", "cron")
        assert (ended.code, len(ended.json["tasks"])) == (10, 3)
        assert "nothing counts as read by “cron”" in ended.err
    assert not (host.folder / "state" / "kps-tui" / "ledger.sqlite3").exists()


def test_without_a_name_new_is_what_is_new_to_the_screen(host: Host) -> None:
    first = host.run("count", "--where", "is:new")
    assert (first.code, first.out) == (0, "0\n")
    assert "without a reader nothing is new" in first.err
    seen = TaskStore(FailedTask.from_json(each) for each in host.rows)
    host.ledger.record(Standings(host.ledger.knowledge()).over(seen), NOON, NOON, is_whole=True)
    host.rows.insert(0, failure(6))
    for _time in range(2):
        again = host.run("count", "--where", "is:new")
        assert (again.code, again.out, again.err) == (0, "1\n", "")


def test_acknowledged_until_the_server_fails_at_it_again(host: Host) -> None:
    store = TaskStore(FailedTask.from_json(each) for each in host.rows)
    host.ledger.acknowledge(acknowledged(store, [0], milliseconds_of(NOON), "INC-4711"))
    assert host.run("count", "--where", "is:acked note:INC-4711").out == "1\n"
    assert host.run("count", "--where", "is:open").out == "4\n"
    host.rows.insert(0, failure(6) | {name: host.rows[0][name] for name in ("server_id", "operate_type")})
    assert host.run("list", "--as", "cron").code == 0
    assert host.run("count", "--where", "is:repeat").out == "1\n"
    del host.rows[0]
    assert host.run("count", "--where", "is:acked").out == "0\n", "a complete reading has noted the repeat"
    assert host.run("count", "--where", "is:open note:INC-4711").out == "1\n"


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "\x1b[2J"])
def test_a_name_that_is_none(host: Host, name: str) -> None:
    ended = host.run("list", "--as", name)
    assert (ended.code, ended.out) == (2, "")
    assert "can't be the name of a reader · use 1 to 64 letters" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_damaged_ledger_is_said_once_and_put_aside(host: Host) -> None:
    host.new("cron")
    path = host.folder / "state" / "kps-tui" / "ledger.sqlite3"
    path.write_bytes(b"no database" * 100)
    ended = host.run(*NEW, "--as", "cron")
    assert (ended.code, ended.out) == (2, "")
    assert "ledger.sqlite3 is damaged: " in ended.err
    assert host.run("list", "--where", "op:reset").code == 0, "a filter that does not ask needs no ledger"
    assert host.new("cron") == (10, ["5", "4", "3", "2", "1"])


def test_what_it_holds_is_no_text_of_the_service(host: Host) -> None:
    host.new("cron")
    held = b"".join(path.read_bytes() for path in (host.folder / "state" / "kps-tui").iterdir())
    for text in (*map(str, host.rows[0].values()), TOKEN):
        assert len(text) < 5 or text.encode() not in held
