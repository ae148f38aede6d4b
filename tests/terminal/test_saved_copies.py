"""Copies in files: only the newest are saved, and no other file is touched."""

import stat
from pathlib import Path

import pytest

from kps_tui.locations import copies_folder
from kps_tui.terminal.saved_copies import MOST_COPIES, save


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_copy_is_its_owners_alone_in_a_folder_made_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "copies"
    saved = save("订单\none", folder)
    assert saved.parent == folder
    assert saved.read_text(encoding="utf-8") == "订单\none"
    assert (mode(saved), mode(folder), mode(folder.parent)) == (0o600, 0o700, 0o700)


def test_the_newest_stay(tmp_path: Path) -> None:
    saved = [save(str(number), tmp_path) for number in range(MOST_COPIES + 5)]
    assert len(set(saved)) == MOST_COPIES + 5
    assert sorted(tmp_path.iterdir()) == sorted(saved[5:])
    assert saved == sorted(saved)
    assert saved[-1].read_text() == str(MOST_COPIES + 4)


def test_what_is_not_a_copy_of_ours_is_left_alone(tmp_path: Path) -> None:
    others = ["copy-1.txt", "notes", "copy-20200101T000000Z-001.txt.bak", "acopy-20200101T000000Z-001.txt"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / "copy-20200101T000000Z-001.txt").touch()
    (tmp_path / "copy-20200101T000000Z-002.txt").mkdir()
    for number in range(MOST_COPIES + 1):
        save(str(number), tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {*others, "copy-20200101T000000Z-002.txt"}
    assert "copy-20200101T000000Z-001.txt" not in left


def test_the_copy_just_made_stays_even_if_the_clock_went_back(tmp_path: Path) -> None:
    for number in range(MOST_COPIES):
        (tmp_path / f"copy-29990101T000000Z-{number + 1:03}.txt").touch()
    saved = save("now", tmp_path)
    assert saved.read_text() == "now"
    assert len(list(tmp_path.iterdir())) == MOST_COPIES


@pytest.mark.parametrize("where", ["file", "file/copies"])
def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        save("text", tmp_path / where)


def test_copies_are_kept_in_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert copies_folder() == tmp_path / "kps-tui" / "copies"
    assert not copies_folder().exists()
