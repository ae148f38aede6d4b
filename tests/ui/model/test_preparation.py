"""What the first filter and the first groups need is made in short steps, and then nothing runs."""

from typing import Any

from kps_tui.kps.task import FailedTask
from kps_tui.triage.facets import TASK_FACETS, count
from kps_tui.triage.store import Derived, TaskStore, Values
from kps_tui.ui.model.preparation import IDLE_SECONDS, PAUSE_SECONDS, VALUES, Preparation, prepared_values
from tests.ui.model.timers import ManualTimers

ROWS = 700


class Counting(TaskStore):
    """A store that counts the values that are computed from now on."""

    made = 0

    def prepare(self, derived: Derived[Any], most: int) -> bool:
        return super().prepare(self.counted(derived), most)

    def values(self, derived: Derived[Any]) -> Values[Any]:
        return super().values(self.counted(derived))

    def counted(self, derived: Derived[Any]) -> Derived[Any]:
        def of(task: FailedTask) -> object:
            self.made += 1
            return derived.of(task)

        return Derived(derived.name, derived.fields, of)


def rows(begin: int, end: int) -> list[FailedTask]:
    return [
        FailedTask.from_json({"task_id": f"{n}", "task_error_msg": f"error {n}", "server_name": f"web-{n % 3}"})
        for n in range(begin, end)
    ]


def test_each_step_makes_few_values_and_the_last_one_leaves_no_timer() -> None:
    timers, store = ManualTimers(), Counting(rows(0, ROWS))
    preparation = Preparation(timers.start)
    preparation.wait(store)
    steps, delays = [], []
    for delay in timers.fired():
        steps.append(store.made)
        delays.append(delay)
        store.made = 0
    assert max(steps) == VALUES
    assert delays == [IDLE_SECONDS, *[PAUSE_SECONDS] * (len(delays) - 1)]
    assert not preparation.is_waiting
    for facet in TASK_FACETS:
        count(store, range(ROWS), facet)
    assert all(len(store.values(derived).numbers) == ROWS for derived in prepared_values())
    assert store.made == 0, "all was there"


def test_it_waits_anew_after_each_key_and_begins_where_it_was() -> None:
    timers, store = ManualTimers(), Counting(rows(0, ROWS))
    preparation = Preparation(timers.start)
    preparation.wait(store)
    fired = timers.fired()
    assert [next(fired), next(fired)] == [IDLE_SECONDS, PAUSE_SECONDS]
    made = store.made
    for _ in range(3):
        preparation.wait(store)
    assert [timer.delay for timer in timers.started if timer.is_running] == [IDLE_SECONDS]
    assert next(fired) == IDLE_SECONDS
    assert store.made > made
    list(fired)
    at_once = Counting(rows(0, ROWS))
    for derived in prepared_values():
        at_once.values(derived)
    assert store.made == at_once.made, "nothing was made twice"


def test_nothing_runs_again_until_there_are_new_rows() -> None:
    timers, store = ManualTimers(), Counting(rows(0, 10))
    preparation = Preparation(timers.start)
    preparation.wait(store)
    assert list(timers.fired())
    made = store.made
    preparation.wait(store)
    assert not preparation.is_waiting
    store.extend(rows(10, 12))
    preparation.wait(store)
    assert list(timers.fired())
    assert made < store.made <= made + 2 * len(prepared_values())
    preparation.wait(TaskStore(rows(0, 1)))
    assert preparation.is_waiting, "of another list"


def test_a_timer_that_ended_while_it_was_stopped_does_nothing() -> None:
    timers, store = ManualTimers(), Counting(rows(0, 10))
    preparation = Preparation(timers.start)
    preparation.wait(store)
    preparation.wait(store)
    timers.started[0].callback()
    assert store.made == 0
    assert list(timers.fired())
    for timer in timers.started:
        timer.callback()
    assert not preparation.is_waiting


def test_it_does_not_wait_for_a_thread_that_computes_the_same() -> None:
    timers, store = ManualTimers(), TaskStore(rows(0, 10))
    preparation = Preparation(timers.start)
    preparation.wait(store)
    fired = timers.fired()
    with store._lock:
        assert [next(fired) for _ in range(3)] == [IDLE_SECONDS, PAUSE_SECONDS, PAUSE_SECONDS]
    assert list(fired)
    assert not preparation.is_waiting
