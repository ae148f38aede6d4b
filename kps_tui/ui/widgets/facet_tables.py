"""Where the tables of a facet panel stand, and which values have a line there. Knows no widget."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kps_tui.triage.facets import Facet

COLUMNS = (("err", "server", "key"), ("op", "code", "day"))
"""Which facets stand below each other: what an operator asks first is at the top left."""
ORDER = tuple(field for column in COLUMNS for field in column)
"""Every facet, as Tab goes through them."""
TWO_COLUMNS = 100
"""Cells from which on there are two."""
GAP = 3
"""Cells between two columns."""
FEW = 6
"""Lines of a table where there is no room for all: its title, four values, and how many more there are."""


class Table(NamedTuple):
    """The table of one facet, and where it stands."""

    facet: Facet
    x: int
    y: int
    width: int
    height: int
    """Lines, with the title."""
    largest: int
    """The count that has the longest bar."""

    @property
    def field(self) -> str:
        """The facet's field."""
        return self.facet.field

    @property
    def values_shown(self) -> int:
        """How many values have a line: all, or one less than there is room for, for the last line counts the rest."""
        room = self.height - 1
        return len(self.facet.values) if len(self.facet.values) <= room else max(0, room - 1)

    @property
    def values_hidden(self) -> int:
        """How many values have no line."""
        return 0 if self.height == 1 else len(self.facet.values) - self.values_shown

    @property
    def stops(self) -> int:
        """How many lines the cursor can be on: the values, and the one that counts the rest."""
        return 0 if self.height == 1 else self.values_shown + (self.values_hidden > 0)


def alone(facet: Facet, width: int) -> tuple[Table, ...]:
    """Return one table with every value."""
    return (_table(facet, 0, 0, width, 1 + len(facet.values)),)


def placed(facets: Mapping[str, Facet], width: int, height: int) -> tuple[Table, ...]:
    """Return the tables of all facets, in the order of `ORDER`: they fit `height`, or each shows a few values."""
    columns = COLUMNS if width >= TWO_COLUMNS else (ORDER,)
    cells = (width - GAP * (len(columns) - 1)) // len(columns)
    tables: list[Table] = []
    for column, fields in enumerate(columns):
        y = 0
        for field, lines in zip(fields, _heights([_needed(facets[field]) for field in fields], height), strict=True):
            tables.append(_table(facets[field], column * (cells + GAP), y, cells, lines))
            y += lines + 1
    return tuple(tables)


def _table(facet: Facet, x: int, y: int, width: int, height: int) -> Table:
    return Table(facet, x, y, width, height, max((counted.count for counted in facet.values), default=0))


def _needed(facet: Facet) -> int:
    """Return the lines for all values; where no task has one, the title says so."""
    return 1 + len(facet.values) if any(counted.value for counted in facet.values[:2]) else 1


def _heights(needed: Sequence[int], height: int) -> list[int]:
    """Share `height` out, with a blank line between two tables: those that need little leave it to the others."""
    left = height - (len(needed) - 1)
    heights = [min(lines, FEW) for lines in needed]
    if sum(heights) > left:
        return heights
    for tables, index in zip(
        range(len(needed), 0, -1), sorted(range(len(needed)), key=needed.__getitem__), strict=True
    ):
        heights[index] = min(needed[index], left // tables)
        left -= heights[index]
    return heights


def beside(tables: Sequence[Table], index: int, line: int, step: int) -> int:
    """Return the index of the table to the right (`step` 1) or left (-1) of table `index`, nearest to `line`.

    In one column it is the next or the one before. Where there is none it is `index`.
    """
    here = tables[index]
    if all(table.x == here.x for table in tables):
        others = [other for other in range(len(tables)) if (other - index) * step > 0 and tables[other].stops]
        return min(others, key=lambda other: abs(other - index), default=index)
    others = [other for other, table in enumerate(tables) if (table.x - here.x) * step > 0 and table.stops]
    return min(others, key=lambda other: _distance(tables[other], line), default=index)


def _distance(table: Table, line: int) -> int:
    return max(table.y - line, line - (table.y + table.height - 1), 0)
