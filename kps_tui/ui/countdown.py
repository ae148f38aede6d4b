"""Counts down while requests wait to be repeated; nothing ticks when nothing waits."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump
from textual.timer import Timer

from kps_tui.i18n import _

if TYPE_CHECKING:
    from kps_tui.kps.client import Wait


class Countdown:
    """Tells `say` the words for the wait that ends last, each second; empty when none is left."""

    def __init__(self, owner: MessagePump, say: Callable[[str], None], clock: Callable[[], float] = monotonic) -> None:
        self._owner = owner
        self._say = say
        self._clock = clock
        self._waits: dict[object, tuple[float, str]] = {}
        """When each wait ends, and why it is."""
        self._is_quiet = False
        self._timer: Timer | None = None

    def begin(self, *, quiet: bool = False) -> None:
        """Forget the waits of the load before; those of the one that begins are not shown if it is a `quiet` one."""
        self._is_quiet = quiet
        self._waits.clear()
        self._tick()

    @contextmanager
    def waiting(self, wait: "Wait") -> "Iterator[None]":
        """Show `wait` until the block ends."""
        if self._is_quiet:
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
