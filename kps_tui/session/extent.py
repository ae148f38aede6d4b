"""How much of the list has been read: a frozen value, and the words for it."""

from dataclasses import dataclass
from datetime import datetime

from kps_tui.i18n import _, counted, number
from kps_tui.kps.paging import Verdict


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the list is here, and whether that is all of it."""

    loaded: int = 0
    """Rows received, each counted once, readable or not."""
    total: int | None = None
    """Rows of the whole list as the service counts them; None if it has not said so usably."""
    pages: int = 0
    unreadable: int = 0
    """Rows that are no JSON objects."""
    repeated: int = 0
    """Rows that came twice in one answer."""
    verdict: Verdict | None = None
    """How the reading ended; None while there is more to load."""
    moved: bool = False
    """Whether the list changed while it was read."""
    answered_at: datetime | None = None
    """When the last page was answered."""
    is_cached: bool = False
    """Whether the rows come from the cache of an earlier run."""

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to load."""
        return self.verdict is not None

    @property
    def is_whole(self) -> bool:
        """Whether every row of the list is here and could be read."""
        return self.verdict is Verdict.COMPLETE and not self.unreadable

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list is here and was read in this run."""
        return self.is_whole and not self.is_cached

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
    def rest(self) -> int | None:
        """Rows that are not loaded yet, or None if that is unknown."""
        return None if self.total is None else max(0, self.total - self.loaded)

    @property
    def shortfall(self) -> str:
        """Why the list may not be all there, although it was read; empty if nothing is wrong."""
        verdict = self.verdict or (Verdict.MOVED if self.moved else Verdict.COMPLETE)
        return {
            Verdict.MOVED: _("list changed while loading"),
            Verdict.ENDLESS: _("the list grows faster than it can be read"),
            Verdict.MISSING: _("the service stopped before its total"),
            Verdict.REPEATING: _("the service gives the same rows again: it may ignore the offset"),
        }.get(verdict, "")

    @property
    def row_faults(self) -> list[str]:
        """Sentences on rows that could not be read or came twice."""
        return [
            *(
                [counted(self.unreadable, "{count} row could not be read", "{count} rows could not be read")]
                if self.unreadable
                else []
            ),
            *([counted(self.repeated, "{count} row came twice", "{count} rows came twice")] if self.repeated else []),
        ]
