"""The file of the ledger: what it remembers, for how long, at what cost, and that no text of the service is in it."""

from pathlib import Path

import pytest

from kps_tui.storage.errors import StorageError
from kps_tui.storage.ledger_file import ACKNOWLEDGEMENT_KEPT, DAY, UNSEEN_KEPT, LedgerFile, LedgerKey
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE as LIST
from tests.storage.lists import both_at_once, child, modes, output_of, snapshot, task

HERE = LedgerKey("https://kms.cn-north-4.myhuaweicloud.com", "0123456789abcdef0123456789abcdef")
NOW = 1_795_000_000_000
RECORD = """
import sys
from pathlib import Path
from kps_tui.storage.ledger_file import LedgerFile, LedgerKey
path, first = sys.argv[1:]
print("ready")
sys.stdin.readline()
for number in range(int(first), int(first) + 30):
    file = LedgerFile(Path(path))
    file.record(LedgerKey("https://a", "p"), "cron", [number], number, number, is_whole=True)
    file.acknowledge(LedgerKey("https://a", "p"), [(number, None, 0, 0, first, False)])
print("done")
"""
COUNT = """
import sqlite3
import sys
from pathlib import Path
from kps_tui.storage.ledger_file import LedgerFile, LedgerKey
path, rows = sys.argv[1:]
statements, file, key = [], LedgerFile(Path(path)), LedgerKey("https://a", "p")
def watch(frame, event, called):
    connection = getattr(called, "__self__", None)
    if event == "c_call" and isinstance(connection, sqlite3.Connection):
        connection.set_trace_callback(statements.append)
sys.setprofile(watch)
file.record(key, "cron", range(int(rows)), 1, 1, is_whole=True)
sys.setprofile(None)
assert len(file.load(key, "cron").seen) == int(rows)
print(len(statements))
"""


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "state" / "ledger.sqlite3")


def test_nothing_is_known_and_nothing_created_by_looking(ledger: LedgerFile, tmp_path: Path) -> None:
    assert ledger.load(HERE, "") == ({}, None, False, [], frozenset())
    assert [*tmp_path.iterdir()] == []


def test_readers_and_projects_are_independent(ledger: LedgerFile, tmp_path: Path) -> None:
    other = LedgerKey(HERE.origin, "f" * 32)
    ledger.record(HERE, "", [3, -(2**63), 2**63 - 1], NOW, NOW + 5, is_whole=False)
    ledger.record(HERE, "cron", [4], NOW, NOW, is_whole=True)
    assert ledger.load(HERE, "") == ({3: 1, -(2**63): 1, 2**63 - 1: 1}, NOW, False, [], frozenset())
    assert ledger.load(HERE, "cron") == ({4: 1}, NOW, True, [], frozenset())
    assert ledger.load(HERE, "mail") == ledger.load(other, "cron") == ({}, None, False, [], frozenset())
    assert modes(tmp_path / "state") == {"ledger.sqlite3": "0o600"}


def test_it_knows_which_rows_the_last_reading_had(ledger: LedgerFile) -> None:
    ledger.record(HERE, "", [1, 2], NOW, NOW, is_whole=False)
    ledger.record(HERE, "", [2, 3], NOW + 1, NOW + 2, is_whole=True)
    assert ledger.load(HERE, "") == ({1: 0, 2: 1, 3: 1}, NOW + 1, True, [], frozenset())


def test_acknowledgements_are_shared_replaced_fall_and_are_withdrawn(ledger: LedgerFile) -> None:
    ledger.acknowledge(HERE, [(1, 7, NOW, NOW, "INC-1", False), (2, None, NOW, NOW, "", False)])
    ledger.acknowledge(HERE, [(1, 7, NOW, NOW + 9, "INC-2", False)])
    assert ledger.load(HERE, "cron").acknowledgements == [(1, 7, NOW, NOW + 9, "INC-2", 0), (2, None, NOW, NOW, "", 0)]
    ledger.record(HERE, "cron", [], NOW, NOW, is_whole=True, fallen=[(1, NOW)])
    assert not any(row[5] for row in ledger.load(HERE, "").acknowledgements), "it was acknowledged again meanwhile"
    ledger.record(HERE, "cron", [], NOW, NOW, is_whole=True, fallen=[(1, NOW + 9)])
    assert [row[5] for row in ledger.load(HERE, "").acknowledgements] == [1, 0]
    ledger.withdraw(HERE, [1])
    assert [row[0] for row in ledger.load(HERE, "").acknowledgements] == [2]


def test_rows_unseen_for_90_days_and_acknowledgements_of_a_year_go(ledger: LedgerFile) -> None:
    ledger.record(HERE, "gone", [1], NOW, NOW, is_whole=True)
    ledger.record(HERE, "cron", [1, 2], NOW, NOW, is_whole=True)
    ledger.acknowledge(HERE, [(1, None, NOW, NOW, "old", False), (2, None, NOW, NOW + DAY, "new", False)])
    ledger.record(HERE, "cron", [2], NOW + UNSEEN_KEPT, NOW + UNSEEN_KEPT, is_whole=True)
    assert ledger.load(HERE, "cron").seen == {1: 0, 2: 1}
    later = NOW + UNSEEN_KEPT + 1
    ledger.record(HERE, "cron", [2], later, later, is_whole=True)
    assert ledger.load(HERE, "cron").seen == {2: 1}
    assert ledger.load(HERE, "gone").started is None
    later = NOW + ACKNOWLEDGEMENT_KEPT + 1
    ledger.record(HERE, "cron", [2], later, later, is_whole=True)
    assert [row[4] for row in ledger.load(HERE, "cron").acknowledgements] == ["new"]


def test_the_number_of_statements_does_not_depend_on_that_of_rows(tmp_path: Path) -> None:
    counts = [int(output_of(COUNT, tmp_path / f"{rows}.sqlite3", rows)) for rows in (10, 100_000)]
    assert 5 < counts[0] == counts[1] < 20


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with child(RECORD, path, 0) as first, child(RECORD, path, 100) as second:
        both_at_once(first, second)
    found = LedgerFile(path).load(LedgerKey("https://a", "p"), "cron")
    assert set(found.seen) == {*range(30), *range(100, 130)} == {row[0] for row in found.acknowledgements}


def test_a_damaged_ledger_is_put_aside_and_the_cached_lists_stay(ledger: LedgerFile, tmp_path: Path) -> None:
    lists = Snapshots(tmp_path / "state" / "kps-tui.sqlite3")
    lists.save(LIST, snapshot([task(1)]))
    (tmp_path / "state" / "ledger.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(StorageError, match=r"ledger.sqlite3 is damaged: .* it was moved to .*\.broken"):
        ledger.load(HERE, "")
    ledger.record(HERE, "", [1], NOW, NOW, is_whole=True)
    assert ledger.load(HERE, "").seen == {1: 1}
    assert lists.load(LIST) == snapshot([task(1)])


def test_a_linked_ledger_is_refused(ledger: LedgerFile, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "victim").write_bytes(b"")
    (tmp_path / "state" / "ledger.sqlite3").symlink_to(tmp_path / "victim")
    with pytest.raises(StorageError, match=r"ledger.sqlite3 can't be used") as raised:
        ledger.record(HERE, "", [1], NOW, NOW, is_whole=True)
    assert "snapshot" not in str(raised.value)
    assert (tmp_path / "victim").read_bytes() == b""
