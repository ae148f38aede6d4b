"""How the user moves through the rows of a table: by keys, the wheel, the scrollbar.

Nothing is animated: each step is one repaint.
"""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.message import Message
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from kps_tui.ui.widgets.lazy_rows import HEADER, LazyRows


class MovableRows(LazyRows):
    """Calls `user_moved` after each move of the user, also one that an end stopped; for no other reason."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, id="table.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="table.up"),
        Binding("g,home,ctrl+home", "scroll_top", "First row", show=False, id="table.first"),
        Binding("G,end,ctrl+end", "scroll_bottom", "Last row", show=False, id="table.last"),
        Binding("pagedown", "page_down", "Page down", show=False, id="table.page-down"),
        Binding("pageup", "page_up", "Page up", show=False, id="table.page-up"),
        Binding("ctrl+d", "half_page_down", "Half a page down", show=False, id="table.half-page-down"),
        Binding("ctrl+u", "half_page_up", "Half a page up", show=False, id="table.half-page-up"),
    ]

    def user_moved(self, rows_below: int) -> None:
        """Answer a move that leaves `rows_below` rows below the last one in sight."""
        raise NotImplementedError

    def go_to_row(self, row: int) -> None:
        """Put the cursor on `row`, or the nearest there is, for the user."""
        self.cursor_coordinate = Coordinate(row, 0)
        self._moved()

    @property
    def page(self) -> int:
        """How many rows are in sight at once."""
        return max(1, self.scrollable_content_region.height - HEADER)

    def action_cursor_down(self) -> None:
        """Go to the next row."""
        self.go_to_row(self.cursor_row + 1)

    def action_cursor_up(self) -> None:
        """Go to the row before."""
        self.go_to_row(self.cursor_row - 1)

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self.go_to_row(0)

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self.go_to_row(self.row_count - 1)

    def action_page_down(self) -> None:
        """Go down by what is in sight."""
        self._turn(self.page)

    def action_page_up(self) -> None:
        """Go up by what is in sight."""
        self._turn(-self.page)

    def action_half_page_down(self) -> None:
        """Go down by half of what is in sight."""
        self._turn(max(1, self.page // 2))

    def action_half_page_up(self) -> None:
        """Go up by half of what is in sight."""
        self._turn(-max(1, self.page // 2))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll; the cursor stays."""
        self._scroll_by(event, self.app.scroll_sensitivity_y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll; the cursor stays."""
        self._scroll_by(event, -self.app.scroll_sensitivity_y)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """The scrollbar was clicked below its thumb."""
        self._scroll_by(message, self.page)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """The scrollbar was clicked above its thumb."""
        self._scroll_by(message, -self.page)

    def on_scroll_to(self, message: ScrollTo) -> None:
        """The scrollbar was dragged."""
        self._scroll_by(message, (message.y or 0) - self.scroll_offset.y)

    def _turn(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self.go_to_row(self.cursor_row + rows)

    def _scroll_by(self, message: Message, rows: float) -> None:
        """Scroll instead of what Textual would do about `message`."""
        message.stop()
        message.prevent_default()
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self._moved()

    def _moved(self) -> None:
        last_in_sight = self.scroll_offset.y + self.page - 1
        self.user_moved(max(0, self.row_count - 1 - last_in_sight))
