"""A full disk and a read-only home: reported, and lists stored before are still there."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kps_tui.storage.errors import StorageError
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE, output_of, snapshot, task

FULL = """
import resource, sys
from pathlib import Path
from kps_tui.storage.errors import StorageError
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE, noise, snapshot, task
path, room = Path(sys.argv[1]), int(sys.argv[2])
snapshots = Snapshots(path)
_soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
before = snapshots.load(HERE)
for _time in range(2):
    try:
        snapshots.save(HERE, snapshot([task(2, task_error_msg=noise(1, 1_000_000))], minutes=1))
    except StorageError as error:
        print(error)
    else:
        print("kept")
assert snapshots.load(HERE) == before
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert snapshots.load(HERE) == before
snapshots.save(HERE, snapshot([task(3)], minutes=2))
assert snapshots.load(HERE) == snapshot([task(3)], minutes=2)
"""
NOBODY = 65534
AS_NOBODY = f"""
import os, sys
from pathlib import Path
from kps_tui.storage.errors import StorageError
from kps_tui.storage.snapshot_store import Snapshots
from tests.storage.lists import HERE, snapshot, task
# `Path.as_uri` may import this, but the other user may not be able to read the standard library.
import urllib.parse
if os.geteuid() == 0:
    os.setgid({NOBODY})
    os.setuid({NOBODY})
snapshots = Snapshots(Path(sys.argv[1]))
for use in (lambda: snapshots.load(HERE), lambda: snapshots.save(HERE, snapshot([task(2)], minutes=1))):
    try:
        print(use())
    except StorageError as error:
        print(error)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("room", [0, 100, 40_000, 500_000])
@pytest.mark.parametrize("kept", [True, False])
def test_a_full_disk(tmp_path: Path, room: int, kept: bool) -> None:
    path = tmp_path / "kps-tui.sqlite3"
    if kept:
        Snapshots(path).save(HERE, snapshot([task(1)]))
    said = output_of(FULL, path, room).splitlines()
    assert len(said) == 2
    for line in said:
        assert "can't be used: " in line
        assert "kps-tui works without it" in line
    if room > 32_768:
        assert said[0].endswith("free some space")


def test_a_read_only_folder(folder: Path) -> None:
    folder.chmod(0o555)
    said = output_of(AS_NOBODY, folder / "kps-tui.sqlite3").splitlines()
    assert said[0] == "None"
    assert "kps-tui.sqlite3 can't be used: Permission denied · kps-tui works without it; fix its permissions" in said[1]
    assert list(folder.iterdir()) == []


def test_in_a_read_only_folder_the_last_list_is_still_read(folder: Path) -> None:
    path = folder / "kps-tui.sqlite3"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    folder.chmod(0o555)
    content = path.read_bytes()
    said = output_of(AS_NOBODY, path).splitlines()
    assert said[0] == str(snapshot([task(1)]))
    assert "can't be used: its folder is read-only · kps-tui works without it; fix its permissions" in said[1]
    assert path.read_bytes() == content
    assert list(folder.iterdir()) == [path]


def test_a_folder_that_may_not_be_looked_into(folder: Path) -> None:
    Snapshots(folder / "kps-tui.sqlite3").save(HERE, snapshot([task(1)]))
    folder.chmod(0o000)
    said = output_of(AS_NOBODY, folder / "kps-tui.sqlite3").splitlines()
    assert len(said) == 2
    assert all(
        "can't be used: Permission denied · kps-tui works without it; fix its permissions" in line for line in said
    )
    folder.chmod(0o755)
    assert Snapshots(folder / "kps-tui.sqlite3").load(HERE) == snapshot([task(1)])


def test_a_file_that_may_not_be_read(folder: Path) -> None:
    path = folder / "kps-tui.sqlite3"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    content = path.read_bytes()
    path.chmod(0o000)
    folder.chmod(0o555)
    said = output_of(AS_NOBODY, path).splitlines()
    assert len(said) == 2
    assert all("can't be used: " in line for line in said)
    path.chmod(0o600)
    assert path.read_bytes() == content


def test_a_path_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    snapshots = Snapshots(tmp_path / "file" / "kps-tui.sqlite3")
    assert snapshots.load(HERE) is None
    with pytest.raises(StorageError, match=r"can't be used: (Not a directory|File exists) · kps-tui works without it"):
        snapshots.save(HERE, snapshot([task(1)]))
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="can't be used: unable to open database file"):
        Snapshots(tmp_path).load(HERE)
    before = tmp_path.stat().st_mode
    with pytest.raises(StorageError, match="can't be used: it is not a regular file"):
        Snapshots(tmp_path).save(HERE, snapshot([]))
    assert tmp_path.stat().st_mode == before


def refused(path: Path, why: str) -> None:
    """Check that a database is neither read nor written, and for what reason."""
    with pytest.raises(StorageError, match=f"can't be used: {why}"):
        Snapshots(path).load(HERE)
    with pytest.raises(StorageError, match=f"can't be used: {why}"):
        Snapshots(path).save(HERE, snapshot([task(2)]))


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_a_link_in_the_place_of_one_of_its_files_is_not_followed(tmp_path: Path, suffix: str) -> None:
    path, other = tmp_path / "kps-tui.sqlite3", tmp_path / "other"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    shutil.copy(path, other)
    other.chmod(0o644)
    content = other.read_bytes()
    planted = path.with_name(path.name + suffix)
    planted.unlink(missing_ok=True)
    planted.symlink_to(other)
    refused(path, "it is a symbolic link · kps-tui works without it")
    assert (other.read_bytes(), other.stat().st_mode & 0o777) == (content, 0o644)
    planted.unlink()
    assert Snapshots(path).load(HERE) == (None if suffix == "" else snapshot([task(1)]))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_a_file_of_another_user_is_not_used(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "kps-tui.sqlite3"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    planted = path.with_name(path.name + suffix)
    planted.touch()
    os.chown(planted, NOBODY, NOBODY)
    refused(path, "it belongs to another user · kps-tui works without it")


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "kps-tui.sqlite3"
    Snapshots(path).save(HERE, snapshot([task(1)]))
    tmp_path.chmod(0o1777)
    refused(path, f"{tmp_path}: every user may write to it · .*chmod go-w")
