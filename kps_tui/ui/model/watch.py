"""The watch: reads the list again every minute or so, less often while that fails, not while the user is busy."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.session.reading import Reading

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


@dataclass(frozen=True, slots=True)
class WatchState:
    """What the screen says of a watch that is on."""

    pace: Pace
    is_paused: bool = False
    """Whether the last reading was left out because the user was busy."""


class Timer(Protocol):
    """A timer that was started."""

    def stop(self) -> None:
        """Stop it."""


class Timers(Protocol):
    """Starts timers: a widget, or a test."""

    def set_timer(self, delay: float, callback: Callable[[], None], /) -> Timer:
        """Call `callback` once, after `delay` seconds."""


class Watch:
    """A timer that calls `read` while it is on, and tells `changed` its state; None: it is off."""

    def __init__(
        self,
        timers: Timers,
        read: Callable[[], None],
        is_busy: Callable[[], bool],
        changed: Callable[[WatchState | None], None],
        seconds: float = SECONDS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._timers = timers
        self._read = read
        self._is_busy = is_busy
        self._changed = changed
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
        self._tell()

    def end(self) -> None:
        """Stop watching."""
        self._stop_timer()
        self._changed(None)

    def look(self) -> None:
        """Read the list now, or pause until the next time if the user is busy."""
        if self._is_busy():
            self._tell()
        else:
            self._read()

    def load_ended(self) -> None:
        """Wait for the next reading after a load of any kind."""
        self._pace(failed=False)

    def load_failed(self, error: Problem) -> bool:
        """Wait longer for the next reading; end the watch, and return True, if it is of no use any more."""
        if self.is_on and isinstance(error, LoginRefused | CredentialError | ConfigError):
            # A login that is refused again and again may be locked.
            self.end()
            return True
        self._pace(failed=True)
        return False

    def _pace(self, *, failed: bool) -> None:
        if self.is_on:
            self.pace = self.pace.after(failed=failed)
            self._wait()
            self._tell()

    def _tell(self) -> None:
        if self.is_on:
            self._changed(WatchState(self.pace, self._is_busy()))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _wait(self) -> None:
        self._stop_timer()
        self._timer = self._timers.set_timer(self.pace.seconds * (0.9 + 0.2 * self._chance()), self._tick)

    def _tick(self) -> None:
        self._wait()
        self.look()


def new_ids(known: frozenset[str], before: Reading, after: Reading) -> frozenset[str]:
    """Return the ids of the new tasks after the watch has read the list: those of `known` that are left, and more.

    Of a list that was not read to its end only tasks newer than all before count: others slid in from the next page.
    """
    still = frozenset(task_id for task_id in known if after.store.get(task_id) is not None)
    if before.is_cached or before is after:
        return still
    came = [task for task in after.store.tasks if before.store.get(task.task_id) is None]
    if not before.extent.is_whole:
        newest = max((task.milliseconds or 0 for task in before.store.tasks), default=0)
        came = [task for task in came if (task.milliseconds or 0) > newest]
    return still | {task.task_id for task in came}
