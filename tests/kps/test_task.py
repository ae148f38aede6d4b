"""Parsing one row of the list: it never raises, and loses nothing."""

import json
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import API_FIELDS, LATEST, SECONDS_BELOW, FailedTask, Operation, milliseconds, operation

EXAMPLE: dict[str, Any] = {
    "task_id": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    "operate_type": "RUNNING_RESET",
    "task_time": "1523342130000",
    "task_error_code": None,
    "task_error_msg": "Update public key error",
    "server_name": "Test",
    "server_id": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
    "keypair_name": "KeyPair-xt",
}
"""The row in the example of the API page."""

TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(
    st.sampled_from(API_FIELDS) | TEXTS, JSON | st.sampled_from(["", "FAILED_BIND", "1523342130000"])
)


def same(left: object, right: object) -> bool:
    """Return whether two values are the same JSON; unlike in Python, `1`, `1.0` and `true` differ."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def test_the_example_of_the_api_page() -> None:
    task = FailedTask.from_json(EXAMPLE)
    for field in API_FIELDS:
        assert getattr(task, field) == EXAMPLE[field]
    assert task.operation == Operation("reset", "running")
    assert task.milliseconds == 1_523_342_130_000
    assert task.served is None
    assert not task.has_generated_id
    assert task.to_json() == EXAMPLE
    assert tuple(task.to_json()) == API_FIELDS


def test_a_task_is_a_frozen_value() -> None:
    task = FailedTask.from_json(EXAMPLE)
    assert task == FailedTask.from_json({**EXAMPLE})
    assert hash(task) == hash(FailedTask.from_json({**EXAMPLE}))
    assert task != FailedTask.from_json(EXAMPLE | {"server_name": "test"})
    with pytest.raises(FrozenInstanceError):
        task.task_id = "other"  # type: ignore[misc]


@pytest.mark.parametrize("field", API_FIELDS)
def test_each_field_lands_in_its_own_place(field: str) -> None:
    row = {name: f"the {name}" for name in API_FIELDS}
    task = FailedTask.from_json(row | {field: "another"})
    for name in API_FIELDS:
        assert getattr(task, name) == ("another" if name == field else f"the {name}")


@pytest.mark.parametrize("field", API_FIELDS)
def test_a_null_stays_null(field: str) -> None:
    row = EXAMPLE | {field: None}
    task = FailedTask.from_json(row)
    assert getattr(task, field) == ("" if field == "task_id" else None)
    assert task.to_json() == row


@pytest.mark.parametrize("field", API_FIELDS)
def test_a_key_that_was_not_sent_is_not_invented(field: str) -> None:
    row = {name: value for name, value in EXAMPLE.items() if name != field}
    task = FailedTask.from_json(row)
    assert getattr(task, field) == ("" if field == "task_id" else None)
    assert task.to_json() == row


@pytest.mark.parametrize("field", API_FIELDS)
def test_an_empty_text_is_not_a_null(field: str) -> None:
    row = EXAMPLE | {field: ""}
    task = FailedTask.from_json(row)
    assert getattr(task, field) == ""
    assert task.to_json() == row


@pytest.mark.parametrize("field", API_FIELDS)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (12, "12"),
        (-1.5, "-1.5"),
        (True, "true"),
        (False, "false"),
        ([], "[]"),
        (["é"], '["é"]'),
        ({"a": None}, '{"a": null}'),
        (2**200, str(2**200)),
    ],
)
def test_an_odd_type_is_shown_as_its_json_and_given_back_as_served(field: str, value: object, shown: str) -> None:
    row = EXAMPLE | {field: value}
    task = FailedTask.from_json(row)
    assert getattr(task, field) == shown
    assert same(task.to_json(), row)


def test_unknown_keys_are_kept_after_the_documented_ones() -> None:
    assert FailedTask.from_json(EXAMPLE | {"zone": "az1"}).to_json() == EXAMPLE | {"zone": "az1"}
    row = {"zone": "az1", **dict(reversed(EXAMPLE.items())), "retries": 3}
    assert [*FailedTask.from_json(row).to_json().items()] == [*EXAMPLE.items(), ("zone", "az1"), ("retries", 3)]


def test_the_row_is_kept_only_where_the_fields_cannot_hold_it() -> None:
    assert FailedTask.from_json(EXAMPLE).served is None
    assert FailedTask.from_json(EXAMPLE | {"server_name": None}).served is None
    assert FailedTask.from_json(EXAMPLE | {"more": 1}).served is not None
    assert FailedTask.from_json(EXAMPLE | {"server_name": 7}).served is not None


def test_a_later_change_of_the_row_does_not_reach_the_task() -> None:
    row = EXAMPLE | {"more": 1}
    task = FailedTask.from_json(row)
    row["more"] = 2
    assert task.to_json()["more"] == 1


@given(ROWS)
def test_any_object_is_a_task_and_comes_back_as_served(row: dict[str, Any]) -> None:
    task = FailedTask.from_json(row)
    assert same(task.to_json(), row)
    assert task.to_json().keys() == row.keys()
    assert all(value is None or isinstance(value, str) for value in (getattr(task, field) for field in API_FIELDS))
    assert task.milliseconds is None or 0 <= task.milliseconds <= LATEST
    assert isinstance(task.operation, Operation)


# The operation


def grammar() -> Iterator[tuple[str, str]]:
    for state in ("READY", "RUNNING", "FAILED", "SUCCESS"):
        for name in ("BIND", "RESET", "REPLACE", "UNBIND"):
            yield state, name


@pytest.mark.parametrize(("state", "name"), grammar())
def test_every_word_of_the_grammar_is_taken_apart(state: str, name: str) -> None:
    assert operation(f"{state}_{name}") == Operation(name.lower(), state.lower())


@pytest.mark.parametrize(
    "word",
    [
        "FAILED",
        "RESET",
        "FAILED_",
        "_RESET",
        "FAILED_REBOOT",
        "STUCK_RESET",
        "failed_reset",
        "Failed_Reset",
        " FAILED_RESET",
        "FAILED_RESET ",
        "FAILED_RESET\n",
        "FAILED-RESET",
        "FAILED_RESET_UNBIND",
        "XFAILED_RESET",
        "ＦＡＩＬＥＤ_RESET",
        "重置",
        "\x1b[31m",
        "\ud83d",
        " ",
    ],
)
def test_a_word_outside_the_grammar_is_kept_verbatim(word: str) -> None:
    assert operation(word) == Operation(word, "")
    assert FailedTask.from_json(EXAMPLE | {"operate_type": word}).operation == Operation(word, "")


@pytest.mark.parametrize("word", ["", None])
def test_no_word_is_no_operation(word: str | None) -> None:
    assert operation(word) == Operation("", "")


# The time

AT = 1_523_342_130_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1523342130000", AT),
        (1523342130000, AT),
        (1523342130000.0, AT),
        ("1523342130", AT),
        (1523342130, AT),
        (1523342130.0, AT),
        ("1523342130.25", AT + 250),
        (1523342130.25, AT + 250),
        ("1523342130000.9", AT),
        (" 1523342130000 ", AT),
        ("\t1523342130000\n", AT),
        ("0", 0),
        (0, 0),
        ("0001523342130000", AT),
        ("99999999999", 99_999_999_999_000),
        ("100000000000", 100_000_000_000),
        (SECONDS_BELOW, SECONDS_BELOW),
        (SECONDS_BELOW - 1, (SECONDS_BELOW - 1) * 1000),
        (str(SECONDS_BELOW), SECONDS_BELOW),
        (str(SECONDS_BELOW - 1), (SECONDS_BELOW - 1) * 1000),
        (LATEST, LATEST),
        (str(LATEST), LATEST),
    ],
)
def test_a_time_is_read(value: object, expected: int) -> None:
    assert milliseconds(value) == expected
    assert type(milliseconds(value)) is int


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "",
        " ",
        "abc",
        "-1",
        -1,
        -1523342130000,
        "+1523342130000",
        -0.5,
        LATEST + 1,
        str(LATEST + 1),
        "3093527980800000",  # year 99999, in milliseconds
        "9" * 16,
        "9" * 17,
        "9" * 5000,
        "0" * 5000,
        1e16,
        1e300,
        float("nan"),
        float("inf"),
        float("-inf"),
        "NaN",
        "Infinity",
        "1e12",
        "1_523_342_130_000",
        "1,523,342,130,000",
        "1523342130 000",
        "0x162b0f1b750",
        "1523342130000ms",
        "1523342130.",
        ".5",
        "1.2.3",
        "٠١٢٣٤٥٦٧٨٩",
        "１５２３３４２１３００００",
        "1523342130000²",
        "1523342130000\x00",
        "2018-04-10T06:35:30Z",
        [1523342130000],
        {"ms": 1523342130000},
        b"1523342130000",
    ],
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert milliseconds(value) is None


def test_an_integer_of_5000_digits_is_no_time() -> None:
    assert milliseconds(10**5000) is None


@given(JSON | st.text(st.sampled_from("0123456789.-+e ٣"), max_size=20))
def test_a_time_is_none_or_within_the_years_1970_to_9999(value: object) -> None:
    read = milliseconds(value)
    assert read is None or 0 <= read <= LATEST


@given(st.integers(SECONDS_BELOW, LATEST))
def test_text_and_number_say_the_same_time(at: int) -> None:
    assert milliseconds(at) == milliseconds(str(at)) == milliseconds(f" {at}") == at


# Ids of our own


@pytest.mark.parametrize("missing", [{}, {"task_id": None}, {"task_id": ""}])
def test_a_row_without_an_id_gets_one_that_is_marked(missing: dict[str, Any]) -> None:
    row = {name: value for name, value in EXAMPLE.items() if name != "task_id"} | missing
    task = FailedTask.from_json(row)
    assert task.task_id == ""
    first, second = task.with_generated_id(1), task.with_generated_id(2)
    assert first.task_id == f"~{task.fingerprint()}"
    assert second.task_id == f"{first.task_id}-2"
    assert first.has_generated_id
    assert second.has_generated_id
    assert same(first.to_json(), row)
    assert first.fingerprint() == task.fingerprint()


@pytest.mark.parametrize("served", ["aee8d2fe", "~abc", " ", 0, 5, False, [], {}])
def test_an_id_that_the_service_sent_is_not_ours(served: object) -> None:
    assert not FailedTask.from_json(EXAMPLE | {"task_id": served}).has_generated_id


def test_a_fingerprint_knows_equal_rows_whatever_the_order_of_their_keys() -> None:
    row = EXAMPLE | {"task_id": "", "more": {"b": 1, "a": [1, 2]}}
    shuffled = {**dict(reversed(row.items())), "more": {"a": [1, 2], "b": 1}}
    assert FailedTask.from_json(row).fingerprint() == FailedTask.from_json(shuffled).fingerprint()


def test_a_fingerprint_tells_rows_apart_by_anything_they_hold() -> None:
    without_id = EXAMPLE | {"task_id": ""}
    others = [without_id | {field: "other"} for field in API_FIELDS if field != "task_id"]
    others += [without_id | {"server_name": value} for value in (None, "", 1, True, 1.5)]
    others += [without_id | {"more": value} for value in (None, "", 1, True)]
    others += [{name: value for name, value in without_id.items() if name != "server_name"}]
    prints = {FailedTask.from_json(row).fingerprint() for row in (without_id, *others)}
    assert len(prints) == 1 + len(others)


@given(ROWS)
def test_every_row_has_a_short_fingerprint(row: dict[str, Any]) -> None:
    task = FailedTask.from_json(row)
    assert task.fingerprint() == FailedTask.from_json(json.loads(json.dumps(row))).fingerprint()
    assert len(task.fingerprint()) == 12
    assert task.fingerprint().isalnum()
