"""Timers: the countdown shows the longest wait in whole seconds, the stopwatch its seconds; neither runs idle."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from textual import _time
from textual._context import active_message_pump
from textual.app import App
from textual.message_pump import MessagePump

from kps_tui.kps.retries import Wait
from kps_tui.ui.timers import Countdown, Stopwatch, Throttle, once
from tests.ui.held_up import HeldUp


class Clock:
    """Shows the text of the countdown."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Said(list[str]):
    """The texts, and an event for new ones."""

    def __init__(self) -> None:
        super().__init__()
        self.ticked = asyncio.Event()

    def add(self, words: str) -> None:
        self.append(words)
        self.ticked.set()


def test_what_is_to_happen_once_happens_though_the_task_of_its_timer_was_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def go() -> None:
        app: App[None] = App()
        called = asyncio.Event()
        calls = list[str]()

        def act(name: str) -> None:
            calls.append(name)
            called.set()

        async with app.run_test():
            clock = HeldUp()
            monkeypatch.setattr(_time, "get_time", clock)
            once(app, 0.01, partial(act, "now"))
            stopped = once(app, 0.01, partial(act, "stopped"))
            stopped.stop()
            async with asyncio.timeout(30):
                await called.wait()
            called.clear()
            once(app, 0, partial(act, "at once"))
            async with asyncio.timeout(30):
                await called.wait()
            assert calls == ["now", "at once"]
            assert clock.held_up

    asyncio.run(go())


def test_what_is_to_happen_once_may_take_long_and_happens_in_a_turn_of_its_owner() -> None:
    async def go() -> None:
        app: App[None] = App()
        ended = asyncio.Event()
        pumps = list[MessagePump]()

        async def act() -> None:
            pumps.append(active_message_pump.get())
            await asyncio.sleep(0)
            ended.set()

        async with app.run_test():
            once(app.screen, 0.01, act)
            async with asyncio.timeout(30):
                await ended.wait()
            assert pumps == [app.screen]

    asyncio.run(go())


Body = Callable[[Countdown, Said, Clock], Awaitable[None]]


def driven(body: Body) -> None:
    async def go() -> None:
        app: App[None] = App()
        clock, said = Clock(), Said()
        async with app.run_test():
            await body(Countdown(app, said.add, clock=clock), said, clock)

    asyncio.run(go())


def test_it_ticks_while_a_request_waits_and_not_after() -> None:
    async def body(countdown: Countdown, said: Said, clock: Clock) -> None:
        assert not countdown.is_ticking
        with countdown.waiting(Wait(2.5, "busy (429)")):
            assert (said[-1], countdown.is_ticking) == ("busy (429) · again in 3 s", True)
            clock.seconds += 2
            said.ticked.clear()
            async with asyncio.timeout(30):
                await said.ticked.wait()
            assert said[-1] == "busy (429) · again in 1 s"
        assert (said[-1], countdown.is_ticking) == ("", False)

    driven(body)


def test_of_several_waits_the_last_to_end_is_shown_and_then_the_one_that_is_left() -> None:
    async def body(countdown: Countdown, said: Said, clock: Clock) -> None:
        with countdown.waiting(Wait(3, "short")):
            with countdown.waiting(Wait(9, "long")):
                assert said[-1] == "long · again in 9 s"
            assert said[-1] == "short · again in 3 s"
        assert said[-1] == ""

    driven(body)


def test_a_cleared_wait_is_not_shown_and_its_end_ends_no_other() -> None:
    async def body(countdown: Countdown, said: Said, clock: Clock) -> None:
        old = countdown.waiting(Wait(60, "old"))
        with old:
            countdown.clear()
            assert (said[-1], countdown.is_ticking) == ("", False)
            new = countdown.waiting(Wait(5, "new"))
            new.__enter__()
        assert said[-1] == "new · again in 5 s"
        new.__exit__(None, None, None)
        assert (said[-1], countdown.is_ticking) == ("", False)

    driven(body)


def test_a_cancelled_wait_is_over() -> None:
    async def body(countdown: Countdown, said: Said, clock: Clock) -> None:
        async def request() -> None:
            with countdown.waiting(Wait(60, "busy")):
                await asyncio.Event().wait()

        task = asyncio.create_task(request())
        await asyncio.sleep(0)
        assert countdown.is_ticking
        task.cancel()
        await asyncio.wait([task])
        assert (said[-1], countdown.is_ticking) == ("", False)

    driven(body)


def test_a_wait_that_is_not_to_be_shown_starts_no_timer() -> None:
    async def go() -> None:
        app: App[None] = App()
        said = Said()
        async with app.run_test():
            countdown = Countdown(app, said.add, is_shown=lambda: False)
            with countdown.waiting(Wait(60, "busy")):
                assert not countdown.is_ticking
            assert said == []

    asyncio.run(go())


def test_a_stopwatch_tells_whole_seconds_from_the_second_on_and_begins_again() -> None:
    async def go() -> None:
        app: App[None] = App()
        clock, said, ticked = Clock(), list[int](), asyncio.Event()

        def say(seconds: int) -> None:
            said.append(seconds)
            ticked.set()

        async def tick(seconds: float) -> int:
            clock.seconds += seconds
            ticked.clear()
            async with asyncio.timeout(30):
                await ticked.wait()
            return said[-1]

        async with app.run_test():
            stopwatch = Stopwatch(app, say, clock)
            stopwatch.start()
            assert [await tick(1.9), await tick(0.2), await tick(1.0)] == [0, 2, 3]
            stopwatch.start()
            assert said[-1] == 0
            assert await tick(2.5) == 2
            stopwatch.stop()
            assert said[-1] == 0
            assert not stopwatch.is_ticking

    asyncio.run(go())


def test_a_throttle_acts_at_once_when_nothing_more_will_come() -> None:
    async def go() -> None:
        app: App[None] = App()
        acted: list[bool] = []
        async with app.run_test():
            throttle = Throttle(app, 3600, lambda: acted.append(True))
            throttle.flush()
            for _ in range(3):
                throttle.ask()
            assert (len(acted), throttle.pending) == (1, True)
            throttle.flush()
            assert (len(acted), throttle.pending) == (2, False)
            throttle.flush()
            assert len(acted) == 2

    asyncio.run(go())
