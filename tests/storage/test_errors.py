"""The messages for errors of the system and of SQLite."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from kps_tui.problems import Problem
from kps_tui.storage.errors import StorageError, damaged, is_damaged, is_locked, unusable

PATH = Path("/home/ops/\x1b[2Jstate/kps-tui.sqlite3")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room(number: int) -> None:
    assert str(unusable(PATH, OSError(number, os.strerror(number)))).endswith(
        "kps-tui works without it; free some space"
    )


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_no_permission(number: int) -> None:
    said = unusable(PATH, OSError(number, os.strerror(number)))
    assert said.why == os.strerror(number)
    assert str(said.next_step).endswith("fix its permissions")
    listed = unusable(PATH, OSError(number, os.strerror(number)), may_be_off=True)
    assert str(listed.next_step).endswith("fix its permissions, or set snapshot = false")


def test_an_error_without_a_code_is_told_too() -> None:
    error = sqlite3.ProgrammingError("Cannot operate\non a closed database.")
    assert not is_damaged(error)
    assert not is_locked(error)
    assert unusable(PATH, error).why == "Cannot operate␊on a closed database."
    assert unusable(PATH, OSError()).why == "OSError"


def test_a_path_can_not_move_the_cursor() -> None:
    for said in (unusable(PATH, OSError()), damaged(PATH, OSError(), PATH, PATH), damaged(PATH, OSError(), None, PATH)):
        assert isinstance(said, StorageError)
        assert isinstance(said, Problem)
        assert str(said).isprintable()
