"""The store: every task once, later rows replace earlier ones, none is lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import Extended, TaskStore


def task(task_id: str | None, server: str = "a", **more: Any) -> FailedTask:
    return FailedTask.from_json({"task_id": task_id, "server_name": server, **more})


def ids(store: TaskStore) -> list[str]:
    return [each.task_id for each in store.tasks]


def test_an_empty_store() -> None:
    store = TaskStore()
    assert (len(store), store.revision, list(store.tasks)) == (0, (0, 0), [])
    assert store.get(("a", None)) is None
    assert store.index_of(("a", None)) is None
    assert store.extend([]) == Extended(0, 0, 0)


def test_tasks_are_kept_in_the_order_they_came() -> None:
    store = TaskStore([task("c"), task("a")])
    assert store.extend([task("b")]) == Extended(added=1, repeated=0, changed=0)
    assert ids(store) == ["c", "a", "b"]
    assert [store.index_of((each, None)) for each in ("c", "a", "b")] == [0, 1, 2]
    assert store[2] == store.get(("b", None)) == task("b")


def test_a_row_that_comes_again_is_kept_once() -> None:
    store = TaskStore([task("a"), task("b")])
    assert store.extend([task("b"), task("b"), task("c")]) == Extended(added=1, repeated=2, changed=0)
    assert ids(store) == ["a", "b", "c"]
    assert store.revision == (3, 0)


def test_of_two_rows_with_one_id_the_later_wins_in_the_place_of_the_first() -> None:
    store = TaskStore([task("a"), task("b", "old"), task("c")])
    assert store.extend([task("b", "new")]) == Extended(added=0, repeated=0, changed=1)
    assert ids(store) == ["a", "b", "c"]
    later = store.get(("b", None))
    assert later is not None
    assert later.server_name == "new"


def test_a_change_is_seen_in_anything_that_a_row_holds() -> None:
    store = TaskStore([task("a", more=1)])
    assert store.extend([task("a", more=2)]).changed == 1
    assert store.extend([task("a")]).changed == 1
    assert store.extend([task("a")]) == Extended(0, 1, 0)


def test_rows_that_repeat_within_one_page_count_too() -> None:
    assert TaskStore().extend([task("a"), task("a"), task("a", "b")]) == Extended(added=1, repeated=1, changed=1)


def test_the_revision_differs_after_each_change_and_only_then() -> None:
    store = TaskStore()
    seen = [store.revision]
    for rows, changes in (([task("a")], True), ([task("a")], False), ([task("a", "b")], True), ([task("b")], True)):
        store.extend(rows)
        assert (store.revision not in seen) is changes
        seen.append(store.revision)


def test_an_id_is_taken_as_it_is() -> None:
    store = TaskStore([task("a"), task("A"), task(" a"), task("a\x00"), task("\ud83d"), task("é"), task("e\u0301")])
    assert len(store) == 7


def test_two_failures_of_one_server_are_two_rows_if_only_the_id_is_the_same() -> None:
    store = TaskStore([task("server", task_time="1"), task("server", task_time="2")])
    assert store.extend([task("server", task_time="3"), task("server", task_time="2")]) == Extended(1, 1, 0)
    assert [each.task_time for each in store.tasks] == ["1", "2", "3"]
    assert [store.index_of(("server", at)) for at in ("1", "2", "3", None)] == [0, 1, 2, None]


def test_texts_that_repeat_are_one_text() -> None:
    rows = [{"task_id": str(n), "server_name": f"web-{n // 2}"} for n in range(2)]
    first, second = TaskStore(FailedTask.from_json(row) for row in rows).tasks
    assert first.server_name == "web-0"
    assert first.server_name is second.server_name


# Rows without an id


def test_rows_without_an_id_get_one_of_ours_and_none_is_lost() -> None:
    store = TaskStore([task(None), task(""), FailedTask.from_json({"server_name": "a"}), FailedTask.from_json({})])
    assert len(store) == len(set(ids(store))) == 4
    assert all(each.task_id.startswith("~") and each.has_generated_id for each in store.tasks)
    assert all(store.get(each.row_key) == each for each in store.tasks)


def test_equal_rows_without_an_id_are_counted() -> None:
    store = TaskStore([task(None)] * 3)
    first = ids(store)[0]
    assert ids(store) == [first, f"{first}-2", f"{first}-3"]
    assert store.extend([task(None)]) == Extended(added=1, repeated=0, changed=0)
    assert ids(store)[3] == f"{first}-4"


def test_the_ids_of_ours_are_the_same_in_the_next_store() -> None:
    rows = [task(None), task("x"), task(None, "b"), task(None)]
    first, second = TaskStore(rows), TaskStore(reversed(rows))
    assert {each.task_id: each for each in first.tasks} == {each.task_id: each for each in second.tasks}


def test_an_id_of_ours_says_nothing_that_was_not_served() -> None:
    (own,) = TaskStore([task(None, "web-1")]).tasks
    assert own.to_json() == {"task_id": None, "server_name": "web-1"}


# Any rows

ROWS = st.lists(
    st.builds(
        lambda task_id, server, at: task(task_id, server, task_time=at),
        st.sampled_from(["a", "b", "c", "d", "", None]),
        st.sampled_from("xyz"),
        st.sampled_from(["1", "2", None]),
    ),
    max_size=20,
)


@given(st.lists(ROWS, max_size=4))
def test_pages_add_up(pages: list[list[FailedTask]]) -> None:
    store = TaskStore()
    said = [store.extend(page) for page in pages]
    rows = [row for page in pages for row in page]
    assert all(sum(each) == len(page) for each, page in zip(said, pages, strict=True))
    assert len(store) == sum(each.added for each in said) == store.revision[0]
    assert store.revision[1] == sum(each.changed for each in said)
    assert len({each.row_key for each in store.tasks}) == len(store)
    assert {row.row_key: row for row in rows if row.task_id} == {
        each.row_key: each for each in store.tasks if not each.has_generated_id
    }
    assert sum(each.has_generated_id for each in store.tasks) == sum(not row.task_id for row in rows)
    assert [store.index_of(each.row_key) for each in store.tasks] == list(range(len(store)))
    once = TaskStore(rows)
    assert once.tasks == store.tasks
    assert once.revision == store.revision
