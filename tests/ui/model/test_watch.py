"""When the watch loads: with jitter, less often after failures, and not while the user is busy."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.errors import LoginRefused, Refusal
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.ui.model.watch import LONGEST, SECONDS, Pace, Watch, WatchState
from tests.ui.model.timers import ManualTimers

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


class Watching:
    """A watch with its inputs and its recorded notifications."""

    def __init__(self, seconds: float = SECONDS, chance: float = 0.5) -> None:
        self.timers = ManualTimers()
        self.reads = 0
        self.is_busy = False
        self.states: list[WatchState | None] = []
        self.watch = Watch(
            self.timers.start,
            self._read,
            lambda: self.is_busy,
            self.states.append,
            seconds,
            lambda: chance,
            lambda: NOW,
        )

    def _read(self) -> None:
        self.reads += 1


@given(st.lists(st.booleans(), max_size=40), st.sampled_from([0.5, SECONDS, 2 * LONGEST]))
def test_each_failure_doubles_the_wait_up_to_a_limit_and_a_success_ends_that(failed: list[bool], base: float) -> None:
    pace = Pace(base)
    failures = 0
    for each in failed:
        pace = pace.after(failed=each)
        failures = failures + 1 if each else 0
        assert pace.seconds == max(base, min(LONGEST, base * 2**failures))


def test_it_reads_again_and_again_until_it_ends() -> None:
    watching = Watching()
    watching.watch.begin()
    for _ in range(3):
        watching.timers.end()
    watching.watch.end()
    assert (watching.reads, watching.timers.running, watching.states[-1]) == (3, [], None)
    watching.watch.load_ended()
    assert not watching.watch.is_on, "a load that ends later does not begin it again"


def test_a_load_of_the_user_puts_the_next_reading_off() -> None:
    watching = Watching()
    watching.watch.begin()
    watching.watch.load_ended()
    assert len(watching.timers.started) == 2
    assert len(watching.timers.running) == 1


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 54.0), (0.5, 60.0), (1.0, 66.0)])
def test_the_wait_differs_from_one_to_the_next_and_is_longer_after_a_failure(chance: float, seconds: float) -> None:
    watching = Watching(chance=chance)
    watching.watch.begin()
    assert watching.timers.running[0].delay == pytest.approx(seconds)
    assert not watching.watch.load_failed(Problem("no answer"))
    assert watching.timers.running[0].delay == pytest.approx(2 * seconds)
    watching.watch.end()
    watching.watch.begin()
    assert watching.watch.pace.failures == 0


def test_while_the_user_is_busy_it_pauses_and_says_so() -> None:
    watching = Watching()
    watching.watch.begin()
    soon = NOW + timedelta(seconds=SECONDS)
    assert watching.states == [WatchState(soon)]
    watching.is_busy = True
    watching.timers.end()
    assert watching.reads == 0
    assert watching.states[-1] == WatchState(soon, is_paused=True)
    watching.is_busy = False
    watching.timers.end()
    watching.watch.load_ended()
    assert watching.reads == 1
    assert watching.states[-1] == WatchState(soon)
    watching.watch.load_failed(Problem("no answer"))
    assert watching.states[-1] == WatchState(NOW + timedelta(seconds=2 * SECONDS))


@pytest.mark.parametrize("problem", [LoginRefused(Refusal(401)), CredentialError("none"), ConfigError("wrong")])
def test_a_login_that_is_of_no_use_ends_it(problem: Problem) -> None:
    watching = Watching()
    assert not watching.watch.load_failed(problem), "there is nothing to end"
    watching.watch.begin()
    assert watching.watch.load_failed(problem)
    assert (watching.watch.is_on, watching.states[-1], watching.timers.running) == (False, None, [])
