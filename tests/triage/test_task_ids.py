"""Ids of tasks in logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.triage.task_ids import TaskIds, task_ids

ID = "c7eea32c-a55d-409b-a082-3ee7e624eda4"
OTHER = "0b1de15b-9cd6-4e3c-8a70-0a6b0a3d9a11"

TERRAFORM = f"""\
\x1b[31m╷\x1b[0m\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0m\x1b[0m\x1b[1merror waiting for the task ({ID}) completed: unexpect status (FAILED_BIND)\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m
\x1b[31m│\x1b[0m \x1b[0m  with huaweicloud_kps_keypair_associate.this["web"],
\x1b[31m│\x1b[0m \x1b[0m  on main.tf line 4, in resource "huaweicloud_kps_keypair_associate" "this":
\x1b[31m╵\x1b[0m\x1b[0m
huaweicloud_compute_instance.web: Still creating... [id={OTHER}]
"""  # noqa: E501


def test_an_error_of_terraform() -> None:
    assert task_ids(TERRAFORM.splitlines(keepends=True)) == TaskIds((ID,), (OTHER,))


@pytest.mark.parametrize(
    "log",
    [
        f"error waiting for the task\n│ ({ID}) completed\n",
        f"error waiting for the task (\x1b[1m{ID}\x1b[0m) completed",
        f'{{"task_id": "{ID}", "server_id": "x"}}',
        f"task_id: {ID}.",
        f"taskId={ID}",
        f"Task ID: {ID}",
        f"task ({ID})\r\n" * 3,
    ],
)
def test_what_a_log_calls_a_task(log: str) -> None:
    assert task_ids(log.splitlines(keepends=True)) == TaskIds((ID,), ())


@pytest.mark.parametrize(
    "log",
    [
        "",
        "no id",
        "task (two words here)",
        "task (short)",
        f"x{ID}",
        f"{ID}-1",
        "task_id: null",
        "a" * 10_000,
        "task_id: {}",
    ],
)
def test_what_is_no_id(log: str) -> None:
    assert task_ids([log]) == TaskIds((), ())


def test_each_id_is_named_once_in_the_order_of_the_log() -> None:
    log = [f"task ({OTHER})\n", f"id {ID}\n", f"task ({OTHER}) {ID}\n", "task (aaaaaaaa)\n"]
    assert task_ids(log) == TaskIds((OTHER, "aaaaaaaa"), (ID,))


@given(st.lists(st.text(max_size=80), max_size=6), st.integers(0, 6))
def test_an_id_is_found_in_any_text(lines: list[str], place: int) -> None:
    lines.insert(place, f" the task ({ID}) ")
    assert ID in task_ids(lines).named
