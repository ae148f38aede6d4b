"""The widget of the timeline: it shows when the tasks of a `View` failed, and lets the user choose a time range."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive, var
from textual.strip import Strip
from textual.widget import Widget

from kps_tui.blocking import run_async
from kps_tui.i18n import N_, _
from kps_tui.triage.store import NO_TIME
from kps_tui.triage.view import View
from kps_tui.ui.key_queue import repeated_move
from kps_tui.ui.widgets.timeline.histogram import (
    GAP,
    SCALE_FROM,
    Histogram,
    histogram,
    selection_label,
    summary_label,
)

THREAD_ROWS = 10_000
"""Number of rows from which on they are counted in a thread."""


class TimelineBar(Widget):
    """Assign `view`; call `begin` and `end`, between which it has the focus; listen to `RangeChosen` and `Ended`.

    While the user is not choosing a range, the text is flush right.
    """

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--label",
        "timeline--bar",
        "timeline--other",
        "timeline--chosen",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "move(1)", "Later", show=False, id="time.later"),
        Binding("h,left", "move(-1)", "Earlier", show=False, id="time.earlier"),
        Binding("home", "first", "Oldest", show=False, id="time.first"),
        Binding("end", "last", "Newest", show=False, id="time.last"),
        Binding("v", "range", N_("Range"), id="time.range"),
        Binding("enter", "choose", N_("Filter"), id="time.choose"),
    ]

    view: reactive[View] = reactive(View, repaint=False)
    is_active: var[bool] = var(False)
    """Whether the user is choosing a time range."""
    cells: var[int] = var(0)
    """The width for which the bars are computed; 0 if there is no room for any."""

    @dataclass
    class RangeChosen(Message):
        """Posted when the user chooses a time range."""

        start_ms: int
        """Start of the range, in milliseconds since the epoch."""
        end_ms: int
        """End of the range, exclusive."""

    class Ended(Message):
        """Posted when it loses the focus other than by `end`."""

    def __init__(self, zone: tzinfo | None = None, *, id: str | None = None) -> None:
        self._zone = zone
        self._shown = Histogram()
        self._counted: tuple[View, int, bool] | None = None
        """What `_shown` was computed for, see `_wanted`."""
        self._bucket = 0
        """The bucket under the cursor."""
        self._anchor: int | None = None
        """The bucket at the other end of the range, or None without a range."""
        self._in_thread = False
        super().__init__(id=id)

    @property
    def is_counting(self) -> bool:
        """Whether the bars are not those of `view` yet; False while the widget is hidden."""
        return self.display and self.cells > 0 and self._counted != self._wanted

    @property
    def _wanted(self) -> tuple[View, int, bool]:
        """What the bars are computed for: the view, the width, and whether they leave room for a range's label."""
        return self.view, self.cells, self.is_active and self.cells < SCALE_FROM

    def begin(self) -> None:
        """Take the focus, with the cursor on the newest bucket. Without buckets, do nothing."""
        if self.is_active or not len(self.view):
            return
        self._anchor = None
        self._bucket = max(0, len(self._shown.timeline) - 1)
        self.is_active = True
        self._follow()
        if not (self.is_counting or len(self._shown.timeline)):
            self.is_active = False
            return
        self.can_focus = True
        # Not `self.focus()`, which is deferred: the next key may have been typed already.
        self.screen.set_focus(self)
        self.refresh()

    def end(self) -> None:
        """Give up the focus."""
        if self.is_active:
            self.is_active = False
            self.blur()
            self.can_focus = False
            self._follow()
            self.refresh()

    def on_blur(self) -> None:
        """End when another widget takes the focus, but not when the whole terminal loses it."""
        if self.is_active and self.app.app_focus:
            self.end()
            self.post_message(self.Ended())

    # Counting

    def watch_view(self) -> None:
        """Count the new view."""
        self._follow()

    def watch_cells(self) -> None:
        """Count for the new width."""
        self._follow()

    def on_resize(self) -> None:
        """Count for the new width, or after the widget was hidden."""
        self.cells = self.content_size.width
        self._follow()

    def _follow(self) -> None:
        if not self.is_counting:
            return
        wanted = self._wanted
        if len(self.view) < THREAD_ROWS:
            self._show(wanted, self._histogram(*wanted))
        elif not self._in_thread:
            self._count_in_thread()

    @work(group="timeline", exclusive=True)
    async def _count_in_thread(self) -> None:
        """Count until the bars are those that are wanted; earlier bars are shown meanwhile."""
        self._in_thread = True
        try:
            while self.is_counting:
                wanted = self._wanted
                shown = await run_async(partial(self._histogram, *wanted))
                if self.is_counting:
                    self._show(wanted, shown)
        finally:
            self._in_thread = False

    def _histogram(self, view: View, width: int, choosing: bool) -> Histogram:
        times = (None if time == NO_TIME else time for time in map(view.store.times.__getitem__, view.order))
        return histogram(times, width, self._zone, choosing=choosing)

    def _show(self, made_for: tuple[View, int, bool], shown: Histogram) -> None:
        """Show new bars. The cursor and the range keep their times."""
        edges, chosen = self._shown.timeline.edges, self._buckets
        self._shown, self._counted = shown, made_for
        if self.is_active:
            if not len(shown.timeline):
                self.end()
                self.post_message(self.Ended())
                return
            first = self._bucket_at(edges[chosen.start]) if edges else len(shown.timeline) - 1
            last = self._bucket_at(edges[chosen.stop] - 1) if edges else first
            if self._anchor is None:
                self._bucket = last
            elif self._anchor < self._bucket:
                self._anchor, self._bucket = first, last
            else:
                self._anchor, self._bucket = last, first
        self.refresh()

    def _bucket_at(self, moment: int) -> int:
        edges = self._shown.timeline.edges
        return max(0, min(bisect_right(edges, moment) - 1, len(edges) - 2))

    @property
    def _buckets(self) -> range:
        """The chosen range, or the bucket under the cursor."""
        anchor = self._bucket if self._anchor is None else self._anchor
        return range(min(anchor, self._bucket), max(anchor, self._bucket) + 1)

    # Input of the user

    repeated = staticmethod(repeated_move)

    def action_move(self, step: int) -> None:
        """Move the cursor by `step` buckets (negative: earlier)."""
        self._go(self._bucket + step)

    def action_first(self) -> None:
        """Go to the oldest bucket."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the newest bucket."""
        self._go(len(self._shown.timeline) - 1)

    def action_range(self) -> None:
        """Begin a range at the cursor, or end it."""
        self._anchor = self._bucket if self._anchor is None else None
        self.refresh()

    def action_choose(self) -> None:
        """Post the range or the bucket as `RangeChosen`."""
        if self.is_active and len(self._shown.timeline):
            self.post_message(self.RangeChosen(*self._shown.span(self._buckets)))

    def _go(self, bucket: int) -> None:
        bucket = max(0, min(bucket, len(self._shown.timeline) - 1))
        if bucket != self._bucket:
            self._bucket = bucket
            self.refresh()

    # Rendering

    def render_line(self, y: int) -> Strip:
        """Render the row."""
        width = self.content_size.width
        runs = [(name, text) for name, text in self._runs(width) if text]
        base = self.rich_style
        styles = {name: base + self.get_component_rich_style(name, partial=True) for name in self.COMPONENT_CLASSES}
        strip = Strip([Segment(text, styles.get(name, base)) for name, text in runs])
        return strip.adjust_cell_length(width, base)

    def _runs(self, width: int) -> list[tuple[str, str]]:
        """Return the parts of the row as (component class, text); the class may be empty."""
        shown, bars = self._shown, self._shown.bars
        if not bars:
            return [("timeline--label", (_("counting…") if self.is_counting else _("no times")).rjust(width))]
        if not self.is_active:
            left = f"{shown.from_label} "
            room = width - cell_len(left + bars)
            right = GAP + _("counting…") if self.is_counting else summary_label(shown, room)
            left = " " * max(0, room - cell_len(right)) + left
            return [("timeline--label", left), ("timeline--bar", bars), ("timeline--label", right)]
        words = selection_label(shown, self._buckets, width - cell_len(bars) - 2)
        start, stop = self._buckets.start * shown.step, self._buckets.stop * shown.step
        return [
            ("timeline--other", bars[:start]),
            ("timeline--chosen", bars[start:stop]),
            ("timeline--other", bars[stop:]),
            ("", f"  {words}"),
        ]
