"""A file that is there whole or not at all."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kps_tui.terminal.whole_file import whole_file


def without_links(old: Path, new: Path) -> None:
    """As on a file system that has no hard links."""
    raise OSError(errno.EPERM, "Operation not permitted")


def interrupted() -> str:
    raise KeyboardInterrupt


def write(path: Path, text: Callable[[], str], *, replace: bool, link: Callable[[Path, Path], None] = os.link) -> None:
    """Write half of a file, then what `text` returns."""
    with whole_file(path, replace=replace, link=link) as file:
        file.write("half ")
        file.flush()
        file.write(text())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("replace", [True, False])
def test_it_is_there_when_the_block_ends_and_its_owners_alone(tmp_path: Path, replace: bool) -> None:
    path = tmp_path / "tasks.csv"
    with whole_file(path, replace=replace) as file:
        file.write("密钥 \ud83d\r\n")
        assert not path.exists()
    assert path.read_bytes() == "密钥 \\ud83d\r\n".encode()
    assert (mode(path), names(tmp_path)) == (0o600, ["tasks.csv"])


@pytest.mark.parametrize("replace", [True, False])
def test_nothing_is_left_of_a_block_that_fails(tmp_path: Path, replace: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "new", lambda: str(1 // 0), replace=replace)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "new", interrupted, replace=replace)
    assert names(tmp_path) == []


def test_what_was_there_stays_when_a_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write(path, lambda: str(1 // 0), replace=True)
    assert (path.read_text(), names(tmp_path)) == ("old", ["old"])


def test_what_is_there_is_replaced_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    path.chmod(0o644)
    with whole_file(path, replace=True) as file:
        file.write("new")
    assert (path.read_text(), mode(path), names(tmp_path)) == ("new", 0o600, ["old"])


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_what_is_there_is_not_replaced_unasked(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "old"
    if kind == "file":
        path.write_text("old")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    begun = False
    with pytest.raises(FileExistsError), whole_file(path, replace=False):
        begun = True
    assert not begun
    assert names(tmp_path) == ["old"]


@pytest.mark.parametrize("link", [os.link, without_links], ids=["links", "no links"])
def test_what_another_made_meanwhile_is_not_replaced(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    path = tmp_path / "new"

    def made_by_another() -> str:
        path.write_text("theirs")
        return "ours"

    with pytest.raises(FileExistsError):
        write(path, made_by_another, replace=False, link=link)
    assert (path.read_text(), names(tmp_path)) == ("theirs", ["new"])


def test_a_file_system_without_links_will_do(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with whole_file(path, replace=False, link=without_links) as file:
        file.write("whole")
    assert (path.read_text(), mode(path), names(tmp_path)) == ("whole", 0o600, ["new"])


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "no" / "file", replace=True):
        pass
    assert names(tmp_path) == []
