"""The order of a view: page by page it is the same as all at once."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, replace
from functools import cmp_to_key
from itertools import combinations_with_replacement, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import parse
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey, parse_sort
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View


def task(
    task_id: str | None, at: object = "1523342130000", server: str | None = "a", error: str | None = "x"
) -> FailedTask:
    return FailedTask.from_json(
        {
            "task_id": task_id,
            "operate_type": "FAILED_BIND",
            "task_time": at,
            "task_error_code": None,
            "task_error_msg": error,
            "server_name": server,
            "server_id": None,
            "keypair_name": "k",
        }
    )


def ids(view: View) -> list[str]:
    return [each.task_id for each in view.tasks()]


def shown(tasks: Sequence[FailedTask], sort: str = "-time") -> list[str]:
    return ids(View(query=Query(parse_sort(sort))).over(TaskStore(tasks)))


# The order


def test_newest_first_then_by_id() -> None:
    rows = [task("b", 10**12), task("c", 2 * 10**12), task("a", 10**12), task("d", 1)]
    assert shown(rows) == ["c", "a", "b", "d"]
    assert shown(rows, "time") == ["d", "a", "b", "c"]


@pytest.mark.parametrize(("sort", "first"), [("-time", ["n", "o"]), ("time", ["o", "n"])])
def test_a_time_that_cannot_be_read_comes_last_in_both_directions(sort: str, first: list[str]) -> None:
    rows = [task("z", "?"), task("o", 10**12), task("x", None), task("y", -1), task("n", 2 * 10**12)]
    assert shown(rows, sort) == [*first, "x", "y", "z"]


def test_the_epoch_is_a_time_and_comes_before_what_is_none() -> None:
    assert shown([task("none", "?"), task("epoch", 0)]) == ["epoch", "none"]


@pytest.mark.parametrize(("sort", "order"), [("server", ["2", "3", "1"]), ("-server", ["1", "3", "2"])])
def test_text_is_sorted_by_casefold_and_nothing_comes_last_in_both_directions(sort: str, order: list[str]) -> None:
    rows = [
        task("1", server="cherry"),
        task("2", server="Apple"),
        task("5", server=None),
        task("3", server="banana"),
        task("4", server=""),
    ]
    assert shown(rows, sort) == [*order, "4", "5"]


def test_texts_that_differ_only_in_case_are_equal() -> None:
    rows = [task("b", server="WEB"), task("a", server="web"), task("c", server="Web"), task("new", 2 * 10**12, "wEB")]
    assert shown(rows, "server") == shown(rows, "-server") == ["new", "a", "b", "c"]


def test_seconds_and_milliseconds_are_one_timeline() -> None:
    assert shown([task("ms", "1523342130000"), task("s", "1523342131"), task("ms2", 1523342132000)]) == [
        "ms2",
        "s",
        "ms",
    ]


def test_several_keys() -> None:
    rows = [
        task("1", 10**12, "b", "y"),
        task("2", 2 * 10**12, "a", "y"),
        task("3", 3 * 10**12, "b", "x"),
        task("4", 4 * 10**12, None, "y"),
        task("5", 5 * 10**12, "b", "y"),
    ]
    assert shown(rows, "server,err,time") == ["2", "3", "1", "5", "4"]
    assert shown(rows, "-server,err,-time") == ["3", "5", "1", "2", "4"]
    assert shown(rows, "err,server") == ["3", "2", "5", "1", "4"]


def test_the_id_as_the_second_key() -> None:
    rows = [task("a"), task("b"), task("C"), task("d", 2 * 10**12)]
    assert shown(rows, "-time,-task") == ["d", "C", "b", "a"]
    assert shown(rows, "-time") == ["d", "C", "a", "b"]


# What a view answers


def test_an_empty_view() -> None:
    view = View()
    assert (len(view), ids(view), view.at(0), view.row_of(("a", None))) == (0, [], None, None)
    assert view.over(view.store) is view
    assert ids(View().over(TaskStore())) == []


def test_rows_and_ids() -> None:
    view = View().over(TaskStore([task("old", 10**12), task("new", 2 * 10**12)]))
    assert [view.at(row) and ids(view)[row] for row in range(2)] == ["new", "old"]
    for row, task_id in enumerate(ids(view)):
        there = view.at(row)
        assert there is not None
        assert there.task_id == task_id
        assert view.row_of(there.row_key) == row
    assert view.at(2) is view.at(-1) is None
    assert view.row_of(("gone", None)) is None


def test_the_row_of_each_task_is_found_in_any_order() -> None:
    times = [10**12 + number * 7919 % 300 for number in range(300)]
    store = TaskStore([task(f"{number:03}", at, f"web-{number % 7}") for number, at in enumerate(times)])
    for sort in ("time", "-server"):
        view = View().asking(Query(sort=parse_sort(sort))).over(store)
        assert [view.row_of(each.row_key) for each in view.tasks()] == list(range(300))


def test_the_tasks_between_two_rows() -> None:
    store = TaskStore([task(name, 10**12, "web" if name in "acdf" else "db") for name in "abcdefg"])
    view = View().asking(Query(filter=parse("web").expression)).over(store)
    for first, last in combinations_with_replacement(range(len(view)), 2):
        expected = {each.row_key for each in list(view.tasks())[first : last + 1]}
        assert view.rows_between(first, last) == expected


def test_a_task_that_came_after_the_view_is_not_in_it_yet() -> None:
    store = TaskStore([task("a")])
    view = View().over(store)
    store.extend([task("b")])
    assert len(view) == 1
    assert view.row_of(task("b").row_key) is None
    assert view.over(store).row_of(task("b").row_key) == 1


def test_a_view_is_frozen_and_compared_by_identity() -> None:
    store = TaskStore([task("a")])
    view, other = View().over(store), View().over(store)
    assert view != other
    assert len({view, other}) == 2
    with pytest.raises(FrozenInstanceError):
        view.order = (1,)  # type: ignore[misc]


def test_nothing_new_is_the_same_view() -> None:
    store = TaskStore([task("a")])
    view = View().over(store)
    assert view.over(store) is view
    store.extend([task("a")])
    assert view.over(store) is view
    assert view.asking(Query()) is view


def test_a_view_knows_whether_it_is_up_to_date() -> None:
    store = TaskStore([task("a")])
    view = View().over(store)
    assert view.shows_all_of(store)
    assert not view.shows_all_of(TaskStore([task("a")]))
    store.extend([task("a", server="b")])
    assert not view.shows_all_of(store)
    assert view.over(store).shows_all_of(store)


def test_another_store_is_another_view() -> None:
    view = View().over(TaskStore([task("a"), task("b")]))
    assert ids(view.over(TaskStore([task("c"), task("a")]))) == ["a", "c"]
    assert ids(view.over(TaskStore())) == []
    assert ids(view) == ["a", "b"]


def test_a_replaced_row_moves_to_its_new_place() -> None:
    store = TaskStore([task("a", server="x"), task("b", server="y"), task("c", server="z")])
    view = View(query=Query(parse_sort("server"))).over(store)
    assert ids(view) == ["a", "b", "c"]
    store.extend([task("a", server="yy")])
    assert ids(view.over(store)) == ["b", "a", "c"]


def test_rows_of_one_id_are_told_apart_by_their_times() -> None:
    old, new = task("server", 10**12), task("server", 2 * 10**12)
    store = TaskStore([old])
    view = View().over(store)
    store.extend([new])
    after = view.over(store)
    assert list(after.tasks()) == [new, old]
    assert [after.row_of(each.row_key) for each in (new, old)] == [0, 1]
    assert after.row_after(view, 0) == 1, "the cursor keeps its row"
    assert after.hidden({old.row_key, task("server", 5).row_key}) == 1


def test_one_moment_written_in_two_ways_has_one_order() -> None:
    rows = [task("server", "1523342130"), task("server", "1523342130000"), task("server", "1523342130.0")]
    orders = {tuple(each.task_time for each in View().over(TaskStore(order)).tasks()) for order in permutations(rows)}
    assert len(orders) == 1


class Counting(list[int]):
    """Times that count how many of them are read."""

    read = 0

    def __getitem__(self, index: Any) -> Any:
        self.read += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("step", [-1, 400], ids=["older", "between"])
def test_only_new_rows_are_looked_up_in_the_default_order(step: int) -> None:
    store = TaskStore([task(f"{n:05}", 10**12 + n) for n in range(4000)])
    view = View().over(store)
    store.extend([task(f"new-{n}", 10**12 + step * n) for n in range(10)])
    times = store.times = Counting(store.times)  # type: ignore[assignment]
    view = view.over(store)
    assert len(view) == 4010
    assert times.read < 600


# Any rows in any order

IDS = st.sampled_from(["a", "b", "c", "B", "d", "~1", None, ""])
TIMES = st.sampled_from(["0", "1523342130", "1523342130000", 1523342131000, "soon", None, -1, 10**11, True])
NAMES = st.sampled_from(["web", "WEB", "db", "", None, "straße", "STRASSE", "\ud83d"])
ROWS = st.lists(st.builds(task, IDS, TIMES, NAMES, NAMES), max_size=12)
PAGES = st.lists(ROWS, max_size=5)
KEYS = st.builds(SortKey, st.sampled_from(list(BY_KEY)), st.booleans())
QUERIES = st.lists(KEYS, min_size=1, max_size=3, unique_by=lambda key: key.field).map(lambda keys: Query(tuple(keys)))


def sorted_plainly(store: TaskStore, query: Query) -> list[str]:
    """The same order by a plain comparison of two tasks, one sort key after the other."""

    def compare(left: FailedTask, right: FailedTask) -> int:
        for key in (*query.sort, *NEWEST_FIRST):
            one, other = (BY_KEY[key.field].sort_value(each) for each in (left, right))
            if one == other:
                continue
            if one is None or other is None:
                return 1 if one is None else -1
            smaller = one < other  # type: ignore[operator]
            return 1 if smaller is key.descending else -1
        return -1 if left.task_id < right.task_id else 1

    return [each.task_id for each in sorted(store.tasks, key=cmp_to_key(compare))]


@given(PAGES, st.just(Query()) | QUERIES)
def test_page_by_page_is_the_same_as_all_at_once(pages: list[list[FailedTask]], query: Query) -> None:
    store = TaskStore()
    view = View(query=query).over(store)
    for page in pages:
        store.extend(page)
        view = view.over(store)
        assert ids(view) == ids(View(query=query).over(store)) == sorted_plainly(store, query)
        assert sorted(view.order) == list(range(len(store)))


@given(PAGES, st.lists(st.just(Query()) | QUERIES, min_size=1, max_size=4))
def test_asking_is_the_same_as_a_fresh_view(pages: list[list[FailedTask]], queries: list[Query]) -> None:
    store = TaskStore()
    view = View().over(store)
    for page in pages:
        store.extend(page)
        view = view.over(store)
        for query in queries:
            before = ids(view)
            asked = view.asking(query)
            assert ids(asked) == ids(View(query=query).over(store))
            assert asked.over(store) is asked
            assert ids(view) == before
            view = asked


@given(PAGES, QUERIES, st.booleans())
def test_asking_before_or_after_new_rows_is_the_same(pages: list[list[FailedTask]], query: Query, before: bool) -> None:
    store = TaskStore()
    view = View().over(store)
    for page in pages:
        store.extend(page)
    view = view.asking(query).over(store) if before else view.over(store).asking(query)
    assert ids(view) == sorted_plainly(store, query)


# What is in sight


def test_rows_are_the_same_while_their_tasks_and_standings_and_the_query_are() -> None:
    store = TaskStore([task(name, at) for name, at in (("c", 30), ("b", 20), ("a", 10))])
    old, top = View().over(store), slice(0, 2)
    store.extend([task("z", 1)])
    new = old.over(store)
    assert new.shows_same(old, top)
    assert new.shows_same(old, slice(1, 3))
    assert not new.shows_same(old, slice(0, 4)), "a row has come into sight"
    flags = bytes(store.index_of(row.row_key) == 0 for row in store.tasks)
    acknowledged = replace(new, standings=replace(new.standings, flags=flags))
    assert not acknowledged.shows_same(old, top)
    assert acknowledged.shows_same(old, slice(1, 3))
    assert not new.asking(Query(parse_sort("server,-time"))).shows_same(old, top), "the header shows the sort"
    assert not View().over(TaskStore(store.tasks)).shows_same(old, top), "another reading may have other texts"
    assert not replace(new, order=new.order[1:]).shows_same(old, top), "a row has left, which `since:1h` may do"
    store.extend([task("m", 25)])
    assert not new.over(store).shows_same(new, top), "a row has come between"
    store.extend([task("c", 30, error="other")])
    assert not new.over(store).shows_same(new, slice(0, 1)), "a row was replaced"
