"""A file for its owner alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kps_tui.storage.owned import make


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    file = tmp_path / "a" / "b" / "file"
    make(file)
    assert (mode(file), mode(file.parent), mode(file.parent.parent)) == (0o600, 0o700, 0o700)


def test_a_file_that_is_there_keeps_its_content_and_loses_the_modes_of_others(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    file.chmod(0o644)
    make(file)
    assert file.read_text() == "kept"
    assert mode(file) == 0o600


def test_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        make(tmp_path / "file" / "folder" / "file")
