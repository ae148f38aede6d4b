"""How much of the list has been read, as a frozen value with texts about it."""

from dataclasses import dataclass
from datetime import datetime

from kps_tui.i18n import _, counted, number
from kps_tui.kps.paging import Verdict


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the list that has been read."""

    loaded: int = 0
    """Number of rows received, readable or not, each counted once."""
    total: int | None = None
    """Number of rows of the whole list according to the service; None if it gave no usable number."""
    pages: int = 0
    unreadable: int = 0
    """Number of rows that can't be parsed."""
    repeated: int = 0
    """Number of rows that occurred twice in one page; they are stored once."""
    verdict: Verdict | None = None
    """How the reading ended; None while there is more to load."""
    moved: bool = False
    """Whether the list changed while it was read."""
    answered_at: datetime | None = None
    """When the last page arrived."""
    is_cached: bool = False
    """Whether the rows were cached by an earlier run."""

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to load."""
        return self.verdict is not None

    @property
    def is_whole(self) -> bool:
        """Whether every row of the list was received and could be parsed."""
        return self.verdict is Verdict.COMPLETE and not self.unreadable

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list was received in this run and could be parsed."""
        return self.is_whole and not self.is_cached

    @property
    def failed(self) -> str:
        """The number of failed tasks in words, maybe a lower bound: `2,500 failed`, `≥ 1,000 failed`."""
        if self.total is None and not self.at_end:
            return counted(self.loaded, "≥ {count} failed", "≥ {count} failed")
        certain = self.verdict in (None, Verdict.COMPLETE)
        count = self.loaded if certain and self.at_end else max(self.total or 0, self.loaded)
        if certain:
            return counted(count, "{count} failed", "{count} failed")
        return counted(count, "≥ {count} failed", "≥ {count} failed")

    @property
    def progress(self) -> str:
        """The progress in words, `1,000 of 2,500 loaded`; empty when the list is complete."""
        if self.verdict is Verdict.COMPLETE:
            return ""
        if self.total is None:
            return counted(self.loaded, "{count} loaded", "{count} loaded")
        total = max(self.total, self.loaded)
        return counted(total, "{loaded} of {count} loaded", "{loaded} of {count} loaded", loaded=number(self.loaded))

    @property
    def base(self) -> str:
        """The rows that counts, orders and exports are based on, in words: `all 2,500`, `1,000 of 2,500 loaded`."""
        return self.progress or counted(self.loaded, "all {count}", "all {count}")

    @property
    def rest(self) -> int | None:
        """Number of rows that are not loaded, or None if it is unknown."""
        return None if self.total is None else max(0, self.total - self.loaded)

    @property
    def shortfall(self) -> str:
        """Why the list may be incomplete although it was read to its end; empty if nothing is wrong."""
        verdict = self.verdict or (Verdict.MOVED if self.moved else Verdict.COMPLETE)
        return {
            Verdict.MOVED: _("list changed while loading"),
            Verdict.ENDLESS: _("the list grows faster than it can be read"),
            Verdict.MISSING: _("the service sent fewer rows than its total"),
            Verdict.REPEATING: _("the service sends the same rows again: it may ignore the offset"),
        }.get(verdict, "")

    @property
    def row_faults(self) -> list[str]:
        """Texts about rows that could not be parsed or occurred twice."""
        return [
            *(
                [counted(self.unreadable, "{count} row could not be read", "{count} rows could not be read")]
                if self.unreadable
                else []
            ),
            *(
                [counted(self.repeated, "{count} row was sent twice", "{count} rows were sent twice")]
                if self.repeated
                else []
            ),
        ]
