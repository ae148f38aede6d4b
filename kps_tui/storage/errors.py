"""Errors of the database. The program works without it, so none of them is a reason to stop."""

import errno
import sqlite3
from pathlib import Path
from typing import ClassVar

from kps_tui import files
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

_MASK = 0xFF
"""The last byte of an extended result code of SQLite is the primary code."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NO_SPACE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
"""A full disk is FULL; an exceeded quota or file size limit is IOERR_WRITE."""
_NO_SPACE_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StorageError(Problem):
    """The database file can't be used, or its content can't be read."""

    exit_code: ClassVar[int] = 2


def is_damaged(error: Exception) -> bool:
    """Return whether the file is not a database, or a corrupt one."""
    return _code(error) & _MASK in _DAMAGED


def is_locked(error: Exception) -> bool:
    """Return whether another connection locks the file; a retry may succeed."""
    return _code(error) & _MASK in _LOCKED


def shown(path: Path) -> str:
    """Return a path as it is shown in a message."""
    return line(str(path), 200)


def unusable(path: Path, error: Exception, *, may_be_off: bool = False) -> StorageError:
    """Return the problem for an OSError or an SQLite error at `path`.

    With `may_be_off`, the next step may also be to turn the file off.
    """
    if isinstance(error, files.OpenToOthers) and may_be_off:
        next_step = _("kps-tui works without it; don't let others write there (chmod go-w), or set snapshot = false")
    elif isinstance(error, files.OpenToOthers):
        next_step = _("kps-tui works without it; don't let others write there (chmod go-w)")
    elif is_locked(error):
        next_step = _("kps-tui works without it; if this persists, end the program that holds the file")
    elif _code(error) in _NO_SPACE:
        next_step = _("kps-tui works without it; free some space")
    elif may_be_off:
        next_step = _("kps-tui works without it; fix its permissions, or set snapshot = false")
    else:
        next_step = _("kps-tui works without it; fix its permissions")
    return StorageError(_("{path} can't be used").format(path=shown(path)), why=reason(error), next_step=next_step)


def damaged(path: Path, error: Exception, moved_to: Path | None, wanted: Path) -> StorageError:
    """Return the problem for a corrupt file that was renamed to `moved_to`, or stays because `wanted` exists."""
    if moved_to:
        next_step = _("it was moved to {aside}; a new one was started").format(aside=shown(moved_to))
    else:
        next_step = _("kps-tui works without it; remove it and {taken}").format(taken=shown(wanted))
    return StorageError(_("{path} is damaged").format(path=shown(path)), why=reason(error), next_step=next_step)


def newer(path: Path, version: int, known: int, *, may_be_off: bool = False) -> StorageError:
    """Return the problem for a file that a later release has written; for `may_be_off` see `unusable`."""
    without = _("kps-tui works without it; update it, or set snapshot = false")
    return StorageError(
        _("{path} was written by a newer kps-tui").format(path=shown(path)),
        why=_("its version is {version}, this kps-tui knows {known}").format(version=version, known=known),
        next_step=without if may_be_off else _("kps-tui works without it; update it"),
    )


def reason(error: Exception) -> str:
    """Return the text of `error` as it is shown in a message."""
    if isinstance(error, OSError):
        return line(files.reason(error), 120)
    return line(str(error) or type(error).__name__, 120)


def _code(error: Exception) -> int:
    """Return the extended result code of SQLite, or 0 if `error` has none."""
    if isinstance(error, OSError):
        return sqlite3.SQLITE_FULL if error.errno in _NO_SPACE_ERRNOS else 0
    return getattr(error, "sqlite_errorcode", 0)
