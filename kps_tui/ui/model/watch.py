"""The watch: reads the list again every minute, less often while that fails, but not while the user is busy."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from kps_tui.clock import Clock, utc_now
from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import ConfigError, CredentialError, Problem

SECONDS = 60.0
"""Seconds between two loads, ±10 %, so that many clients do not send their requests at the same time."""
LONGEST = 600.0
"""The most seconds between two loads while they fail; each failure doubles the interval."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The interval between two loads."""

    base: float = SECONDS
    """Seconds between two loads while they succeed."""
    failures: int = 0

    @property
    def seconds(self) -> float:
        """The interval in seconds, without jitter."""
        return max(self.base, min(LONGEST, self.base * 2.0 ** min(self.failures, 60)))

    def after(self, *, failed: bool) -> "Pace":
        """Return the pace after a load."""
        return replace(self, failures=self.failures + 1 if failed else 0)


@dataclass(frozen=True, slots=True)
class WatchState:
    """The state of a watch that is on, for the screen."""

    next_at: datetime
    """When it reads the list next."""
    is_paused: bool = False
    """Whether the watch does not load because the user is busy."""


class Timer(Protocol):
    """A started timer."""

    def stop(self) -> None:
        """Stop the timer."""


StartTimer = Callable[[float, Callable[[], None]], Timer]
"""Calls a function once, after a delay in seconds."""


class Watch:
    """Calls `read` at intervals while it is on. Calls `changed` with its state, or with None when it is switched off.

    `chance` returns a random number from 0 to 1, for the jitter.
    """

    def __init__(
        self,
        start_timer: StartTimer,
        read: Callable[[], None],
        is_busy: Callable[[], bool],
        changed: Callable[[WatchState | None], None],
        seconds: float = SECONDS,
        chance: Callable[[], float] = random.random,
        now: Clock = utc_now,
    ) -> None:
        self._start_timer = start_timer
        self._read = read
        self._is_busy = is_busy
        self._changed = changed
        self._chance = chance
        self._now = now
        self._next_at = now()
        self._timer: Timer | None = None
        self.pace = Pace(seconds)

    @property
    def is_on(self) -> bool:
        """Whether the watch is on."""
        return self._timer is not None

    def begin(self) -> None:
        """Switch the watch on."""
        self.pace = self.pace.after(failed=False)
        self._wait()
        self._notify()

    def end(self) -> None:
        """Switch the watch off."""
        self._stop_timer()
        self._changed(None)

    def poll(self) -> None:
        """Read the list now. If the user is busy, the watch is paused until the next time instead."""
        if self._is_busy():
            self._notify()
        else:
            self._read()

    def load_ended(self) -> None:
        """Restart the interval after a load of any kind."""
        self._restart(failed=False)

    def load_failed(self, error: Problem) -> bool:
        """Restart a longer interval after a failed load. Return whether the watch ended because of the login."""
        if self.is_on and isinstance(error, LoginRefused | CredentialError | ConfigError):
            # IAM locks a user after several failures.
            self.end()
            return True
        self._restart(failed=True)
        return False

    def _restart(self, *, failed: bool) -> None:
        if self.is_on:
            self.pace = self.pace.after(failed=failed)
            self._wait()
            self._notify()

    def _notify(self) -> None:
        if self.is_on:
            self._changed(WatchState(self._next_at, self._is_busy()))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _wait(self) -> None:
        self._stop_timer()
        seconds = self.pace.seconds * (0.9 + 0.2 * self._chance())
        self._next_at = self._now() + timedelta(seconds=seconds)
        self._timer = self._start_timer(seconds, self._tick)

    def _tick(self) -> None:
        self._wait()
        self.poll()
