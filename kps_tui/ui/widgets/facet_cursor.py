"""Where the user is in the tables of a facet panel. Knows no widget."""

from typing import NamedTuple

from kps_tui.ui.widgets.facet_tables import Table, beside


class Spot(NamedTuple):
    """Where the cursor of a table is."""

    value: str | None
    """The value it is on, or was while that had a line; `None`: the user put it on the line that counts the rest."""
    row: int


class FacetCursor:
    """On a line of one of the tables; each table remembers its line by the value, for counts change."""

    def __init__(self) -> None:
        self.tables: tuple[Table, ...] = ()
        self.index = 0
        """Which of them has the cursor."""
        self._field = ""
        """The facet whose table has the cursor, or had it last."""
        self._spots: dict[str, Spot] = {}

    @property
    def table(self) -> Table | None:
        """The table that has the cursor."""
        return self.tables[self.index] if self.tables else None

    @property
    def row(self) -> int:
        """Its row in that table."""
        return self.row_in(self.table) if self.table else 0

    @property
    def line(self) -> int:
        """Its line in the content."""
        return self.table.y + 1 + self.row if self.table else 0

    @property
    def value(self) -> tuple[str, str] | None:
        """The field and the value it is on; `None` where it is on none."""
        table, row = self.table, self.row
        return (table.field, table.facet.values[row].value) if table and row < table.values_shown else None

    def row_in(self, table: Table) -> int:
        """Return the row that is, or would be, under the cursor in `table`."""
        spot = self._spots.get(table.field)
        return spot.row if spot else 0

    def place(self, tables: tuple[Table, ...]) -> None:
        """Stay in the table and where the values are now; in a table where the user never was, that is its top."""
        if self.table:
            self._field = self.table.field
        self.tables = tables
        stops = self._stops()
        here = [index for index in stops if tables[index].field == self._field]
        self.index = next(iter(here or stops), 0)
        for index, table in enumerate(tables):
            if table.field in self._spots or (index == self.index and table.stops):
                self._spots[table.field] = settled(table, self._spots.get(table.field))

    def go(self, index: int, row: int) -> bool:
        """Go to `row` of table `index`, or the nearest there is; return whether that is elsewhere."""
        if index not in self._stops():
            return False
        table = self.tables[index]
        row = max(0, min(row, table.stops - 1))
        elsewhere = (index, row) != (self.index, self.row)
        if elsewhere:
            self.index = index
            self._spots[table.field] = spot_at(table, row)
        return elsewhere

    def beside(self, step: int) -> int:
        """Return the index of the table to the right (1) or left (-1)."""
        return beside(self.tables, self.index, self.line, step) if self.tables else self.index

    def turn(self, step: int) -> int:
        """Return the index of the next table (1) or the one before (-1); after the last comes the first."""
        stops = self._stops()
        return stops[(stops.index(self.index) + step) % len(stops)] if stops else self.index

    def _stops(self) -> list[int]:
        return [index for index, table in enumerate(self.tables) if table.stops]


def settled(table: Table, spot: Spot | None) -> Spot:
    """Return where `spot` is now: on its value, or where that is counted; if it is gone, on the nearest row."""
    values, shown, last = table.facet.values, table.values_shown, max(0, table.stops - 1)
    if spot is None:
        return spot_at(table, 0)
    if spot.value is None:
        return spot_at(table, last)
    if spot.row < shown and values[spot.row].value == spot.value:
        return spot
    row = next((row for row, counted in enumerate(values) if counted.value == spot.value), None)
    return spot_at(table, min(spot.row, last)) if row is None else Spot(spot.value, min(row, last))


def spot_at(table: Table, row: int) -> Spot:
    """Return the spot of a cursor that is put on `row`."""
    return Spot(table.facet.values[row].value if row < table.values_shown else None, row)
