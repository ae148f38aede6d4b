"""Why nothing can be kept or found: never a reason to stop, the program works without."""

import errno
import sqlite3
from pathlib import Path
from typing import ClassVar

from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

_MASK = 0xFF
"""SQLite's extended codes carry the plain one in their last byte."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
"""SQLite calls a full disk FULL, a full quota and a limit of the process IOERR_WRITE."""
_NO_ROOM_OF_THE_SYSTEM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StorageError(Problem):
    """The file can't be used, or what it holds can't be read."""

    exit_code: ClassVar[int] = 2


def is_damaged(error: Exception) -> bool:
    """Whether the file is no database, or a broken one."""
    return _code(error) & _MASK in _DAMAGED


def is_locked(error: Exception) -> bool:
    """Whether another connection holds the file: a little later it may be free."""
    return _code(error) & _MASK in _LOCKED


def shown(path: Path) -> str:
    """Return a path for a message."""
    return line(str(path), 200)


def unusable(path: Path, error: Exception) -> StorageError:
    """Return what is to be said of an error of the system or of SQLite at `path`."""
    next_step = _("kps-tui works without it; allow it to write there, or set snapshot = false")
    if is_locked(error):
        next_step = _("kps-tui works without it; end what holds the file if this stays")
    elif _code(error) in _NO_ROOM:
        next_step = _("kps-tui works without it; make room")
    return StorageError(_("{path} can't be used").format(path=shown(path)), why=reason(error), next_step=next_step)


def damaged(path: Path, error: Exception, aside: Path | None, taken: Path) -> StorageError:
    """Return what is to be said of a broken file that now lies at `aside`, or had to stay as `taken` was there."""
    if aside:
        next_step = _("it now lies at {aside}; a new one is begun").format(aside=shown(aside))
    else:
        next_step = _("kps-tui works without it; remove it and {taken}").format(taken=shown(taken))
    return StorageError(_("{path} is damaged").format(path=shown(path)), why=reason(error), next_step=next_step)


def newer(path: Path, version: int, known: int) -> StorageError:
    """Return what is to be said of a file that a later release has written."""
    return StorageError(
        _("{path} was written by a newer kps-tui").format(path=shown(path)),
        why=_("its version is {version}, this kps-tui knows {known}").format(version=version, known=known),
        next_step=_("kps-tui works without it; update it, or set snapshot = false"),
    )


def reason(error: Exception) -> str:
    """Return why, for a message."""
    if isinstance(error, OSError):
        return line(error.strerror or type(error).__name__, 120)
    return line(str(error) or type(error).__name__, 120)


def _code(error: Exception) -> int:
    """SQLite's extended code; none where the system or the module itself refused."""
    if isinstance(error, OSError):
        return sqlite3.SQLITE_FULL if error.errno in _NO_ROOM_OF_THE_SYSTEM else 0
    return getattr(error, "sqlite_errorcode", 0)
