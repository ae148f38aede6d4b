"""Places the toasts on the screen of the tasks so that they cover neither the cursor's row nor a notice."""

from textual.geometry import Region

from kps_tui.ui.widgets.notice import Notice
from kps_tui.ui.widgets.task_table.lazy_rows import HEADER
from kps_tui.ui.widgets.task_table.table import TaskTable

RACK = "textual-toastrack"
"""The id of Textual's container of the toasts."""
LOW = 2
"""Lines below the toasts at their usual place, without a notice: the status line and the footer."""


class ToastPlace:
    """Keeps the toasts above the notice and the status line, or moves them to the top of the table.

    They move when they cover the cursor's row, unless they would also cover it at the other place.
    """

    def __init__(self, table: TaskTable) -> None:
        self._table = table
        self._is_high = False
        table.watch(table, "cursor_coordinate", self._choose, init=False)
        table.watch(table, "scroll_y", self._choose, init=False)
        table.screen.screen_layout_refresh_signal.subscribe(table, lambda _screen: self._choose())

    def _choose(self) -> None:
        table = self._table
        if not table.is_attached:
            return
        screen = table.screen
        rack = next(iter(screen.query_children(f"#{RACK}")), None)
        if rack is None or not rack.display:
            self._is_high = False
            return
        # Textual has no region for the rack, which is invisible.
        toasts = [toast.region for toast in rack.query("Toast") if toast.region.height]
        if not toasts:
            return
        area, height = table.content_region, Region.from_union(toasts).height
        row = area.y + HEADER + table.cursor_row - table.scroll_offset.y
        covers = table.display and any(toast.overlaps(Region(area.x, row, area.width, 1)) for toast in toasts)
        notice = sum(each.size.height for each in screen.query_children(Notice) if each.display)
        low, high = LOW + notice, screen.size.height - area.y - HEADER - height
        there = screen.size.height - (low if self._is_high else high) - height
        self._is_high = self._is_high != (covers and not there <= row < there + height)
        below = high if self._is_high else low
        if rack.styles.margin.bottom != below:
            rack.styles.margin = (0, 0, below, 0)
