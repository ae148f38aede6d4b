"""A set of rows behaves like a set of their keys, and looks at no key where flags are enough."""

from collections.abc import Callable, Set
from operator import and_, or_, sub, xor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.store import TaskStore
from tests.triage.tasks import task


def make_tasks(count: int) -> list[FailedTask]:
    return [task(task_id=f"task-{number}") for number in range(count)]


STORE = TaskStore(make_tasks(12))
KEYS = [STORE.row_key(index) for index in range(12)]
OUTSIDE: RowKey = ("of another list", "1")

some = st.sets(st.integers(0, 11))


@given(some, some, st.booleans(), st.sampled_from([and_, or_, sub, xor]))
def test_operations_are_those_of_sets(
    one: set[int], other: set[int], outside: bool, operation: Callable[[Any, Any], Set[RowKey]]
) -> None:
    rows = RowSet.at(STORE, one)
    keys, others = ({KEYS[index] for index in each} for each in (one, other))
    assert (len(rows), {*rows}, [*rows.indices]) == (len(keys), keys, sorted(one))
    assert rows == keys
    assert keys == rows
    assert [key in rows for key in (*KEYS, OUTSIDE)] == [key in keys for key in (*KEYS, OUTSIDE)]
    assert operation(rows, RowSet.at(STORE, other)) == operation(keys, others)
    others |= {OUTSIDE} if outside else set()
    for second in (others, frozenset(others)):
        assert operation(rows, second) == operation(keys, others)
        assert operation(second, rows) == operation(others, keys)
    assert (rows <= others, rows >= others) == (keys <= others, keys >= others)


def test_rows_that_were_added_to_the_store_are_not_in_the_set() -> None:
    store = TaskStore(make_tasks(3))
    rows = RowSet.at(store, range(3))
    store.extend(make_tasks(5))
    assert (len(rows), store.row_key(4) in rows, rows.flags_up_to(5)) == (3, False, b"\1\1\1\0\0")
    assert rows == RowSet.at(store, range(3))
    assert [*(RowSet.at(store, [4]) | rows).indices] == [0, 1, 2, 4]  # type: ignore[attr-defined]


def test_rows_of_another_store_are_found_by_their_keys() -> None:
    other = TaskStore(make_tasks(12)[::-1])
    assert [*RowSet.of(other, RowSet.at(STORE, [0, 10])).indices] == [1, 11]
    assert [*RowSet.of(other, {KEYS[1], OUTSIDE}).indices] == [10]
    rows = RowSet.at(STORE, [1])
    assert RowSet.of(STORE, rows) is rows


def test_all_rows_are_combined_without_making_a_key() -> None:
    class Counting(TaskStore):
        made = 0

        def row_key(self, index: int) -> RowKey:
            self.made += 1
            return super().row_key(index)

    store = Counting(make_tasks(500))
    every, half = RowSet.at(store, range(500)), RowSet.at(store, range(250))
    store.made = 0
    assert (len(every - half), len(half | every), half <= every, every == half) == (250, 500, True, False)
    assert len(every ^ {store.row_key(7)}) == 499
    assert store.made < 10
