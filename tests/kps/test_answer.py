"""Parsing responses: any bytes result in a page, or in an `UnreadableAnswer` with a safe message."""

import json
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.answer import DEEPEST_ROW, LONGEST_INTEGER, Page, decoded, page_of
from kps_tui.kps.errors import UnreadableAnswer
from kps_tui.triage.store import TaskStore

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
ROW_KEYS = st.sampled_from(["task_id", "task_time", "operate_type", "server_name", "more"])
NEAR = st.fixed_dictionaries(
    {},
    optional={"total": JSON, "tasks": JSON | st.lists(st.dictionaries(ROW_KEYS, JSON) | JSON, max_size=5)},
)
"""Objects similar to the response on the API page."""


def page(body: bytes | str | object, content_type: str = "application/json") -> Page:
    """Return the page in a body; anything but bytes is converted to JSON first."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return page_of(sent, 0, content_type)


def refusal(body: bytes | object, content_type: str = "application/json", request_id: str = "") -> str:
    """Return the message for a body that can't be parsed, after checking that it is safe to show."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(UnreadableAnswer) as caught:
        page_of(sent, 0, content_type, request_id)
    error = caught.value
    assert error.exit_code == 1
    assert str(error.next_step)
    assert safe(str(error))
    return error.why


def safe(text: str) -> bool:
    return not any(unicodedata.category(character) in UNSAFE for character in text)


def row(task_id: str) -> dict[str, str]:
    return {"task_id": task_id}


# What is read


def test_the_example_of_the_api_page() -> None:
    body = b"""{
      "total" : 1,
      "tasks" : [ {
        "task_id" : "aee8d2fe-5484-4753-9177-5a38dc15546c",
        "operate_type" : "RUNNING_RESET",
        "task_time" : "1523342130000",
        "task_error_code" : null,
        "task_error_msg" : "Update public key error",
        "server_name" : "Test",
        "server_id" : "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
        "keypair_name" : "KeyPair-xt"
      } ]
    }"""
    read = page_of(body, 40)
    assert (read.offset, read.total, read.rows, read.unreadable) == (40, 1, 1, 0)
    assert read.first == read.last == '["aee8d2fe-5484-4753-9177-5a38dc15546c", "1523342130000"]'
    (task,) = read.tasks
    assert task is not None
    assert task.to_json() == json.loads(body)["tasks"][0]


def test_first_and_last_identify_the_rows_at_the_ends_by_id_and_time() -> None:
    read = page({"total": 3, "tasks": [row("a"), row("b"), row("a") | {"task_time": "5"}]})
    assert read.tasks[0] is not None
    assert read.first == json.dumps(["a", read.tasks[0].task_time])
    assert read.last == '["a", "5"]'
    number = page({"total": 1, "tasks": [row("a") | {"task_time": 5}]})
    assert number.first == '["a", "5"]', "as the store tells rows apart"


def test_rows_beyond_the_limit_are_kept() -> None:
    body = json.dumps({"total": 5, "tasks": [row(str(n)) for n in range(5)]}).encode()
    assert page_of(body, 0).rows == 5


@pytest.mark.parametrize("tasks", [{"tasks": []}, {"tasks": None}, {}])
def test_no_rows_and_a_total_of_0_are_an_empty_list(tasks: dict[str, Any]) -> None:
    read = page({"total": 0} | tasks)
    assert (read.total, read.rows, read.tasks, read.first, read.last) == (0, 0, (), "", "")


def test_an_empty_list_is_read_whatever_the_total() -> None:
    assert page({"total": 7, "tasks": []}).total == 7
    assert page({"tasks": []}).total is None


def test_a_byte_order_mark_is_allowed() -> None:
    assert page(b'\xef\xbb\xbf{"total": 0, "tasks": []}').total == 0


def test_of_a_key_sent_twice_the_later_is_taken() -> None:
    assert page(b'{"total": 1, "total": 2, "tasks": [], "tasks": [{"task_id": "x"}]}').rows == 1


@pytest.mark.parametrize(
    ("total", "read"),
    [
        ("0", 0),
        ("2500", 2500),
        ("-0", 0),
        ("-1", None),
        ('"2500"', None),
        ("true", None),
        ("false", None),
        ("2500.0", None),
        ("1e3", None),
        ("1e400", None),
        ("NaN", None),
        ("Infinity", None),
        ("null", None),
        ("[]", None),
        ("{}", None),
        ("9" * 5000, None),
    ],
)
def test_a_total_that_is_no_count_is_unknown(total: str, read: int | None) -> None:
    assert page(f'{{"total": {total}, "tasks": [{{"task_id": "a"}}]}}'.encode()).total == read


def test_a_missing_total_is_unknown() -> None:
    assert page({"tasks": [row("a")]}).total is None


