"""A list that changes while it is read: rows that stay are shown once, or the change is reported.

No client can notice that one row was deleted and another inserted, both above the rows it has read. The list shown
is then a mix of two states, but it contains every row that existed all the time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.paging import Verdict
from kps_tui.kps.rate_limit import AT_ONCE
from kps_tui.session.reading import Reading
from tests.loopback import serving
from tests.session.moving_list import Move, MovingList, Script, name, scripts

MOST = 400
"""The most pages; reading these lists takes fewer."""
FIRST_GOES = Script(3, {1: [Move(False, 0)]})
ANSWERED_LATE = Script(
    9, {1: [Move(False, 0)] * 2, 2: [Move(False, 0)], 8: [Move(False, 0)]}, turns=[0, 0, 0, 0, 0, 0, 0, 1]
)
"""Rows are deleted, but the order of the totals suggests that one was inserted."""

Read = Callable[[Reading], Awaitable[None]]


async def one_after_another(reading: Reading) -> None:
    for _ in range(MOST):
        if reading.paging.ended:
            return
        await reading.next_page()
    raise AssertionError("it never ended")


async def at_once(reading: Reading) -> None:
    pages = 0
    async for _ in reading.pages(AT_ONCE):
        pages += 1
        assert pages < MOST, "it never ended"


READS = pytest.mark.parametrize("how", [one_after_another, at_once])
PAGE_SIZES = st.integers(1, 20)


def read(source: MovingList, page_size: int, how: Read) -> Reading:
    """Read the list to its end."""

    async def run() -> Reading:
        reading = Reading(source, page_size)
        await how(reading)
        return reading

    return asyncio.run(run())


def shown(reading: Reading) -> list[str]:
    """The identities of the rows in a reading."""
    return [task.server_id or "" for task in reading.store.tasks]


def check(reading: Reading, source: MovingList) -> None:
    """Check that the claims of `reading` about its completeness are true."""
    names, keys = shown(reading), [task.row_key for task in reading.store.tasks]
    assert reading.paging.ended
    assert len(keys) == len(set(keys))
    assert set(names) <= source.ever
    if reading.extent.is_whole:
        assert len(names) == len(set(names))
        assert source.always <= set(names)
        assert reading.paging.total in (None, reading.loaded)
    if len({*map(frozenset, source.states)}) == 1:
        assert reading.extent.is_whole
        assert set(names) == source.names()


@READS
@example(script=FIRST_GOES, page_size=1)
@given(script=scripts(), page_size=PAGE_SIZES)
def test_never_wrong_in_silence(how: Read, script: Script, page_size: int) -> None:
    source = MovingList(script)
    check(read(source, page_size, how), source)


@READS
@example(script=replace(FIRST_GOES, cap=1), page_size=5)
@example(script=ANSWERED_LATE, page_size=1)
@given(script=scripts(st.shared(st.booleans(), key="kind")), page_size=PAGE_SIZES)
def test_where_rows_only_go_or_only_come_a_complete_list_is_that_of_one_moment(
    how: Read, script: Script, page_size: int
) -> None:
    source = MovingList(replace(script, counted=True))
    reading = read(source, page_size, how)
    check(reading, source)
    if reading.extent.is_whole:
        assert set(shown(reading)) in source.states
    assert reading.paging.verdict in (Verdict.COMPLETE, Verdict.MOVED, Verdict.ENDLESS)


@READS
@given(script=scripts(), page_size=PAGE_SIZES)
def test_a_refresh_is_a_reading_of_its_own(how: Read, script: Script, page_size: int) -> None:
    source = MovingList(script)
    read(source, page_size, how)
    source.watch()
    check(read(source, page_size, how), source)


@given(script=scripts(ids=True), page_size=PAGE_SIZES)
def test_what_is_shown_so_far_has_no_gap_in_silence(script: Script, page_size: int) -> None:
    source = MovingList(script)

    async def run() -> None:
        reading = Reading(source, page_size)
        while not reading.paging.ended:
            await reading.next_page()
            paging, ids = reading.paging, [row["task_id"] for row in source.rows]
            rereads = paging.reread_until is not None and paging.received < paging.reread_until
            if not paging.moved and not rereads and paging.last in ids:
                above = source.rows[: ids.index(paging.last) + 1]
                assert source.always & set(map(name, above)) <= set(shown(reading))

    asyncio.run(run())


@pytest.mark.parametrize("seeds", [range(4), pytest.param(range(4, 12), marks=pytest.mark.full)], ids=["few", "more"])
@READS
def test_over_a_socket(how: Read, seeds: range) -> None:
    said = set()
    for seed in seeds:
        rng = Random(seed)
        moves = {
            number: [Move(rng.random() < 0.5, rng.choice((0, rng.randrange(250)))) for _ in range(rng.randint(1, 3))]
            for number in rng.sample(range(1, 12), seed % 4)
        }
        source = MovingList(Script(250, moves))

        async def run(source: MovingList = source) -> Reading:
            async with serving(source.reply) as server:
                login = TokenAuth(Token(Secret("token")), server.endpoint)
                async with KpsClient(Endpoint.parse(server.endpoint), "p", login) as client:
                    reading = Reading(client, 30)
                    await how(reading)
                    return reading

        reading = asyncio.run(run())
        check(reading, source)
        said.add(reading.paging.verdict)
    assert {Verdict.COMPLETE, Verdict.MOVED} <= said
