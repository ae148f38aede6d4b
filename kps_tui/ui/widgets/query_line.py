"""The line with the filter at the left and the timeline at the right."""

from textual import events
from textual.containers import Horizontal

from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.time_line.line import TimeLine

GAP = 2
"""Cells between the two."""
LEAST_TIME_LINE = 34
"""The fewest cells in which the timeline is of use; with fewer it gives way to the filter."""
LEAST_CHOOSING = 70
"""The fewest cells in which a time range is chosen; with fewer the filter gives way."""
HINT_CELLS, BESIDE_HINT = 30, 40
"""Cells for the hint in the place of a filter, which gives way before the timeline has fewer than so many."""


def time_line_cells(width: int, filter_cells: int, *, choosing: bool) -> int:
    """Return the cells for the timeline in a line of `width` cells; 0 if it has no room.

    Args:
        width: cells of the whole line.
        filter_cells: what the filter needs; 0 without one.
        choosing: whether the user is choosing a time range.
    """
    left = width - (filter_cells or max(0, min(HINT_CELLS, width - BESIDE_HINT))) - GAP
    if choosing and left < LEAST_CHOOSING:
        return width
    return left if left >= LEAST_TIME_LINE else 0


class QueryLine(Horizontal):
    """Gives the timeline what the filter leaves. While one of them is edited, the other gives way if need be."""

    def on_mount(self) -> None:
        """Follow the room that the filter needs, and the choice of a time range."""
        self.watch(self.query_one(FilterBar), "wanted", self._share)
        self.watch(self.query_one(TimeLine), "is_active", self._share)

    def on_resize(self, event: events.Resize) -> None:
        """Share the new width."""
        self._share()

    def _share(self) -> None:
        filter_bar, time_line = self.query_one(FilterBar), self.query_one(TimeLine)
        width = self.content_size.width
        cells = time_line_cells(width, filter_bar.wanted, choosing=time_line.is_active)
        self.set_class(not cells, "-filter-alone")
        self.set_class(0 < width == cells, "-time-alone")
        time_line.styles.width = time_line.cells = cells
