"""The detail as text: order, labels, ages, undocumented fields."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from kps_tui.kps.task import FailedTask
from kps_tui.ui.age import age
from kps_tui.ui.widgets.task_detail import compact, stacked
from tests.loopback import row

NOW = datetime(2025, 11, 23, 2, 0, tzinfo=UTC)
IDENTITY = "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"


def task(**other: object) -> FailedTask:
    return FailedTask.from_json(row(0, task_id=IDENTITY, server_id=IDENTITY, **other))


def test_the_error_comes_first_then_server_key_pair_task() -> None:
    lines = stacked(task(task_error_code="KPS.1"), 60, NOW, UTC).plain.split("\n")
    assert lines[:2] == ["Update public key error", "KPS.1"]
    titles = [line for line in lines if line in ("Server", "Key pair", "Task")]
    assert titles == ["Server", "Key pair", "Task"]
    assert "time      2025-11-23 00:00:00" in lines
    assert "age       2 h ago" in lines
    assert "UTC       2025-11-23 00:00:00" in lines


@pytest.mark.parametrize("width", [37, 38, 45, 46, 100])
def test_an_id_stands_whole_on_its_line(width: int) -> None:
    lines = stacked(task(), width, NOW).plain.split("\n")
    assert sum(IDENTITY in line for line in lines) == 2
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [78, 98, 117])
def test_a_wide_and_low_place_has_groups_side_by_side(width: int) -> None:
    lines = compact(task(server_name="订单服务-03"), width, NOW).plain.split("\n")
    assert len(lines) <= 6
    assert all(cell_len(line) <= width for line in lines)
    assert f"订单服务-03  ·  {IDENTITY}" in lines[1]


def test_what_is_missing_is_a_dash_and_what_is_unknown_is_shown() -> None:
    bare = FailedTask.from_json({"new_field": {"a": "\x1b[31m"}, "operate_type": "FAILED_MELT", "task_time": "soon"})
    text = stacked(bare, 60, NOW).plain
    for part in (
        "no error given",
        "name      —",
        "operation FAILED_MELT",
        "state     —",
        "time      soon?",
        "none sent",
    ):
        assert part in text
    assert 'new_field {"a": "\\u001b[31m"}' in text


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7199, "1 h ago"),
        (86_400 * 400, "400 d ago"),
        (-5, "in the future"),
    ],
)
def test_an_age_is_one_unit(ago: int, words: str) -> None:
    then = int((NOW - timedelta(seconds=ago)).timestamp() * 1000)
    assert age(then, NOW) == words
