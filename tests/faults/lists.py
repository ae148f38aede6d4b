"""Faults of the whole list: totals, offsets, limits, rows that appear and disappear. Rows 42 to 46."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.faults.case import SOME, Case, fixed, made
from tests.faults.hostile import Server
from tests.loopback import Request, http, listing, row

AGAIN = "the service sends the same rows again: it may ignore the offset · try --page-size 1000"
FASTER = "the list grows faster than it can be read"
MOVED = "list changed while loading"
STOPPED = "the service sent fewer rows than its total"


def paged(rows: list[Any], total: object = ..., *, cap: int = 10**9, limited: bool = True) -> Server:
    """Serve pages of `rows` with the given `total` and at most `cap` rows per page, or ignore `limit`."""

    def reply(request: Request) -> bytes:
        offset = request.number("offset")
        limit = min(cap, request.number("limit")) if limited else len(rows)
        said = {} if total is None else {"total": len(rows) if total is ... else total}
        return http(said | {"tasks": rows[offset : offset + limit]})

    return reply


def growing(by: int) -> Server:
    """A list that always has `by` rows more than requested, also in its `total`."""

    def reply(request: Request) -> bytes:
        offset, limit = request.number("offset"), request.number("limit")
        tasks = [row(number) for number in range(offset, offset + limit)]
        return http({"total": offset + limit + by, "tasks": tasks})

    return reply


def changing(change: Callable[[list[Any], int], None], count: int = 200, times: int = 10**9) -> Callable[[], Server]:
    """A list of `count` rows, changed by `change` after each of the first `times` responses."""

    def make() -> Server:
        rows = [row(number) for number in range(1000, 1000 + count)]
        asked = 0

        def reply(request: Request) -> bytes:
            nonlocal asked
            answer = listing(rows)(request)
            asked += 1
            if asked <= times:
                change(rows, asked)
            return answer

        return reply

    return make


def insert(rows: list[Any], number: int) -> None:
    """Insert a new task at the front."""
    rows.insert(0, row(1000 - number))


def delete(rows: list[Any], number: int) -> None:
    """Remove a task that has been read."""
    del rows[number % 7]


def both(rows: list[Any], number: int) -> None:
    """Change the list without a change of `total`."""
    insert(rows, number)
    rows.pop()


ROWS = [row(number) for number in range(25)]

CASES = (
    Case(42, "less", made(lambda: paged(ROWS, 3)), 0, (), 25, requests=None, page_size=10),
    Case(
        *(42, "more", made(lambda: paged(ROWS, 40)), 6, (f"incomplete: {STOPPED}",), 25),
        requests=None,
        page_size=10,
        shown=("the service sent fewer rows than its total",),
    ),
    *(
        Case(42, variant, made(partial(paged, ROWS, total)), 0, (), 25, requests=None, page_size=10)
        for variant, total in (("negative", -1), ("text", "25"), ("huge", 10**30), ("fraction", 2.5), ("absent", None))
    ),
    Case(
        *(42, "growing", made(lambda: growing(30)), 6, (f"incomplete: {FASTER}",), SOME),
        requests=None,
        page_size=10,
        shown=(FASTER,),
    ),
    Case(
        *(42, "never-ending", made(lambda: paged([row(number) for number in range(2000)], 30)), 6),
        *((f"incomplete: {FASTER}",), SOME),
        requests=None,
        page_size=10,
    ),
    Case(
        *(43, "", fixed(http({"total": 5000, "tasks": ROWS[:10]})), 6, (f"incomplete: {AGAIN}",), 10),
        requests=None,
        page_size=10,
        shown=(AGAIN,),
    ),
    Case(
        *(43, "no-total", fixed(http({"tasks": ROWS[:10]})), 6, (f"incomplete: {AGAIN}",), 10),
        requests=None,
        page_size=10,
        shown=(AGAIN,),
    ),
    *(
        Case(43, variant, fixed(http({"tasks": rows})), 6, (f"incomplete: {why}",), tasks, requests=None, page_size=10)
        for variant, rows, tasks, why in (
            ("no-ids", [{}] * 10, 10, AGAIN),
            ("no-objects", [None] * 10, 0, "10 rows could not be read"),
        )
    ),
    Case(44, "", made(lambda: paged([row(n) for n in range(1500)], limited=False)), 0, (), 1500),
    Case(44, "capped", made(lambda: paged(ROWS, cap=7)), 0, (), 25, requests=None),
    Case(44, "capped-to-one", made(lambda: paged(ROWS, cap=1)), 0, (), 25, requests=None),
    Case(45, "once", made(changing(insert, times=1)), 0, (), 201, requests=None, page_size=50),
    Case(
        *(45, "always", made(changing(insert)), 6, (f"incomplete: {MOVED}",), SOME),
        requests=None,
        page_size=50,
        shown=("list changed while loading",),
    ),
    Case(
        *(46, "once", made(changing(delete, times=1)), 6, (f"incomplete: {MOVED}",), 200),
        requests=None,
        page_size=50,
        shown=("list changed while loading",),
    ),
    Case(
        *(46, "always", made(changing(delete)), 6, (f"incomplete: {MOVED}",), SOME),
        requests=None,
        page_size=50,
        shown=("list changed while loading",),
    ),
    Case(
        *(46, "and-inserted", made(changing(both)), 6, (f"incomplete: {MOVED}",), SOME),
        requests=None,
        page_size=50,
        shown=("list changed while loading",),
    ),
)
"""In the order of the matrix."""
