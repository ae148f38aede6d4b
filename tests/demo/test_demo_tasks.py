"""The rows of the demo: deterministic, sorted, in the format of the API page, and with causes to find."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

from kps_tui.demo import causes, fleet
from kps_tui.demo.tasks import BLOCK, BLOCK_AGE, DAY, FIRST_TIME, HOUR, MINUTE, TaskList
from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import line

Row = dict[str, Any]
START = 1_795_000_000_000
TOTAL = 2500
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
CHINA = timezone(timedelta(hours=8))
PINNED: Row = {
    "task_id": "4cd6e02d-786b-4c89-81e9-cb5a0f20ed80",
    "operate_type": "FAILED_BIND",
    "task_time": "1791896501200",
    "task_error_code": None,
    "task_error_msg": "sshd configuration of server 19d9103a-be30-41b7-9d3a-cc1157671a69 has been modified: "
    "PermitRootLogin no",
    "server_name": "k8s-node-prod-034",
    "server_id": "19d9103a-be30-41b7-9d3a-cc1157671a69",
    "keypair_name": "k8s-cluster-prod",
}


def listed(total: int = TOTAL, start: int = START, seed: int = 0) -> list[Row]:
    return TaskList(total, start, seed).rows(0, total)


def times(rows: list[Row]) -> list[int]:
    return [int(row["task_time"]) for row in rows]


def incidents(rows: list[Row]) -> list[list[Row]]:
    """Return the incidents: at least ten rows with the same operation, key pair and cause, at most 5 minutes apart."""
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        message = row["task_error_msg"]
        for value in (row["server_name"], row["server_id"]):
            message = message.replace(value, "?")
        groups[row["operate_type"], row["keypair_name"], re.sub(r"[0-9]+", "#", message)].append(row)
    found = []
    for group in groups.values():
        run = group[:1]
        for newer, older in pairwise(group):
            if int(newer["task_time"]) - int(older["task_time"]) > 5 * MINUTE:
                found.append(run)
                run = []
            run.append(older)
        found.append(run)
    return [run for run in found if len(run) >= 10]


def calls(function: Callable[[], object]) -> int:
    """Count the function calls that `function` makes, as a measure of cost that is the same on every machine."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("offset", [0, 1, 59, 60, 61, 999, 2441, 2499])
def test_a_page_is_the_rows_of_its_offset(offset: int) -> None:
    tasks = TaskList(TOTAL, START)
    assert tasks.rows(offset, 130) == [tasks.row(i) for i in range(offset, min(offset + 130, TOTAL))]
    assert tasks.rows(offset, 1000) == listed()[offset : offset + 1000]


def test_a_row_does_not_depend_on_how_many_there_are() -> None:
    assert listed(70) == TaskList(1_000_000, START).rows(0, 70)


def test_seed_and_start_change_the_rows() -> None:
    ids = {row["task_id"] for row in listed(500)}
    assert ids.isdisjoint(row["task_id"] for row in listed(500, seed=1))
    earlier, later = listed(40), listed(40, START + 17)
    assert [time + 17 for time in times(earlier)] == times(later)
    assert [row["task_id"] for row in earlier] == [row["task_id"] for row in later]


