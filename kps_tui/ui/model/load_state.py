"""The current load, and how much of the list has been read, as one frozen value."""

from dataclasses import dataclass, field
from enum import Enum

from kps_tui.i18n import _, counted
from kps_tui.kps.paging import Verdict
from kps_tui.problems import Problem
from kps_tui.session.extent import Extent
from kps_tui.triage.view import View


class LoadKind(Enum):
    """The purpose of a load."""

    FIRST = "first page"
    NEXT = "next page"
    REST = "rest"
    REFRESH = "refresh"
    WATCH = "watch"
    """A refresh by the watch, which is not shown unless the list changed."""


RENEWING = (LoadKind.REFRESH, LoadKind.WATCH)
"""Loads that read the list again into a new store, while the old rows stay on the screen."""


@dataclass(frozen=True, slots=True)
class LoadState:
    """The current load, and the result of the loads before it."""

    running: LoadKind | None = None
    extent: Extent = field(default_factory=Extent)
    """How much of the list has been read."""
    error: Problem | None = None
    """Why the last load failed."""
    refreshed: int = 0
    """Number of rows that the current refresh has received."""

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list was read in this run, and the last load did not fail."""
        return self.extent.is_complete and not self.error

    def base_of(self, view: View) -> str:
        """Return what counts of the tasks in `view` are based on: `all 2,500`, `40 match · 1,000 of 2,500 loaded`."""
        base, tasks = self.extent.base, len(view)
        if tasks == len(view.newest_first):
            return base
        return counted(tasks, "{count} match · {base}", "{count} match · {base}", base=base)

    @property
    def notice(self) -> str:
        """What is wrong with the loaded list, and which key to press; empty if nothing is wrong."""
        parts = self.extent.row_faults
        if shortfall := self.extent.shortfall:
            next_step = {
                Verdict.ENDLESS: _("R continues"),
                Verdict.MISSING: _("r refreshes"),
                Verdict.REPEATING: _("try --page-size 1000"),
            }
            parts += [shortfall, next_step.get(self.extent.verdict or Verdict.MOVED, "r")]
        return " · ".join(parts)
