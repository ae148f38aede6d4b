"""Opening the file: modes, journal, schema version, locks."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from kps_tui.files import create
from kps_tui.locations import database_file
from kps_tui.storage.database import LOCKED_SECONDS, read_transaction, write_transaction
from kps_tui.storage.errors import StorageError
from kps_tui.storage.filesystem import is_on_network
from kps_tui.storage.snapshot_store import SCHEMA, Snapshots
from tests.storage.lists import HERE, modes, output_of, snapshot, task

LOAD = """
import sys
from pathlib import Path
from kps_tui.storage.snapshot import ListKey
from kps_tui.storage.snapshot_store import SCHEMA, Snapshots
found = Snapshots(Path(sys.argv[1])).load(ListKey(*sys.argv[2:5]))
print(found and len(found.tasks))
"""
PLACE = (HERE.profile, HERE.host, HERE.project_id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "kps-tui.sqlite3"


def journal_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_the_file_is_among_the_states_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert database_file() == tmp_path / "kps-tui" / "kps-tui.sqlite3"
    assert list(tmp_path.iterdir()) == []


def test_looking_creates_nothing(path: Path) -> None:
    with read_transaction(path, SCHEMA) as connection:
        assert connection.execute("SELECT count(*) FROM snapshot").fetchone() == (0,)
    with write_transaction(path, SCHEMA, create=False) as connection:
        connection.execute("DELETE FROM snapshot")
    assert not path.parent.exists()


def test_every_file_is_for_its_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        with write_transaction(path, SCHEMA) as connection:
            connection.execute("INSERT INTO snapshot VALUES ('a', 'b', 'c', 1, 1, 1, x'00')")
            during = modes(path.parent)
    finally:
        os.umask(before)
    assert set(during.values()) == {"0o600"}
    if not is_on_network(path.parent):
        assert [*during] == ["kps-tui.sqlite3", "kps-tui.sqlite3-shm", "kps-tui.sqlite3-wal"]
        assert journal_of(path) == "wal"
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_block_that_fails_changes_nothing(path: Path) -> None:
    Snapshots(path).save(HERE, snapshot([task(1)]))

    def delete_from(*tables: str) -> None:
        with write_transaction(path, SCHEMA) as connection:
            for table in tables:
                connection.execute(f"DELETE FROM {table}")

    with pytest.raises(StorageError, match="no such table: other · "):
        delete_from("snapshot", "other")
    assert Snapshots(path).load(HERE) == snapshot([task(1)])


def test_an_empty_file_becomes_a_database_when_there_is_something_to_keep(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert Snapshots(path).load(HERE) is None
    assert path.stat().st_size == 0
    Snapshots(path).save(HERE, snapshot([task(1)]))
    assert Snapshots(path).load(HERE) == snapshot([task(1)])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA.version,)


def test_a_newer_file_is_not_touched(path: Path) -> None:
    snapshots = Snapshots(path)
    snapshots.save(HERE, snapshot([task(1)]))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA.version + 6}")
    content, changed = path.read_bytes(), path.stat().st_mtime_ns
    said = rf"newer kps-tui: its version is {SCHEMA.version + 6}, .* knows {SCHEMA.version} · .*update"
    with pytest.raises(StorageError, match=said):
        snapshots.load(HERE)
    with pytest.raises(StorageError, match=said):
        snapshots.save(HERE, snapshot([], minutes=1))
    with pytest.raises(StorageError, match=said):
        snapshots.forget(HERE)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, changed)
    assert [*modes(path.parent)] == [path.name]


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_another_that_holds_the_file_is_waited_for_and_then_told(path: Path, journal: str) -> None:
    """In another journal mode SQLite itself would not wait, so the file must be switched to WAL first."""
    snapshots = Snapshots(path)
    snapshots.save(HERE, snapshot([task(1)]))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
        other.execute("BEGIN IMMEDIATE")
        started = monotonic()
        with pytest.raises(
            StorageError, match=r"sqlite3 can't be used: database is locked · .*end the program that holds"
        ):
            snapshots.save(HERE, snapshot([task(2)], minutes=1))
        assert monotonic() - started > 0.9 * LOCKED_SECONDS
        assert snapshots.load(HERE) == snapshot([task(1)])
    snapshots.save(HERE, snapshot([task(2)], minutes=1))
    assert snapshots.load(HERE) == snapshot([task(2)], minutes=1)


def test_where_memory_can_not_be_shared_another_journal_is_used(path: Path) -> None:
    snapshots = Snapshots(path)
    path.parent.mkdir()
    path.with_name(f"{path.name}-shm").mkdir()
    snapshots.save(HERE, snapshot([task(1)]))
    assert snapshots.load(HERE) == snapshot([task(1)])
    assert journal_of(path) == "delete"


def test_a_database_with_a_log_is_read_where_memory_can_not_be_shared(path: Path) -> None:
    snapshots = Snapshots(path)
    snapshots.save(HERE, snapshot([task(1)]))
    path.with_name(f"{path.name}-shm").mkdir()
    assert snapshots.load(HERE) == snapshot([task(1)])
    snapshots.save(HERE, snapshot([task(2)], minutes=1))
    assert snapshots.load(HERE) == snapshot([task(2)], minutes=1)
    assert journal_of(path) == "delete"


@pytest.mark.parametrize("name", ["a b%20c?mode=memory#x", "ü\udcff"])
def test_any_name_of_a_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "kps-tui.sqlite3"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    assert Snapshots(path).load(HERE) == snapshot([task(1)])
    assert path.stat().st_size > 0


def test_a_file_made_again_drops_no_lock_of_this_process(path: Path) -> None:
    """Opening and closing the file once more would let the other process delete the log that is still in use."""
    Snapshots(path).save(HERE, snapshot([task(1)]))
    if is_on_network(path.parent):
        pytest.skip("no log on a network folder")
    with read_transaction(path, SCHEMA) as connection:
        assert connection.execute("SELECT count(*) FROM snapshot").fetchone() == (1,)
        create(path)
        assert output_of(LOAD, path, *PLACE) == "1"
        assert path.with_name(f"{path.name}-wal").exists()
    assert not path.with_name(f"{path.name}-wal").exists()
