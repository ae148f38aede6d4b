"""How far the list was read, as the screen shows it: a frozen value made from a reading."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kps_tui.i18n import _, number
from kps_tui.kps.paging import Verdict
from kps_tui.problems import Problem
from kps_tui.session.reading import Reading


class Kind(Enum):
    """What is loaded."""

    FIRST = "first page"
    NEXT = "next page"
    REST = "rest"
    REFRESH = "refresh"
    WATCH = "watch"
    """A refresh that nobody asked for: it says nothing unless something changed."""


RENEWING = (Kind.REFRESH, Kind.WATCH)
"""Loads that read the list anew, while the rows stay."""


@dataclass(frozen=True, slots=True)
class LoadState:
    """The load under way, and what the last ones left."""

    running: Kind | None = None
    loaded: int = 0
    """Rows of the list that are here, each counted once, readable or not."""
    total: int | None = None
    """What the service says; `None`: nothing usable, or nothing yet."""
    pages: int = 0
    unreadable: int = 0
    twice: int = 0
    """Rows that stood twice in one answer."""
    verdict: Verdict | None = None
    moved: bool = False
    """Whether the list changed while it was read, up to now."""
    answered_at: datetime | None = None
    """When the rows shown were answered; of several pages the last."""
    error: Problem | None = None
    """Why the last load failed; the rows stay."""
    refreshed: int = 0
    """While a refresh runs: rows it has received."""
    is_kept: bool = False
    """Whether the rows are those of an earlier run."""

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to load."""
        return self.verdict is not None

    @property
    def failed(self) -> str:
        """How many tasks failed, as far as that is known: `2,500 failed`, `≥ 1,000 failed`."""
        if self.total is None and not self.at_end:
            return _("≥ {count} failed").format(count=number(self.loaded))
        certain = self.verdict in (None, Verdict.COMPLETE)
        count = number(self.loaded if certain and self.at_end else max(self.total or 0, self.loaded))
        return (_("{count} failed") if certain else _("≥ {count} failed")).format(count=count)

    @property
    def progress(self) -> str:
        """`1,000 of 2,500 loaded`; empty once all is loaded."""
        if self.verdict is Verdict.COMPLETE:
            return ""
        if self.total is None:
            return _("{loaded} loaded").format(loaded=number(self.loaded))
        return _("{loaded} of {total} loaded").format(
            loaded=number(self.loaded), total=number(max(self.total, self.loaded))
        )

    @property
    def base(self) -> str:
        """What every count, order and export is based on: `all 2,500`, `1,000 of 2,500 loaded`."""
        return self.progress or _("all {count}").format(count=number(self.loaded))

    @property
    def is_complete(self) -> bool:
        """Whether every row of the list is here, could be read, and is of this run."""
        return not self.is_kept and self.verdict is Verdict.COMPLETE and not self.unreadable and not self.error

    @property
    def rest(self) -> int | None:
        """How many rows are not loaded yet; `None`: unknown."""
        return None if self.total is None else max(0, self.total - self.loaded)

    @property
    def notice(self) -> str:
        """What is wrong with the list although it was read, and the next key; empty where nothing is."""
        parts = [
            _("{count} rows could not be read").format(count=number(self.unreadable)) if self.unreadable else "",
            _("{count} rows came twice").format(count=number(self.twice)) if self.twice else "",
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


def state_of(reading: Reading, running: Kind | None = None, error: Problem | None = None) -> LoadState:
    """Return the state of `reading`."""
    paging = reading.paging
    return LoadState(
        running,
        reading.loaded,
        paging.total,
        paging.pages,
        reading.unreadable,
        reading.twice,
        paging.verdict,
        paging.moved,
        reading.answered_at,
        error,
        is_kept=reading.is_kept,
    )
