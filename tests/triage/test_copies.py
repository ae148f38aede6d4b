"""The texts that can be copied of one task."""

import json
from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.check_script import check_script
from kps_tui.triage.copies import PREVIEWED, Copy, copies
from kps_tui.triage.store import TaskStore
from kps_tui.triage.vendor_command import vendor_commands
from tests.payloads import PAYLOADS
from tests.triage.tasks import EXAMPLE, everywhere, safe, task

SHANGHAI = timezone(timedelta(hours=8))


def by_key(**options: Any) -> dict[str, Copy]:
    return {copy.key: copy for copy in copies("cn-north-4", "p1", zone=SHANGHAI, **options)}


def text(key: str, of: FailedTask) -> str:
    return by_key()[key].text(of)


def test_the_menu() -> None:
    offered = copies("r", "p")
    assert [copy.key for copy in offered] == list("snkteyjmcp")
    assert len({copy.title for copy in offered}) == len(offered)


def test_of_several_tasks_each_value_is_copied_once_on_a_line_of_its_own() -> None:
    tasks = [task(task_id=str(number), server_name=f"web-{number % 2}", task_error_code=None) for number in range(4)]
    tasks.append(task(task_id="4", server_name=None, task_error_code=None))
    several = {key: copy.of(tasks) for key, copy in by_key().items()}
    assert several["t"] == "0\n1\n2\n3\n4"
    assert several["n"] == "web-0\nweb-1"
    assert several["k"] == "prod-ops-2025"
    assert several["e"] == "5 × Update public key error"
    assert len(several["y"].splitlines()) == 5
    assert [each["task_id"] for each in json.loads(several["j"])] == ["0", "1", "2", "3", "4"]
    assert several["m"].count("\n\n") == 4
    for key, copy in by_key().items():
        assert copy.of(tasks[:1]) == copy.text(tasks[0]), key
        assert bool(copy.preview(tasks)) == bool(several[key]), key
    previews = {key: copy.preview(tasks) for key, copy in by_key().items()}
    assert {key: previews[key] for key in "tnke"} == {
        "t": "0 … +4",
        "n": "web-0 … +1",
        "k": "prod-ops-2025",
        "e": "5 × Update public key error",
    }
    assert several["c"] == vendor_commands(tasks, "cn-north-4", "p1")
    assert several["p"] == check_script(["replace"])
    unbound = task(task_id="5", operate_type="FAILED_UNBIND")
    assert by_key()["p"].of([*tasks, unbound]) == check_script(["replace", "unbind"])
    assert by_key()["t"].of([]) == ""


def test_errors_of_several_tasks_are_counted() -> None:
    errors = [("a\nb", "KPS.1"), ("c", None), ("c", None), ("c", "KPS.2"), (None, "KPS.3"), (None, None), ("", "")]
    tasks = [task(task_error_msg=message, task_error_code=code) for message, code in errors]
    assert by_key()["e"].of(tasks) == "2 × c\n1 × a␊b (KPS.1)\n1 × c (KPS.2)\n1 × KPS.3"
    assert by_key()["e"].preview(tasks) == "2 × c … +3"
    assert by_key()["e"].preview(tasks[:1]) == "a …"
    assert by_key()["e"].of(tasks[:1]) == "a\nb\nKPS.1"
    assert by_key()["e"].preview(tasks[-2:]) == by_key()["e"].of(tasks[-2:]) == ""


def test_of_very_many_tasks_only_the_first_are_looked_at() -> None:
    class Counting(list[FailedTask]):
        made = 0

        def __iter__(self) -> Iterator[FailedTask]:
            self.made += len(self)
            return super().__iter__()

        def __getitem__(self, at: Any) -> Any:
            found = super().__getitem__(at)
            self.made += len(found) if isinstance(found, list) else 1
            return found

    many = Counting(task(task_id=str(number), keypair_name=None) for number in range(PREVIEWED + 1))
    previews = {key: copy.preview(many) for key, copy in by_key().items()}
    assert {key: previews[key] for key in "tske"} == {
        "t": "0 …",
        "s": task().server_id,
        "k": "…",
        "e": "Update public key error …",
    }
    assert many.made <= len(previews) * PREVIEWED


