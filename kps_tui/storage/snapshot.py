"""The last list of each profile and project, so that the next start has something to show at once."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.storage.database import changing, reading
from kps_tui.storage.errors import StorageError, reason, shown
from kps_tui.storage.rows import packed, unpacked

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# A stored time that is still to come was taken from a wrong clock: it must not keep every later list out.
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


@dataclass(frozen=True, slots=True)
class Where:
    """What a snapshot belongs to: it is never shown for another place."""

    profile: str
    """Empty without a profile."""
    host: str
    """Host and port of the endpoint."""
    project_id: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A list as it was answered."""

    tasks: tuple[FailedTask, ...]
    """In the order of the service. A row that came without an id has none when loaded: the store gives it the same."""
    total: int | None
    """What the service said; `None` if it said none."""
    complete: bool
    """Whether every row is there."""
    answered_at: datetime
    """When the rows were answered, with its zone; in UTC when loaded."""


class Snapshots:
    """The snapshots in one database file. Every method blocks, and may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, where: Where) -> Snapshot | None:
        """Return the last snapshot of a place; `None` where there is none.

        Raises:
            StorageError: it can't be read.
        """
        with reading(self._path) as connection:
            found = connection.execute(_LOAD, _named(where)).fetchone()
        if found is None:
            return None
        try:
            return _snapshot(*found)
        except (ValueError, TypeError, OverflowError) as error:
            raise StorageError(
                _("the last list in {path} can't be read").format(path=shown(self._path)),
                why=reason(error),
                next_step=_("the next list that is loaded replaces it"),
            ) from None

    def save(self, where: Where, snapshot: Snapshot) -> None:
        """Keep `snapshot` as the last of its place, unless a later one is there.

        Raises:
            StorageError: it can't be kept; the one before is still there.
        """
        values = {
            "answered_at": (snapshot.answered_at - _EPOCH) // _MICROSECOND,
            "total": snapshot.total,
            "complete": snapshot.complete,
            "tasks": packed(snapshot.tasks),
            "now": time.time_ns() // 1000,
        }
        with changing(self._path) as connection:
            connection.execute(_SAVE, _named(where) | values)

    def forget(self, where: Where) -> None:
        """Delete the snapshot of a place, if there is one.

        Raises:
            StorageError: it can't be deleted.
        """
        self._delete(_FORGET, _named(where))

    def forget_profile(self, name: str) -> None:
        """Delete every snapshot of a profile.

        Raises:
            StorageError: they can't be deleted.
        """
        self._delete(_FORGET_PROFILE, {"profile": name})

    def _delete(self, statement: str, values: dict[str, str]) -> None:
        with changing(self._path, create=False) as connection:
            # What is deleted must not stay in the free pages of the file.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(statement, values)


def _named(where: Where) -> dict[str, Any]:
    return {"profile": where.profile, "host": where.host, "project_id": where.project_id}


def _snapshot(answered_at: object, total: object, complete: object, tasks: object) -> Snapshot:
    if not isinstance(answered_at, int) or not isinstance(total, int | None) or not isinstance(tasks, bytes):
        raise TypeError("a value is of another type")
    return Snapshot(unpacked(tasks), total, bool(complete), _EPOCH + answered_at * _MICROSECOND)
