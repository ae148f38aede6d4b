"""Stores the last list of each profile and project, so that the next start can show it before the service answers.

The database is imported when it is used, after the first frame.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.kps.errors import KpsError
from kps_tui.kps.paging import Paging, Verdict
from kps_tui.session.reading import Reading
from kps_tui.storage.snapshot import ListKey, Snapshot

if TYPE_CHECKING:
    from kps_tui.kps.answer import Page


class _NoPages:
    """The page source of a stored list, which has no more pages."""

    async def page(self, offset: int, limit: int) -> "Page":
        raise KpsError("a kept list has no more pages")


def snapshot_of(reading: Reading) -> Snapshot | None:
    """Return a snapshot of the rows read so far, or None if none of them was read in this run.

    Call it on the event loop that loads the reading: rows, total and time must be consistent.
    """
    if reading.is_cached or reading.answered_at is None:
        return None
    return Snapshot(reading.store.tasks, reading.paging.total, reading.extent.is_whole, reading.answered_at)


def reading_of(snapshot: Snapshot, page_size: int) -> Reading:
    """Return a stored list as a reading that has no next page."""
    reading = Reading(_NoPages(), page_size)
    reading.store.extend(snapshot.tasks)
    reading.answered_at = snapshot.answered_at
    reading.is_cached = True
    rows = len(snapshot.tasks)
    reading.paging = Paging(
        page_size,
        size=page_size,
        received=rows,
        last_total=snapshot.total,
        total=snapshot.total,
        promised=snapshot.total,
        pages=max(1, -(-rows // page_size)),
        distinct=rows,
        verdict=Verdict.COMPLETE if snapshot.complete else None,
    )
    return reading


class CachedLists:
    """The stored lists in one database file. Every method blocks: call it off the event loop.

    Without a path, nothing is stored. If the user does not want lists stored (`wanted`), `load` deletes the one that an
    earlier run stored under the key.
    """

    def __init__(self, path: Path | None = None, *, wanted: bool = True) -> None:
        self._path = path
        self._wanted = wanted

    @property
    def is_enabled(self) -> bool:
        """Whether lists are stored at all."""
        return self._path is not None and self._wanted

    def load(self, key: ListKey, page_size: int) -> Reading | None:
        """Return the stored list as a reading that has no next page, or None if there is none.

        Raises:
            StorageError: the list can't be read.
        """
        if self._path is None or not key.project_id or _is_missing(self._path):
            return None
        from kps_tui.storage.snapshot_store import Snapshots

        if not self._wanted:
            Snapshots(self._path).forget(key)
            return None
        snapshot = Snapshots(self._path).load(key)
        return None if snapshot is None else reading_of(snapshot, page_size)

    def forget(self, profile: str) -> None:
        """Delete every list of a profile.

        Raises:
            StorageError: the database can't be read or written.
        """
        if self._path is None or _is_missing(self._path):
            return
        from kps_tui.storage.snapshot_store import Snapshots

        Snapshots(self._path).forget_profile(profile)

    def save(self, key: ListKey, snapshot: Snapshot) -> None:
        """Store a list; an older one never replaces a newer one.

        Raises:
            StorageError: the database can't be written.
        """
        if self._path is None or not self._wanted or not key.project_id:
            return
        from kps_tui.storage.snapshot_store import Snapshots

        Snapshots(self._path).save(key, snapshot)


def _is_missing(path: Path) -> bool:
    """Return whether the file certainly does not exist, so that the database need not be imported."""
    try:
        path.lstat()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False
