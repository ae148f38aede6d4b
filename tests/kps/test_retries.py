"""Retries and the rate limit, with services that accept a number of requests a second, in virtual time."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.kps.answer import Page, page_of
from kps_tui.kps.errors import Refusal, ServiceFailed, Throttled
from kps_tui.kps.rate_limit import AT_ONCE, LONGEST_GAP, RateLimiter
from kps_tui.kps.retries import PAUSES, Retries, Timing, Wait
from kps_tui.session.reading import Reading
from tests.loopback import row
from tests.virtual_time import VirtualLoop, run_virtually

MOST_REFUSED = 12
"""Of a client: 4 and 2 under way at the first two lessons, then 1; after 8 lessons the gap is the longest."""
PAGE_SIZE = 3


@dataclass
class LimitedService:
    """Serves a list of `pages` pages, and accepts `rate` requests a second (at least one)."""

    loop: VirtualLoop
    pages: int
    rate: int
    kind: str = "sliding"
    """How requests are counted: in the last second, `strict`: the refused ones too, in each second of the clock
    (`fixed`), or by a `bucket` that holds at most `rate` requests."""
    latencies: tuple[float, ...] = (0.05,)
    """Seconds from a request to its response, half of it before the request arrives; by the number of the request."""
    retry_after: float | None = None
    accepted: list[float] = field(default_factory=list)
    """When each request arrived that was accepted."""
    refused: list[float] = field(default_factory=list)
    under_way: int = 0
    peak: int = 0
    """The most requests under way."""
    attempts: dict[tuple[float, int], int] = field(default_factory=dict)
    """Attempts by offset, and by the reading that sent them."""
    retries: Retries = field(init=False)
    waits: list[Wait] = field(default_factory=list)
    waiting: int = 0
    readings: int = 0
    blocked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first wait."""
    _tokens: float = field(init=False)
    _filled: float = 0.0

    def __post_init__(self) -> None:
        self._tokens = self.rate
        self.retries = Retries(self._note, Timing(self.loop.time))

    @contextmanager
    def _note(self, wait: Wait) -> Iterator[None]:
        assert self.waiting == 0, "one countdown for all requests"
        self.waits.append(wait)
        self.blocked.set()
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def page(self, offset: int, limit: int) -> Page:
        return await self.retries.send(partial(self._answer, offset, limit))

    async def read(self) -> Reading:
        """Read the whole list."""
        self.readings += 1
        reading = Reading(self, PAGE_SIZE)
        async for _ in reading.pages():
            pass
        return reading

    async def _answer(self, offset: int, limit: int) -> Page:
        attempt = (self.readings, offset)
        self.attempts[attempt] = self.attempts.get(attempt, 0) + 1
        latency = self.latencies[(len(self.accepted) + len(self.refused)) % len(self.latencies)]
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        try:
            await asyncio.sleep(latency / 2)
            is_accepted = self._accepts(self.loop.time())
            (self.accepted if is_accepted else self.refused).append(self.loop.time())
            await asyncio.sleep(latency / 2)
        finally:
            self.under_way -= 1
        if not is_accepted:
            raise Throttled(Refusal(429), self.retry_after)
        count = self.pages * (PAGE_SIZE - 1)
        body = {"total": count, "tasks": [row(number) for number in range(offset, min(count, offset + limit))]}
        return page_of(json.dumps(body).encode(), offset)

    def _accepts(self, now: float) -> bool:
        if self.kind == "bucket":
            self._tokens = min(self.rate, self._tokens + (now - self._filled) * self.rate)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
        counted = [*self.accepted, *self.refused] if self.kind == "strict" else self.accepted
        if self.kind == "fixed":
            return sum(int(time) == int(now) for time in counted) < self.rate
        return sum(time > now - 1 for time in counted) < self.rate


@given(
    pages=st.integers(1, 40),
    rate=st.integers(1, 30),
    kind=st.sampled_from(["sliding", "strict", "fixed", "bucket"]),
    latencies=st.lists(st.floats(0.001, 0.5), min_size=1, max_size=8).map(tuple),
    retry_after=st.none() | st.floats(0, 3),
)
@example(pages=10, rate=10, kind="sliding", latencies=(0.05,), retry_after=0.0)
def test_a_limited_service_teaches_and_every_page_arrives(
    pages: int, rate: int, kind: str, latencies: tuple[float, ...], retry_after: float | None
) -> None:
    async def go(loop: VirtualLoop) -> None:
        service = LimitedService(loop, pages, rate, kind, latencies, retry_after)
        for _ in range(3):
            reading = await service.read()
            assert reading.paging.complete
        assert max(service.attempts.values()) <= 1 + len(PAUSES)
        assert len(service.refused) <= MOST_REFUSED
        assert service.peak <= AT_ONCE

    run_virtually(go)


