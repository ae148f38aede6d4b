"""Packing rows into bytes loses and changes nothing, and unpacking any bytes raises no unexpected error."""

import json
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.storage.rows import packed, unpacked
from kps_tui.triage.store import TaskStore
from tests.storage.lists import noise, task

TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(st.sampled_from(API_FIELDS) | TEXTS, JSON | st.sampled_from(["", "a\nb", "\ud83d\ude00"]))


def as_json(tasks: tuple[FailedTask, ...]) -> list[str]:
    return [json.dumps(each.to_json()) for each in tasks]


@given(st.lists(ROWS, max_size=6))
def test_any_rows_come_back_as_they_were_served(rows: list[dict[str, Any]]) -> None:
    tasks = tuple(map(FailedTask.from_json, rows))
    back = unpacked(packed(tasks))
    assert as_json(back) == as_json(tasks)
    assert [each.milliseconds for each in back] == [each.milliseconds for each in tasks]
    assert [each.task_id for each in TaskStore(back).tasks] == [each.task_id for each in TaskStore(tasks).tasks]


def test_a_task_with_an_id_of_ours_gets_the_same_from_the_store() -> None:
    without_id = {"server_name": "a"}
    store = TaskStore(FailedTask.from_json(row) for row in (without_id, {"task_id": "x"}, without_id, {"task_id": ""}))
    back = TaskStore(unpacked(packed(store.tasks)))
    assert back.tasks == store.tasks
    assert [each.task_id[0] for each in back.tasks] == ["~", "x", "~", "~"]


def test_rows_longer_than_a_piece() -> None:
    tasks = tuple(task(number, task_error_msg=noise(number, 100_000)) for number in range(4))
    assert unpacked(packed(tasks)) == tasks


def test_many_rows_are_small() -> None:
    tasks = [task(number) for number in range(2_000)]
    assert len(packed(tasks)) < sum(len(json.dumps(each.to_json())) for each in tasks) / 4
    assert unpacked(packed([])) == ()


@pytest.mark.parametrize(
    "text",
    [b"1\n", b"[]\n", b"{\n", b"\xff\n", b"{}", b"\n", b"[" * 100_000 + b"\n", b'{"a": ' + b"9" * 5_000 + b"}\n"],
)
def test_what_is_no_row(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(zlib.compress(text))


def test_every_beginning_is_told_from_the_whole() -> None:
    whole = packed([task(1), task(2)])
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            unpacked(whole[:length])
    with pytest.raises(ValueError, match="end"):
        unpacked(whole + b"more")


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    tasks = (task(1), task(2))
    whole = bytearray(packed(tasks))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with suppress(ValueError):
        assert unpacked(bytes(whole)) == tasks


@given(st.binary(max_size=200))
def test_any_bytes(blob: bytes) -> None:
    with suppress(ValueError):
        unpacked(blob)