def test_every_process_makes_the_same_rows() -> None:
    code = (
        "import hashlib, json; from kps_tui.demo.tasks import TaskList;"
        f"print(hashlib.sha256(json.dumps(TaskList(2500, {START}).rows(0, 2500)).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_a_row_is_pinned_for_every_python() -> None:
    assert TaskList(TOTAL, START).row(1000) == PINNED


def test_a_row_has_the_documented_fields_in_their_order() -> None:
    for row in listed():
        assert tuple(row) == API_FIELDS
        assert all(value is None or isinstance(value, str) for value in row.values())
        assert UUID.fullmatch(row["task_id"])
        assert UUID.fullmatch(row["server_id"])


def test_a_row_is_parsed_without_a_rest() -> None:
    for row in listed():
        task = FailedTask.from_json(row)
        assert task.served is None
        assert task.to_json() == row
        assert task.milliseconds == int(row["task_time"])
        assert task.operation.state in ("failed", "running")


def test_ids_are_unique() -> None:
    rows = listed(100_000)
    assert len({row["task_id"] for row in rows}) == 100_000
    assert len({row["task_id"][:8] for row in rows}) > 99_990  # The time `show` needs is mostly sufficient.


@pytest.mark.parametrize("start", [START, START + 7 * HOUR, START + 15 * HOUR])
def test_times_never_rise_and_span_90_days(start: int) -> None:
    seen = times(listed(start=start))
    assert all(newer >= older for newer, older in pairwise(seen))
    assert seen[0] <= start
    assert seen[-1] == pytest.approx(start - 90 * DAY, abs=3 * DAY)


def test_more_tasks_go_back_at_the_same_pace() -> None:
    assert times([TaskList(25_000, START).row(24_999)])[0] == pytest.approx(START - 900 * DAY, abs=3 * DAY)


def test_nothing_is_older_than_2015() -> None:
    tasks = TaskList(1_000_000, START)
    blocks = [times(tasks.rows(offset, 200)) for offset in range(0, 1_000_000, 9_973)]
    seen = [time for block in blocks for time in block]
    assert all(newer >= older for newer, older in pairwise(seen))
    assert FIRST_TIME <= seen[-1] < FIRST_TIME + 366 * DAY
    assert len(set(seen)) > 0.9 * len(seen)


@pytest.mark.parametrize("start", [0, 1, FIRST_TIME - 1, FIRST_TIME, FIRST_TIME + 1, FIRST_TIME + DAY])
def test_a_clock_that_is_wrong_breaks_nothing(start: int) -> None:
    seen = times(listed(1000, start))
    assert all(newer >= older for newer, older in pairwise(seen))
    assert min(start, FIRST_TIME) <= seen[-1] <= seen[0] <= start


def test_a_far_page_costs_what_the_first_costs() -> None:
    tasks = TaskList(1_000_000, START)
    tasks.rows(0, 1000)
    near, far = (calls(lambda offset=offset: tasks.rows(offset, 1000)) for offset in (0, 999_000))  # type: ignore[misc]
    assert far < 1.1 * near
    assert calls(lambda: tasks.row(999_999)) < near / 10


def test_a_row_costs_few_calls() -> None:
    tasks = TaskList(TOTAL, START)
    tasks.rows(0, 1000)
    assert calls(lambda: tasks.rows(0, 1000)) < 40 * 1000


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_first_screen_shows_an_incident_of_the_last_hours(hour: int) -> None:
    start = START + hour * HOUR
    (incident,) = incidents(listed(30, start))
    assert len({row["server_name"] for row in incident}) == 24
    assert {row["keypair_name"] for row in incident} == {"prod-ops-2025"}
    assert {row["task_error_msg"] for row in incident} == {"Server login credential incorrect"}
    assert start - 2 * HOUR < times(incident)[-1] < times(incident)[0] < start - HOUR


def test_incidents_are_many_and_different() -> None:
    found = incidents(listed())
    assert len(found) >= TOTAL // BLOCK * 3 // 4
    assert len({(run[0]["operate_type"], run[0]["keypair_name"]) for run in found}) >= 8
    for run in found:
        assert times(run)[0] - times(run)[-1] < 30 * MINUTE
    assert max(map(len, found)) <= 42
    assert 0.3 * TOTAL < sum(map(len, found)) < 0.6 * TOTAL


def test_rotations_begin_at_ten_past_two_in_china() -> None:
    begun = [
        datetime.fromtimestamp(times(run)[-1] / 1000, CHINA)
        for run in incidents(listed())
        if run[0]["keypair_name"] == "dba_oncall"
    ]
    assert len(begun) >= 2
    assert {(time.hour, time.minute) for time in begun} == {(2, 10)}


def test_an_incident_hits_each_server_once() -> None:
    tasks = TaskList(60_000, START)
    for block in range(1000):
        hit = [slot.server for slot in tasks._block(block) if slot.server]
        assert 10 <= len(set(hit)) == len(hit) <= 40


def test_the_nights_are_quiet() -> None:
    tasks = TaskList(6000, START)
    alone = [slot.age for block in range(100) for slot in tasks._block(block) if not slot.incident]
    hours = Counter((START - age + 8 * HOUR) % DAY // HOUR for age in alone)
    night, day = sum(hours[h] for h in range(7)) / 7, sum(hours[h] for h in range(7, 24)) / 17
    assert 0 < night < 0.5 * day


def test_most_rows_have_no_code() -> None:
    codes = Counter(row["task_error_code"] for row in listed(10_000))
    assert 0.8 < codes[None] / 10_000 < 0.9
    ecs = {f"Ecs.{number}" for number in ("0001", "0003", "0012", "0018", "0110", "0119", "0314")}
    assert set(codes) == {None, "KPS.0002", "KPS.0003", "KPS.4016"} | ecs


def test_a_code_means_on_its_official_page_what_the_message_says() -> None:
    pairs = {(row["task_error_code"], row["task_error_msg"]) for row in listed(10_000)}
    codes = {
        word: {code for code, message in pairs if word in message}
        for word in ("do not have permission", "sold out", "quota", "enough IP addresses")
    }
    assert codes == {
        "do not have permission": {"Ecs.0110"},
        "sold out": {"Ecs.0018"},
        "quota": {"Ecs.0001"},
        "enough IP addresses": {"Ecs.0012"},
    }


def test_operations_are_the_documented_ones() -> None:
    operations = Counter(row["operate_type"] for row in listed(10_000))
    assert set(operations) == {"FAILED_BIND", "FAILED_UNBIND", "FAILED_RESET", "FAILED_REPLACE", "RUNNING_RESET"}
    assert 0 < operations["RUNNING_RESET"] < 0.01 * 10_000
    assert all(count > 1000 for operation, count in operations.items() if operation != "RUNNING_RESET")


def test_a_cause_fits_its_operation() -> None:
    used = {server.keypair for server in fleet.fleet()}
    for row in listed(10_000):
        message = row["task_error_msg"]
        if "stopped server" in message or "”关机" in message or "temporary server: flavor" in message:
            assert row["operate_type"] == "FAILED_RESET"
        if "SHUTOFF" in message or "”开机" in message:
            assert row["operate_type"] == "FAILED_REPLACE"
        if "is not exist" in message or "密钥对“" in message:
            assert row["keypair_name"] in message
            assert row["task_error_code"] == "KPS.4016"
            assert row["keypair_name"] not in used


def test_every_cause_is_there_with_its_values_filled_in() -> None:
    messages = [row["task_error_msg"] for row in listed(10_000)]
    assert not any(re.search(r"[{}]|\bNone\b", message) for message in messages)
    shown = {cause for _operation, cause in (*causes.BACKGROUND, *causes.RARE)}
    for cause in shown | {causes.OTHER_LANGUAGE[cause] for cause in shown if cause in causes.OTHER_LANGUAGE}:
        start = cause.message.partition("{")[0]
        assert any(message.startswith(start) for message in messages)


def test_a_message_names_its_own_server() -> None:
    servers = {server.name: server for server in (*fleet.fleet(), *fleet.gone())}
    named = 0
    for row in listed(10_000):
        server = servers[row["server_name"]]
        assert row["server_id"] == server.server_id
        for address in re.findall(r"\b10\.[0-9.]+[0-9]", row["task_error_msg"]):
            assert address == server.ip
            named += 1
    assert named > 500


def test_the_fleet_is_believable() -> None:
    servers = (*fleet.fleet(), *fleet.gone())
    assert 200 < len(servers) < 500
    for values in ({s.name for s in servers}, {s.server_id for s in servers}, {s.ip for s in servers}):
        assert len(values) == len(servers)
    assert any(not name.isascii() for name in {s.name for s in servers})
    assert 1 <= sum(len(s.name) >= 60 for s in servers) <= 2


def test_key_pair_names_hold_what_they_may() -> None:
    keys = Counter(row["keypair_name"] for row in listed(10_000))
    for key in keys:
        assert not key or re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key)
    assert any(key and len(key) >= 60 for key in keys)
    assert 0 < keys[""] < 300
    without = {row["operate_type"] for row in listed(10_000) if not row["keypair_name"]}
    assert without == {"FAILED_UNBIND"}


def test_deleted_servers_are_few_and_keep_their_names() -> None:
    names = {server.name for server in fleet.gone()}
    rows = [row for row in listed(10_000) if row["server_name"] in names]
    assert 5 < len(rows) < 150
    assert all(row["server_id"] in row["task_error_msg"] for row in rows)


def test_some_servers_fail_again_and_again() -> None:
    counts = [count for _name, count in Counter(row["server_name"] for row in listed()).most_common()]
    assert counts[0] > 2.5 * TOTAL / len(fleet.fleet())


def test_nothing_hostile_is_shown() -> None:
    for row in listed(10_000):
        assert all(line(value) == value for value in row.values() if value)


def test_messages_differ_mostly_by_the_values_in_them() -> None:
    messages = {row["task_error_msg"] for row in listed()}
    assert len(messages) > 300
    texts = {*causes.OTHER_LANGUAGE, *causes.OTHER_LANGUAGE.values()}
    assert len({text[:4] for text in messages}) <= len(texts) < 50


def test_a_block_is_as_long_as_its_share_of_90_days() -> None:
    assert BLOCK_AGE * TOTAL == 90 * DAY * BLOCK
