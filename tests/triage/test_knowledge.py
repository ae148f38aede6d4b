"""What is new, acknowledged and repeated: the rules, on invented lists."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.filter import Matcher, parse
from kps_tui.triage.knowledge import (
    NOTHING,
    SCREEN,
    Acknowledgement,
    Knowledge,
    Visit,
    acknowledged,
)
from kps_tui.triage.query import Query
from kps_tui.triage.standings import Standing, Standings
from kps_tui.triage.store import TaskStore, row_number
from kps_tui.triage.view import View
from tests.triage.filters import trees

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = 1000
BASE = 1_795_000_000_000


def task(name: str, second: int | None = 0, server: str | None = "s1", operation: str = "bind") -> FailedTask:
    return FailedTask.from_json(
        {
            "task_id": name,
            "task_time": None if second is None else str(BASE + second * SECOND),
            "server_id": server,
            "operate_type": f"FAILED_{operation.upper()}",
        }
    )


def ids(store: TaskStore, where: str, knowledge: Knowledge) -> list[str]:
    parsed = parse(where)
    assert parsed.mistakes == ()
    found = Matcher(parsed.expression, NOW, UTC, Standings(knowledge)).select(store, range(len(store)))
    return [store[index].task_id for index in found]


def after_visit(before: TaskStore, second: int, knowledge: Knowledge = NOTHING, *, is_whole: bool = False) -> Knowledge:
    """Return what is known after a visit that started at `second` and had loaded `before`."""
    seen = dict.fromkeys(knowledge.seen, False) | dict.fromkeys(before.row_numbers(), True)
    visit = Visit(BASE + second * SECOND, is_whole)
    return Knowledge(SCREEN, seen, visit, acknowledgements=knowledge.acknowledgements)


def acknowledging(store: TaskStore, names: Iterable[str], knowledge: Knowledge = NOTHING, note: str = "") -> Knowledge:
    wanted = set(names)
    indices = [index for index in range(len(store)) if store[index].task_id in wanted]
    made = {each.row: each for each in acknowledged(store, indices, BASE, note)}
    return replace(knowledge, acknowledgements=dict(knowledge.acknowledgements) | made)


def test_at_the_first_visit_nothing_is_new() -> None:
    store = TaskStore([task("a", 5), task("b", 4)])
    assert ids(store, "is:new", NOTHING) == []
    assert ids(store, "is:open", NOTHING) == ["a", "b"]


def test_what_came_since_the_last_visit_is_new_and_what_was_only_not_loaded_is_not() -> None:
    known = after_visit(TaskStore([task("c", 3), task("b", 2)]), 10)
    now = TaskStore([task("d", 12), task("c", 3), task("b", 2), task("a", 1)])
    assert ids(now, "is:new", known) == ["d"]


def test_a_late_row_among_those_of_the_last_visit_is_new() -> None:
    known = after_visit(TaskStore([task("c", 3), task("a", 1)]), 10)
    assert ids(TaskStore([task("c", 3), task("late", 2), task("a", 1), task("old", 0)]), "is:new", known) == ["late"]


def test_rows_that_move_up_where_others_were_deleted_are_not_new() -> None:
    known = after_visit(TaskStore([task("d", 4), task("c", 3)]), 10)
    assert ids(TaskStore([task("c", 3), task("b", 2)]), "is:new", known) == []
    assert ids(TaskStore([task("b", 2), task("a", 1)]), "is:new", known) == []


def test_after_a_visit_that_loaded_everything_each_unseen_row_is_new() -> None:
    known = after_visit(TaskStore([task("c", 3)]), 10, is_whole=True)
    assert ids(TaskStore([task("c", 3), task("b", 2), task("x", None)]), "is:new", known) == ["b", "x"]


def test_two_failures_with_one_task_id_are_two_rows() -> None:
    known = after_visit(TaskStore([task("a", 1)]), 10)
    assert Standing.NEW in Standing(Standings(known).over(TaskStore([task("a", 11), task("a", 1)])).flags[0])


ROWS = st.lists(st.integers(0, 30), unique=True, max_size=12)


@given(ROWS, ROWS)
def test_a_named_reader_gets_each_row_once(first: list[int], second: list[int]) -> None:
    one = TaskStore([task(f"t{number}", number) for number in first])
    both = TaskStore([task(f"t{number}", number) for number in dict.fromkeys((*second, *first))])
    fresh = Knowledge("cron")
    assert len(ids(one, "is:new", fresh)) == len(one)
    after = Knowledge("cron", dict.fromkeys(one.row_numbers(), True))
    assert ids(one, "is:new", after) == []
    assert set(ids(both, "is:new", after)) == {f"t{number}" for number in second if number not in first}


@given(ROWS, st.integers(0, 12), ROWS)
def test_a_visit_finds_all_that_came_and_nothing_that_was_there(then: list[int], loaded: int, came: list[int]) -> None:
    """The list is in falling time; the last visit began at second 31 and loaded its first `loaded` rows."""
    old = [task(f"old{number}", number) for number in sorted(then, reverse=True)]
    new = [task(f"new{number}", 40 + number) for number in sorted(came, reverse=True)]
    known = after_visit(TaskStore(old[:loaded]), 31)
    assert ids(TaskStore([*new, *old]), "is:new", known) == [each.task_id for each in new]
    assert ids(TaskStore(old), "is:new", known) == []


@given(ROWS, st.sets(st.integers(0, 30)), st.integers(0, 12))
def test_deleting_rows_makes_none_new(then: list[int], deleted: set[int], loaded: int) -> None:
    old = [task(f"t{number}", number) for number in sorted(then, reverse=True)]
    known = after_visit(TaskStore(old[:loaded]), 31)
    left = [each for each in old if int(each.task_id[1:]) not in deleted]
    assert ids(TaskStore(left), "is:new", known) == []


def test_an_acknowledged_row_is_not_open_and_has_its_note() -> None:
    store = TaskStore([task("b", 2, "s2"), task("a", 1)])
    known = acknowledging(store, ["a"], note="INC-4711\x1b[2J")
    assert ids(store, "is:acked", known) == ["a"]
    assert ids(store, "is:open", known) == ["b"]
    assert ids(store, "is:acked,open", known) == ["b", "a"]
    assert ids(store, "-is:acked", known) == ["b"]
    assert ids(store, "note:inc-47", known) == ["a"]
    assert ids(store, 'note:"␛[2j"', known) == ["a"]
    assert ids(store, "note:", known) == ["b"]
    assert ids(store, "note:/INC-[0-9]+/ is:ACKED", known) == ["a"]


@pytest.mark.parametrize(
    ("again", "falls"),
    [
        (task("b", 2), True),
        (task("b", 1), False),
        (task("b", 2, "s2"), False),
        (task("b", 2, operation="reset"), False),
        (task("b", None), False),
    ],
)
def test_an_acknowledgement_falls_when_the_server_fails_at_the_same_operation_again(
    again: FailedTask, falls: bool
) -> None:
    known = acknowledging(TaskStore([task("a", 1)]), ["a"])
    store = TaskStore([again, task("a", 1)])
    assert ids(store, "is:acked", known) == ([] if falls else ["a"])
    assert ids(store, "is:repeat", known) == (["b"] if falls else [])
    assert [*Standings(known).over(store).fallen] == ([row_number(store.row_key(1))] if falls else [])


@pytest.mark.parametrize("server", [None, ""])
def test_without_a_server_id_it_never_falls(server: str | None) -> None:
    known = acknowledging(TaskStore([task("a", 1, server)]), ["a"])
    assert ids(TaskStore([task("b", 2, server), task("a", 1, server)]), "is:acked", known) == ["a"]


def test_failures_that_were_in_the_list_already_are_no_repeat() -> None:
    store = TaskStore([task("b", 2), task("a", 1)])
    assert ids(store, "is:acked", acknowledging(store, ["a"])) == ["a"]
    assert ids(store, "is:acked", acknowledging(store, ["a", "b"])) == ["b", "a"]


def test_a_fallen_acknowledgement_stays_fallen_until_the_row_is_acknowledged_again() -> None:
    first = TaskStore([task("a", 1)])
    known = acknowledging(first, ["a"], note="known")
    fallen = Standings(known).over(TaskStore([task("b", 2), *first.tasks])).fallen
    known = Knowledge(acknowledgements={row: each._replace(has_fallen=True) for row, each in fallen.items()})
    assert ids(first, "is:open note:known", known) == ["a"]
    assert ids(first, "is:acked", acknowledging(first, ["a"], known)) == ["a"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["s1", "s2", None]), st.sampled_from(["bind", "reset"]), st.integers(0, 9)),
        max_size=10,
    ),
    st.sets(st.integers(0, 9)),
    st.integers(0, 10),
)
def test_each_row_is_acked_or_open_and_repeats_are_later(
    drawn: list[tuple[str | None, str, int]], chosen: set[int], known_then: int
) -> None:
    tasks = [task(f"t{number}", second, server, operation) for number, (server, operation, second) in enumerate(drawn)]
    then = TaskStore(tasks[:known_then])
    known = acknowledging(then, [f"t{number}" for number in chosen])
    store = TaskStore(tasks)
    assert sorted(ids(store, "is:acked", known) + ids(store, "is:open", known)) == sorted(
        each.task_id for each in tasks
    )
    watched = {number for number in chosen if number < len(then)}

    def is_repeated(number: int, by: int) -> bool:
        server, operation, _second = drawn[number]
        same = [other for other in range(len(then)) if drawn[other][:2] == (server, operation)]
        is_later = drawn[by][2] > max(drawn[other][2] for other in same)
        return server is not None and drawn[by][:2] == (server, operation) and is_later

    fallen = {number for number in watched if any(is_repeated(number, by) for by in range(len(tasks)))}
    repeats = {by for by in range(len(tasks)) if any(is_repeated(number, by) for number in watched)}
    assert set(ids(store, "is:acked", known)) == {f"t{number}" for number in watched - fallen}
    assert set(ids(store, "is:repeat", known)) == {f"t{number}" for number in repeats}


@given(
    st.lists(st.tuples(st.sampled_from(["s1", "s2"]), st.integers(0, 9)), max_size=10),
    st.integers(0, 10),
    st.sets(st.integers(0, 9)),
    st.sampled_from(["is:acked", "-is:acked server:", "is:repeat", "is:new or note:x", "is:open", ""]),
)
def test_a_view_that_follows_its_rows_and_the_ledger_shows_what_a_new_view_shows(
    drawn: list[tuple[str, int]], loaded_first: int, chosen: set[int], where: str
) -> None:
    tasks = [task(f"t{number}", second, server) for number, (server, second) in enumerate(drawn)]
    store, query = TaskStore(tasks[:loaded_first]), Query(filter=parse(where).expression)
    known = acknowledging(store, [f"t{number}" for number in chosen], after_visit(TaskStore(), 5), "x")
    first = View().showing(store, query, NOW)
    learned = first.showing(store, query, NOW, known)
    assert list(learned.order) == list(View().showing(store, query, NOW, known).order)
    store.extend(tasks[loaded_first:])
    assert list(learned.over(store, NOW).order) == list(View().showing(store, query, NOW, known).order)


@given(
    st.lists(st.tuples(st.sampled_from(["s1", "s2"]), st.integers(0, 9)), max_size=12),
    st.integers(0, 12),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11)),
    st.booleans(),
)
def test_standings_that_follow_a_store_are_those_of_all_its_rows(
    drawn: list[tuple[str, int]], loaded_first: int, chosen: set[int], seen: set[int], is_whole: bool
) -> None:
    tasks = [task(f"t{number}", second, server) for number, (server, second) in enumerate(drawn)]
    then = TaskStore(tasks[number] for number in sorted(seen) if number < len(tasks))
    known = after_visit(then, 5, acknowledging(then, [f"t{number}" for number in chosen]), is_whole=is_whole)
    store = TaskStore(tasks[:loaded_first])
    first = Standings(known).over(store)
    store.extend(tasks[loaded_first:])
    followed, fresh = first.over(store), Standings(known).over(TaskStore(tasks))
    assert followed.flags == fresh.flags
    assert followed.fallen == fresh.fallen
    assert followed.over(store) is followed
    if tasks:
        store.extend([task("t0", drawn[0][1], "another server")])
        assert followed.over(store).flags == Standings(known).over(store).flags


def test_what_came_in_the_first_visit_is_new() -> None:
    store = TaskStore([task("b", 2), task("a", 1)])
    known = Knowledge(came=frozenset(store.row_numbers()[:1]))
    assert ids(store, "is:new", known) == ["b"]
    assert Standings(known).over(store).count(Standing.NEW) == 1


def test_a_view_says_what_is_known_of_a_task() -> None:
    store = TaskStore([task("b", 2, "s2"), task("a", 1)])
    view = View().showing(store, Query(), NOW, acknowledging(store, ["a"], note="INC-1"))
    assert view.standing_of(store.row_key(1)) == Standing.ACKED
    assert view.standing_of(store.row_key(0)) == view.standing_of(("nobody", None)) == Standing(0)
    acknowledgement = view.acknowledgement_of(store.row_key(1))
    assert acknowledgement is not None
    assert acknowledgement.note == "INC-1"
    assert view.acknowledgement_of(store.row_key(0)) is None


@given(trees())
def test_a_filter_that_does_not_ask_never_looks(expression: object) -> None:
    class Unread(Standings):
        def over(self, store: TaskStore) -> Standings:  # type: ignore[override]
            raise AssertionError("looked")

    store = TaskStore([task("a")])
    Matcher(expression, NOW, UTC, Unread()).select(store, range(1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is:ack", "“is:ack” is not a valid term · allowed: new, acked, open, repeat"),
        ("is:", "“is:” needs a word · allowed: new, acked, open, repeat"),
        ("is:~new", "“is:~new” is not a valid term"),
        ("is:/new/", "“is:/new/” is not a valid term"),
        ("acknowledged:x", "did you mean “is:”?"),
        ("notes:x", "did you mean “note:”?"),
    ],
)
def test_a_wrong_value_is_a_mistake_that_says_what_is_allowed(text: str, said: str) -> None:
    [mistake] = parse(text).mistakes
    assert said in mistake.message


@pytest.mark.parametrize("text", ["is:new", "is:new,repeat", "is:=acked", "note:INC-4711", "-note:", 'note:"a b"'])
def test_terms_print_as_they_are_parsed(text: str) -> None:
    assert str(parse(text).expression) == text


def test_the_number_of_a_row_is_the_same_for_ever() -> None:
    assert row_number(("task", "1523342130000")) == -5644057063572761569
    assert row_number(("task", None)) != row_number(("task", ""))
    assert -(2**63) <= row_number(("\ud83d", "1")) < 2**63
    assert Acknowledgement(1, None, 2, 3).note == ""


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)), st.integers(0, 9), st.sampled_from([1, -1]))
def test_the_next_new_task_is_the_nearest_that_is_not_acknowledged(
    new: set[int], acked: set[int], row: int, step: int
) -> None:
    store = TaskStore(task(f"t{number}", 10 - number, f"s{number}") for number in range(10))
    rows = store.row_numbers()
    known = acknowledging(store, [f"t{number}" for number in acked], Knowledge(came=frozenset(rows[i] for i in new)))
    view = View().showing(store, Query(), NOW, known)
    others = [(row + step * distance) % 10 for distance in range(1, 10)]
    assert view.next_new(row, step) == next((other for other in others if other in new - acked), None)
