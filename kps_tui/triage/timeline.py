"""A histogram of when tasks failed, one row high."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import partial

from kps_tui.i18n import counted
from kps_tui.triage.facets import share
from kps_tui.triage.pieces import counted_in_pieces, ends
from kps_tui.triage.times import DAY, HOUR, MINUTE, day_of, midnight

WEEK = 7 * DAY
WIDTHS = (
    *(minutes * MINUTE for minutes in (1, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 7, 14, 28, 91, 364)),
)
"""The widths that a bucket may have, in milliseconds; after the last one they double."""
FIRST_MONDAY = date(1969, 12, 29).toordinal()
"""Buckets of whole days are aligned to this Monday, which is before the epoch in every zone."""

BLOCKS = " ▁▂▃▄▅▆▇█"
"""Characters of rising height."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many tasks failed in each bucket. All times are in milliseconds since the epoch."""

    edges: tuple[int, ...] = ()
    """The start of each bucket and the end of the last one; empty if there are no buckets."""
    width: int = 0
    """The width of a bucket, apart from days of 23 or 25 hours; 0 if there are no buckets."""
    counts: tuple[int, ...] = ()
    unreadable: int = 0
    """How many tasks have no readable time, so that they are in no bucket."""

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def start(self) -> int:
        """The start of the first bucket; 0 if there is none."""
        return self.edges[0] if self.edges else 0

    def span(self, bucket: int) -> tuple[int, int]:
        """Return the start and the end of `bucket`, counted from 0.

        Raises:
            IndexError: there is no such bucket.
        """
        if not 0 <= bucket < len(self.counts):
            raise IndexError(bucket)
        return self.edges[bucket], self.edges[bucket + 1]

    @property
    def scale(self) -> str:
        """What a bucket counts: `per 15 min`, `per hour`, `per day`, `per 2 weeks`; empty if there is none."""
        if not self.width:
            return ""
        if self.width % WEEK == 0:
            return counted(self.width // WEEK, "per week", "per {count} weeks")
        if self.width % DAY == 0:
            return counted(self.width // DAY, "per day", "per {count} days")
        if self.width % HOUR == 0:
            return counted(self.width // HOUR, "per hour", "per {count} h")
        return counted(self.width // MINUTE, "per minute", "per {count} min")


def timeline(times: Sequence[int | None], cells: int, zone: tzinfo | None = None) -> Timeline:
    """Count `times` in at most `cells` buckets, of the smallest width that covers all of them.

    Buckets start at full local minutes, hours or days, or on Mondays.

    Args:
        times: in milliseconds since the epoch, in any order; `None` for a task without a readable time.
        cells: the most buckets; below 1 it counts as 1.
        zone: the zone that buckets are aligned to; `None` is the local zone.
    """
    known = array("q", (moment for moment in times if moment is not None))
    unreadable = len(times) - len(known)
    if not known:
        return Timeline(unreadable=unreadable)
    width, edges = _buckets(*ends(known), max(1, cells), zone)
    counts = counted_in_pieces(known, partial(bisect_right, edges))
    return Timeline(edges, width, tuple(counts[place] for place in range(1, len(edges))), unreadable)


def _buckets(first: int, last: int, cells: int, zone: tzinfo | None) -> tuple[int, tuple[int, ...]]:
    """Return the smallest width that needs no more than `cells` buckets, and the edges of these."""
    first_day, last_day = day_of(first, zone), day_of(last, zone)
    first_midnight = midnight(first_day, zone)
    for width in WIDTHS:
        if width >= DAY:
            break
        start = first - (first - first_midnight) % width
        buckets = (last - start) // width + 1
        if buckets <= cells:
            return width, tuple(range(start, start + buckets * width + 1, width))
    days = 1
    widths = iter(width // DAY for width in WIDTHS if width >= DAY)
    while True:
        days = next(widths, 2 * days)
        begin = (first_day - FIRST_MONDAY) // days
        end = (last_day - FIRST_MONDAY) // days + 1
        if end - begin <= cells:
            edges = (midnight(FIRST_MONDAY + bucket * days, zone) for bucket in range(begin, end + 1))
            return days * DAY, tuple(edges)


def blocks(counts: Sequence[int]) -> str:
    """Return one block character for each count; the largest count has the full block, and only 0 is blank."""
    largest = max(counts, default=0)
    return "".join(BLOCKS[share(count, largest, len(BLOCKS) - 1)] for count in counts)
