"""Sends requests at a rate that the service allows, and repeats those that failed for a passing reason."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from kps_tui.kps.errors import KpsError, Throttled
from kps_tui.kps.rate_limit import Permit, RateLimiter
from kps_tui.kps.transport import LONGEST_RETRY_AFTER, Interrupted

T = TypeVar("T")

PAUSES = (0.5, 1.0)
"""Seconds before the first and the second retry, each ±50 %. A request is sent three times at most."""
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Timing:
    """How time passes: `pause` waits for a number of seconds of `clock`."""

    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


REAL_TIME = Timing()


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before a retry; it begins now."""

    seconds: float
    why: str
    """What went wrong with the request, one line that is safe to show."""


Waits = Callable[[Wait], AbstractContextManager[None]]
"""Called with each wait. The context is entered when the wait begins, and left when it ends or is cancelled."""


def ignore_wait(wait: Wait) -> AbstractContextManager[None]:
    """Ignore a wait."""
    return nullcontext()


def pause_before(retry: int, retry_after: float | None, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds to wait before retry number `retry` (from 0); `chance` returns 0 to 1."""
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER)
    return PAUSES[retry] * (0.5 + chance())


class Retries:
    """Sends the requests of one client, and repeats each at most twice.

    Only a request that a retry may help is repeated: the connection broke, or the status is one of `RETRIED_STATUSES`.
    After a 429, or a response with `Retry-After`, all requests wait, as `RateLimiter` says; after any other failure,
    only the one that failed. `waits` is called for one wait at a time, on behalf of all that wait.

    If every request that waits for a block is cancelled, the block ends: the next request does not wait for it.
    """

    def __init__(self, waits: Waits = ignore_wait, timing: Timing = REAL_TIME) -> None:
        self._waits = waits
        self._pause = timing.pause
        self._limiter = RateLimiter(timing.clock)
        self._turn = asyncio.Lock()
        """Held by the request that is sent next."""
        self._ended = asyncio.Event()
        self._waiting = 0
        """Number of requests that are not sent yet."""
        self._why = ""
        """Why requests are blocked."""

    async def send(self, request: Callable[[], Awaitable[T]]) -> T:
        """Call `request` until it returns a result, which is returned.

        Raises:
            KpsError: that of the last attempt.
        """
        retry, throttled = 0, False
        while True:
            is_last = retry == len(PAUSES)
            permit = await self._start(alone=is_last and throttled)
            try:
                return await request()
            except KpsError as error:
                if isinstance(error, Throttled):
                    throttled = True
                    self._limiter.refuse(permit)
                is_final = is_last or not _is_passing(error)
                own = self._pause_after(error, retry, is_final=is_final)
                if is_final:
                    raise
            finally:
                self._limiter.end(permit)
                self._ended.set()
            if own is not None:
                with self._waits(own):
                    await self._pause(own.seconds)
            retry += 1

    async def send_once(self, request: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `request`, called once, as soon as the service allows another request.

        Its wait is not shown, and no other request waits for it.

        Raises:
            KpsError: that of `request`.
        """
        while seconds := self._limiter.delay():
            await self._pause(seconds)
        return await request()

    async def _start(self, *, alone: bool) -> Permit:
        """Wait until a request may be sent."""
        self._waiting += 1
        try:
            async with self._turn:
                while (seconds := self._limiter.delay(alone=alone)) != 0:
                    if seconds is None:
                        self._ended.clear()
                        await self._ended.wait()
                        continue
                    is_shown = alone or self._limiter.is_blocked
                    with self._waits(Wait(seconds, self._why)) if is_shown else nullcontext():
                        await self._pause(seconds)
                return self._limiter.start()
        except asyncio.CancelledError:
            if self._waiting == 1:
                self._limiter.unblock()
            raise
        finally:
            self._waiting -= 1

    def _pause_after(self, error: KpsError, retry: int, *, is_final: bool) -> Wait | None:
        """Block all requests if the service asks for that. Return the wait of the request alone, if it has one."""
        asks = isinstance(error, Throttled) or error.retry_after is not None
        if is_final and not (asks and self._waiting):
            return None
        seconds = pause_before(min(retry, len(PAUSES) - 1), error.retry_after)
        if not asks:
            return Wait(seconds, error.what)
        self._why = error.what
        self._limiter.block(seconds)
        return None


def _is_passing(error: KpsError) -> bool:
    return isinstance(error, Interrupted) or (error.refusal is not None and error.refusal.status in RETRIED_STATUSES)
