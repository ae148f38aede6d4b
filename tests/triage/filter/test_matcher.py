"""Which tasks a filter matches: by examples, and compared with a slow and simple implementation."""

import re
from array import array
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.fields import BY_KEY, Match, time_text
from kps_tui.triage.filter import EVERYTHING, Either, Every, Expression, Form, Matcher, Not, Term, Value, parse
from kps_tui.triage.filter.moments import day_span, moment_of
from kps_tui.triage.normalise import normalise
from kps_tui.triage.store import TaskStore
from tests.payloads import PAYLOADS
from tests.triage.filters import trees

NOW = datetime(2025, 11, 23, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))


def at(text: str) -> str:
    return str(round(datetime.fromisoformat(text).timestamp() * 1000))


ROWS: list[dict[str, Any]] = [
    {
        "task_id": "aa11", "operate_type": "FAILED_BIND", "task_time": at("2025-11-23T11:00:00Z"),
        "task_error_code": "KPS.6010", "task_error_msg": "Server login credential incorrect",
        "server_name": "Web-01", "server_id": "s1aa", "keypair_name": "KeyPair-xt",
    },
    {
        "task_id": "bb22", "operate_type": "FAILED_UNBIND", "task_time": at("2025-11-22T18:00:00Z"),
        "task_error_code": "KPS.60", "task_error_msg": "Connect to 10.1.2.3:22 timed out", "server_name": "db-07",
        "server_id": "s2", "keypair_name": None,
    },
    {
        "task_id": "cc33", "operate_type": "RUNNING_RESET", "task_time": "soon", "task_error_code": None,
        "task_error_msg": "Connect to 10.9.9.9:22 timed out", "server_name": "订单-03",
        "server_id": "aa", "keypair_name": "",
    },
    {
        "task_id": "dd44", "operate_type": "UPGRADE_X", "task_time": None, "task_error_code": "KPS.6010",
        "task_error_msg": None, "server_name": "STRASSE", "server_id": None, "keypair_name": "a*b",
    },
    {"task_id": "ee55", "task_error_msg": "a\tb\n\x1b[31m", "operate_type": "", "server_name": "w\x00e-b"},
]  # fmt: skip
STORE = TaskStore(map(FailedTask.from_json, ROWS))


