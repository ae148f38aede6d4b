"""`Bench`: each of its methods, and undoing it with Esc and `[`."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.triage.facets import ALL
from kps_tui.triage.filter import EVERYTHING, parse
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import HISTORY_LENGTH, Bench, History
from tests.ui.widgets.table_app import key, keys, make_tasks

A, B, C, D = (Query(sort=(SortKey(field),)) for field in ("op", "err", "server", "key"))
NOTHING = TaskStore()


def view(count: int, query: Query | None = None, start: int = 0) -> View:
    """A view of tasks, newest first; task number `start` is in row 0."""
    return View(query=query or Query()).over(TaskStore(make_tasks(count, start)))


def filtered(text: str) -> Query:
    return Query(filter=parse(text).expression)


def escaped(bench: Bench, store: TaskStore = NOTHING) -> Bench:
    assert bench.can_escape
    after = bench.escape(store)
    assert after is not None
    return after


def test_at_the_beginning_there_is_nothing_to_go_back_to() -> None:
    assert Bench().back() is None
    assert Bench().forward() is None
    assert Bench().escape(NOTHING) is None
    assert not Bench().can_escape


def test_back_and_forward_again() -> None:
    bench = Bench(A).asking(B).asking(C)
    back = bench.back()
    assert back is not None
    assert back.query == B
    again = back.back()
    assert again is not None
    assert again.query == A
    assert again.back() is None
    forward = again.forward()
    assert forward is not None
    assert (forward.query, forward.history) == (B, back.history)


def test_a_new_query_forgets_the_way_forward() -> None:
    back = Bench(A).asking(B).back()
    assert back is not None
    bench = back.asking(C)
    assert bench.forward() is None
    assert bench.history == History((A,))


def test_the_same_query_again_is_no_step() -> None:
    bench = Bench(A)
    assert bench.asking(A) is bench
    assert bench.entering(A) is bench


def test_the_history_does_not_grow_without_end() -> None:
    bench = Bench()
    for _ in range(3 * HISTORY_LENGTH):
        bench = bench.asking(A).asking(B)
    assert len(bench.history.past) == HISTORY_LENGTH
    assert bench.history.past[-1] == A


@given(st.lists(st.sampled_from(["back", "forward", A, B, C, D]), max_size=40))
def test_forward_undoes_back(steps: list[str | Query]) -> None:
    bench = Bench()
    for step in steps:
        if isinstance(step, Query):
            bench = bench.asking(step)
        elif moved := (bench.back if step == "back" else bench.forward)():
            undone = (moved.forward if step == "back" else moved.back)()
            assert undone is not None
            assert (undone.query, undone.history) == (bench.query, bench.history)
            bench = moved


def test_sorting_by_the_same_column_reverses() -> None:
    once = Bench().sorted_by("server")
    assert once.query.sort == (SortKey("server"),)
    assert once.sorted_by("server").query.sort == (SortKey("server", descending=True),)
    assert once.then_by("time").query.sort == (SortKey("server"), *NEWEST_FIRST)
    assert once.then_by("time").then_by("time").query.sort == (SortKey("server"), SortKey("time"))


@pytest.mark.parametrize(
    "enter",
    [
        lambda bench: bench.narrowed(parse("op:bind").expression),
        lambda bench: bench.narrowed_to_times(1_795_420_800_000, 1_795_424_400_000),
        lambda bench: bench.grouped("err"),
        lambda bench: bench.grouped(ALL),
        lambda bench: bench.typed(parse("web op:bind").expression, bench.query.filter),
        lambda bench: replace(bench, query=replace(bench.query, facet="err")).drilled("err", "timed out"),
    ],
)
def test_esc_comes_back_from_each_narrowing_and_the_order_stays(enter: object) -> None:
    assert callable(enter)
    start = Bench(filtered("web"))
    bench = enter(start).sorted_by("server")
    assert bench.query != start.query
    back = escaped(bench)
    assert back.query.filter == start.query.filter
    assert back.query.sort == (SortKey("server"),)


def test_each_narrowing_is_a_step_of_its_own_in_whatever_order_other_keys_went() -> None:
    one = Bench().narrowed(parse("op:bind").expression)
    two = one.narrowed(parse("server:web").expression)
    assert escaped(two).query == one.query
    assert escaped(escaped(two)).query == Query()
    gone_back = two.back()
    assert gone_back is not None
    assert escaped(gone_back).query == Query()


def test_a_group_opened_from_all_goes_back_to_all() -> None:
    bench = Bench().grouped(ALL).grouped("err")
    assert escaped(bench).query.facet == ALL
    assert escaped(escaped(bench)).query.facet == ""


def test_several_values_are_shown_as_one_filter() -> None:
    bench = Bench().grouped(ALL).drilled("key", "prod", "k8s")
    assert str(bench.query.filter) == "key:=prod,=k8s"
    assert (bench.query.facet, escaped(bench).query.facet) == ("", ALL)


def test_a_comparison_is_left_for_the_groups_and_comes_back_from_the_tasks_of_a_line() -> None:
    groups = Bench().grouped(ALL)
    comparing = groups.comparing("key", "prod", "k8s")
    assert (comparing.query.facet, comparing.query.compared) == ("key", ("prod", "k8s"))
    tasks = comparing.drilled_to(parse("op:bind").expression).sorted_by("server")
    assert (tasks.query.facet, tasks.query.compared) == ("", ())
    assert escaped(tasks).query.compared == ("prod", "k8s")
    assert escaped(escaped(tasks)).query.facet == ALL
    # Without the way that led there, it is left for the groups of its field.
    assert escaped(Bench(comparing.query)).query == Query(facet="key")


def test_a_query_from_elsewhere_is_left_by_groups_then_filter() -> None:
    bench = Bench().asking(replace(filtered("web"), facet="err"))
    assert escaped(bench).query == filtered("web")
    assert escaped(escaped(bench)).query.filter == EVERYTHING
    assert not escaped(escaped(bench)).can_escape


def test_a_filter_that_is_typed_is_one_step_however_many_letters_it_has() -> None:
    bench = Bench(A)
    for text in ("w", "we", "web"):
        bench = bench.typing(parse(text).expression)
        assert bench.history == History()
    bench = bench.typed(parse("web").expression, A.filter)
    back = bench.back()
    assert back is not None
    assert back.query == A


def test_typing_what_was_there_before_is_no_step() -> None:
    bench = Bench(filtered("web")).typing(parse("webx").expression)
    assert bench.typed(parse("web").expression, parse("web").expression) == Bench(filtered("web"))


def test_a_mark_is_toggled() -> None:
    bench = Bench().toggled(key(1)).toggled(key(2)).toggled(key(1))
    assert bench.marked == keys(2)


def test_a_range_follows_the_cursor_both_ways_and_keeps_what_was_marked() -> None:
    shown = view(10)
    bench = Bench(marked=keys(0)).range_toggled(key(5))
    assert bench.marked == keys(0, 5)
    assert bench.marked_through(shown, 7).marked == keys(0, 5, 6, 7)
    assert bench.marked_through(shown, 7).marked_through(shown, 3).marked == keys(0, 3, 4, 5)
    ended = bench.marked_through(shown, 6).range_toggled(key(6))
    assert (ended.marked, ended.range) == (keys(0, 5, 6), None)
    assert ended.marked_through(shown, 9) is ended


def test_esc_gives_a_range_up_before_anything_else() -> None:
    shown = view(10)
    bench = Bench(filtered("srv"), marked=keys(0)).range_toggled(key(5)).marked_through(shown, 7)
    after = escaped(bench, shown.store)
    assert (after.marked, after.range, after.is_filtered) == (keys(0), None, True)


def test_a_range_forgets_tasks_that_are_gone_and_ends_with_its_first_task() -> None:
    bench = Bench(marked=keys(0)).range_toggled(key(5))
    assert bench.marked_through(view(10, start=2), 5).marked == keys(5, 6, 7)
    assert escaped(bench, view(10, start=2).store).marked == frozenset()
    ended = bench.marked_through(view(10, start=8), 1)
    assert (ended.range, ended.marked) == (None, keys(0, 5))


def test_another_query_ends_a_range_and_keeps_its_marks() -> None:
    bench = Bench().range_toggled(key(5))
    for other in (bench.sorted_by("server"), bench.narrowed(parse("web").expression), bench.asking(A)):
        assert (other.range, other.marked) == (None, keys(5))
    back = bench.asking(A).range_toggled(key(6)).back()
    assert back is not None
    assert back.range is None


def test_all_that_is_shown_is_marked_besides_what_is_hidden() -> None:
    bench = Bench(marked=keys(9)).range_toggled(key(1)).all_marked(view(3))
    assert (bench.marked, bench.range) == (keys(0, 1, 2) | keys(9), None)
    assert bench.unmarked().marked == frozenset()
    assert Bench().range_toggled(key(1)).unmarked().range is None


def test_marks_of_tasks_that_are_gone_leave() -> None:
    bench = Bench(marked=keys(0, 1, 2))
    assert bench.without_gone(view(3).store) is bench
    assert bench.without_gone(view(3, start=2).store).marked == keys(2)


def test_marks_that_were_cleared_come_back_before_an_earlier_query() -> None:
    bench = Bench(A, marked=keys(0, 1)).asking(B).unmarked()
    back = bench.back()
    assert back is not None
    assert (back.marked, back.query) == (keys(0, 1), B)
    earlier = back.back()
    assert earlier is not None
    assert (earlier.marked, earlier.query) == (keys(0, 1), A)
    again = bench.unmarked().back()
    assert again is not None
    assert again.marked == keys(0, 1), "u twice loses nothing"


def test_marks_that_were_cleared_are_forgotten_with_another_query_or_another_list() -> None:
    cleared = Bench(A, marked=keys(0, 1)).unmarked()
    earlier = cleared.asking(B).back()
    assert earlier is not None
    assert (earlier.marked, earlier.query) == (frozenset(), A)
    assert cleared.toggled(key(5)).back() is None
    left = cleared.without_gone(view(3, start=1).store).back()
    assert left is not None
    assert left.marked == keys(1)
    assert cleared.without_gone(view(3, start=2).store).back() is None


def test_a_facet_that_there_is_not_is_refused() -> None:
    with pytest.raises(AssertionError, match="nonsense"):
        Bench().grouped("nonsense")


def test_several_tasks_are_marked_unless_all_are_then_they_are_unmarked() -> None:
    store = TaskStore(make_tasks(4))
    some, none = RowSet.at(store, [1, 2]), RowSet.at(store, [])
    bench = Bench().toggled(store.row_key(0)).toggled(store.row_key(1))
    both = bench.all_toggled(some)
    assert both.marked == {store.row_key(number) for number in (0, 1, 2)}
    assert both.all_toggled(some).marked == {store.row_key(0)}
    assert both.all_toggled(none).marked == both.marked
