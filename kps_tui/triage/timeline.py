"""A histogram of when tasks failed, one row high."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise

from kps_tui.i18n import counted
from kps_tui.triage.facets import share

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
"""In milliseconds. A day on which clocks change is an hour shorter or longer."""
WEEK = 7 * DAY
WIDTHS = (
    *(minutes * MINUTE for minutes in (1, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 7, 14, 28, 91, 364)),
)
"""The widths that a bucket may have, in milliseconds; after the last one they double."""
FIRST_MONDAY = date(1969, 12, 29).toordinal()
"""Buckets of whole days are counted from this Monday, which is before the epoch in every zone."""
EPOCH_DAY = date(1970, 1, 1).toordinal()

BLOCKS = " ▁▂▃▄▅▆▇█"


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
    def width_in_words(self) -> str:
        """The width of a bucket: `15 min`, `6 h`, `1 d`, `2 weeks`; empty if there is none."""
        if not self.width:
            return ""
        if self.width % WEEK == 0:
            return counted(self.width // WEEK, "1 week", "{count} weeks")
        if self.width % DAY == 0:
            return counted(self.width // DAY, "{count} d", "{count} d")
        if self.width % HOUR == 0:
            return counted(self.width // HOUR, "{count} h", "{count} h")
        return counted(self.width // MINUTE, "{count} min", "{count} min")


def timeline(times: Iterable[int | None], cells: int, zone: tzinfo | None = None) -> Timeline:
    """Count `times` in at most `cells` buckets, of the smallest width that is enough for all of them.

    Buckets start at full local minutes, hours or days, or on Mondays.

    Args:
        times: in milliseconds since the epoch, in any order; `None` for a task without a readable time.
        cells: the most buckets; below 1 it counts as 1.
        zone: the zone that buckets are aligned to; `None` is the local zone.
    """
    given = list(times)
    known = sorted(moment for moment in given if moment is not None)
    unreadable = len(given) - len(known)
    if not known:
        return Timeline(unreadable=unreadable)
    width, edges = _buckets(known[0], known[-1], max(1, cells), zone)
    places = [bisect_left(known, edge) for edge in edges]
    return Timeline(edges, width, tuple(after - before for before, after in pairwise(places)), unreadable)


def _buckets(first: int, last: int, cells: int, zone: tzinfo | None) -> tuple[int, tuple[int, ...]]:
    """Return the smallest width that needs no more than `cells` buckets, and the edges of these."""
    first_day, last_day = _local_day(first, zone), _local_day(last, zone)
    midnight = _midnight(first_day, zone)
    for width in WIDTHS:
        if width >= DAY:
            break
        start = first - (first - midnight) % width
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
            edges = (_midnight(FIRST_MONDAY + bucket * days, zone) for bucket in range(begin, end + 1))
            return days * DAY, tuple(edges)


def _local_day(moment: int, zone: tzinfo | None) -> int:
    """Return the ordinal of the day of `moment`."""
    try:
        return datetime.fromtimestamp(moment // 1000, UTC).astimezone(zone).toordinal()
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        return date.max.toordinal()


def _midnight(day: int, zone: tzinfo | None) -> int:
    """Return the moment at which the day with the ordinal `day` begins."""
    if day > date.max.toordinal():
        return (day - EPOCH_DAY) * DAY
    return int(datetime.combine(date.fromordinal(day), time.min, zone).timestamp()) * 1000


def blocks(counts: Sequence[int]) -> str:
    """Return one block character for each count; the largest count has the full block, and only 0 is blank."""
    largest = max(counts, default=0)
    return "".join(BLOCKS[share(count, largest, len(BLOCKS) - 1)] for count in counts)