def found(text: str, zone: timezone = UTC) -> str:
    """Return the first letters of the ids of the tasks that match."""
    parsed = parse(text, NOW, zone)
    assert parsed.mistakes == ()
    indices = Matcher(parsed.expression, NOW, zone).select(STORE, range(len(STORE)))
    return "".join(STORE[index].task_id[0] for index in indices)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "abcde"),
        # A bare word: a part of any one field.
        ("web", "a"), ("WEB-01", "a"), ("straße", "d"), ("订单", "c"), ("failed", "ab"), ("2025-11-23", "a"),
        ("aa", "ac"),
        ("timed 10.1", "b"), ('"timed out"', "bc"), ('"incorrect kps"', ""), ("kps.6010web", ""), ("10.1.2.3:22", "b"),
        ("web*1", "a"), ("bind*web", ""), ("=reset", "c"), ("=rese", ""), ("web,db", "ab"), ("-web", "bcde"),
        ("soon", "c"),
        # Each field in its way.
        ("op:bind", "a"), ("op:BIND,unbind", "ab"), ("op:bin", ""), ("op:upgrade_x", "d"), ("op:*bind", "ab"),
        ("state:failed", "ab"), ("state:fail", ""), ("state:", "de"), ("op:", "e"), ("-op:", "abcd"),
        ("err:LOGIN", "a"), ("err:", "d"), ("err:s*login", "a"), ("err:login*server", ""), ("err:*", "abce"),
        ("code:kps.6010", "ad"), ("code:kps.60", "b"), ("code:kps.60*", "abd"), ("code:*10", "ad"),
        ("code:k*1*0", "ad"),
        ("code:60", ""), ("code:kps.60*60", ""),
        ("server:eb", "a"), ("server:e*0", "a"), ("sid:s", "ab"), ("sid:aa", "c"), ("sid:s*a", "a"),
        ("key:pair", "a"), ("key:", "bce"), ("key:*", "ad"), ('key:""', "bce"), ('key:"",xt', "abce"), ("-key:", "ad"),
        ("key:a*b", "d"), ("key:=a*b", "d"), ("key:=", None), ("key:=a", ""), ('key:=""', "bce"),
        ("task:aa", "a"), ("task:a1", ""), ("task:dd*4", "d"), ("task:44", ""),
        # Normalised messages.
        ('err:="Connect to 10.1.2.3:22 timed out"', "b"), ('err:="connect to <address>:22 TIMED out"', "bc"),
        ('err:="timed out"', ""),
        # What is shown: controls are visible.
        ('err:"a b"', "e"), ("err:␛[31", "e"), ('err:"b\n"', "e"), ('server:"w\x00e"', "e"), ("w␀e", "e"),
        # Regular expressions and fuzzy.
        ("err:/timed? out$/", "bc"), ("server:/^WEB/", "a"), ("/^web/", "a"), ("/^bind$/", "a"), (r"/aa\d/", "a"),
        ("/7.s2/", ""), (r"/\s\S+\s.*x/", ""), ("err:/(?-i:server)/", ""), ("err:/(?-i:Server)/", "a"),
        ("code:/^$/", "ce"),
        ("server:~w1", "a"), ("~wb1", "a"), ("~bind", "ab"), ("~1bw", ""), ("server:~E", "ade"), ("-~e0", "de"),
        # Times.
        ("since:24h", "ab"), ("since:2h", "a"), ("until:2h", "b"), ("since:19h until:2h", "b"), ("-since:2h", "bcde"),
        ("on:today", "a"), ("on:yesterday", "b"), ("on:2025-11-22,today", "ab"), ("time:", "cde"), ("-time:", "ab"),
        ("since:2025-11-23T11:00", "a"), ("until:2025-11-23T11:00", "b"), ("since:2025-11-23T11:00:01", ""),
        ("since:2h,24h", "ab"), ("until:1969-01-01", ""),
        # Together.
        ("op:bind or op:reset", "ac"), ("reset or bind", "abc"), ("timed (server:db or sid:aa)", "bc"),
        ("-(web or db)", "cde"), ("--web", "a"), ("kps -op:bind", "bd"), ("timed or web key:xt", "abc"),
    ],
)  # fmt: skip
def test_what_a_filter_finds(text: str, ids: str | None) -> None:
    if ids is None:
        assert parse(text).mistakes
    else:
        assert found(text) == ids


def test_days_and_shown_times_are_those_of_the_zone() -> None:
    assert found("on:today", SHANGHAI) == "ab"
    assert found("on:today", UTC) == "a"
    assert found("since:2025-11-23", SHANGHAI) == "ab"
    assert found('"2025-11-23 02:00:00"', SHANGHAI) == "b"
    assert found('"2025-11-23 02:00:00"', UTC) == ""
    assert found("~20251123020000", SHANGHAI) == "b"
    assert found("/23 02:00:00$/", SHANGHAI) == "b"
    assert found("/23 02:00:00$/", UTC) == ""


def test_the_order_is_kept_and_only_what_is_given_is_looked_at() -> None:
    expression = parse("timed or web or straße").expression
    matching = Matcher(expression, NOW, UTC)
    assert list(matching.select(STORE, array("i", [3, 1, 0, 2]))) == [3, 1, 0, 2]
    assert list(matching.select(STORE, [4, 2, 3])) == [2, 3]
    assert list(matching.select(STORE, [])) == []
    assert list(Matcher(parse("-web").expression, NOW, UTC).select(STORE, [3, 0, 2])) == [3, 2]


def test_without_a_filter_the_same_order_comes_back() -> None:
    order = array("i", [2, 0])
    assert Matcher(EVERYTHING, NOW).select(STORE, order) is order


