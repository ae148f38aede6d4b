"""The stock table of Textual."""

import os

from textual.widget import Widget
from textual.widgets import DataTable

from tests.bench.peers.rows import FIELDS, FILTERED_BY, NUMBER, SORTED_BY, WIDTHS, rows
from tests.bench.peers.table_app import TablePeer, matching


class StockPeer(TablePeer):
    """Copies the rows into a `DataTable`."""

    def table(self) -> Widget:
        """Return the empty table."""
        table: DataTable[str] = DataTable(cursor_type="row")
        for name, width in zip(FIELDS, WIDTHS, strict=True):
            table.add_column(name, width=width, key=name)
        return table

    def all(self) -> None:
        """Show all rows in the empty table."""
        self.page(rows(int(os.environ["BENCH_ROWS"])))

    def page(self, page: list[tuple[str, ...]]) -> None:
        """Add a page of rows."""
        self._table.add_rows(page)

    def sort_text(self) -> None:
        """Sort by the error."""
        self._table.sort(FIELDS[SORTED_BY])

    def sort_number(self) -> None:
        """Sort by the time."""
        self._table.sort(FIELDS[NUMBER], key=int)

    def filter(self) -> None:
        """Show only the servers whose name holds the word."""
        self._table.clear()
        self._table.add_rows(matching(rows(int(os.environ["BENCH_ROWS"])), FILTERED_BY))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Follow the cursor."""
        self.show_detail(tuple(map(str, event.data_table.get_row(event.row_key))))

    @property
    def _table(self) -> "DataTable[str]":
        return self.query_one("#table", DataTable)


if __name__ == "__main__":
    StockPeer().run()
