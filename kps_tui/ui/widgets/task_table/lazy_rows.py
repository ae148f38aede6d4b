"""A `DataTable` that stores no rows, and how the user moves through them.

The stock table keeps a dictionary per cell and adds up the heights of all rows above the cursor at each move. Here a
row is one line, made when it is asked for, so that the cost of a move does not depend on the number of rows. No move
is animated: each step is one repaint.

This is the only module that touches private names of `DataTable`; after an upgrade of Textual look here first, and at
its test.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn, overload

from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.message import Message
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.widgets import DataTable
from textual.widgets.data_table import Row, RowKey

PRIVATE = ("_get_row_region", "_data")
"""The private names of `DataTable` that are replaced (`_get_row_region`) or relied on (`_data` stays empty)."""

HEADER = 1
"""Lines of the header."""
NOWHERE = Coordinate(-1, -1)


class LazyRows(DataTable[str], inherit_bindings=False):
    """A table with a row cursor whose rows are computed; a subclass counts and draws them.

    It calls `user_moved` after each move of the user, also one that an end stopped, and for no other reason.
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

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, cursor_type="row")
        # The stock table redraws the line under the pointer at each key; there is none.
        self.set_reactive(DataTable.hover_coordinate, NOWHERE)

    def key_of_row(self, row: int) -> str:
        """Return the key of `row`; only called for rows that there are."""
        raise NotImplementedError

    def user_moved(self, rows_below: int) -> None:
        """Answer a move that leaves `rows_below` rows below the last one in sight."""
        raise NotImplementedError

    @property
    def ordered_rows(self) -> Sequence[Row]:  # type: ignore[override]
        """Every row, made when asked for."""
        return Rows(self, range(self.row_count))

    def is_valid_row_index(self, row_index: int) -> bool:
        """Return whether there is such a row."""
        return 0 <= row_index < self.row_count

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor on a row; a row cursor has no column."""
        return Coordinate(max(0, min(value.row, self.row_count - 1)), 0)

    def _get_row_region(self, row_index: int) -> Region:
        """Where a row lies, without what is right of it: the scrollbar is not repainted with its line."""
        return Region(0, HEADER + row_index, self.scrollable_content_region.width, 1)

    def _refuse(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("this table has no cells of its own to read or change: assign its `view`")

    add_row = add_rows = add_column = add_columns = remove_row = remove_column = _refuse
    update_cell = update_cell_at = sort = clear = _refuse
    get_row = get_row_index = get_cell = get_cell_at = get_cell_coordinate = _refuse
    get_column = get_column_at = get_column_index = coordinate_to_cell_key = _refuse

    # How the user moves

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


class Rows(Sequence[Row]):
    """Rows of a table, one line each."""

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
