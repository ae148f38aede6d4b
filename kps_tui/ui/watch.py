"""Reads the list again every minute or so; slower while that fails, and not while the user is busy with the rows."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.message_pump import MessagePump
from textual.timer import Timer

SECONDS = 60.0
"""Between two readings, ±10 %: many operators must not ask at the same moment."""
LONGEST = 600.0
"""Seconds between two readings while they fail; each failure doubles them."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait for the next reading."""

    base: float = SECONDS
    """Seconds between two readings while they succeed."""
    failures: int = 0

    @property
    def seconds(self) -> float:
        """Seconds, without the jitter."""
        return max(self.base, min(LONGEST, self.base * 2.0 ** min(self.failures, 10)))

    def after(self, *, failed: bool) -> "Pace":
        """Return the pace after a reading."""
        return replace(self, failures=self.failures + 1 if failed else 0)


class Watch:
    """A timer that calls `read` while it is on; `read` decides whether this is a good moment."""

    def __init__(
        self,
        owner: MessagePump,
        read: Callable[[], None],
        seconds: float = SECONDS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._owner = owner
        self._read = read
        self._chance = chance
        self._timer: Timer | None = None
        self.pace = Pace(seconds)

    @property
    def is_on(self) -> bool:
        """Whether it watches."""
        return self._timer is not None

    def begin(self) -> None:
        """Begin to watch."""
        self.pace = self.pace.after(failed=False)
        self._wait()

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def ended(self, *, failed: bool) -> None:
        """A reading ended: the next one follows sooner or later."""
        self.pace = self.pace.after(failed=failed)
        if self.is_on:
            self._wait()

    def _wait(self) -> None:
        self.end()
        self._timer = self._owner.set_timer(self.pace.seconds * (0.9 + 0.2 * self._chance()), self._tick)

    def _tick(self) -> None:
        self._wait()
        self._read()
