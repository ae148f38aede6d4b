"""Several processes with one database, and one that is killed."""

from pathlib import Path
from time import monotonic, sleep

import pytest

from kps_tui.storage.database import read_transaction
from kps_tui.storage.snapshot import ListKey
from kps_tui.storage.snapshot_store import SCHEMA, Snapshots
from tests.storage.lists import HERE, NOON, both_at_once, child, modes

START = """
import random, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from kps_tui.kps.task import FailedTask
from kps_tui.storage.snapshot import ListKey, Snapshot
from kps_tui.storage.snapshot_store import Snapshots
path, me, *place = sys.argv[1:]
snapshots, shared, own = Snapshots(Path(path)), ListKey(*place), ListKey(me, *place[1:])
noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
def kept(number, moment, noise=0):
    text = random.randbytes(noise).hex()
    rows = [{"task_id": f"{me}-{number}-{row}", "task_error_msg": text} for row in range(20)]
    return Snapshot(tuple(map(FailedTask.from_json, rows)), number, True, noon + timedelta(seconds=moment))
print("ready")
sys.stdin.readline()
"""
SAVE_AND_LOAD = (
    START
    + """
for number in range(50):
    mine, moment = kept(number, number), 2 * number + (me == "second")
    snapshots.save(own, mine)
    assert snapshots.load(own) == mine
    snapshots.save(shared, kept(number, moment))
    found = snapshots.load(shared)
    assert found.answered_at >= noon + timedelta(seconds=moment), "the later list was lost"
    assert len({task.task_id.rpartition("-")[0] for task in found.tasks}) == 1, "two lists in one"
print("done")
"""
)
SAVE_FOR_EVER = (
    START
    + """
for number in range(1_000_000):
    snapshots.save(shared, kept(number, number, noise=200_000))
    print(number)
"""
)


def test_two_processes_save_and_load_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "kps-tui.sqlite3"
    place = (path, HERE.profile, HERE.host, HERE.project_id)
    with (
        child(SAVE_AND_LOAD, path, "first", *place[1:]) as first,
        child(SAVE_AND_LOAD, path, "second", *place[1:]) as second,
    ):
        both_at_once(first, second)
    found = Snapshots(path).load(HERE)
    assert found is not None
    assert (found.answered_at - NOON).seconds == 99
    assert found.tasks[0].task_id == "second-49-0"
    for name in ("first", "second"):
        last = Snapshots(path).load(ListKey(name, HERE.host, HERE.project_id))
        assert last is not None
        assert last.total == 49
    assert modes(path.parent) == {path.name: "0o600"}


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize(
    "least",
    [1, pytest.param(2_000_000, marks=pytest.mark.full), 4_000_000, pytest.param(6_000_000, marks=pytest.mark.full)],
)
def test_killed_in_the_middle_of_a_save_the_list_is_whole(tmp_path: Path, least: int) -> None:
    """`least`: bytes of the current save that are on disk; a list is 8 MB of noise, 4 MB compressed."""
    path = tmp_path / "kps-tui.sqlite3"
    with child(SAVE_FOR_EVER, path, "writer", HERE.profile, HERE.host, HERE.project_id) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        for number in range(3):
            assert process.stdout.readline() == f"{number}\n"
        until = monotonic() + 60
        journals = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
        while sum(map(size, journals)) < least:
            assert monotonic() < until, "no save came so far"
            sleep(0)
        process.kill()
        out = process.stdout.read()
    said = int(out.split()[-1]) if out.endswith("\n") and out.split() else 2
    found = Snapshots(path).load(HERE)
    assert found is not None
    assert found.total in (said, said + 1)
    assert [task.task_id for task in found.tasks] == [f"writer-{found.total}-{row}" for row in range(20)]
    assert all(len(task.task_error_msg or "") == 400_000 for task in found.tasks)
    with read_transaction(path, SCHEMA) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert set(modes(tmp_path).values()) == {"0o600"}
