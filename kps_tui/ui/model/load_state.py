"""The load under way, and how much of the list has been read, as one frozen value."""

from dataclasses import dataclass, field
from enum import Enum

from kps_tui.i18n import _
from kps_tui.kps.paging import Verdict
from kps_tui.problems import Problem
from kps_tui.session.extent import Extent


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
    """The load under way, and what the loads before it left."""

    running: LoadKind | None = None
    extent: Extent = field(default_factory=Extent)
    """How much of the list is here."""
    error: Problem | None = None
    """Why the last load failed; the rows stay."""
    refreshed: int = 0
    """Rows that a refresh under way has received."""

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list was read in this run, and the last load did not fail."""
        return self.extent.is_complete and not self.error

    @property
    def notice(self) -> str:
        """What is wrong with the list that was read, and the key to press; empty if nothing is."""
        parts = self.extent.row_faults
        if shortfall := self.extent.shortfall:
            next_step = {
                Verdict.ENDLESS: _("R goes on"),
                Verdict.MISSING: _("r reads again"),
                Verdict.REPEATING: _("try --page-size 1000"),
            }
            parts += [shortfall, next_step.get(self.extent.verdict or Verdict.MOVED, "r")]
        return " · ".join(parts)
