"""Decides when a client may send its next request, and adapts to the rate limit that a 429 reveals. Without I/O."""

from collections.abc import Callable
from dataclasses import dataclass

AT_ONCE = 4
"""Concurrent requests: three times as fast as one, and far from the rate limit of the service."""
PERIOD = 1.1
"""Seconds over which accepted requests are counted: a little more than one second, the shortest usual period."""
SHORTEST_GAP, LONGEST_GAP = 0.025, 2.0
"""Seconds between the starts of two requests, once there was a 429. The longest is that of 30 requests a minute."""
_RESOLUTION = 0.001
"""Seconds by which a timer may end early."""


@dataclass(eq=False, slots=True)
class Permit:
    """The permit of a request that is under way."""

    started: float


class RateLimiter:
    """Decides when each request of a client may be sent; all requests share it.

    * Up to `AT_ONCE` requests are under way at the same time, and nothing delays them.
    * A 429 halves the number of requests that may be under way, down to one, and sets the gap between the starts of
      two: `PERIOD`, divided by the number of requests that the service accepted in the last `PERIOD`, if it accepted
      any. The gap is at least `SHORTEST_GAP` and twice the gap before, and at most `LONGEST_GAP`. Number and gap stay
      as they are until the next 429. The requests that were under way at a 429 may be refused too; these refusals
      change the number no further.
    * A 429, and a response with `Retry-After`, blocks all requests: until the time that the header names, else for the
      pause before a retry.
    * The last attempt of a request after a 429 is sent alone: when no other one is under way, and `PERIOD` after the
      last response. So a service that accepts at least one request a second accepts it.

    `clock` returns seconds, from any starting point.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.at_once = AT_ONCE
        """Number of requests that may be under way."""
        self.gap = 0.0
        """Seconds between the starts of two requests."""
        self._gap_before = 0.0
        """`gap` before the last 429 that changed `at_once`."""
        self._adapted_at = float("-inf")
        self._blocked_until = float("-inf")
        self._under_way: set[Permit] = set()
        self._started: list[Permit] = []
        """The requests of the last `PERIOD` that were not refused, in the order of their start."""
        self._last_start = self._last_end = float("-inf")

    @property
    def is_blocked(self) -> bool:
        """Whether a response has blocked all requests, and still does."""
        return self._clock() < self._blocked_until

    def delay(self, *, alone: bool = False) -> float | None:
        """Return the seconds until the next request may be sent, 0 for now, or None until one under way has ended.

        `alone` is for the last attempt of a request after a 429.
        """
        if len(self._under_way) >= (1 if alone else self.at_once):
            return None
        at = max(self._blocked_until, self._last_start + self.gap, self._last_end + PERIOD if alone else 0.0)
        seconds = at - self._clock()
        return seconds if seconds > _RESOLUTION else 0.0

    def start(self) -> Permit:
        """Return the permit of a request that is sent now."""
        permit = Permit(self._clock())
        self._last_start = permit.started
        self._under_way.add(permit)
        self._started = [*self._since(permit.started - PERIOD), permit]
        return permit

    def end(self, permit: Permit) -> None:
        """Note that a request has ended, successfully or not."""
        self._under_way.discard(permit)
        self._last_end = self._clock()

    def refuse(self, permit: Permit) -> None:
        """Adapt to the 429 that a request got."""
        if permit.started > self._adapted_at:
            self._adapted_at = self._clock()
            self._gap_before = self.gap
            self.at_once = max(1, self.at_once // 2)
        self._started = [each for each in self._started if each is not permit]
        accepted = len(self._since(permit.started - PERIOD))
        allowed = PERIOD / accepted if accepted else 0.0
        self.gap = min(LONGEST_GAP, max(SHORTEST_GAP, 2 * self._gap_before, allowed))

    def block(self, seconds: float) -> None:
        """Let no request be sent for `seconds`, or longer if a longer block is in force."""
        self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    def unblock(self) -> None:
        """End the block. Number and gap stay as they are."""
        self._blocked_until = float("-inf")

    def _since(self, time: float) -> list[Permit]:
        return [permit for permit in self._started if permit.started > time]
