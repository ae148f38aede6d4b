"""A `DataTable` that holds no rows: a subclass says how many there are and what each one's key is.

The stock table keeps a dictionary per cell and adds up the heights of all rows above the cursor at each move. Here a
row is one line, made when asked for, so nothing depends on how many there are. This is the only module that touches
private names of Textual; after an upgrade look here first, and at its test.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn, overload

from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.widgets import DataTable
from textual.widgets.data_table import Row, RowKey

PRIVATE = ("_get_row_region", "_data")
"""The private names of `DataTable` that are replaced (`_get_row_region`) or relied on (`_data` stays empty)."""

HEADER = 1
"""Lines of the header."""
NOWHERE = Coordinate(-1, -1)


class LazyRows(DataTable[str], inherit_bindings=False):
    """A table with a row cursor whose rows are computed. Its columns and its drawing are the subclass's."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, cursor_type="row")
        # The stock table redraws the line under the pointer at each key; there is none.
        self.set_reactive(DataTable.hover_coordinate, NOWHERE)

    def key_of_row(self, row: int) -> str:
        """Return the key of `row`; only called for rows that there are."""
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
