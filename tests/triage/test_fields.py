"""Fields: what each one shows, and what it is sorted by."""

import os
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import API_FIELDS, LATEST, FailedTask
from kps_tui.triage import fields
from kps_tui.triage.fields import BY_KEY, FIELDS, time_rfc3339, time_text, zoned_time

SHANGHAI = timezone(timedelta(hours=8))
EXAMPLE: dict[str, Any] = {
    "task_id": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    "operate_type": "FAILED_RESET",
    "task_time": "1523342130000",
    "task_error_code": "KPS.6010",
    "task_error_msg": "Update public key error",
    "server_name": "Test",
    "server_id": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
    "keypair_name": "KeyPair-xt",
}


def task(**values: object) -> FailedTask:
    return FailedTask.from_json(EXAMPLE | values)


def at(value: object) -> FailedTask:
    return task(task_time=value)


@pytest.fixture
def local_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the local zone to UTC+8, and clear the texts cached for another zone."""
    monkeypatch.setenv("TZ", "XYZ-8")
    time.tzset()
    fields.text_of_second.cache_clear()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") != "XYZ-8"
    time.tzset()
    fields.text_of_second.cache_clear()


def test_the_table() -> None:
    assert [(field.key, field.api_name) for field in FIELDS] == [
        ("time", "task_time"),
        ("op", "operate_type"),
        ("state", "operate_type"),
        ("err", "task_error_msg"),
        ("code", "task_error_code"),
        ("cause", ""),
        ("server", "server_name"),
        ("sid", "server_id"),
        ("family", ""),
        ("key", "keypair_name"),
        ("task", "task_id"),
    ]
    assert {field.api_name for field in FIELDS if field.api_name} == set(API_FIELDS)
    assert list(BY_KEY.values()) == list(FIELDS)
    assert [field.key for field in FIELDS if field.descending_first] == ["time"]
    assert len({field.title for field in FIELDS}) == len(FIELDS)


def test_how_a_filter_matches() -> None:
    ways = {field.key: field.match.name for field in FIELDS}
    assert ways.pop("time") == "MOMENT"
    assert [key for key, way in ways.items() if way == "WHOLE"] == ["op", "state", "code", "cause", "family"]
    assert [key for key, way in ways.items() if way == "PART"] == ["err", "server", "key"]
    assert [key for key, way in ways.items() if way == "START"] == ["sid", "task"]


@pytest.mark.usefixtures("local_zone")
def test_what_the_example_shows() -> None:
    assert {field.key: field.text(task()) for field in FIELDS} == {
        "time": "2018-04-10 14:35:30",
        "op": "reset",
        "state": "failed",
        "err": "Update public key error",
        "code": "KPS.6010",
        "cause": "authorized-keys",
        "server": "Test",
        "sid": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
        "family": "Test",
        "key": "KeyPair-xt",
        "task": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    }


def test_what_the_example_is_sorted_by() -> None:
    assert {field.key: field.sort_value(task()) for field in FIELDS} == {
        "time": 1_523_342_130_000,
        "op": "reset",
        "state": "failed",
        "err": "update public key error",
        "code": "kps.6010",
        "cause": "authorized-keys",
        "server": "test",
        "sid": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
        "family": "test",
        "key": "keypair-xt",
        "task": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    }


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_nothing_shows_nothing_and_sorts_last(field: fields.Field, nothing: str | None) -> None:
    sent = [field.api_name] if field.api_name else API_FIELDS
    empty = task(**dict.fromkeys(sent, nothing))
    assert field.text(empty) == ""
    assert field.sort_value(empty) is None


def test_a_word_outside_the_grammar_is_an_operation_without_a_state() -> None:
    odd = task(operate_type="Rebooting\x1b")
    assert BY_KEY["op"].text(odd) == "Rebooting␛"
    assert BY_KEY["op"].sort_value(odd) == "rebooting\x1b"
    assert (BY_KEY["state"].text(odd), BY_KEY["state"].sort_value(odd)) == ("", None)


def test_case_is_folded_not_just_lowered() -> None:
    assert BY_KEY["server"].sort_value(task(server_name="STRASSE")) == BY_KEY["server"].sort_value(
        task(server_name="straße")
    )


# The time


@pytest.mark.parametrize(
    ("value", "zone", "shown"),
    [
        ("1523342130000", UTC, "2018-04-10 06:35:30"),
        ("1523342130", UTC, "2018-04-10 06:35:30"),
        (1523342130000, SHANGHAI, "2018-04-10 14:35:30"),
        ("1523342130999", UTC, "2018-04-10 06:35:30"),
        ("0", UTC, "1970-01-01 00:00:00"),
        ("0", timezone(timedelta(hours=-12)), "1969-12-31 12:00:00"),
        ("951782400000", UTC, "2000-02-29 00:00:00"),
        (str(LATEST), UTC, "9999-12-31 23:59:59"),
        (str(LATEST), SHANGHAI, "9999-12-31 23:59:59"),
    ],
)
def test_a_time_is_shown_in_its_zone(value: object, zone: timezone, shown: str) -> None:
    assert time_text(at(value), zone) == shown


@pytest.mark.usefixtures("local_zone")
def test_without_a_zone_it_is_the_local_one() -> None:
    assert time_text(at("1523342130000")) == "2018-04-10 14:35:30"
    assert time_text(at("1523342130000"), UTC) == "2018-04-10 06:35:30"
    assert time_text(at(str(LATEST))) == "9999-12-31 23:59:59"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("yesterday", "yesterday?"),
        ("-1", "-1?"),
        (-1, "-1?"),
        (True, "true?"),
        ({"s": 1}, '{"s": 1}?'),
        ("3093527980800000", "3093527980800000?"),
        ("\x1b[31m", "␛[31m?"),
        ("noon\n", "noon␊?"),
        ("9" * 5000, "9" * 1024 + "…?"),
        (" ", " ?"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_time_that_cannot_be_read_is_shown_as_given(value: object, shown: str) -> None:
    assert time_text(at(value), UTC) == shown
    assert BY_KEY["time"].sort_value(at(value)) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1523342130000", "2018-04-10T06:35:30Z"),
        ("1523342130345", "2018-04-10T06:35:30.345Z"),
        ("1523342130005", "2018-04-10T06:35:30.005Z"),
        ("1523342130", "2018-04-10T06:35:30Z"),
        ("0", "1970-01-01T00:00:00Z"),
        (str(LATEST), "9999-12-31T23:59:59.999Z"),
        ("yesterday", None),
        (None, None),
        (-1, None),
    ],
)
@pytest.mark.usefixtures("local_zone")
def test_a_time_for_machines_is_utc(value: object, shown: str | None) -> None:
    assert time_rfc3339(at(value)) == shown


@given(st.integers(10**11, LATEST), st.integers(-12, 14))
def test_every_time_has_a_text_of_one_width(milliseconds: int, hours: int) -> None:
    assert len(time_text(at(milliseconds), timezone(timedelta(hours=hours)))) == 19
    assert time_rfc3339(at(milliseconds)) is not None


# Text from outside


@given(
    st.dictionaries(
        st.sampled_from(API_FIELDS),
        st.text(st.characters(exclude_categories=()), max_size=20) | st.none() | st.integers(),
    )
)
def test_whatever_is_served_every_field_is_one_safe_line(row: dict[str, Any]) -> None:
    read = FailedTask.from_json(row)
    for field in FIELDS:
        unsafe = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert not any(unicodedata.category(character) in unsafe for character in field.text(read))
        assert field.sort_value(read) is not None or not field.text(read) or field.key == "time"


@pytest.mark.parametrize("field", [field for field in FIELDS[1:] if field.api_name], ids=lambda field: field.key)
def test_a_long_text_is_cut(field: fields.Field) -> None:
    shown = field.text(task(**{field.api_name: "x" * 10**6}))
    assert shown in ("x" * 1024 + "…", "")
    assert bool(shown) is (field.key != "state")


def test_a_time_in_its_zone() -> None:
    assert zoned_time(task(), SHANGHAI) == "2018-04-10 14:35:30+08:00"
    assert zoned_time(task()) == "2018-04-10 06:35:30+00:00"
    assert zoned_time(task(task_time="soon\x1b")) == "soon␛?"
    assert zoned_time(task(task_time=str(LATEST)), SHANGHAI) == "9999-12-31 23:59:59+00:00"
