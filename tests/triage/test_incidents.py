"""Incidents: runs of one cause and one operation, close in time, found in steps; and which matters most."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, overload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.demo.tasks import TaskList
from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import cause_id
from kps_tui.triage.facets import Counted, count
from kps_tui.triage.filter import Matcher, parsed_strictly
from kps_tui.triage.filter.narrowing import in_incident, narrowed
from kps_tui.triage.incidents import (
    GAP,
    NEW_FAILURE,
    RECENT,
    SMALLEST,
    Incident,
    IncidentSearch,
    by_importance,
    find_incidents,
    messages,
    spread,
    spread_by_value,
)
from kps_tui.triage.normalise import normalise
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from tests.triage.tasks import task

NOW = 1_795_000_000_000
MESSAGES = ("Server login credential incorrect", "登录凭证错误", "odd thing 17", "Odd thing 4", "other thing", None)
ROWS = st.fixed_dictionaries(
    {
        "task_time": st.integers(0, 12).map(lambda number: str(NOW - number * GAP // 2)) | st.just("soon"),
        "task_error_msg": st.sampled_from(MESSAGES),
        "operate_type": st.sampled_from(["FAILED_BIND", "RUNNING_BIND", "FAILED_REPLACE", "Odd"]),
    }
)


def store_of(rows: Sequence[dict[str, Any]]) -> TaskStore:
    return TaskStore(task(task_id=f"t{number:04}", **values) for number, values in enumerate(rows))


def searched(store: TaskStore) -> tuple[Incident, ...]:
    return find_incidents(store, View().over(store).newest_first)


def row(minutes: float, name: str = "web-01", **values: object) -> dict[str, Any]:
    """A row from so many minutes before now."""
    return {"task_time": str(NOW - int(minutes * 60_000)), "server_name": name, "server_id": name} | values


def runs(store: TaskStore) -> set[frozenset[int]]:
    """The incidents of a store, found the slow way: by sorting each group of tasks that fit together."""
    groups: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for index, one in enumerate(store.tasks):
        if one.milliseconds is not None:
            what = cause_id(one) or "message " + normalise(one.task_error_msg or "").casefold()
            groups[what, one.operation.name.casefold()].append((one.milliseconds, index))
    found = set()
    for members in groups.values():
        run: list[int] = []
        before = -GAP
        for moment, index in [*sorted(members), (10**15, -1)]:
            if run and moment - before > GAP:
                if len(run) >= SMALLEST:
                    found.add(frozenset(run))
                run = []
            run.append(index)
            before = moment
    return found


@given(st.lists(ROWS, max_size=40), st.integers(1, 50))
def test_they_are_the_runs_of_one_cause_and_one_operation(rows: list[dict[str, Any]], step: int) -> None:
    store = store_of(rows)
    expected = runs(store)
    assert {frozenset(incident.tasks) for incident in searched(store)} == expected
    search = IncidentSearch(store)
    search.begin(View().over(store).newest_first)
    steps = 1
    while not search.advance(step):
        steps += 1
    assert steps >= max(1, -(-len(rows) // step))
    assert {frozenset(incident.tasks) for incident in search.incidents} == expected
    assert len(search.incidents) == len(expected)


@given(st.lists(ROWS, max_size=40), st.lists(st.integers(0, 40), max_size=3), st.integers(1, 50))
def test_a_search_that_goes_on_finds_what_a_new_one_finds(
    rows: list[dict[str, Any]], pages: list[int], step: int
) -> None:
    rows.sort(key=lambda values: values["task_time"], reverse=True)
    store = TaskStore()
    search = IncidentSearch(store)
    view = View()
    for end in [*sorted(pages), len(rows)]:
        store.extend(store_of(rows[:end]).tasks)
        view = view.over(store)
        while not search.prepare(1):
            pass
        search.begin(view.newest_first)
        while not search.advance(step):
            pass
        assert {frozenset(incident.tasks) for incident in search.incidents} == runs(store)


@given(st.lists(ROWS, max_size=40), st.integers(-12, 12), st.sampled_from(["", "since:2020-01-01", "-op:bind"]))
def test_the_filter_of_an_incident_finds_its_tasks_and_no_others(
    rows: list[dict[str, Any]], hours: int, active: str
) -> None:
    zone = timezone(timedelta(hours=hours, minutes=30))
    store, now = store_of(rows), datetime.fromtimestamp(NOW / 1000, UTC)
    before = parsed_strictly(active)
    shown = View().showing(store, Query(filter=before), now)
    found = find_incidents(store, shown.matching)
    for incident in found:
        by = narrowed(before, in_incident(incident, zone))
        assert parsed_strictly(str(by)) == by
        assert active in str(by)
        matching = Matcher(by, now, zone).select(store, shown.newest_first)
        assert list(matching) == list(incident.tasks)
        assert [index for index in shown.matching if incident.has(store[index])] == list(incident.tasks)


def test_the_least_sure_task_decides_how_sure_the_cause_is() -> None:
    sure = [row(number, task_error_msg="File ~/.ssh/authorized_keys was modified") for number in range(5)]
    store = store_of([*sure, row(6)])
    for tasks, certainty in ((range(5), "likely"), (range(6), "guess")):
        [incident] = find_incidents(store, View().over(store).newest_first[: len(tasks)])
        assert incident.diagnosis is not None
        assert incident.diagnosis.certainty.value == certainty


def test_what_the_other_tasks_failed_for() -> None:
    store = store_of([*[row(n) for n in range(4)], row(90), row(1, task_error_msg="odd"), row(1, task_error_msg="so")])
    search = IncidentSearch(store)
    search.begin(View().over(store).newest_first)
    assert search.advance(1000)
    [incident] = search.incidents
    assert search.others(incident) == (Counted("", 2), Counted("authorized-keys", 1))


def test_tasks_that_were_searched_are_not_searched_again() -> None:
    store = store_of([row(number) for number in range(100)])
    search = IncidentSearch(store)
    view = View().over(store)
    search.begin(view.newest_first)
    assert search.advance(NEW_FAILURE + 100)
    store.extend([task(task_id="more", **row(101)), task(task_id="and more", **row(102))])
    search.begin(view.over(store).newest_first)
    assert not search.advance(1)
    assert search.advance(1)
    assert [len(incident.tasks) for incident in search.incidents] == [102]


def test_a_step_only_looks_at_its_own_tasks() -> None:
    looked_at: list[int] = []

    class Order(Sequence[int]):
        """Indices that record which of them are read; a slice is read when it is made."""

        def __init__(self, indices: range) -> None:
            self.indices = indices

        @overload
        def __getitem__(self, at: int) -> int: ...
        @overload
        def __getitem__(self, at: slice) -> range: ...
        def __getitem__(self, at: int | slice) -> int | range:
            read = self.indices[at]
            looked_at.extend([read] if isinstance(read, int) else read)
            return read

        def __len__(self) -> int:
            return len(self.indices)

    store = store_of([row(-minute) for minute in range(40)])
    search = IncidentSearch(store)
    assert search.prepare(100)
    search.begin(Order(range(40)))
    before = len(looked_at)
    while not search.advance(2):
        pass
    assert 40 <= len(looked_at) - before < 80


def test_a_new_message_takes_a_larger_part_of_a_step() -> None:
    store = store_of([row(number, task_error_msg=f"odd {'x' * number}") for number in range(10)])
    search = IncidentSearch(store)
    search.begin(View().over(store).newest_first)
    steps = 1
    while not search.advance(3 * NEW_FAILURE):
        steps += 1
    assert steps == 4
    search.begin(View().over(store).newest_first)
    assert search.advance(10)


def test_what_an_incident_says() -> None:
    names = ["api-gateway-cn-north-4b-08", "api-gateway-cn-north-4a-01", "web-cn-north-4c-02", "web-cn-north-4c-02"]
    store = store_of([row(10 + number, name) for number, name in enumerate(names)])
    [incident] = searched(store)
    assert incident.diagnosis is not None
    assert (incident.operation, incident.diagnosis.cause.id) == ("replace", "authorized-keys")
    assert list(incident.tasks) == [0, 1, 2, 3]
    assert (NOW - incident.last, NOW - incident.first, incident.servers) == (600_000, 780_000, 3)
    found = spread(store, incident.tasks)
    assert (found.first, found.last, found.servers) == (incident.first, incident.last, 3)
    assert found.families == (Counted("api-gateway", 2), Counted("web", 1))
    assert found.key_pairs == (Counted("prod-ops-2025", 4),)
    assert messages(store, incident.tasks) == (Counted("Update public key error", 4),)


def test_both_languages_and_every_variant_are_one_incident() -> None:
    texts = [
        "登录凭证错误，请检查root密码或私钥",
        "Server login credential incorrect",
        "Permission denied (publickey).",
    ]
    store = store_of([row(number, task_error_msg=message) for number, message in enumerate(texts)])
    [incident] = searched(store)
    assert messages(store, incident.tasks) == tuple(Counted(message, 1) for message in sorted(texts))


def test_it_goes_on_until_no_task_could_belong_to_it_any_more() -> None:
    [incident] = searched(store_of([row(1), row(2), row(3)]))
    assert incident.goes_on(incident.last + GAP)
    assert not incident.goes_on(incident.last + GAP + 1)


def test_tasks_without_a_readable_time_are_in_none() -> None:
    assert searched(store_of([row(1) | {"task_time": value} for value in ("soon", None, "")])) == ()


def test_the_one_that_matters_most() -> None:
    day = RECENT / 60_000
    rows = [
        *[row(day + 30 + number, f"old-{number}") for number in range(9)],
        *[row(300 + number, f"wide-{number}", task_error_msg="sshd config") for number in range(4)],
        *[row(200 + number, f"narrow-{number % 3}", task_error_msg="no route to host") for number in range(8)],
        *[row(1 + number, f"now-{number}", task_error_msg="quota exceeded") for number in range(3)],
    ]
    found = by_importance(searched(store_of(rows)), NOW)
    assert [incident.diagnosis and incident.diagnosis.cause.id for incident in found] == [
        "sshd",
        "network",
        "helper-server",
        "authorized-keys",
    ]
    assert by_importance([], NOW) == []


@pytest.mark.parametrize(("total", "blocks"), [(24, 1), (2500, 42)])
def test_the_incidents_of_the_demo_are_found_exactly(total: int, blocks: int) -> None:
    tasks = TaskList(total, NOW)
    store = TaskStore(map(FailedTask.from_json, tasks.rows(0, total)))
    slots = [tasks._block(number) for number in range(blocks)]
    made = {
        frozenset(
            60 * number + place for place, slot in enumerate(block) if slot.incident and 60 * number + place < total
        )
        for number, block in enumerate(slots)
    }
    found = searched(store)
    assert {frozenset(incident.tasks) for incident in found} == made
    first = by_importance(found, NOW)[0]
    assert set(first.tasks) <= set(range(60))
    if total > 24:
        assert (len(first.tasks), first.servers, first.operation) == (24, 24, "replace")
        common = spread(store, first.tasks)
        assert common.key_pairs == (Counted("prod-ops-2025", 24),)
        assert common.families == (Counted("api-gateway", 16), Counted("web", 8))


def test_a_message_is_diagnosed_once_however_often_it_is_searched() -> None:
    store = store_of([row(number, task_error_msg=f"odd {'x' * (number % 5)}") for number in range(50)])
    search = IncidentSearch(store)
    order = View().over(store).newest_first
    search.begin(order[:3])
    assert search.advance(100 * NEW_FAILURE)
    known = list(search._groups)
    assert sorted(known) == [-1, -1, 0, 1, 2]
    store.extend([task(task_id="more", **row(60, task_error_msg="another"))])
    search.begin(View().over(store).newest_first)
    assert search.advance(100 * NEW_FAILURE)
    assert [now for before, now in zip(known, search._groups, strict=False) if before >= 0] == known[:3]
    assert sorted(search._groups) == [0, 1, 2, 3, 4, 5]


def test_rows_that_were_replaced_are_diagnosed_anew() -> None:
    rows = [row(number) for number in range(3)]
    store = store_of(rows)
    search = IncidentSearch(store)
    search.begin(View().over(store).newest_first)
    assert search.advance(100 * NEW_FAILURE)
    assert len(search.incidents) == 1
    store.extend([task(task_id="t0001", **rows[1], task_error_msg="no route to host")])
    search.begin(View().over(store).newest_first)
    assert search.advance(100 * NEW_FAILURE)
    assert not search.incidents


def test_the_spread_of_each_value() -> None:
    store = store_of([row(1, "a-1"), row(5, "a-2"), row(9, "b", task_error_msg="other", keypair_name=None)])
    facet = count(store, range(3), "err")
    first, second = spread_by_value(store, range(3), facet)
    assert (first.first, first.last, first.families) == (NOW - 300_000, NOW - 60_000, (Counted("a", 2),))
    assert (second.servers, second.key_pairs) == (1, (Counted("", 1),))
    assert list(spread_by_value(store, [], count(store, [], "err"))) == []
