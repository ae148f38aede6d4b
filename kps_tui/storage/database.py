"""A database file with mode 0600, opened for one transaction at a time; other processes may use it meanwhile.

A damaged file is renamed (see `quarantine`); a file of a newer version of the program is left alone.
"""

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kps_tui.files import check_own
from kps_tui.files import create as create_file
from kps_tui.i18n import _
from kps_tui.storage import errors
from kps_tui.storage.filesystem import is_on_network
from kps_tui.storage.quarantine import ADDITIONAL, quarantine, quarantine_path


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one database file."""

    migrations: tuple[tuple[str, ...], ...]
    """The statements of each version. A released version never changes; a new one is appended."""
    may_be_off: bool = False
    """Whether `snapshot = false` in the configuration turns the file off."""

    @property
    def version(self) -> int:
        """The version that this program writes; a file holds its own in `PRAGMA user_version`."""
        return len(self.migrations)


LOCKED_SECONDS = 2.0
"""How long to wait while another process locks the file."""
_POLL_SECONDS = 0.02
_READ, _CHANGE = "BEGIN", "BEGIN IMMEDIATE"


@contextmanager
def read_transaction(path: Path, schema: Schema) -> Iterator[sqlite3.Connection]:
    """Read in one transaction. If there is no file, read an empty database: no file is created.

    Raises:
        StorageError: the database can't be read.
    """
    with _as_storage_error(path, schema), _transaction(path, schema, _READ, create=False) as connection:
        yield connection


@contextmanager
def write_transaction(path: Path, schema: Schema, *, create: bool = True) -> Iterator[sqlite3.Connection]:
    """Write in one transaction: everything in the block, or nothing. Without `create`, no file is created.

    Raises:
        StorageError: the database can't be written; it is unchanged.
    """
    with _as_storage_error(path, schema), _transaction(path, schema, _CHANGE, create) as connection:
        yield connection


@contextmanager
def peek_transaction(path: Path, schema: Schema) -> Iterator[sqlite3.Connection]:
    """Read in one transaction, but wait for no other process, and neither create, migrate nor rename a file.

    Raises:
        StorageError: it can't be read now, or was written by another version.
    """
    try:
        _check_owner(path)
        with closing(_connected(path)) as connection:
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute(_READ)
            if _version(connection, path, schema) < schema.version:
                raise sqlite3.DatabaseError("an older version")
            yield connection
            connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise errors.unusable(path, error, may_be_off=schema.may_be_off) from None


@contextmanager
def _as_storage_error(path: Path, schema: Schema) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise _problem(path, schema, error) from None


def _problem(path: Path, schema: Schema, error: sqlite3.Error | OSError) -> errors.StorageError:
    if not errors.is_damaged(error):
        return errors.unusable(path, error, may_be_off=schema.may_be_off)
    try:
        return errors.damaged(path, error, quarantine(path), quarantine_path(path))
    except OSError as refused:
        return errors.unusable(path, refused, may_be_off=schema.may_be_off)


@contextmanager
def _transaction(path: Path, schema: Schema, begin: str, create: bool) -> Iterator[sqlite3.Connection]:
    if create:
        create_file(path)
    _check_owner(path)
    opened = _begun(path, schema, begin) if create or _has_content(path) else _empty_database(path, schema)
    with closing(opened) as connection:
        yield connection
        connection.execute("COMMIT")


def _check_owner(path: Path) -> None:
    """Refuse a file of another user. SQLite opens all of these by name, and trusts what they contain."""
    for file in (path, *(path.with_name(path.name + suffix) for suffix in ADDITIONAL)):
        with suppress(FileNotFoundError, NotADirectoryError):
            check_own(file)


def _has_content(path: Path) -> bool:
    """Return whether the file exists and is not empty; an empty one was created, but not yet written."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _empty_database(path: Path, schema: Schema) -> sqlite3.Connection:
    return _prepared(sqlite3.connect(":memory:", isolation_level=None), path, schema, _READ)


def _begun(path: Path, schema: Schema, begin: str) -> sqlite3.Connection:
    """Open the file and begin a transaction.

    SQLite's own time limit does not cover the switch to WAL, nor a file that another process is closing.
    """
    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            return _opened(path, schema, begin)
        except sqlite3.OperationalError as error:
            if not errors.is_locked(error) or time.monotonic() > until:
                raise
        time.sleep(_POLL_SECONDS)


def _opened(path: Path, schema: Schema, begin: str) -> sqlite3.Connection:
    """Open the file with WAL, or without it where WAL can't create or share its memory file."""
    try:
        return _prepared(_connected(path), path, schema, begin, "DELETE" if is_on_network(path) else "WAL")
    except sqlite3.OperationalError as error:
        if errors.is_locked(error):
            raise
    may_write = os.access(path.parent, os.W_OK)
    if begin == _READ:
        return _prepared(_exclusive(path) if may_write else _immutable(path), path, schema, begin)
    if not may_write:
        raise PermissionError(errno.EACCES, _("its folder is read-only"))
    with closing(_exclusive(path)) as connection:
        _version(connection, path, schema)
        _use_journal(connection, "DELETE")
    return _prepared(_connected(path), path, schema, begin, "DELETE")


def _connected(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    # Not mode rwc: SQLite would create the file readable by others.
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, timeout=LOCKED_SECONDS, isolation_level=None, uri=True)


def _exclusive(path: Path) -> sqlite3.Connection:
    """Open the file and lock all others out: WAL then needs no shared memory."""
    connection = _connected(path)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def _immutable(path: Path) -> sqlite3.Connection:
    """Open a file in a folder that can't be written to: SQLite can create no lock file there."""
    return _connected(path, "mode=ro&immutable=1")


def _prepared(
    connection: sqlite3.Connection, path: Path, schema: Schema, begin: str, journal: str = ""
) -> sqlite3.Connection:
    try:
        version = _version(connection, path, schema)
        if journal and begin == _CHANGE:
            _use_journal(connection, journal)
        if version < schema.version:
            _migrate(connection, path, schema)
        connection.execute(begin)
        # A reader takes its lock with the first statement, not with BEGIN.
        _version(connection, path, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: Path, schema: Schema) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.version:
        raise errors.newer(path, version, schema.version, may_be_off=schema.may_be_off)
    return version


def _use_journal(connection: sqlite3.Connection, journal: str) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != journal.lower():
        connection.execute(f"PRAGMA journal_mode = {journal}")


def _migrate(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    connection.execute(_CHANGE)
    # Another process may have migrated the file meanwhile.
    for step in schema.migrations[_version(connection, path, schema) :]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {schema.version}")
    connection.execute("COMMIT")
