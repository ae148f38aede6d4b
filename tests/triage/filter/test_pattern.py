"""Regular expressions that take too long are stopped in time, named, and then ignored."""

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from kps_tui.kps.task import FailedTask
from kps_tui.triage.filter import Matcher, parse, pattern, refusal
from kps_tui.triage.store import TaskStore

NOW = datetime(2025, 11, 23, 12, tzinfo=UTC)
SLOW = "err:/(a|aa)+$/"
SLOW_STORE = TaskStore(
    FailedTask.from_json(
        {"task_id": f"{number}", "task_error_msg": "a" * 60 + f"!{number}", "server_name": f"web-{number}"}
    )
    for number in range(200)
)


def select(text: str, store: TaskStore = SLOW_STORE) -> tuple[Sequence[int], tuple[str, ...]]:
    matching = Matcher(parse(text).expression, NOW, UTC)
    first = matching.select(store, range(len(store)))
    assert list(matching.select(store, range(len(store)))) == list(first)
    assert all(mistake.is_too_slow and mistake.ignored for mistake in matching.mistakes)
    return list(first), tuple(mistake.part for mistake in matching.mistakes)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        (SLOW, ""),
        (f"-{SLOW}", ""),
        (f"server:web-1 {SLOW}", "server:web-1"),
        (f"server:web-1 -{SLOW}", "server:web-1"),
        (f"server:web-1 or {SLOW}", "server:web-1"),
        (f"-(server:web-1 or {SLOW})", "-server:web-1"),
        (f"-(server:web-1 {SLOW}) -server:web-2", "-server:web-1 -server:web-2"),
        (f"-({SLOW} or -{SLOW}) server:web-3", "server:web-3"),
        (f"{SLOW} or err:/no/ or server:/-3$/", "err:/no/ or server:/-3$/"),
    ],
)
def test_a_term_that_takes_too_long_counts_as_not_written(text: str, like: str) -> None:
    assert select(text) == (select(like)[0], (SLOW,))


def test_it_is_named_as_written_once_and_alone() -> None:
    assert select(f"err:/!1$/ {SLOW} server:/-1$/") == ([1], (SLOW,))
    assert select("/(a|aa)+$/,x")[1] == ("/(a|aa)+$/,x",)


def test_it_is_a_mistake_that_a_command_refuses_as_it_refuses_any_other() -> None:
    matching = Matcher(parse(f"-{SLOW}").expression, NOW, UTC)
    matching.select(SLOW_STORE, range(len(SLOW_STORE)))
    error = refusal(matching.mistakes[0])
    said = f"--where: “{SLOW}” takes too long · avoid nested repetitions, or search for words"
    assert str(error) == said
    assert error.exit_code == 2


def test_it_searches_only_what_the_other_parts_leave() -> None:
    assert select(f"{SLOW} server:nothing") == ([], ())
    assert select(f"({SLOW} or err:/x/) (~zz or web-1 server:nothing)") == ([], ())
    assert select(f"-{SLOW} -server:web") == ([], ())


def test_the_promise_of_one_second_is_kept_three_times_over() -> None:
    long = TaskStore(
        FailedTask.from_json({"task_id": f"{n}", "task_error_msg": "a" * 1000 + f"!{n}"}) for n in range(500)
    )
    begin = time.thread_time()
    found, too_slow = select("err:/(a+)+$/", long)
    assert time.thread_time() - begin < 3 * pattern.SECONDS
    assert (len(found), too_slow) == (500, ("err:/(a+)+$/",))


def test_texts_that_each_take_a_while_are_too_slow_together() -> None:
    """Each takes milliseconds, so one text alone is searched to its end."""
    rows = [FailedTask.from_json({"task_id": f"{n}", "task_error_msg": f"{n}" + "ab" * 500}) for n in range(3000)]
    text = "err:/(?:.*b){2}.*[xz]$/,q"
    assert select(text, TaskStore(rows[:1])) == ([], ())
    begin = time.thread_time()
    found, too_slow = select(text, TaskStore(rows))
    assert time.thread_time() - begin < 3 * pattern.SECONDS
    assert (len(found), too_slow) == (3000, (text,))


def test_a_library_that_can_not_be_loaded_is_no_mistake_of_the_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "regex", None)
    said = pattern.why_not.__wrapped__("a+")
    assert said.startswith("the library “regex” can't be loaded: it is missing, or not made for this Python, 3.")
