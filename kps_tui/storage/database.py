"""The database file: opened for one transaction at a time, for its owner alone, while other processes do the same.

A file that is damaged is put aside; one of a newer release is not touched.
"""

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kps_tui.files import create as create_file
from kps_tui.i18n import _
from kps_tui.storage import aside, errors
from kps_tui.storage.filesystem import is_on_network
from kps_tui.storage.schema import MIGRATIONS, VERSION

LOCKED_SECONDS = 2.0
"""How long to wait for another process."""
_LOOK_EVERY = 0.02
_READ, _CHANGE = "BEGIN", "BEGIN IMMEDIATE"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Look into the database; into an empty one where there is no file: nothing is created by looking.

    Raises:
        StorageError: it can't be read.
    """
    with _told(path), _transaction(path, _READ, create=False) as connection:
        yield connection


@contextmanager
def changing(path: Path, *, create: bool = True) -> Iterator[sqlite3.Connection]:
    """Change the database: all that is done in the block, or nothing. Without `create` as in `reading`.

    Raises:
        StorageError: it can't be written; it is as it was.
    """
    with _told(path), _transaction(path, _CHANGE, create) as connection:
        yield connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise _problem(path, error) from None


def _problem(path: Path, error: sqlite3.Error | OSError) -> errors.StorageError:
    if not errors.is_damaged(error):
        return errors.unusable(path, error)
    try:
        return errors.damaged(path, error, aside.put_aside(path), aside.place_of(path))
    except OSError as refused:
        return errors.unusable(path, refused)


@contextmanager
def _transaction(path: Path, begin: str, create: bool) -> Iterator[sqlite3.Connection]:
    if create:
        create_file(path)
    with closing(_begun(path, begin) if create or _holds_something(path) else _empty(path)) as connection:
        yield connection
        connection.execute("COMMIT")


def _holds_something(path: Path) -> bool:
    """Whether there is a file that came further than being created."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _empty(path: Path) -> sqlite3.Connection:
    return _prepared(sqlite3.connect(":memory:", isolation_level=None), path, _READ)


def _begun(path: Path, begin: str) -> sqlite3.Connection:
    """Open the file and begin. SQLite's own waiting does not cover the change to WAL, nor a file being closed."""
    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            return _opened(path, begin)
        except sqlite3.OperationalError as error:
            if not errors.is_locked(error) or time.monotonic() > until:
                raise
        time.sleep(_LOOK_EVERY)


def _opened(path: Path, begin: str) -> sqlite3.Connection:
    """Open the file; where WAL finds no room or way to share memory, in a manner that needs none."""
    try:
        return _prepared(_connected(path), path, begin, "DELETE" if is_on_network(path) else "WAL")
    except sqlite3.OperationalError as error:
        if errors.is_locked(error):
            raise
    may_write = os.access(path.parent, os.W_OK)
    if begin == _READ:
        return _prepared(_alone(path) if may_write else _unchanging(path), path, begin)
    if not may_write:
        raise PermissionError(errno.EACCES, _("its folder is read-only"))
    with closing(_alone(path)) as connection:
        _version(connection, path)
        _use_journal(connection, "DELETE")
    return _prepared(_connected(path), path, begin, "DELETE")


def _connected(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    # Mode rw: SQLite itself would create the file readable for others.
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, timeout=LOCKED_SECONDS, isolation_level=None, uri=True)


def _alone(path: Path) -> sqlite3.Connection:
    """Keep all others out: then WAL shares no memory."""
    connection = _connected(path)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def _unchanging(path: Path) -> sqlite3.Connection:
    """Read where nothing can be written, not even a lock: so nobody changes the file meanwhile."""
    return _connected(path, "mode=ro&immutable=1")


def _prepared(connection: sqlite3.Connection, path: Path, begin: str, journal: str = "") -> sqlite3.Connection:
    try:
        version = _version(connection, path)
        if journal and begin == _CHANGE:
            _use_journal(connection, journal)
        if version < VERSION:
            _migrate(connection, path)
        connection.execute(begin)
        # Only the first look takes the lock that a reader needs.
        _version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise errors.newer(path, version, VERSION)
    return version


def _use_journal(connection: sqlite3.Connection, journal: str) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != journal.lower():
        connection.execute(f"PRAGMA journal_mode = {journal}")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(_CHANGE)
    # Another process may have been first.
    for step in MIGRATIONS[_version(connection, path) :]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
