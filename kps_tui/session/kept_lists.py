"""The lists of earlier runs, so that a start has something to show before the service has answered."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.kps.answer import Page
from kps_tui.kps.errors import KpsError
from kps_tui.kps.paging import Paging, Verdict
from kps_tui.session.reading import Reading

if TYPE_CHECKING:
    from kps_tui.storage.snapshot import Snapshot, Where


@dataclass(frozen=True, slots=True)
class Kept:
    """What a list belongs to: it is never shown for another profile, host or project."""

    profile: str
    host: str
    project_id: str

    @property
    def where(self) -> "Where":
        """The same, as the storage names it."""
        from kps_tui.storage.snapshot import Where

        return Where(self.profile, self.host, self.project_id)


class _Nowhere:
    async def page(self, offset: int, limit: int) -> Page:
        raise KpsError("a kept list has no more pages")


def taken(reading: Reading) -> "Snapshot | None":
    """Return what there is to keep of a reading as it is now, whatever it reads on; `None`: nothing of this run.

    Call it where the reading is read, not in a thread: rows, total and time must be those of one moment.
    """
    if reading.is_kept or reading.answered_at is None:
        return None
    from kps_tui.storage.snapshot import Snapshot

    return Snapshot(tuple(reading.store.tasks), reading.paging.total, reading.complete, reading.answered_at)


def reading_of(snapshot: "Snapshot", page_size: int) -> Reading:
    """Return a kept list as a reading that has no more pages."""
    reading = Reading(_Nowhere(), page_size)
    reading.store.extend(snapshot.tasks)
    reading.answered_at = snapshot.answered_at
    reading.is_kept = True
    rows = len(snapshot.tasks)
    reading.paging = Paging(
        page_size,
        size=page_size,
        received=rows,
        told=snapshot.total,
        total=snapshot.total,
        promised=snapshot.total,
        pages=max(1, -(-rows // page_size)),
        distinct=rows,
        verdict=Verdict.COMPLETE if snapshot.complete else None,
    )
    return reading


class KeptLists:
    """The lists in one database file; without a file it keeps none. Every method blocks: call it in a thread.

    Where the user wants none kept, what an earlier run kept of a place is dropped when it is asked for.
    """

    def __init__(self, path: Path | None = None, *, wanted: bool = True) -> None:
        self._path = path
        self._wanted = wanted

    @property
    def keeps(self) -> bool:
        """Whether lists are kept at all."""
        return self._path is not None and self._wanted

    def load(self, of: Kept, page_size: int) -> Reading | None:
        """Return the last list of a place as a reading that has no more pages; `None` where there is none.

        Raises:
            StorageError: it can't be read.
        """
        if self._path is None or not of.project_id:
            return None
        from kps_tui.storage.snapshot import Snapshots

        if not self._wanted:
            if self._path.exists():
                Snapshots(self._path).forget(of.where)
            return None
        snapshot = Snapshots(self._path).load(of.where)
        return None if snapshot is None else reading_of(snapshot, page_size)

    def forget(self, profile: str) -> None:
        """Drop every list of a profile.

        Raises:
            StorageError: it can't be written.
        """
        if self._path is None or not self._path.exists():
            return
        from kps_tui.storage.snapshot import Snapshots

        Snapshots(self._path).forget_profile(profile)

    def save(self, of: Kept, snapshot: "Snapshot") -> None:
        """Keep what was read; an older list never takes the place of a newer one.

        Raises:
            StorageError: it can't be written.
        """
        if self._path is None or not self._wanted or not of.project_id:
            return
        from kps_tui.storage.snapshot import Snapshots

        Snapshots(self._path).save(of.where, snapshot)
