"""Time that passes only while somebody waits: for the pauses of one client, or for a whole event loop."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from kps_tui.kps.retries import Timing

T = TypeVar("T")


class VirtualTime:
    """Time for one client: each pause ends at once, and advances the clock."""

    def __init__(self, paused: Callable[[float], object] = lambda seconds: None) -> None:
        """`paused` is called with each pause."""
        self._now = 0.0
        self._paused = paused
        self.timing = Timing(lambda: self._now, self._pause)

    async def _pause(self, seconds: float) -> None:
        self._paused(seconds)
        self._now += seconds
        await asyncio.sleep(0)


class _NoInput(selectors.SelectSelector):
    """Calls `passed` with the timeout instead of waiting."""

    def __init__(self, passed: Callable[[float], None]) -> None:
        super().__init__()
        self._passed = passed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "every task waits for another one"
        self._passed(timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers end at once, in their order. For tasks without I/O."""

    def __init__(self) -> None:
        super().__init__(_NoInput(self._pass))
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += max(0.0, seconds)


def run_virtually(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run `main` in a virtual loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        return runner.run(main(loop))