def test_the_values_of_a_task() -> None:
    assert {key: text(key, task()) for key in "yesnkt"} == {
        "y": "2018-04-10 14:35:30+08:00 · replace failed · Update public key error (KPS.6010) · server web-01"
        " · key pair prod-ops-2025 · task aee8d2fe-5484-4753-9177-5a38dc15546c",
        "e": "Update public key error\nKPS.6010",
        "s": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
        "n": "web-01",
        "k": "prod-ops-2025",
        "t": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    }
    assert json.loads(text("j", task())) == EXAMPLE | {"time": "2018-04-10T06:35:30Z"}
    assert text("m", task()) == (
        "- error: `Update public key error`\n"
        "- code: `KPS.6010`\n"
        "- likely cause: `authorized-keys`\n"
        "- operation: `replace`\n"
        "- state: `failed`\n"
        "- time: `2018-04-10 14:35:30+08:00`\n"
        "- server: `web-01`\n"
        "- server id: `c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006`\n"
        "- key pair: `prod-ops-2025`\n"
        "- task id: `aee8d2fe-5484-4753-9177-5a38dc15546c`"
    )
    assert text("p", task()) == check_script(["replace"], task())
    assert text("c", task()) == vendor_commands([task()], "cn-north-4", "p1")


def test_demo_says_so() -> None:
    offered = by_key(demo=True)
    assert offered["m"].text(task()).startswith("DEMO: invented task\n\n- error")
    assert "DEMO" in offered["c"].text(task())


def test_a_row_without_an_id_of_the_service_has_no_task_id() -> None:
    own = TaskStore([task(task_id=None)])[0]
    assert own.task_id.startswith("~")
    assert text("t", own) == ""
    assert not any(own.task_id in copy.text(own) for copy in by_key().values())
    assert json.loads(text("j", own))["task_id"] is None


@pytest.mark.parametrize(("key", "field"), [("s", "server_id"), ("n", "server_name"), ("k", "keypair_name")])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_a_task_has_not_is_empty(key: str, field: str, nothing: str | None) -> None:
    assert text(key, task(**{field: nothing})) == ""


def test_a_task_without_anything() -> None:
    bare = TaskStore([FailedTask.from_json({})])[0]
    assert {key: text(key, bare) for key in "yesnktmcpj"} == {
        **dict.fromkeys("esnktmcp", ""),
        "y": "no error given",
        "j": '{"time": null}',
    }


def test_an_error_keeps_its_lines_and_a_row_is_one() -> None:
    two = task(task_error_msg="one\r\n\ttwo\x1b", task_error_code=None)
    assert text("e", two) == "one\n two␛"
    assert "one␍␊ two␛ · server" in text("y", two)
    assert text("e", task(task_error_msg=None)) == "KPS.6010"
    assert "no error given (KPS.6010)" in text("y", task(task_error_msg=None))


def test_a_row_names_the_server_by_its_id_where_it_has_no_name() -> None:
    assert "server c9aa197b" in text("y", task(server_name=None))


def test_a_time_that_cannot_be_read_is_shown_as_given() -> None:
    assert text("y", task(task_time="noon\x07")).startswith("noon␇? · ")
    assert "- time: `noon␇?`" in text("m", task(task_time="noon\x07"))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_whatever_is_served_what_leaves_is_safe(payload: str) -> None:
    for copy in by_key().values():
        shown = copy.text(everywhere(payload))
        assert safe(shown)
        assert copy.key in "emcp" or "\n" not in shown
    assert text("s", everywhere(payload)) == line(payload)
    assert json.loads(text("j", everywhere(payload)))["server_id"] == payload


@given(st.dictionaries(st.sampled_from(API_FIELDS), st.text(st.characters(exclude_categories=())) | st.none()))
def test_any_row_can_be_copied(row: dict[str, Any]) -> None:
    of = TaskStore([FailedTask.from_json(row)])[0]
    assert all(safe(copy.text(of)) for copy in by_key().values())
