"""Stores and loads snapshots in the database."""

import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.storage.database import Schema, peek_transaction, read_transaction, write_transaction
from kps_tui.storage.errors import StorageError, reason, shown
from kps_tui.storage.rows import beginning_with, packed, unpacked
from kps_tui.storage.snapshot import ListKey, Snapshot

SCHEMA = Schema(
    (
        (
            """
            CREATE TABLE snapshot (
                profile TEXT NOT NULL,
                host TEXT NOT NULL,
                project_id TEXT NOT NULL,
                answered_at INTEGER NOT NULL,  -- microseconds since the epoch, UTC
                total INTEGER,
                complete INTEGER NOT NULL,
                tasks BLOB NOT NULL,  -- see rows.py
                PRIMARY KEY (profile, host, project_id)
            )
            """,
        ),
    ),
    may_be_off=True,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# A stored time in the future is due to a wrong clock, and must not prevent later lists from being stored.
_SAVE = """
    INSERT INTO snapshot (profile, host, project_id, answered_at, total, complete, tasks)
    VALUES (:profile, :host, :project_id, :answered_at, :total, :complete, :tasks)
    ON CONFLICT (profile, host, project_id) DO UPDATE
    SET answered_at = excluded.answered_at, total = excluded.total, complete = excluded.complete, tasks = excluded.tasks
    WHERE excluded.answered_at >= snapshot.answered_at OR snapshot.answered_at > :now
"""
_LOAD = """
    SELECT answered_at, total, complete, tasks FROM snapshot
    WHERE profile = :profile AND host = :host AND project_id = :project_id
"""
_FORGET = "DELETE FROM snapshot WHERE profile = :profile AND host = :host AND project_id = :project_id"
_FORGET_PROFILE = "DELETE FROM snapshot WHERE profile = :profile"


class Snapshots:
    """The snapshots in one database file. Every method blocks and may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, key: ListKey) -> Snapshot | None:
        """Return the stored snapshot, or None if there is none.

        Raises:
            StorageError: the database or the snapshot can't be read.
        """
        with read_transaction(self._path, SCHEMA) as connection:
            row = connection.execute(_LOAD, _parameters(key)).fetchone()
        if row is None:
            return None
        try:
            return _snapshot(*row)
        except (ValueError, TypeError, OverflowError) as error:
            raise StorageError(
                _("the saved list in {path} can't be read").format(path=shown(self._path)),
                why=reason(error),
                next_step=_("the next list that is loaded replaces it"),
            ) from None

    def tasks_beginning(self, key: ListKey, begin: str, *, rows: int, most: int) -> list[FailedTask]:
        """Return at most `most` tasks whose ids begin with `begin`, of the first `rows` of the stored list.

        It waits for no other process and changes nothing, also if the file is damaged.

        Raises:
            StorageError: the database can't be read now.
            ValueError: the list can't be read.
        """
        with peek_transaction(self._path, SCHEMA) as connection:
            row = connection.execute(_LOAD, _parameters(key)).fetchone()
        if row is None or not isinstance(blob := row[-1], bytes):
            return []
        return list(islice(beginning_with(blob, begin, rows), most))

    def save(self, key: ListKey, snapshot: Snapshot) -> None:
        """Store `snapshot`, unless a newer one is stored.

        Raises:
            StorageError: it can't be stored; the one before is unchanged.
        """
        values = {
            "answered_at": (snapshot.answered_at - _EPOCH) // _MICROSECOND,
            "total": snapshot.total,
            "complete": snapshot.complete,
            "tasks": packed(snapshot.tasks),
            "now": time.time_ns() // 1000,
        }
        with write_transaction(self._path, SCHEMA) as connection:
            connection.execute(_SAVE, _parameters(key) | values)

    def forget(self, key: ListKey) -> None:
        """Delete a snapshot, if there is one.

        Raises:
            StorageError: it can't be deleted.
        """
        self._delete(_FORGET, _parameters(key))

    def forget_profile(self, name: str) -> None:
        """Delete every snapshot of a profile.

        Raises:
            StorageError: they can't be deleted.
        """
        self._delete(_FORGET_PROFILE, {"profile": name})

    def _delete(self, statement: str, values: dict[str, str]) -> None:
        with write_transaction(self._path, SCHEMA, create=False) as connection:
            # Otherwise the deleted rows stay in the free pages of the file.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(statement, values)


def _parameters(key: ListKey) -> dict[str, Any]:
    return {"profile": key.profile, "host": key.host, "project_id": key.project_id}


def _snapshot(answered_at: object, total: object, complete: object, tasks: object) -> Snapshot:
    if not isinstance(answered_at, int) or not isinstance(total, int | None) or not isinstance(tasks, bytes):
        raise TypeError("a column has the wrong type")
    return Snapshot(unpacked(tasks), total, bool(complete), _EPOCH + answered_at * _MICROSECOND)
