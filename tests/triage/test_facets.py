"""Facets: every task is counted once, and equivalent values are one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import LATEST, FailedTask
from kps_tui.triage.facets import (
    TASK_FACETS,
    Counted,
    Facet,
    count,
    facet_of_column,
    percent,
    share,
    value_of,
    words_of_value,
)
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import Matcher
from kps_tui.triage.filter.narrowing import in_group
from kps_tui.triage.knowledge import Knowledge, acknowledged
from kps_tui.triage.standings import OF_LEDGER, Standings
from kps_tui.triage.store import Derived, TaskStore, Values

T = TypeVar("T")

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = 1_795_449_600_000
"""2026-11-23 16:00 UTC: midnight in China."""


def task(number: int = 0, **values: Any) -> FailedTask:
    return FailedTask.from_json({"task_id": f"t{number}"} | values)


def facet(field: str, rows: Iterable[dict[str, Any]], zone: Any = UTC) -> Facet:
    store = TaskStore(task(number, **row) for number, row in enumerate(rows))
    return count(store, range(len(store)), field, zone)


def counted(field: str, key: str, values: Iterable[Any]) -> list[tuple[str, int]]:
    return [(each.value, each.count) for each in facet(field, [{key: value} for value in values]).values]


# Values


def test_a_value_is_what_the_table_shows() -> None:
    one = task(
        operate_type="FAILED_BIND",
        task_error_code="KPS.0003",
        server_name="web\x1b",
        keypair_name="k",
        task_error_msg="to 10.1.2.3:22\nfailed",
        task_time=EVENING,
    )
    assert [value_of(one, field, UTC) for field in TASK_FACETS] == [
        "bind",
        "to <address>:22␊failed",
        "KPS.0003",
        "service",
        "web␛",
        "web␛",
        "k",
        "2026-11-23",
    ]


def test_what_a_task_does_not_have_is_empty() -> None:
    assert [value_of(task(), field) for field in TASK_FACETS] == [""] * 8
    assert value_of(task(task_time="soon"), "day") == ""


def test_a_day_is_one_of_the_zone() -> None:
    assert value_of(task(task_time=EVENING - 1), "day", SHANGHAI) == "2026-11-23"
    assert value_of(task(task_time=EVENING), "day", SHANGHAI) == "2026-11-24"
    assert value_of(task(task_time=0), "day", timezone(timedelta(hours=-3))) == "1969-12-31"


def test_the_last_day_there_is() -> None:
    assert value_of(task(task_time=LATEST), "day", SHANGHAI) == "9999-12-31"


# Counting


def test_the_most_frequent_comes_first_then_by_casefold() -> None:
    assert counted("server", "server_name", ["b", "a", "C", "c", "B", "d", None]) == [
        ("b", 2),
        ("C", 2),
        ("", 1),
        ("a", 1),
        ("d", 1),
    ]


def test_values_that_differ_in_case_are_one_shown_as_it_came_first_in_the_order() -> None:
    store = TaskStore(task(number, keypair_name=name) for number, name in enumerate(["Key", "KEY", "key", "other"]))
    assert count(store, [2, 1, 0], "key").values == (Counted("key", 3),)
    assert count(store, [1, 3, 2], "key").values == (Counted("KEY", 2), Counted("other", 1))


def test_null_and_empty_are_one() -> None:
    assert counted("code", "task_error_code", [None, "", "Ecs.0001"]) == [("", 2), ("Ecs.0001", 1)]


def test_errors_are_counted_by_cause() -> None:
    messages = ["timed out after 3 s to 10.1.2.3", "Timed out after 5 s to 10.1.2.4", "refused"]
    assert counted("err", "task_error_msg", messages) == [
        ("timed out after <number> s to <address>", 2),
        ("refused", 1),
    ]


def test_days_are_newest_first_and_no_time_comes_last() -> None:
    day = 86_400_000
    assert counted("day", "task_time", ["?", EVENING - day, "x", EVENING - day, EVENING, "y"]) == [
        ("2026-11-23", 1),
        ("2026-11-22", 2),
        ("", 3),
    ]


def test_only_the_tasks_of_the_order_are_counted() -> None:
    store = TaskStore(task(number, server_name=f"s{number % 2}") for number in range(10))
    assert count(store, [0, 2, 3], "server") == Facet("server", "SERVER", (Counted("s0", 2), Counted("s1", 1)), base=3)
    assert count(store, [], "server").values == ()


def test_every_facet_has_a_title() -> None:
    titles = ["OPERATION", "ERROR", "CODE", "LIKELY CAUSE", "SERVER", "SERVER FAMILY", "KEY PAIR", "DAY"]
    assert [facet(field, []).title for field in TASK_FACETS] == titles


def test_each_zone_has_its_own_days() -> None:
    store = TaskStore([task(0, task_time=EVENING)])
    assert count(store, [0], "day", UTC).values == (Counted("2026-11-23", 1, EVENING, EVENING),)
    assert count(store, [0], "day", SHANGHAI).values == (Counted("2026-11-24", 1, EVENING, EVENING),)


def test_a_replaced_row_counts_as_it_is_now() -> None:
    store = TaskStore([task(0, task_time=EVENING, server_name="web")])
    assert count(store, [0], "server").values == (Counted("web", 1, EVENING, EVENING),)
    store.extend([task(0, task_time=EVENING, server_name="db")])
    assert count(store, [0], "server").values == (Counted("db", 1, EVENING, EVENING),)


class Asked(TaskStore):
    """A store that counts the values it computes."""

    made = 0

    def values(self, derived: Derived[T]) -> Values[T]:
        def counted(task: FailedTask) -> T:
            self.made += 1
            return derived.of(task)

        return super().values(replace(derived, of=counted))


def test_counting_asks_for_each_text_once() -> None:
    def some(begin: int, end: int) -> list[FailedTask]:
        return [task(n, server_name=f"s{n // 2}", task_error_msg="oops", task_time=n) for n in range(begin, end)]

    store = Asked(some(0, 50))
    for _ in range(2):
        for field in TASK_FACETS:
            assert count(store, range(50), field, UTC).base == 50
        assert store.made == 2 * 25 + 5, "25 servers and their families, and one text of each other field"
    store.extend(some(50, 54))
    for field in TASK_FACETS:
        assert count(store, range(54), field, UTC).base == 54
    assert store.made == 2 * 27 + 5


NAMES = st.sampled_from(["web", "WEB", "", None, "straße", "STRASSE", "web-1 10.0.0.1", "\ud83d", "7"])
ROWS = st.fixed_dictionaries(
    {
        "operate_type": st.sampled_from(["FAILED_BIND", "failed_bind", "FAILED_RESET", None]),
        "task_error_msg": NAMES,
        "task_error_code": NAMES,
        "server_name": NAMES,
        "keypair_name": NAMES,
        "task_time": st.sampled_from([None, "?", 0, EVENING - 1, EVENING, LATEST]) | st.integers(0, LATEST),
    }
)


@given(st.lists(ROWS, max_size=20), st.sampled_from(TASK_FACETS), st.sampled_from([UTC, SHANGHAI, None]))
def test_each_task_is_counted_once(rows: list[dict[str, Any]], field: str, zone: Any) -> None:
    found = facet(field, rows, zone)
    assert sum(each.count for each in found.values) == found.base == len(rows)
    folded = [each.value.casefold() for each in found.values]
    assert len(set(folded)) == len(folded)
    for each in found.values:
        alike = [row for row in rows if value_of(task(**row), field, zone).casefold() == each.value.casefold()]
        assert len(alike) == each.count
        assert value_of(task(**alike[0]), field, zone) == each.value
        times = [time for row in alike if (time := task(**row).milliseconds) is not None]
        assert (each.first, each.last) == (min(times, default=None), max(times, default=None))
    order = [each.value for each in found.values] if field == "day" else [-each.count for each in found.values]
    assert order == sorted(order, reverse=field == "day")


# Columns, bars and shares


def test_the_facet_of_a_column() -> None:
    assert {key: facet_of_column(key) for key in BY_KEY} == {
        "time": "day",
        "op": "op",
        "state": None,
        "err": "err",
        "code": "code",
        "cause": "cause",
        "server": "server",
        "sid": None,
        "family": "family",
        "key": "key",
        "task": None,
    }


@pytest.mark.parametrize(("number", "cells"), [(0, 0), (1, 1), (10, 1), (14, 1), (16, 2), (50, 5), (99, 10), (100, 10)])
def test_a_bar(number: int, cells: int) -> None:
    assert share(number, 100, 10) == cells


def test_a_bar_of_nothing() -> None:
    assert share(0, 0, 10) == 0


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 200))
def test_every_count_is_seen_and_none_exceeds_the_largest(one: int, other: int, cells: int) -> None:
    small, large = sorted((one, other))
    assert 1 <= share(small, large, cells) <= share(large, large, cells) == cells


@pytest.mark.parametrize(
    ("number", "base", "text"),
    [(0, 9, "0 %"), (1, 3, "33 %"), (2, 3, "67 %"), (1, 201, "<1 %"), (1, 200, "1 %"), (9, 9, "100 %"),
     (999, 1000, ">99 %"), (994, 1000, "99 %")],
)  # fmt: skip
def test_a_share_is_never_nothing_or_all_by_rounding(number: int, base: int, text: str) -> None:
    assert percent(number, base) == text


def test_the_name_of_a_cause_follows_its_id() -> None:
    assert words_of_value("cause", "private-key").startswith("private-key · the private key is wrong")
    assert words_of_value("cause", "of-another-runbook") == "of-another-runbook"
    assert words_of_value("cause", "") == ""
    assert words_of_value("server", "private-key") == "private-key"


def test_what_the_ledger_knows_is_counted_by_each_of_its_words_and_by_its_note() -> None:
    store = TaskStore(task(number, server_id=f"s{number}") for number in range(4))
    made = {each.row: each for each in (*acknowledged(store, [0, 1], 0, "INC-1"), *acknowledged(store, [2], 0, ""))}
    known = Standings(Knowledge(acknowledgements=made, came=frozenset(store.row_numbers()[1:2])))
    standing = count(store, range(4), "is", standings=known)
    assert [(each.value, each.count) for each in standing.values] == [("acked", 3), ("new", 1), ("open", 1)]
    assert (standing.title, standing.base) == ("STANDING", 4)
    note = count(store, [3, 2, 1], "note", standings=known)
    assert [(each.value, each.count) for each in note.values] == [("", 2), ("INC-1", 1)]
    nothing = [count(store, range(4), field).values for field in OF_LEDGER]
    assert [[(each.value, each.count) for each in values] for values in nothing] == [[("open", 4)], [("", 4)]]
    for field, facet_counted in (("is", standing), ("note", count(store, range(4), "note", standings=known))):
        for each in facet_counted.values:
            found = Matcher(in_group(field, each.value), datetime.now(UTC), UTC, known).select(store, range(4))
            assert len(found) == each.count
