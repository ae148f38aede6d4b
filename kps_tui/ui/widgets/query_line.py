"""The line with the filter at the left and the timeline at the right."""

from textual import events
from textual.containers import Horizontal

from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.time_line.line import TimeLine

GAP = 2
"""Cells between the two."""
LEAST_FILTER, BESIDE_LEAST = 30, 40
"""The cells that the filter has at least, so that a short one changes nothing else on the line.

In a narrow line they give way before the timeline has fewer cells than the second number.
"""
TYPING, STEP = 60, 20
"""The cells of a filter that is typed and needs more, and the steps in which they grow: not with every letter."""
LEAST_TIME_LINE = 34
"""The fewest cells in which the timeline is of use; with fewer it gives way to the filter."""
LEAST_CHOOSING = 70
"""The fewest cells in which a time range is chosen; with fewer the filter gives way."""


def time_line_cells(width: int, filter_cells: int, *, typing: bool = False, choosing: bool = False) -> int:
    """Return the cells for the timeline in a line of `width` cells; 0 if it has no room.

    Args:
        width: cells of the whole line.
        filter_cells: what the filter needs, as it is shown or typed.
        typing: whether the filter is being typed.
        choosing: whether the user is choosing a time range.
    """
    room = max(0, min(LEAST_FILTER, width - BESIDE_LEAST))
    if filter_cells > room:
        room = max(TYPING, -(-filter_cells // STEP) * STEP) if typing else filter_cells
    left = width - room - GAP
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
        wanted, typing = filter_bar.wanted
        cells = time_line_cells(width, wanted, typing=typing, choosing=time_line.is_active)
        self.set_class(not cells, "-filter-alone")
        self.set_class(0 < width == cells, "-time-alone")
        time_line.styles.width = time_line.cells = cells
