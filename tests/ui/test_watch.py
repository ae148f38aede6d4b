"""When the list is read again: with jitter, slower while that fails."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from kps_tui.ui.watch import LONGEST, SECONDS, Pace, Watch


@given(st.lists(st.booleans(), max_size=40), st.sampled_from([0.5, SECONDS, 2 * LONGEST]))
def test_each_failure_doubles_the_wait_up_to_a_limit_and_a_success_ends_that(failed: list[bool], base: float) -> None:
    pace = Pace(base)
    failures = 0
    for each in failed:
        pace = pace.after(failed=each)
        failures = failures + 1 if each else 0
        assert pace.seconds == max(base, min(LONGEST, base * 2**failures))


def driven(body: Callable[[App[None]], Awaitable[None]]) -> None:
    async def go() -> None:
        app: App[None] = App()
        async with app.run_test():
            await body(app)

    asyncio.run(go())


def test_it_reads_again_and_again_until_it_ends() -> None:
    async def body(app: App[None]) -> None:
        third = asyncio.Event()
        count = 0

        def read() -> None:
            nonlocal count
            count += 1
            if count == 3:
                watch.end()
                third.set()

        watch = Watch(app, read, 0.01)
        states = [watch.is_on]
        watch.begin()
        states.append(watch.is_on)
        async with asyncio.timeout(30):
            await third.wait()
        states.append(watch.is_on)
        watch.ended(failed=False)
        states.append(watch.is_on)
        assert states == [False, True, False, False], "a reading that ends later does not begin it again"

    driven(body)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 54.0), (0.5, 60.0), (1.0, 66.0)])
def test_the_wait_differs_from_one_to_the_next(chance: float, seconds: float) -> None:
    async def body(app: App[None]) -> None:
        watch = Watch(app, lambda: None, SECONDS, lambda: chance)
        watch.begin()
        timer = watch._timer
        assert timer is not None
        assert timer._interval == pytest.approx(seconds)
        watch.ended(failed=True)
        assert watch._timer is not None
        assert watch._timer._interval == pytest.approx(2 * seconds)
        watch.end()
        watch.begin()
        assert watch.pace.failures == 0

    driven(body)
