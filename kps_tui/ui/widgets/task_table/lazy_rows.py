"""A `DataTable` without stored rows, and its navigation.

The stock table keeps a dictionary per cell, and at each move adds up the heights of all rows above the cursor. Here
each row is one line that is computed when it is needed, so that the cost of a move does not depend on the number of
rows. Moves are not animated: each is one repaint.

This is the only module that uses private names of `DataTable`. After an upgrade of Textual, check it and its test
first.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn, overload

from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.widgets import DataTable
from textual.widgets.data_table import Row, RowKey

PRIVATE = ("_get_row_region", "_data")
"""The private names of `DataTable` that are replaced (`_get_row_region`) or relied on (`_data` stays empty)."""

HEADER = 1
"""Lines of the header."""
NOWHERE = Coordinate(-1, -1)
STEPS = frozenset({"cursor_down", "cursor_up", "page_down", "page_up", "half_page_down", "half_page_up"})
"""The actions that take a number of steps."""


class LazyRows(DataTable[str], inherit_bindings=False):
    """A table with a row cursor and computed rows. A subclass counts and renders them.

    It calls `user_moved` after each move by the user, even if the cursor was at the end already, but not otherwise.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set()
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

    # Without a repaint: rows that are added below those in sight only change the scrollbar.
    virtual_size: reactive[Size] = reactive(Size(0, 0), layout=True, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self._covered = 0
        """Number of visible rows at the bottom that a dialog covers."""
        self._lifted = 0
        """By how many rows it was scrolled for the dialog."""
        super().__init__(id=id, classes=classes, cursor_type="row")
        # The stock table redraws the hovered line at each key, so no line is ever hovered.
        self.set_reactive(DataTable.hover_coordinate, NOWHERE)

    def key_of_row(self, row: int) -> str:
        """Return the key of `row`, which exists."""
        raise NotImplementedError

    def user_moved(self, rows_below: int) -> None:
        """Called after a move by the user, with the number of rows below the last visible one."""
        raise NotImplementedError

    @property
    def ordered_rows(self) -> Sequence[Row]:  # type: ignore[override]
        """All rows, computed when they are accessed."""
        return Rows(self, range(self.row_count))

    def is_valid_row_index(self, row_index: int) -> bool:
        """Return whether the row exists."""
        return 0 <= row_index < self.row_count

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Limit the cursor to existing rows; its column is always 0."""
        return Coordinate(max(0, min(value.row, self.row_count - 1)), 0)

    def _get_row_region(self, row_index: int) -> Region:
        """Return the region of a row without the scrollbar, so that this is not repainted too."""
        return Region(0, HEADER + row_index, self.scrollable_content_region.width, 1)

    def _refuse(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("this table has no cells of its own to read or change: assign its `view`")

    add_row = add_rows = add_column = add_columns = remove_row = remove_column = _refuse
    update_cell = update_cell_at = sort = clear = _refuse
    get_row = get_row_index = get_cell = get_cell_at = get_cell_coordinate = _refuse
    get_column = get_column_at = get_column_index = coordinate_to_cell_key = _refuse

    # Navigation

    def go_to_row(self, row: int) -> None:
        """Move the cursor to `row`, or the nearest one, as a move by the user."""
        self.cursor_coordinate = Coordinate(row, 0)
        self._moved()

    @property
    def page(self) -> int:
        """Number of rows that are visible at once."""
        return max(1, self.scrollable_content_region.height - HEADER)

    def measure(self) -> None:
        """Update the scrollable height: a line for each row, and below the last one as many as a dialog covers."""
        self.virtual_size = Size(self.scrollable_content_region.width, HEADER + self.row_count + self._covered)

    def keep_clear(self, top: int | None) -> None:
        """Scroll so that the cursor's row is above line `top` of the screen, where a dialog begins; None scrolls back.

        Nothing is scrolled if the cursor's row is not in sight, or if the dialog leaves no room for it.
        """
        room = self.page if top is None else min(self.page, top - self.content_region.y - HEADER)
        if room < 1 or self.page - room == self._covered:
            return
        self.scroll_to(y=self.scroll_offset.y - self._lifted, animate=False, force=True)
        self._covered = self.page - room
        self.measure()
        line = self.cursor_row - self.scroll_offset.y
        self._lifted = max(0, line - room + 1) if line < self.page else 0
        self.scroll_to(y=self.scroll_offset.y + self._lifted, animate=False, force=True)

    def repeated(self, action: str, count: int) -> str | None:
        """Return the action that makes `count` moves at once."""
        if action in ("scroll_top", "scroll_bottom"):
            return action
        return f"{action}({count})" if action in STEPS else None

    def action_cursor_down(self, count: int = 1) -> None:
        """Go `count` rows down."""
        self.go_to_row(self.cursor_row + count)

    def action_cursor_up(self, count: int = 1) -> None:
        """Go `count` rows up."""
        self.go_to_row(self.cursor_row - count)

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self.go_to_row(0)

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self.go_to_row(self.row_count - 1)

    def action_page_down(self, count: int = 1) -> None:
        """Go `count` pages down."""
        self._turn(count * self.page)

    def action_page_up(self, count: int = 1) -> None:
        """Go `count` pages up."""
        self._turn(-count * self.page)

    def action_half_page_down(self, count: int = 1) -> None:
        """Go `count` times half a page down."""
        self._turn(count * max(1, self.page // 2))

    def action_half_page_up(self, count: int = 1) -> None:
        """Go `count` times half a page up."""
        self._turn(-count * max(1, self.page // 2))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down. The cursor stays."""
        self._scroll_by(event, self.app.scroll_sensitivity_y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up. The cursor stays."""
        self._scroll_by(event, -self.app.scroll_sensitivity_y)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """Scroll one page down: the scrollbar was clicked below its thumb."""
        self._scroll_by(message, self.page)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """Scroll one page up: the scrollbar was clicked above its thumb."""
        self._scroll_by(message, -self.page)

    def on_scroll_to(self, message: ScrollTo) -> None:
        """Scroll to where the thumb of the scrollbar was dragged."""
        self._scroll_by(message, (message.y or 0) - self.scroll_offset.y)

    def _turn(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self.go_to_row(self.cursor_row + rows)

    def _scroll_by(self, message: Message, rows: float) -> None:
        """Scroll without animation, in place of Textual's handler for `message`."""
        message.stop()
        message.prevent_default()
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self._moved()

    def _moved(self) -> None:
        last_in_sight = self.scroll_offset.y + self.page - 1
        self.user_moved(max(0, self.row_count - 1 - last_in_sight))


class Rows(Sequence[Row]):
    """A lazy sequence of the rows of a table, one line each."""

    def __init__(self, table: LazyRows, span: range) -> None:
        self._table, self._span = table, span

    def __len__(self) -> int:
        return len(self._span)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "Row | Rows":
        if isinstance(index, slice):
            return Rows(self._table, self._span[index])
        return Row(RowKey(self._table.key_of_row(self._span[index])), 1)
