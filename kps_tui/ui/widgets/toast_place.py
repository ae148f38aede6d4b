"""Where messages that pass stand on the screen of the tasks: never on the row under the cursor."""

from textual.geometry import Region
from textual.widget import Widget

from kps_tui.ui.widgets.task_table.lazy_rows import HEADER
from kps_tui.ui.widgets.task_table.table import TaskTable

RACK = "textual-toastrack"
"""The id of Textual's container of the messages."""
LOW = 2
"""Lines below the messages where they usually are, as in the style sheet: the status line and the footer."""


class ToastPlace:
    """Moves the messages from above the status line to the first rows of the table, and back.

    It does so when they would cover the row under the cursor, and only if they do not cover it there too.
    """

    def __init__(self, table: TaskTable) -> None:
        self._table = table
        self._is_high = False
        table.watch(table, "cursor_coordinate", self._choose, init=False)
        table.watch(table, "scroll_y", self._choose, init=False)
        table.screen.screen_layout_refresh_signal.subscribe(table, lambda _screen: self._choose())

    def _choose(self) -> None:
        table, rack = self._table, next(iter(self._table.screen.query_children(f"#{RACK}")), None)
        if rack is None:
            return
        # The rack is invisible, so Textual knows no region of it.
        toasts = [toast.region for toast in rack.query("Toast") if toast.region.height] if rack.display else []
        if not toasts:
            self._move(rack, 0)
            return
        area, height = table.content_region, Region.from_union(toasts).height
        row = area.y + HEADER + table.cursor_row - table.scroll_offset.y
        covers = table.display and any(toast.overlaps(Region(area.x, row, area.width, 1)) for toast in toasts)
        high, low = area.y + HEADER, table.screen.size.height - LOW - height
        there = low if self._is_high else high
        is_high = self._is_high != (covers and not there <= row < there + height)
        self._move(rack, table.screen.size.height - high - height if is_high else 0)

    def _move(self, rack: Widget, below: int) -> None:
        """Leave `below` lines below the messages, or as many as in the style sheet if it is 0."""
        if below or self._is_high:
            self._is_high = below > 0
            rack.styles.margin = (0, 0, below, 0) if below else None
