"""A filter over rows that arrive page by page: same result as all at once, and only new rows are matched."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import EVERYTHING, Either, Every, Form, Matcher, Not, Term, Value, parse
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey, parse_sort
from kps_tui.triage.store import Derived, TaskStore, Values
from kps_tui.triage.view import View
from tests.triage.filters import trees
from tests.triage.test_view import PAGES, ids, task

T = TypeVar("T")

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

VALUES = st.builds(Value, st.sampled_from(["web", "db", "straße", "a", "b"]), st.sampled_from([Form.PLAIN, Form.EXACT]))
LIKELY = (
    st.builds(Term, st.sampled_from(["server", "err", "task", ""]), st.tuples(VALUES))
    | st.sampled_from([Term("server"), Term("time"), Term("since", (Value("2018-04-10"),))])
    | st.builds(Term, st.sampled_from(["server", "err"]), st.tuples(st.just(Value("^[wd]", Form.REGEX))))
)
"""Terms that match some of the tasks."""
FILTERS = (
    st.just(EVERYTHING)
    | LIKELY
    | LIKELY.map(Not)
    | st.tuples(LIKELY, LIKELY).map(Every)
    | st.tuples(LIKELY, LIKELY).map(Either)
    | trees()
)
KEYS = st.builds(SortKey, st.sampled_from(list(BY_KEY)), st.booleans())
SORTS = st.just(NEWEST_FIRST) | st.lists(KEYS, min_size=1, max_size=3, unique_by=lambda key: key.field).map(tuple)
QUERIES = st.builds(Query, SORTS, FILTERS, st.sampled_from(["", "err"]))


def at_once(store: TaskStore, query: Query) -> list[str]:
    return ids(View().showing(store, query, NOW))


@given(PAGES, QUERIES, st.lists(st.booleans(), max_size=5))
def test_in_any_split_of_the_pages_it_is_the_same_as_at_once(
    pages: list[list[FailedTask]], query: Query, looks: list[bool]
) -> None:
    store = TaskStore()
    view = View().showing(store, query, NOW)
    for page, look in zip(pages, [*looks, *[True] * len(pages)], strict=False):
        store.extend(page)  # Ids repeat, so rows are replaced too.
        if look:
            view = view.showing(store, query, NOW)
            assert ids(view) == at_once(store, query)
    assert ids(view.showing(store, query, NOW)) == at_once(store, query)


@given(PAGES, st.lists(QUERIES, min_size=1, max_size=5))
def test_whatever_was_shown_before_it_is_the_same_as_at_once(
    pages: list[list[FailedTask]], queries: list[Query]
) -> None:
    store, view = TaskStore(), View()
    for page, query in zip([*pages, *[[]] * len(queries)], queries, strict=False):
        store.extend(page)
        view = view.showing(store, query, NOW)
        assert ids(view) == at_once(store, query)
        assert view.showing(store, query, NOW) is view


@given(PAGES, FILTERS, SORTS)
def test_it_shows_the_tasks_that_match_in_their_order(
    pages: list[list[FailedTask]], expression: Any, sort: tuple[SortKey, ...]
) -> None:
    store = TaskStore(each for page in pages for each in page)
    found = set(Matcher(expression, NOW).select(store, range(len(store))))
    everything = View().showing(store, Query(sort), NOW)
    assert at_once(store, Query(sort, expression)) == [store[n].task_id for n in everything.order if n in found]


class Counting(Matcher):
    """A matcher that records which rows it is asked about."""

    def __init__(self, query: Query) -> None:
        super().__init__(query.filter, NOW)
        self.asked: list[list[int]] = []

    def select(self, store: TaskStore, indices: Sequence[int]) -> Sequence[int]:
        self.asked.append(list(indices))
        return super().select(store, indices)


def a_thousand(begin: int = 0) -> list[FailedTask]:
    return [task(f"{n:05}", 10**12 + n, "web" if n % 3 else "db") for n in range(begin, begin + 1000)]


def test_only_the_new_rows_are_matched() -> None:
    query = Query(filter=parse("server:web").expression, sort=parse_sort("server,-time"))
    store = TaskStore(a_thousand())
    counting = Counting(query)
    view = replace(View().showing(store, query, NOW), matcher=counting)
    store.extend(a_thousand(1000))
    view = view.over(store)
    assert counting.asked == [list(range(1000, 2000))]
    for other in (replace(query, sort=NEWEST_FIRST), replace(query, facet="err"), query):
        view = view.asking(other)
    assert counting.asked == [list(range(1000, 2000))]
    assert ids(view) == at_once(store, query)


def test_a_row_that_was_replaced_is_matched_again() -> None:
    query = Query(filter=parse("server:web").expression)
    store = TaskStore([task("a", server="web"), task("b", server="web")])
    view = View().showing(store, query, NOW)
    store.extend([task("a", server="db")])
    assert ids(view.over(store)) == ["b"]
    store.extend([task("a", server="web-2")])
    assert ids(view.over(store)) == ["a", "b"]


class Asked(TaskStore):
    """A store that counts the values it computes."""

    def __init__(self, tasks: list[FailedTask]) -> None:
        self.made = 0
        super().__init__(tasks)

    def values(self, derived: Derived[T]) -> Values[T]:
        def counted(task: FailedTask) -> T:
            self.made += 1
            return derived.of(task)

        return super().values(replace(derived, of=counted))


def test_each_text_is_made_once_while_a_filter_is_typed() -> None:
    store = Asked(a_thousand())
    view = View().over(store)
    for text in ("server:w", "server:we", "server:web", "server:we"):
        view = view.asking(Query(filter=parse(text).expression), NOW)
    assert store.made == 2, "one for each server"


def test_groups_that_are_opened_leave_the_order_as_it_is() -> None:
    query = Query(sort=parse_sort("server"))
    view = View().showing(TaskStore(a_thousand()), query, NOW)
    assert view.asking(replace(query, facet="all")).order is view.order


def test_a_moment_that_counts_back_moves_on_with_the_clock() -> None:
    hour = 3_600_000
    query = Query(filter=parse("since:1h").expression)
    store = TaskStore([task("a", int(NOW.timestamp() * 1000) - hour // 2)])
    view = View().showing(store, query, NOW)
    soon = NOW + timedelta(seconds=20)
    assert view.over(store, soon) is view
    store.extend([task("b", int(NOW.timestamp() * 1000) - hour // 2)])
    view = view.over(store, soon)
    assert ids(view) == ["a", "b"]
    later = NOW + timedelta(hours=1)
    assert ids(view.over(store, later)) == []
    assert ids(view.over(TaskStore(store.tasks), later)) == []
    absolute = Query(filter=parse("since:2020-01-01").expression)
    still = view.showing(store, absolute, NOW)
    assert still.over(store, later) is still


def test_a_regular_expression_that_is_too_slow_on_a_later_page_is_ignored_on_all() -> None:
    query = Query(filter=parse("err:/^(a|aa)+$/").expression)
    store = TaskStore([task("quick", error="aaa"), task("other", error="b")])
    view = View().showing(store, query, NOW)
    assert ids(view) == ["quick"]
    assert view.mistakes == ()
    store.extend([task("slow", error="a" * 60 + "!")])
    view = view.over(store)
    assert [mistake.part for mistake in view.mistakes] == ["err:/^(a|aa)+$/"]
    assert sorted(ids(view)) == ["other", "quick", "slow"]
