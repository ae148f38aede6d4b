"""Offsets, the bound, the end and the verdict, with lists that are fixed, change, lie or never end."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.answer import Page
from kps_tui.kps.paging import SPARE_PAGES, Paging, Verdict

Rows = Sequence[str]
Answer = tuple[Rows, int | None]


def read(
    server: Callable[[int, int], Answer], limit: int, at_once: int = 1, most: int = 10_000
) -> tuple[Paging, list[str], list[int]]:
    """Read a list of ids to its end; return the final paging, the ids in their order, and the offsets."""
    paging, seen, asked = Paging(limit), dict[str, None](), list[int]()
    while not paging.ended and len(asked) < most:
        offset = paging.offsets(at_once)[0]
        asked.append(offset)
        rows, total = server(offset, paging.page_limit)
        new = sum(row not in seen for row in rows)
        seen |= dict.fromkeys(rows)
        ends = (rows[0], rows[-1]) if rows else ("", "")
        paging = paging.after(page(offset, len(rows), total, *ends), new=new)
    return paging, [*seen], asked


def page(offset: int, rows: int, total: int | None, first: str = "", last: str = "") -> Page:
    """A page whose rows do not matter."""
    return Page(offset, total, (None,) * rows, first, last)


def still(
    count: int, *, cap: int = 10**9, told: Callable[[int], int | None] = lambda n: n
) -> Callable[[int, int], Answer]:
    """A fixed list of `count` ids, from a server that caps the page size."""
    ids = [f"id-{n}" for n in range(count)]
    return lambda offset, limit: (ids[offset : offset + min(limit, cap)], told(count))


@given(st.integers(0, 300), st.integers(1, 60), st.integers(1, 70))
def test_a_list_that_stands_still_is_read_once_and_whole(count: int, limit: int, cap: int) -> None:
    paging, seen, asked = read(still(count, cap=cap), limit)
    assert paging.complete
    assert len(seen) == count
    assert len(asked) == len(set(asked))
    assert paging.received == count


@given(st.integers(0, 300), st.integers(1, 60), st.integers(1, 70))
def test_without_a_total_it_goes_on_to_the_first_empty_page(count: int, limit: int, cap: int) -> None:
    paging, seen, _ = read(still(count, cap=cap, told=lambda n: None), limit)
    assert len(seen) == count
    assert paging.complete
    assert paging.total is None


def test_the_pages_of_2500_rows() -> None:
    paging, _, asked = read(still(2500), 1000)
    assert asked == [0, 999, 1998]
    assert (paging.pages, paging.received, paging.complete) == (3, 2500, True)


def test_the_default_page_holds_most_accounts() -> None:
    assert read(still(1000), 1000)[2] == [0]


def test_an_empty_list_is_complete_after_one_page() -> None:
    paging, seen, asked = read(still(0), 1000)
    assert (paging.complete, seen, asked) == (True, [], [0])


def test_a_server_that_caps_the_page_is_asked_for_what_it_gives() -> None:
    paging, seen, asked = read(still(250, cap=100), 1000)
    assert asked == [0, 99, 198]
    assert paging.page_limit == 100
    assert len(seen) == 250


def test_a_server_that_ignores_the_limit_is_counted_raw() -> None:
    ids = [f"id-{n}" for n in range(300)]
    paging, seen, asked = read(lambda offset, limit: (ids[offset : offset + 120], 300), 50)
    assert len(seen) == 300
    assert paging.complete
    assert asked == [0, 119, 238]


@pytest.mark.parametrize("total", [2500, None])
def test_a_server_that_ignores_the_offset_ends_as_missing(total: int | None) -> None:
    ids = [f"id-{n}" for n in range(1000)]
    paging, _, asked = read(lambda offset, limit: (ids, total), 1000)
    assert paging.verdict is Verdict.REPEATING
    assert len(asked) == 2


def test_a_page_with_the_overlap_row_alone_ends_as_missing() -> None:
    ids = [f"id-{n}" for n in range(100)]
    paging, _, asked = read(lambda offset, limit: (ids[offset : offset + limit], 500), 50)
    assert paging.verdict is Verdict.MISSING
    assert len(asked) == 4


def test_an_empty_page_before_total_is_missing() -> None:
    ids = [f"id-{n}" for n in range(100)]
    paging, _, _ = read(lambda offset, limit: (ids[offset : offset + limit] if offset < 90 else [], 500), 50)
    assert paging.verdict is Verdict.MISSING


@pytest.mark.parametrize("told", [0, 1, 99])
def test_a_total_smaller_than_what_came_is_no_count(told: int) -> None:
    paging, seen, _ = read(still(300, told=lambda n: told), 100)
    assert paging.complete
    assert paging.total is None
    assert len(seen) == 300


def test_a_list_that_grows_faster_than_it_is_read_is_endless_after_what_it_promised_and_ten_pages() -> None:
    def growing(offset: int, limit: int) -> Answer:
        return [f"id-{n}" for n in range(offset, offset + limit)], offset + 3 * limit

    paging, _, asked = read(growing, 100)
    assert paging.verdict is Verdict.ENDLESS
    assert paging.promised == 300
    assert len(asked) == 4 + SPARE_PAGES
    further = paging.going_on()
    assert further.offsets() == (paging.received - 1,)
    assert further.bound is not None
    assert further.bound > paging.pages
    assert further.bound - paging.pages <= (paging.total or 0) // 99 + 1 + SPARE_PAGES


class Moving:
    """A list that changes before the request of a given number (from 0)."""

    def __init__(self, count: int, changes: dict[int, Callable[[list[str]], None]]) -> None:
        self.ids = [f"id-{n}" for n in range(count)]
        self.changes = changes
        self.requests = 0
        self.changed = False

    def __call__(self, offset: int, limit: int) -> Answer:
        if change := self.changes.get(self.requests):
            change(self.ids)
            self.changed = True
        self.requests += 1
        return self.ids[offset : offset + limit], len(self.ids)


def insert_first(ids: list[str]) -> None:
    ids.insert(0, f"new-{len(ids)}")


def delete_first(ids: list[str]) -> None:
    del ids[0]


def test_a_row_inserted_after_the_first_page_is_fetched_by_one_re_read() -> None:
    paging, seen, asked = read(server := Moving(250, {1: insert_first}), 100)
    assert paging.complete
    assert sorted(seen) == sorted(server.ids)
    assert asked == [0, 99, 0, 99, 198]


def test_a_row_deleted_after_the_first_page_is_said_and_none_is_missing() -> None:
    paging, seen, _ = read(server := Moving(250, {1: delete_first}), 100)
    assert paging.verdict is Verdict.MOVED
    assert set(server.ids) < set(seen)


def test_a_row_deleted_and_one_inserted_elsewhere_is_found_by_the_overlap() -> None:
    def swap(ids: list[str]) -> None:
        del ids[5]
        ids.append("late")

    paging, seen, _ = read(server := Moving(250, {1: swap}), 100)
    assert set(server.ids) <= set(seen)
    assert paging.verdict is Verdict.MOVED


def test_a_page_of_one_row_would_lose_rows_in_silence_so_it_is_asked_for_as_two() -> None:
    paging, seen, asked = read(Moving(3, {1: delete_first}), 1)
    assert (paging.page_limit, asked) == (2, [0, 1, 0])
    assert paging.verdict is Verdict.MOVED
    assert seen == ["id-0", "id-1", "id-2"]


def test_pages_that_the_service_cuts_to_one_row_can_not_be_mended() -> None:
    server = Moving(3, {1: delete_first})
    paging, _, asked = read(lambda offset, limit: server(offset, 1), 100)
    assert asked == [0, 1]
    assert paging.verdict is Verdict.MOVED


def test_more_rows_inserted_than_a_page_holds_are_a_move_and_no_service_that_ignores_the_offset() -> None:
    def insert_many(ids: list[str]) -> None:
        ids[:0] = [f"new-{n}" for n in range(150)]

    paging, seen, _ = read(server := Moving(250, {1: insert_many}), 100)
    assert paging.verdict is Verdict.MOVED
    assert {f"id-{n}" for n in range(250)} <= set(seen) <= set(server.ids)


@given(
    st.integers(1, 120),
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 200)), max_size=4),
)
def test_a_list_that_moves_is_never_wrong_in_silence(
    count: int, limit: int, moves: list[tuple[int, bool, int]]
) -> None:
    """Rows that existed all the time are shown, or the verdict is that the list moved."""

    def change(is_insert: bool, at: int) -> Callable[[list[str]], None]:
        def act(ids: list[str]) -> None:
            if is_insert:
                ids.insert(at % (len(ids) + 1), f"new-{server.requests}")
            elif ids:
                del ids[at % len(ids)]

        return act

    server = Moving(count, {request: change(is_insert, at) for request, is_insert, at in moves})
    always = set(server.ids)

    def watched(offset: int, limit: int) -> Answer:
        answer = server(offset, limit)
        always.intersection_update(server.ids)
        return answer

    paging, seen, _ = read(watched, limit, most=200)
    assert paging.ended
    if paging.complete:
        assert always <= set(seen)
        assert len(seen) == len(server.ids)
    if not server.changed:
        assert paging.complete


def test_four_pages_at_once_are_asked_for_only_where_total_says_that_they_are_there() -> None:
    paging = Paging(100).after(page(0, 100, 350, "a", "b"), new=100)
    assert paging.offsets(4) == (99, 198, 297)
    assert paging.offsets() == (99,)
    unknown = Paging(100).after(page(0, 100, None, "a", "b"), new=100)
    assert unknown.offsets(4) == (99,)


def test_other_content_under_a_known_id_counts_as_moved() -> None:
    paging = Paging(100).after(page(0, 3, 3, "a", "a"), new=2, changed=1)
    assert paging.verdict is Verdict.MOVED


def test_the_same_row_twice_in_one_answer_is_no_movement() -> None:
    assert Paging(100).after(page(0, 3, 3, "a", "a"), new=3).complete


def test_a_page_out_of_turn_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at 0"):
        Paging(100).after(page(100, 1, 1))
