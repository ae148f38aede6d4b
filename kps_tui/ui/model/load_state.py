"""How far the list has been read, and the load under way: a frozen value made from a reading."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kps_tui.i18n import _, counted, number
from kps_tui.kps.paging import Verdict
from kps_tui.problems import Problem
from kps_tui.session.reading import Reading


class LoadKind(Enum):
    """What a load is for."""

    FIRST = "first page"
    NEXT = "next page"
    REST = "rest"
    REFRESH = "refresh"
    WATCH = "watch"
    """A refresh by the watch: nothing of it shows unless the list changed."""


RENEWING = (LoadKind.REFRESH, LoadKind.WATCH)
"""Loads that read the list again into another store while the old rows stay."""


@dataclass(frozen=True, slots=True)
class LoadState:
    """The load under way, and how much of the list the loads before it read."""

    running: LoadKind | None = None
    loaded: int = 0
    """Rows received, each counted once, readable or not."""
    total: int | None = None
    """Rows of the whole list as the service counts them; None if it has not said so usably."""
    pages: int = 0
    unreadable: int = 0
    repeated: int = 0
    """Rows that came twice in one answer."""
    verdict: Verdict | None = None
    moved: bool = False
    """Whether the list changed while it was read."""
    answered_at: datetime | None = None
    """When the last page of the rows shown was answered."""
    error: Problem | None = None
    """Why the last load failed; the rows stay."""
    refreshed: int = 0
    """Rows that a refresh under way has received."""
    is_cached: bool = False
    """Whether the rows come from the cache of an earlier run."""

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to load."""
        return self.verdict is not None

    @property
    def failed(self) -> str:
        """How many tasks failed, as far as is known: `2,500 failed`, `≥ 1,000 failed`."""
        if self.total is None and not self.at_end:
            return counted(self.loaded, "≥ {count} failed", "≥ {count} failed")
        certain = self.verdict in (None, Verdict.COMPLETE)
        count = self.loaded if certain and self.at_end else max(self.total or 0, self.loaded)
        if certain:
            return counted(count, "{count} failed", "{count} failed")
        return counted(count, "≥ {count} failed", "≥ {count} failed")

    @property
    def progress(self) -> str:
        """`1,000 of 2,500 loaded`; empty once all is loaded."""
        if self.verdict is Verdict.COMPLETE:
            return ""
        if self.total is None:
            return counted(self.loaded, "{count} loaded", "{count} loaded")
        total = max(self.total, self.loaded)
        return counted(total, "{loaded} of {count} loaded", "{loaded} of {count} loaded", loaded=number(self.loaded))

    @property
    def base(self) -> str:
        """The rows that every count, order and export is based on: `all 2,500`, `1,000 of 2,500 loaded`."""
        return self.progress or counted(self.loaded, "all {count}", "all {count}")

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list was read in this run, and none was unreadable."""
        return not self.is_cached and self.verdict is Verdict.COMPLETE and not self.unreadable and not self.error

    @property
    def rest(self) -> int | None:
        """Rows that are not loaded yet, or None if that is unknown."""
        return None if self.total is None else max(0, self.total - self.loaded)

    @property
    def notice(self) -> str:
        """What is wrong with the list that was read, and the key to press; empty if nothing is."""
        parts = [
            counted(self.unreadable, "{count} row could not be read", "{count} rows could not be read")
            if self.unreadable
            else "",
            counted(self.repeated, "{count} row came twice", "{count} rows came twice") if self.repeated else "",
            {
                Verdict.MOVED: _("list changed while loading · r"),
                Verdict.ENDLESS: _("the list grows faster than it can be read · R goes on"),
                Verdict.MISSING: _("the service stopped before its total · r reads again"),
                Verdict.REPEATING: _(
                    "the service gives the same rows again: it may ignore the offset · try --page-size 1000"
                ),
            }.get(self.verdict or (Verdict.MOVED if self.moved else Verdict.COMPLETE), ""),
        ]
        return " · ".join(part for part in parts if part)


def state_of(
    reading: Reading, running: LoadKind | None = None, error: Problem | None = None, refreshed: int = 0
) -> LoadState:
    """Return the state of `reading` while `running` loads."""
    paging = reading.paging
    return LoadState(
        running,
        reading.loaded,
        paging.total,
        paging.pages,
        reading.unreadable,
        reading.repeated,
        paging.verdict,
        paging.moved,
        reading.answered_at,
        error,
        refreshed,
        reading.is_cached,
    )
