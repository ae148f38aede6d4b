"""Does something at once, and then not more often than so: bursts of pages and of keys end in one redraw."""

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer


class Throttle:
    """Calls `act` at the first `ask`, and after a burst once more; never twice within `interval` seconds."""

    def __init__(self, owner: MessagePump, interval: float, act: Callable[[], None]) -> None:
        self._owner = owner
        self._interval = interval
        self._act = act
        self._timer: Timer | None = None
        self._asked = False

    def ask(self) -> None:
        """Have it done: now, or when the interval is over."""
        if self._timer is not None:
            self._asked = True
            return
        self._timer = self._owner.set_timer(self._interval, self._over)
        self._act()

    @property
    def pending(self) -> bool:
        """Whether something is asked for that is not done yet."""
        return self._asked

    def _over(self) -> None:
        self._timer = None
        if self._asked:
            self._asked = False
            self.ask()


class Debounce:
    """Calls `act` once nobody has asked for `interval` seconds."""

    def __init__(self, owner: MessagePump, interval: float, act: Callable[[], None]) -> None:
        self._owner = owner
        self._interval = interval
        self._act = act
        self._timer: Timer | None = None

    def ask(self) -> None:
        """Have it done when the asking rests."""
        # A reset of the timer would count from the end of its first interval: up to twice as long.
        self.cancel()
        self._timer = self._owner.set_timer(self._interval, self._over)

    def cancel(self) -> None:
        """Forget what was asked for."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def pending(self) -> bool:
        """Whether something is asked for that is not done yet."""
        return self._timer is not None

    def _over(self) -> None:
        self._timer = None
        self._act()
