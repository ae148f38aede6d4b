"""Throttle, debounce, stopwatch and countdown on Textual timers. Intervals are in seconds."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback

from kps_tui.i18n import _

if TYPE_CHECKING:
    from kps_tui.kps.retries import Wait

SHORTEST_SECONDS = 0.001
"""The shortest delay: Textual's timers divide by it."""


def once(owner: MessagePump, delay: float, act: TimerCallback) -> Timer:
    """Call `act` once, after `delay` seconds, in a turn of `owner`. Stop the returned timer to prevent that.

    It replaces `owner.set_timer`, which may never call: Textual's timer skips the calls that it is late for, and a
    timer for one call is over if its task is held up for longer than `delay` before it begins to wait, by another
    process or a garbage collection. A repeating timer is only called later.
    """

    def end() -> None:
        timer.stop()
        # Textual calls this in the task of the timer, which has just been cancelled.
        owner.call_next(act)

    timer = owner.set_interval(max(delay, SHORTEST_SECONDS), end)
    return timer


class Throttle:
    """Calls `act` at the first `ask`, then at most once per `interval`, the last time after the last `ask`."""

    def __init__(self, owner: MessagePump, interval: float, act: Callable[[], None]) -> None:
        self._owner = owner
        self._interval = interval
        self._act = act
        self._timer: Timer | None = None
        self._asked = False

    def ask(self) -> None:
        """Call `act` now, or at the end of the current interval."""
        if self._timer is not None:
            self._asked = True
            return
        self._timer = once(self._owner, self._interval, self._over)
        self._act()

    def flush(self) -> None:
        """Call `act` now if a call is still to come."""
        if self._asked:
            self._asked = False
            self._act()

    @property
    def pending(self) -> bool:
        """Whether a call is still to come."""
        return self._asked

    def _over(self) -> None:
        self._timer = None
        if self._asked:
            self._asked = False
            self.ask()


class Debounce:
    """Calls `act` once `ask` has not been called for `interval` seconds."""

    def __init__(self, owner: MessagePump, interval: float, act: Callable[[], None]) -> None:
        self._owner = owner
        self._interval = interval
        self._act = act
        self._timer: Timer | None = None

    def ask(self) -> None:
        """Call `act` after `interval`, unless `ask` is called again before."""
        # Not `Timer.reset`: that counts from the end of the running interval, which takes up to twice as long.
        self.cancel()
        self._timer = once(self._owner, self._interval, self._over)

    def cancel(self) -> None:
        """Cancel the pending call."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def pending(self) -> bool:
        """Whether a call is still to come."""
        return self._timer is not None

    def _over(self) -> None:
        self._timer = None
        self._act()


class Stopwatch:
    """Counts the seconds of a wait: calls `say` once a second with the whole seconds, or with 0 before `FROM_SECONDS`.

    `clock` returns seconds, from any starting point.
    """

    FROM_SECONDS = 2

    def __init__(self, owner: MessagePump, say: Callable[[int], None], clock: Callable[[], float] = monotonic) -> None:
        self._owner = owner
        self._say = say
        self._clock = clock
        self._began = 0.0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Count from now on."""
        self._began = self._clock()
        self._say(0)
        if self._timer is None:
            self._timer = self._owner.set_interval(1.0, self._tick)

    @property
    def is_ticking(self) -> bool:
        """Whether a timer runs."""
        return self._timer is not None

    def stop(self) -> None:
        """Stop counting, and call `say` with 0."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._say(0)

    def _tick(self) -> None:
        seconds = int(self._clock() - self._began)
        self._say(seconds if seconds >= self.FROM_SECONDS else 0)


class Countdown:
    """Counts down waits. Calls `say` every second with a text about the longest, at the end with an empty text."""

    def __init__(
        self,
        owner: MessagePump,
        say: Callable[[str], None],
        is_shown: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Create a countdown.

        Args:
            owner: runs the timer.
            say: shows a text.
            is_shown: returns whether a wait that begins now is shown.
            clock: returns seconds, from any starting point.
        """
        self._owner = owner
        self._say = say
        self._is_shown = is_shown
        self._clock = clock
        self._waits: dict[object, tuple[float, str]] = {}
        """The end of each wait by `clock`, and its reason."""
        self._timer: Timer | None = None

    @contextmanager
    def waiting(self, wait: "Wait") -> "Iterator[None]":
        """Show `wait` until the block ends."""
        if not self._is_shown():
            yield
            return
        key = object()
        self._waits[key] = (self._clock() + wait.seconds, wait.why)
        self._tick()
        try:
            yield
        finally:
            if self._waits.pop(key, None) is not None:
                self._tick()

    def clear(self) -> None:
        """Remove all waits at once; cancelled requests leave `waiting` only later."""
        self._waits.clear()
        self._tick()

    @property
    def is_ticking(self) -> bool:
        """Whether a timer runs."""
        return self._timer is not None

    def _tick(self) -> None:
        if not self._waits:
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
            self._say("")
            return
        if self._timer is None:
            self._timer = self._owner.set_interval(1.0, self._tick)
        until, why = max(self._waits.values())
        seconds = max(1, math.ceil(until - self._clock()))
        self._say(_("{why} · again in {seconds} s").format(why=why, seconds=seconds))
