"""When tasks failed: a histogram of one row."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise

from kps_tui.i18n import _
from kps_tui.triage.facets import share

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
"""Milliseconds; a day that changes between summer and winter time is an hour shorter or longer."""
WEEK = 7 * DAY
WIDTHS = (
    *(minutes * MINUTE for minutes in (1, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 7, 14, 28, 91, 364)),
)
"""What a bucket may span; beyond the last one, its doubles."""
FIRST_MONDAY = date(1969, 12, 29).toordinal()
"""Buckets of days are counted from here: before the epoch in every zone."""
EPOCH_DAY = date(1970, 1, 1).toordinal()

BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many tasks failed in each bucket of time. All times are milliseconds since the epoch."""

    edges: tuple[int, ...] = ()
    """Where each bucket begins, and where the last one ends: one more than there are buckets, or none."""
    width: int = 0
    """What each bucket spans in milliseconds, but for days of 23 and 25 hours; 0 where there is no bucket."""
    counts: tuple[int, ...] = ()
    unreadable: int = 0
    """Tasks without a readable time: in no bucket."""

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def start(self) -> int:
        """Where the first bucket begins; 0 where there is none."""
        return self.edges[0] if self.edges else 0

    def span(self, bucket: int) -> tuple[int, int]:
        """Return where `bucket` (from 0) begins, and where the next one does.

        Raises:
            IndexError: there is no such bucket.
        """
        if not 0 <= bucket < len(self.counts):
            raise IndexError(bucket)
        return self.edges[bucket], self.edges[bucket + 1]

    @property
    def width_in_words(self) -> str:
        """What a bucket spans: `15 min`, `6 h`, `1 d`, `2 weeks`; empty where there is none."""
        if not self.width:
            return ""
        if self.width == WEEK:
            return _("1 week")
        for unit, words in ((WEEK, _("{n} weeks")), (DAY, _("{n} d")), (HOUR, _("{n} h"))):
            if self.width % unit == 0:
                return words.format(n=self.width // unit)
        return _("{n} min").format(n=self.width // MINUTE)


def timeline(times: Iterable[int | None], cells: int, zone: tzinfo | None = None) -> Timeline:
    """Count `times` in at most `cells` buckets (at least one) of the smallest width that is enough.

    Buckets begin at full local minutes, hours, days, or on Mondays.

    Args:
        times: milliseconds since the epoch, in any order; `None` where a task has no readable time.
        cells: how many buckets there is room for.
        zone: whose clock the buckets are aligned to; `None` is the local zone.
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
    """Return the smallest width whose buckets are enough, and their edges."""
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
    """Return the ordinal of the day that `moment` is in."""
    try:
        return datetime.fromtimestamp(moment // 1000, UTC).astimezone(zone).toordinal()
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        return date.max.toordinal()


def _midnight(day: int, zone: tzinfo | None) -> int:
    """Return the moment at which the day of an ordinal begins."""
    if day > date.max.toordinal():
        return (day - EPOCH_DAY) * DAY
    return int(datetime.combine(date.fromordinal(day), time.min, zone).timestamp()) * 1000


def blocks(counts: Sequence[int]) -> str:
    """Return one block character for each count; the largest count has the full block, and only 0 is blank."""
    largest = max(counts, default=0)
    return "".join(BLOCKS[share(count, largest, len(BLOCKS) - 1)] for count in counts)
