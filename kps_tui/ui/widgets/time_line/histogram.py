"""The bars and labels of the timeline, without any widget. Times are in milliseconds since the epoch."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import time, tzinfo

from rich.cells import cell_len

from kps_tui.i18n import _, counted, number
from kps_tui.triage.days import DAY
from kps_tui.triage.pieces import ends
from kps_tui.triage.timeline import HOUR, Timeline, blocks, timeline
from kps_tui.ui.age import day_label, local_time
from kps_tui.ui.widgets.task_table.render import fit

LARGEST_STEP = 4
"""The most cells of a bucket."""
LABEL_CELLS = 36
"""The fewest cells for the label of a range: `  21 Nov 06:00–23 Nov 12:00 · 1,024`."""
BASE_FROM, BASE_CELLS = 110, 25
"""Width from which on the base is shown, and the cells reserved for it."""
BETWEEN = " · "


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

    @property
    def bars(self) -> str:
        """The bars of all buckets, `step` cells each."""
        return "".join(block * self.step for block in blocks(self.timeline.counts))

    @property
    def from_label(self) -> str:
        """The label on the left: when the oldest task failed."""
        return _ends(self.first, self.last, self.zone)[0]

    @property
    def to_label(self) -> str:
        """The label on the right: when the newest task failed."""
        return _ends(self.first, self.last, self.zone)[1]

    def count(self, buckets: range) -> int:
        """Return the number of tasks that failed in `buckets`."""
        return sum(self.timeline.counts[buckets.start : buckets.stop])

    def span(self, buckets: range) -> tuple[int, int]:
        """Return the start of the first and the end of the last of `buckets`."""
        return self.timeline.edges[buckets.start], self.timeline.edges[buckets.stop]


def histogram(times: Iterable[int | None], width: int, zone: tzinfo | None = None) -> Histogram:
    """Return the histogram of `times` that leaves room for its labels in `width` cells."""
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
    labels = sum(cell_len(label) + 1 for label in _ends(first, last, zone))
    tail = cell_len(_each(_("30 min"), len(known))) + 3 if width >= 70 else 0
    cells = max(1, width - max(LABEL_CELLS, labels + tail + (BASE_CELLS if width >= BASE_FROM else 0)))
    counted = replace(timeline(known, cells, zone), unreadable=unreadable)
    return Histogram(counted, max(1, min(LARGEST_STEP, cells // len(counted))), first, last, zone)


def summary_label(shown: Histogram, width: int, base: str) -> str:
    """Return the label to the right of the bars while no range is chosen, in at most `width` cells if possible."""
    line = shown.timeline
    each = _each(line.width_in_words, max(line.counts, default=0))
    unreadable = line.unreadable
    untimed = [counted(unreadable, "{count} without a time", "{count} without a time")] if unreadable else []
    said = (
        [each, *untimed, *([base] if base else [])],
        [each, *untimed],
        [each],
        [_("{width} each").format(width=line.width_in_words)],
    )
    label = f" {shown.to_label}"
    tails = [f"   {BETWEEN.join(parts)}" for parts in said]
    return label + next((tail for tail in tails if cell_len(label + tail) <= width), "")


def selection_label(shown: Histogram, buckets: range, width: int, ranging: bool) -> str:
    """Return the label for the chosen `buckets` in `width` cells: times, number of tasks, keys."""
    when = span_label(*shown.span(buckets), shown.zone, years=_with_years(shown), weekdays=True)
    short = span_label(*shown.span(buckets), shown.zone, years=_with_years(shown))
    count = shown.count(buckets)
    failed = counted(count, "{count} failed", "{count} failed")
    extend, enter, back = _("v one bucket") if ranging else _("v range"), _("Enter filters"), _("Esc back")
    said = (
        (when, failed, extend, enter, back),
        (when, failed, extend, enter),
        (when, failed, enter),
        (short, failed, enter),
        (when, failed),
        (short, failed),
        (short, number(count)),
    )
    lines = (BETWEEN.join(parts) for parts in said)
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


def _ends(first: int, last: int, zone: tzinfo | None) -> tuple[str, str]:
    """Return the labels of both ends: days if they are at least two days apart, else with times."""
    begin, end = local_time(first, zone), local_time(last, zone)
    if last - first >= 2 * DAY:
        years = begin.year != end.year
        return day_label(begin, years), day_label(end, years)
    if begin.date() == end.date():
        return f"{day_label(begin)} {begin:%H:%M}", f"{end:%H:%M}"
    return f"{day_label(begin)} {begin:%H:%M}", f"{day_label(end)} {end:%H:%M}"


def _with_years(shown: Histogram) -> bool:
    return local_time(shown.first, shown.zone).year != local_time(shown.last, shown.zone).year


def _each(width: str, most: int) -> str:
    return _("{width} per bar, peak {most}").format(width=width, most=number(most))
