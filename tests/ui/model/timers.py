"""Timers that a test fires, in the place of Textual's."""

from collections.abc import Callable, Iterator

from kps_tui.ui.model.watch import Timer


class ManualTimer:
    """A timer that a test fires."""

    def __init__(self, delay: float, callback: Callable[[], None]) -> None:
        self.delay = delay
        self.callback = callback
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False


class ManualTimers:
    """Timers that a test fires."""

    def __init__(self) -> None:
        self.started: list[ManualTimer] = []

    def start(self, delay: float, callback: Callable[[], None]) -> Timer:
        self.started.append(ManualTimer(delay, callback))
        return self.started[-1]

    @property
    def running(self) -> list[ManualTimer]:
        return [timer for timer in self.started if timer.is_running]

    def fired(self) -> Iterator[float]:
        """Fire the timers one after the other, and yield the delay of each after it was fired."""
        while self.running:
            delay = self.running[0].delay
            self.end()
            yield delay

    def end(self) -> None:
        """Fire the only running timer."""
        (timer,) = self.running
        timer.stop()
        timer.callback()