@pytest.mark.parametrize("total", [1, 0, 1000])
def test_a_wrong_total_drops_no_row(total: int) -> None:
    assert page({"total": total, "tasks": [row("a"), row("b")]}).rows == 2


@pytest.mark.parametrize("odd", [None, 1, 1.5, "a row", True, [], [{"task_id": "x"}]])
def test_a_row_that_is_no_object_keeps_its_place_and_is_counted(odd: object) -> None:
    read = page({"total": 3, "tasks": [row("a"), odd, row("c")]})
    assert (read.rows, read.unreadable) == (3, 1)
    assert [task and task.task_id for task in read.tasks] == ["a", None, "c"]


def test_rows_that_are_all_unreadable_are_counted() -> None:
    read = page({"total": 4, "tasks": [None, 1, "x", []]})
    assert (read.rows, read.unreadable) == (4, 4)


def test_an_object_without_any_known_key_is_a_row() -> None:
    read = page({"total": 2, "tasks": [{}, {"x": 1}]})
    assert (read.rows, read.unreadable) == (2, 0)


def test_rows_without_an_id_are_recognised_by_all_they_hold() -> None:
    def first(served: object) -> str:
        return page({"total": 1, "tasks": [served]}).first

    assert first({"server_name": "a", "x": 1}) == first({"x": 1, "server_name": "a"}) != ""
    different = [
        {"server_name": "a"},
        {"server_name": "b"},
        {"task_id": ""},
        {"task_id": None},
        {"task_id": 5},
        None,
        1,
    ]
    recognised = {first(served) for served in different}
    assert len(recognised - {""}) == len(different)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("9" * 5000, "9" * 5000),
        ("-" + "9" * 5000, "-" + "9" * 5000),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("1e400", "1e400"),
        ("-1e400", "-1e400"),
    ],
)
def test_a_number_that_no_reader_could_hold_becomes_its_text(sent: str, shown: str) -> None:
    (task,) = page(f'{{"total": 1, "tasks": [{{"task_id": "a", "task_time": {sent}}}]}}'.encode()).tasks
    assert task is not None
    assert task.task_time == shown
    assert task.milliseconds is None
    assert task.to_json() == {"task_id": "a", "task_time": shown}
    json.dumps(task.to_json(), allow_nan=False)


def test_the_longest_integer_that_is_still_a_number() -> None:
    assert decoded(b"9" * LONGEST_INTEGER) == int("9" * LONGEST_INTEGER)
    assert decoded(b"9" * (LONGEST_INTEGER + 1)) == "9" * (LONGEST_INTEGER + 1)
    assert str(decoded(b"9" * LONGEST_INTEGER))  # accepted by our parser


def test_lone_surrogates_are_kept_as_served() -> None:
    (task,) = page(b'{"total": 1, "tasks": [{"task_id": "\\ud83d", "server_name": "\\udfff"}]}').tasks
    assert task is not None
    assert (task.task_id, task.server_name) == ("\ud83d", "\udfff")


# What is not


def test_an_empty_body_is_not_an_empty_list() -> None:
    assert refusal(b"") == "it is empty"


@pytest.mark.parametrize("body", [b" ", b"\r\n", b"\xef\xbb\xbf", b"\x00"])
def test_a_body_of_nothing_visible_is_no_json(body: bytes) -> None:
    assert "not JSON" in refusal(body)


def test_a_captive_portal_is_named_and_not_dumped() -> None:
    html = "<!DOCTYPE html>\n<html><head><title>Sign in\x1b]0;x\x07 to WiFi</title>" + "<p>terms</p>" * 10_000
    why = refusal(html.encode(), "text/html; charset=utf-8")
    assert "not JSON" in why
    assert "text/html" in why
    assert "charset" not in why
    assert "<!DOCTYPE html>" in why
    assert len(why) < 200


@pytest.mark.parametrize("content_type", ["", ";", "text/html\x1b[2J\r\nX: y", "\u202etext", "x" * 9000])
def test_any_content_type_is_shown_safely(content_type: str) -> None:
    assert len(refusal(b"<html>", content_type)) < 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"total": 1, "tasks": [',
        b'{"total": 1, "tasks": []',
        b"{'total': 1}",
        b'{"total": 1} {"total": 1}',
        b'{"total": 1, "tasks": [],}',
        b'{"total": 1 "tasks": []}',
        b'{"total": 01, "tasks": []}',
        b'{"tasks": [{"server_name": "a\nb"}]}',
        b'{"tasks": ["\\x41"]}',
        b'{"tasks": ["\\ud8"]}',
        b"\x1b[31m\x07",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"undefined",
    ],
)
def test_invalid_json_is_refused_with_its_beginning(body: bytes) -> None:
    why = refusal(body)
    assert why.startswith("it is not JSON (application/json, character ")
    assert len(why) < 200


def test_invalid_json_is_refused_with_its_position() -> None:
    assert "character 25" in refusal(b'{"total": 1, "tasks": [] x}')