@pytest.mark.parametrize("retry_after", [None, 2.5, 60.0])
def test_a_refusal_makes_every_request_wait_with_one_countdown(retry_after: float | None) -> None:
    async def go(loop: VirtualLoop) -> None:
        service = LimitedService(loop, pages=9, rate=4, retry_after=retry_after)
        await service.read()
        refused_at = service.refused[0] + 0.025
        block = service.waits[0].seconds
        assert not [time for time in service.accepted if refused_at < time < refused_at + block]
        if retry_after is not None:
            assert {round(wait.seconds, 3) for wait in service.waits} == {retry_after}
        assert service.waits[0].why == "the service asks to slow down (429)"

    run_virtually(go)


def test_without_a_refusal_nothing_waits() -> None:
    async def go(loop: VirtualLoop) -> None:
        service = LimitedService(loop, pages=21, rate=1000)
        await service.read()
        assert (service.waits, service.peak) == ([], AT_ONCE)
        # The first page, then 20 pages with 4 requests at a time, and 50 ms for each.
        assert round(loop.time(), 6) == 0.05 + 20 / AT_ONCE * 0.05

    run_virtually(go)


def test_what_a_refusal_taught_is_kept_but_a_cancelled_wait_is_over() -> None:
    async def go(loop: VirtualLoop) -> None:
        service = LimitedService(loop, pages=20, rate=5, retry_after=60.0)
        reading = asyncio.create_task(service.read())
        await service.blocked.wait()
        refused, sent = len(service.refused), len(service.accepted)
        cancelled_at = loop.time()
        reading.cancel()
        await asyncio.wait([reading])
        assert (loop.time(), service.waiting) == (cancelled_at, 0)
        await asyncio.sleep(1)
        await service.read()
        assert service.accepted[sent] < cancelled_at + 1.1, "it is sent at once"
        gaps = [after - before for before, after in pairwise(service.accepted[sent:])]
        assert len(service.refused) == refused, "the gap between two requests was learned"
        assert min(gaps) > 0.19

    run_virtually(go)


def test_a_failure_that_asks_for_no_pause_delays_no_other_request() -> None:
    async def go(loop: VirtualLoop, retry_after: float | None) -> list[float]:
        retries, ended = Retries(timing=Timing(loop.time)), []
        failures = [ServiceFailed(Refusal(503), retry_after)]

        async def fails_once() -> None:
            await asyncio.sleep(0.05)
            if failures:
                raise failures.pop()

        async def sent_later() -> None:
            await asyncio.sleep(0.1)
            await retries.send(lambda: asyncio.sleep(0.05))
            ended.append(round(loop.time(), 3))

        await asyncio.gather(retries.send(fails_once), sent_later())
        return ended

    assert run_virtually(partial(go, retry_after=None)) == [0.15]
    assert run_virtually(partial(go, retry_after=7.0)) == [7.1]


def test_the_last_failure_blocks_nobody() -> None:
    async def go(loop: VirtualLoop) -> None:
        service = LimitedService(loop, pages=1, rate=0, retry_after=60.0)
        with pytest.raises(Throttled):
            await service.read()
        assert (len(service.refused), round(loop.time())) == (3, 120)
        service.rate = 1
        await service.read()
        assert loop.time() < 125

    run_virtually(go)


def test_the_rule_of_the_rate_limit() -> None:
    now = 0.0
    limiter = RateLimiter(lambda: now)
    permits = [limiter.start() for _ in range(AT_ONCE)]
    assert limiter.delay() is None
    for permit in permits[2:]:
        limiter.refuse(permit)
        limiter.end(permit)
    assert (limiter.at_once, limiter.gap) == (2, 0.55), "one lesson: two of four were accepted in a second"
    assert limiter.delay() is None
    limiter.end(permits[0])
    assert limiter.delay() == 0.55
    limiter.block(7)
    assert (limiter.is_blocked, limiter.delay()) == (True, 7)
    limiter.unblock()
    now = 0.55
    assert (limiter.is_blocked, limiter.delay(), limiter.delay(alone=True)) == (False, 0, None)
    limiter.end(permits[1])
    assert limiter.delay(alone=True) == pytest.approx(1.1)
    for gap in (1.1, LONGEST_GAP, LONGEST_GAP):
        now += 10
        permit = limiter.start()
        limiter.refuse(permit)
        limiter.end(permit)
        assert (limiter.at_once, limiter.gap) == (1, gap)
