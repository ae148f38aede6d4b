"""The private parts of `DataTable` that the table depends on. After an upgrade of Textual, look here first."""

import ast
import inspect
from pathlib import Path

import pytest
from textual.coordinate import Coordinate
from textual.widgets import DataTable

from kps_tui.ui.widgets.task_table import lazy_rows
from kps_tui.ui.widgets.task_table.lazy_rows import PRIVATE, LazyRows
from kps_tui.ui.widgets.task_table.table import TaskTable

OTHERS = [path for path in Path(lazy_rows.__file__).parent.glob("*.py") if path.name != "lazy_rows.py"]
"""The other modules of the table."""
READ_BY = {
    "_get_row_region": ("refresh_row", "_scroll_cursor_into_view"),
    "_data": ("_highlight_row",),
    "is_valid_row_index": ("refresh_row",),
    "ordered_rows": ("_get_fixed_offset",),
    "refresh_row": ("watch_cursor_coordinate", "_set_hover_cursor"),
    "_scroll_cursor_into_view": ("watch_cursor_coordinate",),
    "_highlight_row": ("watch_cursor_coordinate",),
}


class Ten(LazyRows):
    """Ten rows."""

    @property
    def row_count(self) -> int:
        return 10

    def key_of_row(self, row: int) -> str:
        return f"row-{row}"


def test_private_names_are_as_before() -> None:
    assert PRIVATE == ("_get_row_region", "_data")
    replaced = inspect.getattr_static(DataTable, "_get_row_region")
    assert str(inspect.signature(replaced)) == "(self, row_index: 'int') -> 'Region'"
    assert vars(DataTable())["_data"] == {}


@pytest.mark.parametrize(
    ("name", "reader"), [(name, reader) for name, readers in READ_BY.items() for reader in readers]
)
def test_the_stock_table_still_asks_where_we_answer(name: str, reader: str) -> None:
    """If Textual no longer used a replaced name, the table would silently use its own, empty rows."""
    assert f"self.{name}" in inspect.getsource(inspect.getattr_static(DataTable, reader))


def private_names(path: Path) -> set[str]:
    """Return the private names that a module defines, and those it reads from `self`, `super()` or a widget."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Attribute(attr=name):
                found.add(name)
            case _:
                pass
    return {name for name in found if name.startswith("_") and not name.startswith("__")}


def test_only_this_module_uses_private_names_and_only_those() -> None:
    theirs = set(dir(DataTable)) | set(vars(DataTable()))
    assert private_names(Path(lazy_rows.__file__)) & theirs == {"_get_row_region"}
    for path in OTHERS:
        assert not private_names(path) & theirs, path


def test_only_this_module_ignores_types() -> None:
    assert {path.name for path in OTHERS} >= {"table.py", "render.py", "columns.py"}
    for path in OTHERS:
        assert "type: ignore" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("add_row", "add_rows", "add_column", "add_columns", "remove_row", "remove_column"),
        *("update_cell", "update_cell_at", "sort", "clear"),
        *("get_row", "get_row_index", "get_cell", "get_cell_at", "get_cell_coordinate"),
        *("get_column", "get_column_at", "get_column_index", "coordinate_to_cell_key"),
    ],
)
def test_what_would_change_or_read_stored_cells_refuses(name: str) -> None:
    with pytest.raises(TypeError, match=r"assign its `view`"):
        getattr(TaskTable(), name)("x", reverse=True)


def test_rows_are_made_when_asked_for() -> None:
    rows = Ten().ordered_rows
    assert len(rows) == 10
    assert rows[3].key == "row-3"
    assert [row.key.value for row in rows[7:]] == ["row-7", "row-8", "row-9"]
    assert rows[-1].height == 1
    with pytest.raises(IndexError):
        rows[10]


def test_the_cursor_stays_on_a_row_and_has_no_column() -> None:
    table = Ten()
    for given, kept in [((-3, 0), 0), ((4, 7), 4), ((99, 2), 9)]:
        assert table.validate_cursor_coordinate(Coordinate(*given)) == Coordinate(kept, 0)
    assert [table.is_valid_row_index(row) for row in (-1, 0, 9, 10)] == [False, True, True, False]


def test_no_key_of_the_stock_table_is_left() -> None:
    keys = set(TaskTable()._bindings.key_to_bindings)
    assert keys == {
        *("j", "down", "k", "up", "g", "home", "ctrl+home", "G", "end", "ctrl+end"),
        *("pagedown", "pageup", "ctrl+d", "ctrl+u", "h", "left", "l", "right", "enter"),
    }
    bindings = [binding for found in TaskTable()._bindings.key_to_bindings.values() for binding in found]
    assert all((binding.id or "").startswith("table.") and not binding.show for binding in bindings)
    assert {key for binding in bindings if (key := binding.key) not in keys} == set()
