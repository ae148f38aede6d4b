"""The operations that are under way on servers."""

from kps_tui.kps.task import FailedTask
from kps_tui.triage.running import NOTHING_RUNNING, RunningOperation, RunningTasks
from tests.triage.tasks import task


def running(server: str | None, operation: str = "RUNNING_BIND", time: str | None = "1763856000000") -> FailedTask:
    return FailedTask.from_json({"server_id": server, "operate_type": operation, "task_time": time})


def test_a_task_is_told_by_the_id_of_its_server() -> None:
    tasks = RunningTasks.of([running("s1"), running("s2", "READY_RESET", "x"), running(None), running("")])
    assert tasks.on(task(server_id="s1")) == RunningOperation("bind", 1_763_856_000_000)
    assert tasks.on(task(server_id="s2")) == RunningOperation("reset", None)
    assert tasks.on(task(server_id="s3", server_name="s1")) is None
    assert tasks.on(task(server_id=None)) is tasks.on(task(server_id="")) is None
    assert tasks.count == 4
    assert NOTHING_RUNNING.on(task()) is None


def test_of_several_on_a_server_the_newest_counts_and_equal_answers_are_equal() -> None:
    old, new = running("s1", "RUNNING_BIND", "1763856000000"), running("s1", "Odd", "1763856000001")
    for tasks in ([old, new], [new, old]):
        assert RunningTasks.of(tasks).by_server == {"s1": RunningOperation("Odd", 1_763_856_000_001)}
    assert RunningTasks.of([old, new]) == RunningTasks.of([new, old])
    assert RunningTasks.of([]) == NOTHING_RUNNING
    assert RunningTasks.of([old], 1200).count == 1200
