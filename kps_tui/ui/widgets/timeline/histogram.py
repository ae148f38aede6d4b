"""The bars and labels of the timeline, without a widget. Times are in milliseconds since the epoch."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import time, tzinfo

from rich.cells import cell_len

from kps_tui.i18n import BETWEEN, _, counted, number
from kps_tui.triage.pieces import ends
from kps_tui.triage.timeline import Timeline, blocks, timeline
from kps_tui.triage.times import DAY, HOUR, local_time
from kps_tui.ui.age import day_label
from kps_tui.ui.widgets.task_table.render import fit

LARGEST_STEP = 4
"""The most cells of a bucket."""
LABEL_CELLS = 36
"""The fewest cells for the label of a range: `  21 Nov 06:00–23 Nov 12:00 · 1,024`."""
SCALE_FROM = 64
"""The width from which on there is room for the scale, which says what a bar stands for."""
GAP = "   "
"""Between the bars with their ends, and the scale."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """The bars for one width, and the data of their labels."""

    timeline: Timeline = field(default_factory=Timeline)
    step: int = 1
    """Cells of a bucket."""
    first: int = 0
    """When the oldest task failed."""
    last: int = 0
    """When the newest task failed."""
    zone: tzinfo | None = None
    """The zone of the labels; None for the local one."""
    from_label: str = ""
    """The label on the left: when the oldest task failed."""
    to_label: str = ""
    """The label on the right: when the newest task failed."""

    @property
    def bars(self) -> str:
        """The bars of all buckets, `step` cells each."""
        return "".join(block * self.step for block in blocks(self.timeline.counts))

    def count(self, buckets: range) -> int:
        """Return the number of tasks that failed in `buckets`."""
        return sum(self.timeline.counts[buckets.start : buckets.stop])

    def span(self, buckets: range) -> tuple[int, int]:
        """Return the start of the first and the end of the last of `buckets`."""
        return self.timeline.edges[buckets.start], self.timeline.edges[buckets.stop]


def histogram(
    times: Iterable[int | None], width: int, zone: tzinfo | None = None, *, choosing: bool = False
) -> Histogram:
    """Return the histogram of `times` with its labels in `width` cells.

    From `SCALE_FROM` cells on, the bars are the same whether the user is choosing a range (`choosing`) or not.
    """
    unreadable = 0
    # A list of a million numbers takes 40 MB, an array 8.
    known = array("q")
    for moment in times:
        if moment is None:
            unreadable += 1
        else:
            known.append(moment)
    if not known:
        return Histogram(Timeline(unreadable=unreadable))
    first, last = ends(known)
    ends_in_words = _ends(first, last, zone, width)
    labels = _cells(ends_in_words)
    if width >= SCALE_FROM:
        widest = _scale(counted(30, "per minute", "per {count} min"), len(known))
        labels = max(LABEL_CELLS, labels + cell_len(GAP + widest))
    elif choosing:
        labels = LABEL_CELLS
    cells = max(1, width - labels)
    line = replace(timeline(known, cells, zone), unreadable=unreadable)
    return Histogram(line, max(1, min(LARGEST_STEP, cells // len(line))), first, last, zone, *ends_in_words)


def summary_label(shown: Histogram, width: int) -> str:
    """Return the label to the right of the bars while no range is chosen, in at most `width` cells if possible."""
    line = shown.timeline
    scale = _scale(line.scale, max(line.counts, default=0))
    unreadable = line.unreadable
    untimed = [counted(unreadable, "{count} without a time", "{count} without a time")] if unreadable else []
    said = ([scale, *untimed], [scale], [line.scale])
    label = f" {shown.to_label}"
    tails = [f"{GAP}{BETWEEN.join(parts)}" for parts in said]
    return label + next((tail for tail in tails if cell_len(label + tail) <= width), "")


def selection_label(shown: Histogram, buckets: range, width: int) -> str:
    """Return the label for the chosen `buckets` in `width` cells: their times and the number of tasks."""
    when = span_label(*shown.span(buckets), shown.zone, years=_with_years(shown), weekdays=True)
    short = span_label(*shown.span(buckets), shown.zone, years=_with_years(shown))
    count = shown.count(buckets)
    failed = counted(count, "{count} failed", "{count} failed")
    lines = (BETWEEN.join(parts) for parts in ((when, failed), (short, failed), (short, number(count))))
    # If nothing fits, only the times are cut: a cut number would be wrong.
    return next((line for line in lines if cell_len(line) <= width), fit(short, max(0, width)))


def span_label(start: int, end: int, zone: tzinfo | None, *, years: bool = False, weekdays: bool = False) -> str:
    """Return a short text for a half-open span: `23 Nov`, `23 Nov 06:00–12:00`, `21 Nov–23 Nov`."""
    begin, until = local_time(start, zone), local_time(end, zone)
    last = local_time(end - 1, zone)
    day, last_day = (day_label(moment, years, weekdays) for moment in (begin, last))
    dash = " – " if weekdays else "–"
    if begin.time() == time.min and until.time() == time.min and end - start >= DAY - HOUR:
        return day if begin.date() == last.date() else f"{day}{dash}{last_day}"
    clock = "24:00" if until.time() == time.min else f"{until:%H:%M}"
    if begin.date() == last.date():
        return f"{day} {begin:%H:%M}–{clock}"
    return f"{day} {begin:%H:%M}{dash}{last_day} {clock}"


def _ends(first: int, last: int, zone: tzinfo | None, width: int) -> tuple[str, str]:
    """Return the labels of both ends: with times if they are less than two days apart.

    The times of different days are left out if the labels would take more than half of `width`.
    """
    begin, end = local_time(first, zone), local_time(last, zone)
    years = begin.year != end.year
    days = day_label(begin, years), day_label(end, years)
    if last - first >= 2 * DAY:
        return days
    if begin.date() == end.date():
        return f"{day_label(begin)} {begin:%H:%M}", f"{end:%H:%M}"
    exact = f"{day_label(begin)} {begin:%H:%M}", f"{day_label(end)} {end:%H:%M}"
    return exact if 2 * _cells(exact) <= width else days


def _cells(labels: tuple[str, str]) -> int:
    return sum(cell_len(label) + 1 for label in labels)


def _with_years(shown: Histogram) -> bool:
    return local_time(shown.first, shown.zone).year != local_time(shown.last, shown.zone).year


def _scale(per: str, most: int) -> str:
    return _("{per}, peak {most}").format(per=per, most=number(most))
