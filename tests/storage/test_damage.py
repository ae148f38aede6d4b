"""A damaged database: reported once, kept aside, and replaced by a new one."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from kps_tui.storage.errors import StorageError
from kps_tui.storage.quarantine import quarantine
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE, modes, noise, snapshot, task

LIST = snapshot([task(1), task(2, task_error_msg=noise(2, 20_000))])
NEXT = snapshot([task(3)], minutes=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kps-tui.sqlite3"


@pytest.fixture
def snapshots(path: Path) -> Snapshots:
    Snapshots(path).save(HERE, LIST)
    return Snapshots(path)


def broken(path: Path, end: str = "") -> Path:
    return path.with_name(f"{path.name}.broken{end}")


USES: list[Callable[[Snapshots], object]] = [
    lambda snapshots: snapshots.load(HERE),
    lambda snapshots: snapshots.save(HERE, NEXT),
    lambda snapshots: snapshots.forget(HERE),
]


@pytest.mark.parametrize("use", USES, ids=["load", "save", "forget"])
def test_a_file_that_is_no_database_is_quarantine(
    snapshots: Snapshots, path: Path, use: Callable[[Snapshots], object]
) -> None:
    content = random.Random(1).randbytes(5_000)
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"sqlite3 is damaged: file is not a database · it was moved to .*\.broken"):
        use(snapshots)
    assert broken(path).read_bytes() == content
    assert not path.exists()
    assert snapshots.load(HERE) is None
    snapshots.save(HERE, NEXT)
    assert snapshots.load(HERE) == NEXT
    assert broken(path).read_bytes() == content
    assert set(modes(path.parent).values()) == {"0o600"}


def test_what_was_put_aside_is_never_overwritten(snapshots: Snapshots, path: Path) -> None:
    broken(path).write_bytes(b"the first")
    path.write_bytes(b"the second" * 100)
    for _time in range(2):
        with pytest.raises(StorageError, match=r"damaged: .*works without it; remove it and .*\.broken"):
            snapshots.load(HERE)
    assert (broken(path).read_bytes(), path.read_bytes()) == (b"the first", b"the second" * 100)


def test_what_lies_beside_a_broken_file_goes_with_it(path: Path) -> None:
    ends = ("", "-journal", "-shm", "-wal")
    for end in ends:
        path.with_name(path.name + end).write_text(f"the {end}")
    assert quarantine(path) == broken(path)
    assert [*modes(path.parent)] == [broken(path, end).name for end in ends if end != "-shm"]
    assert broken(path, "-wal").read_text() == "the -wal"
    assert quarantine(path) is None


def test_cut_off_anywhere_it_is_whole_or_told(snapshots: Snapshots, path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    told: dict[Path, str] = {}
    for length in range(0, len(whole), 512):
        cut = tmp_path / f"{length}" / "kps-tui.sqlite3"
        cut.parent.mkdir()
        cut.write_bytes(whole[:length])
        try:
            assert Snapshots(cut).load(HERE) is None
        except StorageError as error:
            told[cut] = error.what
        Snapshots(cut).save(HERE, NEXT)
        assert Snapshots(cut).load(HERE) == NEXT
    assert len(told) == len(range(0, len(whole), 512)) - 1, "only the empty file is none"
    aside = [cut for cut, what in told.items() if "damaged" in what]
    assert all(broken(cut).read_bytes() == whole[: int(cut.parent.name)] for cut in aside)
    assert all("the saved list" in what for cut, what in told.items() if cut not in aside)


def test_a_changed_byte_anywhere_is_no_fault_of_ours(snapshots: Snapshots, path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    chance = random.Random(7)
    for number, at in enumerate([*range(100), *(chance.randrange(len(whole)) for _each in range(100))]):
        changed = tmp_path / f"{number}" / "kps-tui.sqlite3"
        changed.parent.mkdir()
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :])
        with suppress(StorageError):
            Snapshots(changed).load(HERE)
        with suppress(StorageError):
            Snapshots(changed).save(HERE, NEXT)
            assert Snapshots(changed).load(HERE) in (None, LIST, NEXT)


def test_a_log_that_was_cut_off_leaves_what_was_kept_before(snapshots: Snapshots, path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if other.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            pytest.skip("no log on a network folder")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM snapshot").fetchone()
        snapshots.save(HERE, NEXT)
        copies = {end: path.with_name(path.name + end).read_bytes() for end in ("", "-wal")}
    found = []
    for length in (*range(0, len(copies["-wal"]), 512), len(copies["-wal"])):
        cut = tmp_path / f"{length}" / path.name
        cut.parent.mkdir()
        cut.write_bytes(copies[""])
        cut.with_name(f"{path.name}-wal").write_bytes(copies["-wal"][:length])
        found.append(Snapshots(cut).load(HERE))
        shutil.rmtree(cut.parent)
    assert found[0] == LIST
    assert found[-1] == NEXT
    assert all(each in (LIST, NEXT) for each in found)
