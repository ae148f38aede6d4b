"""The line with the filter on the left and the timeline on the right."""

from textual import events
from textual.containers import Horizontal

from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.timeline.bar import TimelineBar

GAP = 2
"""Cells between the two."""
LEAST_FILTER, BESIDE_LEAST = 30, 40
"""The fewest cells of the filter, so that the timeline does not move when a short filter changes.

In a narrow line, the filter gets fewer if the timeline would otherwise have fewer than the second number.
"""
TYPING, STEP = 60, 20
"""The cells of a longer filter while it is typed, and the step by which they grow, rather than with every letter."""
LEAST_TIMELINE = 34
"""The fewest cells in which the timeline is useful; with fewer it is hidden."""
LEAST_CHOOSING = 70
"""The fewest cells in which a time range can be chosen; with fewer the filter is hidden meanwhile."""


def timeline_cells(width: int, filter_cells: int, *, typing: bool = False, choosing: bool = False) -> int:
    """Return the cells for the timeline in a line of `width` cells; 0 if it has no room.

    Args:
        width: cells of the whole line.
        filter_cells: the cells that the filter needs, as it is shown or typed.
        typing: whether the filter is being typed.
        choosing: whether the user is choosing a time range.
    """
    room = max(0, min(LEAST_FILTER, width - BESIDE_LEAST))
    if filter_cells > room:
        room = max(TYPING, -(-filter_cells // STEP) * STEP) if typing else filter_cells
    left = width - room - GAP
    if choosing and left < LEAST_CHOOSING:
        return width
    return left if left >= LEAST_TIMELINE else 0


class QueryLine(Horizontal):
    """Gives the timeline the cells that the filter leaves. While one of them is edited, the other may be hidden."""

    def on_mount(self) -> None:
        """Share the width again when the filter needs other cells, or the choice of a time range begins or ends."""
        self.watch(self.query_one(FilterBar), "wanted", self._share)
        self.watch(self.query_one(TimelineBar), "is_active", self._share)

    def on_resize(self, event: events.Resize) -> None:
        """Share the new width."""
        self._share()

    def _share(self) -> None:
        filter_bar, timeline = self.query_one(FilterBar), self.query_one(TimelineBar)
        width = self.content_size.width
        wanted, typing = filter_bar.wanted
        cells = timeline_cells(width, wanted, typing=typing, choosing=timeline.is_active)
        self.set_class(not cells, "-filter-alone")
        self.set_class(0 < width == cells, "-time-alone")
        timeline.styles.width = timeline.cells = cells
