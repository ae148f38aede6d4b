"""Comparing two values: every count is that of an independent computation, and of the filter of its line."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import cause_id
from kps_tui.triage.compare import ERROR, Comparison, Line, compare, markdown, ways_of
from kps_tui.triage.facets import FACETS, TASK_FACETS, count, value_of
from kps_tui.triage.filter import EVERYTHING, Matcher, parse
from kps_tui.triage.store import TaskStore

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = 86_400_000
START = 1_795_449_600_000
CREDENTIAL = ("Server login credential incorrect", "登录凭证错误，请检查root密码或私钥")
"""One error in two languages."""
ROWS = st.fixed_dictionaries(
    {
        "operate_type": st.sampled_from(["FAILED_BIND", "failed_bind", "FAILED_REPLACE", None]),
        "task_error_msg": st.sampled_from([*CREDENTIAL, "odd thing 4", "Odd thing 5", "", None]),
        "task_error_code": st.sampled_from([None, "Ecs.0001", "KPS.9999"]),
        "server_name": st.sampled_from(["web-01", "WEB-02", "api-gateway-cn-north-4a-01", None]),
        "keypair_name": st.sampled_from(["prod", "PROD", "k8s", "*", None]),
        "task_time": st.sampled_from([START, START + DAY, START - 1, "?", None]),
    }
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8))])


def store_of(rows: list[dict[str, Any]]) -> TaskStore:
    return TaskStore(FailedTask.from_json({"task_id": f"t{number}"} | row) for number, row in enumerate(rows))


def common(task: FailedTask, by: str, zone: Any) -> str:
    """What a person would put on one line."""
    if by != ERROR:
        return value_of(task, by, zone).casefold()
    return f"cause {cause_id(task)}" if cause_id(task) else f"error {value_of(task, 'err').casefold()}"


@given(st.lists(ROWS, min_size=2, max_size=12), st.sampled_from(TASK_FACETS), ZONES, st.data())
def test_the_counts_are_those_of_a_loop_and_of_the_filter_of_each_line(
    rows: list[dict[str, Any]], field: str, zone: Any, data: st.DataObject
) -> None:
    store = store_of(rows)
    order = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True, min_size=1))
    found = [each.value for each in count(store, order, field, zone).values]
    one, other = data.draw(
        st.sampled_from([(a, b) for a in found for b in found if a != b] or [(found[0], "2001-01-01")])
    )
    by = data.draw(st.sampled_from(ways_of(field)))
    made = compare(store, order, field, (one, other), by, zone=zone)
    sides = [
        [store[index] for index in order if value_of(store[index], field, zone).casefold() == value.casefold()]
        for value in (one, other)
    ]
    assert made.totals == (len(sides[0]), len(sides[1]))
    expected = sorted(
        tuple(sum(common(task, by, zone) == key for task in side) for side in sides)
        for key in {common(task, by, zone) for side in sides for task in side}
    )
    assert sorted(line.counts for line in made.lines) == expected
    for line in made.lines:
        shown = made.filter(line)
        assert parse(str(shown), NOW).expression == shown
        assert len(Matcher(shown, NOW, zone).select(store, order)) == sum(line.counts)


@given(st.lists(ROWS, min_size=2, max_size=12), st.sampled_from(("cause", "family", "op", "day")))
def test_the_largest_difference_comes_first_and_days_are_in_their_order(rows: list[dict[str, Any]], by: str) -> None:
    store = store_of(rows)
    made = compare(store, range(len(rows)), "key", ("prod", "k8s"), ERROR if by == "cause" else by, zone=UTC)
    if by == "day":
        days = [line.words for line in made.lines]
        assert days == sorted(days, reverse=True)
        return
    totals = [total or 1 for total in made.totals]
    differences = [abs(line.counts[0] / totals[0] - line.counts[1] / totals[1]) for line in made.lines]
    assert all(one >= other - 1e-12 for one, other in pairwise(differences))


def example() -> Comparison:
    """29 of 100 against 18 of 100, and an error that only one has."""
    lines = (Line("first", (29, 18), EVERYTHING), Line("", (71, 81), EVERYTHING), Line("a|b", (0, 1), EVERYTHING))
    return Comparison("key", ("prod", ""), ERROR, (100, 100), lines)


def test_the_difference_is_that_of_the_shares_as_they_are_shown() -> None:
    made = example()
    assert [made.points(line) for line in made.lines] == [11, -10, -1]
    # 29.5 % and 18.4 %: 30 and 18 are shown, so the difference is 12 and not 11.
    close = Comparison("key", ("a", "b"), "op", (200, 500), (Line("bind", (59, 92), EVERYTHING),))
    assert close.points(close.lines[0]) == 12
    gone = Comparison("key", ("a", "b"), "op", (0, 5), (Line("bind", (0, 5), EVERYTHING),))
    assert gone.points(gone.lines[0]) == -100


def test_the_table_in_markdown() -> None:
    assert markdown(example(), "all 2,500", demo=True).splitlines() == [
        "DEMO: invented tasks",
        "",
        "KEY PAIR `prod` compared with `(none)` · all 2,500",
        "",
        "| LIKELY CAUSE OR ERROR | `prod` (100) | `(none)` (100) | difference |",
        "|---|---|---|---|",
        "| `first` | 29 (29 %) | 18 (18 %) | +11 points |",
        "| `(none)` | 71 (71 %) | 81 (81 %) | −10 points |",
        "| `a\\|b` | 0 (0 %) | 1 (1 %) | −1 point |",
    ]


@pytest.mark.parametrize("field", FACETS)
def test_a_facet_is_compared_by_something_else(field: str) -> None:
    assert field not in ways_of(field)
    assert len(ways_of(field)) >= 4


def test_one_error_in_two_languages_is_one_line() -> None:
    one, other = ({"task_error_msg": text, "operate_type": "FAILED_BIND"} for text in CREDENTIAL)
    store = store_of([one | {"keypair_name": "prod"}, other | {"keypair_name": "k8s"}])
    made = compare(store, range(2), "key", ("prod", "k8s"), ERROR)
    assert [(line.words.split(" · ")[0], line.counts) for line in made.lines] == [("credential", (1, 1))]
