"""The table of textual-fastdatatable, over Arrow. Needs an environment that has it."""

import os

from textual.containers import Horizontal
from textual.widget import Widget
from textual_fastdatatable import ArrowBackend, DataTable  # type: ignore[import-not-found,unused-ignore]

from tests.bench.peers.rows import FIELDS, FILTERED_BY, NUMBER, SORTED_BY, WIDTHS, rows
from tests.bench.peers.table_app import TablePeer, matching


class FastPeer(TablePeer):
    """Copies the rows into an Arrow table."""

    def table(self) -> Widget:
        """Return the empty table."""
        return self._over([("",) * len(FIELDS)])

    async def all(self) -> None:
        """Show all rows in the empty table."""
        await self._replace(rows(int(os.environ["BENCH_ROWS"])))

    def page(self, page: list[tuple[str, ...]]) -> None:
        """Add a page of rows."""
        self._table.add_rows(page)

    def sort_text(self) -> None:
        """Sort by the error."""
        self._table.sort(by=[(FIELDS[SORTED_BY], "ascending")])

    def sort_number(self) -> None:
        """Sort by the time."""
        self._table.sort(by=[(FIELDS[NUMBER], "ascending")])

    async def filter(self) -> None:
        """Show only the servers whose name holds the word."""
        await self._replace(matching(rows(int(os.environ["BENCH_ROWS"])), FILTERED_BY))

    def on_data_table_row_highlighted(self, event) -> None:  # type: ignore[no-untyped-def]
        """Follow the cursor."""
        self.show_detail(tuple(map(str, event.data_table.get_row_at(event.cursor_row))))

    async def _replace(self, found: list[tuple[str, ...]]) -> None:
        await self._table.remove()
        table = self._over(found)
        table.id = "table"
        await self.query_one(Horizontal).mount(table, before=0)
        table.focus()

    def _over(self, found: list[tuple[str, ...]]) -> Widget:
        table: Widget = DataTable(
            backend=ArrowBackend.from_pydict(_columns(found)),
            cursor_type="row",
            render_markup=False,
            column_widths=list(WIDTHS),
        )
        return table

    @property
    def _table(self):  # type: ignore[no-untyped-def]
        return self.query_one("#table", DataTable)


def _columns(found: list[tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in zip(FIELDS, zip(*found, strict=True), strict=True)}


if __name__ == "__main__":
    FastPeer().run()
