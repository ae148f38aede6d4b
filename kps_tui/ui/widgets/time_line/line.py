"""One row that shows when the tasks of a `View` failed, and where the user can choose a range of time."""

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
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from kps_tui.blocking import run_async
from kps_tui.i18n import N_, _
from kps_tui.triage.view import View
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.time_line.histogram import Histogram, histogram, selection_label, summary_label

THREAD_ROWS = 50_000
"""From so many rows on, a thread counts them."""


class TimeLine(Widget):
    """Assign `view`; call `begin` and `end`; listen to `RangeChosen` and `Ended`. It takes the keys only in between."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "time-line--label",
        "time-line--bar",
        "time-line--other",
        "time-line--chosen",
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
    load: reactive[LoadState] = reactive(LoadState)
    """Its `base` is said beside the bars."""

    @dataclass
    class RangeChosen(Message):
        """The user wants the tasks of a range of time."""

        start_ms: int
        """Milliseconds since the epoch."""
        end_ms: int
        """The first millisecond that is outside."""

    class Ended(Message):
        """It lost the keys, but not by `end`."""

    def __init__(self, zone: tzinfo | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        self._zone = zone
        self._shown = Histogram()
        self._counted: tuple[View, int] | None = None
        """The view and the width that `_shown` is of."""
        self._active = False
        self._bucket = 0
        """The one under the cursor."""
        self._anchor: int | None = None
        """The other end of the range; `None`: there is no range."""
        self._in_thread = False
        super().__init__(id=id, classes=classes)

    @property
    def is_active(self) -> bool:
        """Whether it has the keys."""
        return self._active

    @property
    def is_counting(self) -> bool:
        """Whether newer bars are on their way; while it is not shown, none are."""
        width = self.content_size.width
        return width > 0 and self._counted != (self.view, width)

    def begin(self) -> None:
        """Take the keys, at the newest bucket; without one there is nothing to choose."""
        if not self._active and len(self._shown.timeline):
            self._active, self._anchor = True, None
            self._bucket = len(self._shown.timeline) - 1
            self.can_focus = True
            # At once: the next key may be typed already.
            self.screen.set_focus(self)
            self.refresh()

    def end(self) -> None:
        """Give the keys away."""
        if self._active:
            self._active = False
            self.blur()
            self.can_focus = False
            self.refresh()

    def on_blur(self) -> None:
        """Something else took the keys. If it is the terminal that lost them, they come back."""
        if self._active and self.app.app_focus:
            self.end()
            self.post_message(self.Ended())

    # What is shown

    def watch_view(self) -> None:
        """Count anew."""
        self._follow()

    def on_resize(self) -> None:
        """Other bars fit; or it is shown again, and what came meanwhile was not counted."""
        self._follow()

    def _follow(self) -> None:
        width = self.content_size.width
        if not self.is_counting:
            return
        if len(self.view) < THREAD_ROWS:
            self._show(self.view, width, self._histogram(self.view, width))
        elif not self._in_thread:
            self._count_in_thread()

    @work(group="time-line", exclusive=True)
    async def _count_in_thread(self) -> None:
        """Count until it has caught up; the bars of a view before are still good for a look."""
        self._in_thread = True
        try:
            while self.is_counting:
                view, width = self.view, self.content_size.width
                shown = await run_async(partial(self._histogram, view, width))
                if self.is_counting:
                    self._show(view, width, shown)
        finally:
            self._in_thread = False

    def _histogram(self, view: View, width: int) -> Histogram:
        return histogram([task.milliseconds for task in view.tasks()], width, self._zone)

    def _show(self, view: View, width: int, shown: Histogram) -> None:
        """Show other bars; what was chosen stays where it was in time."""
        edges = self._shown.timeline.edges
        self._shown, self._counted = shown, (view, width)
        if self._active:
            if not len(shown.timeline):
                self.end()
                self.post_message(self.Ended())
                return
            self._bucket = self._bucket_at(edges[self._bucket])
            self._anchor = None if self._anchor is None else self._bucket_at(edges[self._anchor])
        self.refresh()

    def _bucket_at(self, moment: int) -> int:
        edges = self._shown.timeline.edges
        return max(0, min(bisect_right(edges, moment) - 1, len(edges) - 2))

    @property
    def _buckets(self) -> range:
        """The bucket under the cursor, or the range."""
        anchor = self._bucket if self._anchor is None else self._anchor
        return range(min(anchor, self._bucket), max(anchor, self._bucket) + 1)

    # What the user does

    def action_move(self, step: int) -> None:
        """Go to a later or an earlier bucket."""
        self._go(self._bucket + step)

    def action_first(self) -> None:
        """Go to the oldest bucket."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the newest bucket."""
        self._go(len(self._shown.timeline) - 1)

    def action_range(self) -> None:
        """Begin a range here, or go back to one bucket."""
        self._anchor = self._bucket if self._anchor is None else None
        self.refresh()

    def action_choose(self) -> None:
        """Choose the bucket or the range."""
        if self._active:
            self.post_message(self.RangeChosen(*self._shown.span(self._buckets)))

    def _go(self, bucket: int) -> None:
        bucket = max(0, min(bucket, len(self._shown.timeline) - 1))
        if bucket != self._bucket:
            self._bucket = bucket
            self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the row."""
        width = self.content_size.width
        runs = [(name, text) for name, text in self._runs(width) if text]
        base = self.rich_style
        styles = {name: base + self.get_component_rich_style(name, partial=True) for name in self.COMPONENT_CLASSES}
        strip = Strip([Segment(text, styles.get(name, base)) for name, text in runs])
        return strip.adjust_cell_length(width, base)

    def _runs(self, width: int) -> list[tuple[str, str]]:
        """The parts of the row: the name of a style (none: plain), and a text."""
        shown, bars = self._shown, self._shown.bars
        if not bars:
            return [("time-line--label", _("counting…") if self._counted is None else _("no times"))]
        if not self._active:
            left = f"{shown.from_label} "
            base = _("counting…") if self.is_counting else self.load.extent.base
            right = summary_label(shown, width - cell_len(left + bars), base)
            return [("time-line--label", left), ("time-line--bar", bars), ("time-line--label", right)]
        words = selection_label(shown, self._buckets, width - cell_len(bars) - 2, ranging=self._anchor is not None)
        start, stop = self._buckets.start * shown.step, self._buckets.stop * shown.step
        return [
            ("time-line--other", bars[:start]),
            ("time-line--chosen", bars[start:stop]),
            ("time-line--other", bars[stop:]),
            ("", f"  {words}"),
        ]