def test_an_excerpt_of_invisible_characters_is_short_too() -> None:
    assert len(refusal(("{" + "\u200b" * 500).encode())) < 200


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b'{"total": 0, "tasks": []}\xff', 25),
        (b'{"server_name": "\xc4\xe3\xba\xc3"}', 17),  # GBK
        (b'{"a": "\xc0\xaf"}', 7),  # overlong
        (b'{"a": "\xed\xa0\x80"}', 7),  # a surrogate as UTF-8
        (b'{"a": "\xe4\xbd', 7),  # cut within a character
        ('{"total": 0}'.encode("utf-16"), 0),
        (b"\x1f\x8b\x08\x00", 1),
    ],
)
def test_bad_utf8_is_refused_with_the_byte(body: bytes, at: int) -> None:
    assert refusal(body, "application/json; charset=gbk") == f"it is not UTF-8 (byte {at})"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_utf16_without_a_mark_is_refused(charset: str) -> None:
    assert "not JSON" in refusal('{"total": 0, "tasks": []}'.encode(charset), f"application/json; charset={charset}")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"total": 1, "tasks": ' + b"["])
def test_a_deep_nesting_is_refused(opening: bytes) -> None:
    assert refusal(opening * 80_000) == "it is nested too deeply"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ([], "a list"),
        ([{"task_id": "a"}], "a list"),
        ("tasks", "a text"),
        (None, "null"),
        (True, "true or false"),
        (7, "a number"),
        (7.5, "a number"),
    ],
)
def test_a_top_level_of_another_kind_is_named(body: object, kind: str) -> None:
    assert refusal(body) == f"it is not a JSON object, but {kind}"


NO_ZERO: list[object] = [1, -1, None, "0", False, 0.0, [], "no"]


@pytest.mark.parametrize("total", [{}, *({"total": value} for value in NO_ZERO)], ids=json.dumps)
@pytest.mark.parametrize("tasks", [{}, {"tasks": None}])
def test_no_tasks_without_a_total_of_0_are_no_empty_list(total: dict[str, Any], tasks: dict[str, Any]) -> None:
    assert refusal(total | tasks) == "“tasks” is not a list, but null"


@pytest.mark.parametrize("total", [0, 1, None])
@pytest.mark.parametrize(
    ("tasks", "kind"), [({}, "an object"), ({"a": 1}, "an object"), ("", "a text"), (0, "a number"), (False, "true or")]
)
def test_tasks_of_another_kind_are_refused_even_with_a_total_of_0(total: object, tasks: object, kind: str) -> None:
    assert f"“tasks” is not a list, but {kind}" in refusal({"total": total, "tasks": tasks})


def test_an_error_body_with_status_200_is_no_list() -> None:
    assert "“tasks”" in refusal({"error_code": "KPS.0002", "error_msg": "参数错误"})


def test_the_request_id_goes_along() -> None:
    for body in (b"", b"<", b"\xff", b"[]", b"{}", b"[" * 200_000):
        assert refusal(body, request_id="req-42").endswith("request id req-42")


# Whatever comes


@given(st.binary(max_size=200), st.text(max_size=30))
def test_random_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    said = ""
    try:
        page_of(body, 0, content_type)
    except UnreadableAnswer as error:
        said = str(error)
    assert safe(said)


@given(NEAR | JSON)
def test_random_json_is_read_or_refused_and_no_row_is_lost(answer: Any) -> None:
    body = json.dumps(answer).encode()
    try:
        read = page_of(body, 0)
    except UnreadableAnswer:
        refusal(body)
        return
    served = decoded(body)
    rows = served.get("tasks") or []
    assert read.rows == len(rows)
    assert [task and task.to_json() for task in read.tasks] == [
        sent if isinstance(sent, dict) else None for sent in rows
    ]
    assert bool(read.first) == bool(read.last) == bool(rows)


@given(NEAR, st.data())
def test_a_body_cut_off_anywhere_is_never_a_shorter_list(answer: Any, data: st.DataObject) -> None:
    body = json.dumps(answer).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    refusal(body[:cut])


def test_a_row_too_deep_to_walk_through_counts_as_unreadable() -> None:
    """The client parses with few frames on the stack; the store processes the row with those of a whole application."""
    assert page(nested(DEEPEST_ROW)).unreadable == 0
    assert page(nested(DEEPEST_ROW + 1)).unreadable == 1

    def under(frames: int) -> TaskStore:
        kept = [task for task in page(nested(DEEPEST_ROW)).tasks if task is not None]
        return TaskStore(kept) if frames == 0 else under(frames - 1)

    assert len(under(sys.getrecursionlimit() - 300)) == 1


def nested(depth: int) -> bytes:
    return b'{"total": 1, "tasks": [{"x": ' + b"[" * depth + b"]" * depth + b"}]}"