def test_tasks_that_come_or_change_later_are_looked_at() -> None:
    store = TaskStore(map(FailedTask.from_json, ROWS[:2]))
    matchers = [Matcher(parse(text).expression, NOW, UTC) for text in ("web", "server:web", "server:/web/", "~web")]
    for matching in matchers:
        assert list(matching.select(store, range(2))) == [0]
    store.extend(
        map(FailedTask.from_json, [ROWS[0] | {"server_name": "x"}, ROWS[1] | {"task_id": "z", "server_name": "web"}])
    )
    for matching in matchers:
        assert list(matching.select(store, range(3))) == [2]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_what_was_served_is_found_by_its_own_text(text: str) -> None:
    store = TaskStore(
        [FailedTask.from_json({"task_id": "1", "task_error_msg": text}), FailedTask.from_json({"task_id": "2"})]
    )
    for form in (Form.EXACT, Form.FUZZY) if text else (Form.EXACT, Form.PLAIN):
        expression = Term("err", (Value(text, form),))
        assert list(Matcher(expression, NOW).select(store, range(2))) == ([0] if text else [0, 1])


# Against a reading row by row


def means(expression: Expression, task: FailedTask) -> bool:
    match expression:
        case Every(parts):
            return all(means(part, task) for part in parts)
        case Either(parts):
            return any(means(part, task) for part in parts)
        case Not(part):
            return not means(part, task)
        case Term("since", values):
            return any(task.milliseconds is not None and task.milliseconds >= moment(value) for value in values)
        case Term("until", values):
            return any(task.milliseconds is not None and task.milliseconds < moment(value) for value in values)
        case Term("on", values):
            return any(on_the_day(task, value.text) for value in values)
        case Term("time", ()):
            return task.milliseconds is None
        case Term("", values):
            return any(holds(shown(task, key), value, Match.PART, key) for value in values for key in BY_KEY)
        case Term(key, values):
            return any(holds(shown(task, key), value, BY_KEY[key].match, key) for value in values or (Value(""),))


def moment(value: Value) -> int:
    milliseconds = moment_of(value.text, NOW, SHANGHAI)
    assert milliseconds is not None
    return milliseconds


def on_the_day(task: FailedTask, text: str) -> bool:
    day = day_span(text, NOW, SHANGHAI)
    return day is not None and task.milliseconds is not None and day[0] <= task.milliseconds < day[1]


def shown(task: FailedTask, key: str) -> str:
    return time_text(task, SHANGHAI) if key == "time" else BY_KEY[key].text(task)


def holds(text: str, value: Value, match: Match, key: str) -> bool:
    if value.form is Form.REGEX:
        return re.search(value.text, text, re.IGNORECASE) is not None
    wanted, folded = line(value.text).casefold(), text.casefold()
    if value.form is Form.EXACT:
        return wanted in (folded, normalise(text).casefold() if key == "err" else folded)
    if value.form is Form.FUZZY:
        return re.search(".*".join(map(re.escape, wanted)), folded) is not None
    if not wanted or not text:
        return wanted == text
    pattern = re.escape(wanted).replace(r"\*", ".*")
    if match is Match.WHOLE:
        return re.fullmatch(pattern, folded) is not None
    return (re.match if match is Match.START else re.search)(pattern, folded) is not None


TEXTS = st.none() | st.text(st.sampled_from("abwor01nd \"\\/-:,*.\x00\ud83d密Éß"), max_size=8) | st.sampled_from(
    ["web-01", "db", "server:web", "10.1.2.3:22", "say \"no\"", "or", "Web 17"]
)  # fmt: skip
TASKS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    task_id=st.uuids().map(str),
    operate_type=st.sampled_from(["FAILED_BIND", "FAILED_UNBIND", "READY_RESET", "web", None]),
    task_time=st.sampled_from([None, "soon"]) | st.integers(-40, 5).map(lambda n: at(f"{NOW + timedelta(hours=n)}")),
    task_error_code=TEXTS, task_error_msg=TEXTS, server_name=TEXTS, server_id=TEXTS, keypair_name=TEXTS,
)  # fmt: skip


@given(st.lists(TASKS, max_size=8), trees(), st.randoms(use_true_random=False))
def test_it_finds_what_a_reading_row_by_row_finds(
    rows: list[dict[str, Any]], expression: Expression, random: Any
) -> None:
    store = TaskStore(map(FailedTask.from_json, rows))
    order = list(range(len(store)))
    random.shuffle(order)
    matching = Matcher(expression, NOW, SHANGHAI)
    wanted = [index for index in order if means(expression, store[index])]
    assert list(matching.select(store, order)) == wanted
    assert list(matching.select(store, order)) == wanted
    assert matching.mistakes == ()
