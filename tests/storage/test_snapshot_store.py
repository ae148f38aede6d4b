"""The store of the last list of each place."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest

from kps_tui.storage.errors import StorageError
from kps_tui.storage.snapshot import ListKey, Snapshot
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE, NOON, noise, snapshot, task

ELSEWHERE = [
    replace(HERE, profile="test"),
    replace(HERE, profile=""),
    replace(HERE, host="kms.eu-west-101.myhuaweicloud.eu"),
    replace(HERE, host=HERE.host.upper()),
    replace(HERE, project_id="f" * 32),
    ListKey(HERE.host, HERE.profile, HERE.project_id),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kps-tui.sqlite3"


@pytest.fixture
def snapshots(path: Path) -> Snapshots:
    return Snapshots(path)


@pytest.mark.parametrize("total", [None, 0, 3, 2_500, 10**15])
@pytest.mark.parametrize("complete", [True, False])
def test_a_snapshot_comes_back(snapshots: Snapshots, total: int | None, complete: bool) -> None:
    moment = datetime(2026, 11, 23, 13, 5, 7, 123_457, tzinfo=timezone(timedelta(hours=8)))
    kept = Snapshot((task(2), task(1), task(3, extra=[1.5, None])), total, complete, moment)
    snapshots.save(HERE, kept)
    found = snapshots.load(HERE)
    assert found == kept
    assert found.answered_at.tzinfo is UTC
    assert [each.to_json() for each in found.tasks] == [each.to_json() for each in kept.tasks]


def test_there_is_none_before_the_first(snapshots: Snapshots, path: Path) -> None:
    assert snapshots.load(HERE) is None
    snapshots.forget(HERE)
    snapshots.forget_profile(HERE.profile)
    assert not path.exists()


def test_an_empty_list_is_a_list(snapshots: Snapshots) -> None:
    snapshots.save(HERE, snapshot([]))
    assert snapshots.load(HERE) == snapshot([])


@pytest.mark.parametrize("other", ELSEWHERE, ids=str)
def test_a_snapshot_is_never_shown_for_another_place(snapshots: Snapshots, other: ListKey) -> None:
    snapshots.save(HERE, snapshot([task(1)]))
    assert snapshots.load(other) is None
    snapshots.save(other, snapshot([task(2)]))
    assert snapshots.load(HERE) == snapshot([task(1)])
    snapshots.forget(other)
    assert (snapshots.load(HERE), snapshots.load(other)) == (snapshot([task(1)]), None)


def test_forgetting_a_profile(snapshots: Snapshots) -> None:
    for where in (HERE, *ELSEWHERE):
        snapshots.save(where, snapshot([task(1)]))
    snapshots.forget_profile(HERE.profile)
    left = [where for where in (HERE, *ELSEWHERE) if snapshots.load(where)]
    assert left == [where for where in ELSEWHERE if where.profile != HERE.profile]


def test_a_later_list_replaces_and_an_earlier_does_not(snapshots: Snapshots) -> None:
    snapshots.save(HERE, snapshot([task(1)], minutes=1))
    snapshots.save(HERE, snapshot([task(2)], minutes=0))
    assert snapshots.load(HERE) == snapshot([task(1)], minutes=1)
    snapshots.save(HERE, snapshot([task(1), task(2)], minutes=1))
    assert snapshots.load(HERE) == snapshot([task(1), task(2)], minutes=1)
    microsecond = replace(snapshot([task(3)]), answered_at=NOON + timedelta(minutes=1, microseconds=1))
    snapshots.save(HERE, microsecond)
    assert snapshots.load(HERE) == microsecond


def test_a_list_from_a_clock_that_was_wrong_does_not_keep_later_ones_out(snapshots: Snapshots) -> None:
    ahead = Snapshot((task(1),), 1, True, datetime.now(UTC) + timedelta(days=1))
    snapshots.save(HERE, ahead)
    assert snapshots.load(HERE) == ahead
    snapshots.save(HERE, snapshot([task(2)]))
    assert snapshots.load(HERE) == snapshot([task(2)])


def test_what_was_forgotten_is_not_in_the_file(snapshots: Snapshots, path: Path) -> None:
    snapshots.save(HERE, snapshot([task(1, task_error_msg=noise(1, 50_000))]))
    with closing(sqlite3.connect(path)) as connection:
        (blob,) = connection.execute("SELECT tasks FROM snapshot").fetchone()
    pieces = [blob[at : at + 64] for at in range(0, len(blob) - 64, 5_000)]
    assert all(any(piece in file.read_bytes() for file in path.parent.iterdir()) for piece in pieces)
    snapshots.forget(HERE)
    assert not any(piece in file.read_bytes() for file in path.parent.iterdir() for piece in pieces)


@pytest.mark.parametrize(
    "damage",
    [
        "tasks = x'00'",
        "tasks = substr(tasks, 1, length(tasks) - 1)",
        "tasks = 'text'",
        "tasks = 7",
        "answered_at = 'soon'",
        "answered_at = 9223372036854775807",
        "total = 'many'",
    ],
)
def test_a_damaged_snapshot_is_told_and_the_next_list_replaces_it(
    snapshots: Snapshots, path: Path, damage: str
) -> None:
    snapshots.save(HERE, snapshot([task(1)]))
    other = replace(HERE, profile="test")
    snapshots.save(other, snapshot([task(2)]))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE snapshot SET {damage} WHERE profile = ?", (HERE.profile,))
    with pytest.raises(StorageError, match=r"the saved list in .*sqlite3 can't be read: .* · the next list"):
        snapshots.load(HERE)
    assert snapshots.load(other) == snapshot([task(2)])
    snapshots.save(HERE, snapshot([task(3)], minutes=1))
    assert snapshots.load(HERE) == snapshot([task(3)], minutes=1)


def test_threads_at_once(snapshots: Snapshots) -> None:
    def keep(number: int) -> Snapshot | None:
        mine = replace(HERE, profile=f"thread-{number % 4}")
        snapshots.save(mine, snapshot([task(number)], minutes=number))
        return snapshots.load(mine)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(keep, range(40)))
    assert all(found)
    assert snapshots.load(replace(HERE, profile="thread-3")) == snapshot([task(39)], minutes=39)


def test_the_first_save_of_two_at_once(tmp_path: Path) -> None:
    """Both processes find no file, create it, and set its journal mode and tables."""
    together = Barrier(2, timeout=60)

    def keep(number: int) -> None:
        for each in range(40):
            together.wait()
            file = tmp_path / f"{each}" / "kps-tui.sqlite3"
            Snapshots(file).save(replace(HERE, profile=f"{number}"), snapshot([task(number)]))

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(keep, range(2))) == [None, None]
    for each in range(40):
        kept = Snapshots(tmp_path / f"{each}" / "kps-tui.sqlite3")
        for number in range(2):
            assert kept.load(replace(HERE, profile=f"{number}")) == snapshot([task(number)])
