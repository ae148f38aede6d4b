"""Draws the lines of a facet panel. Knows no widget, scrolling or event."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kps_tui.i18n import _, number
from kps_tui.triage.facets import share
from kps_tui.ui.widgets.facet_tables import Table
from kps_tui.ui.widgets.table_lines import fit

BETWEEN = " · "
COUNTING = _("counting…")
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


class Palette(NamedTuple):
    """The styles of a panel, each complete."""

    plain: Style
    dim: Style
    bar: Style
    title: Style
    active: Style
    """The title of the table that has the cursor, where there are several."""
    cursor: Style
    cursor_bar: Style
    """The bar on the line under the cursor: reversed as it is, a bar would be a hole."""


class Say(NamedTuple):
    """What the titles and counts say beside the numbers."""

    base: str = ""
    """Words for what was counted."""
    uncertain: bool = False
    """Whether there may be more of everything."""
    stale: bool = False
    """Whether newer rows are being counted."""


def title(table: Table, palette: Palette, say: Say, *, active: bool = False) -> Strip:
    """Return the title: what is counted, how many values there are, of how many tasks."""
    facet = table.facet
    label = f" {facet.title} "
    count = ("≥ " if say.uncertain else "") + number(len(facet.values))
    if not facet.base:
        said = [_("nothing to count")]
    elif table.height == 1:
        said = [_("none in any task")]
    else:
        said = [(_("{count} value") if len(facet.values) == 1 else _("{count} values")).format(count=count)]
    rest = [part for part in (say.base if facet.base else "", COUNTING if say.stale else "") if part]
    room = table.width - cell_len(label) - 1
    if cell_len(BETWEEN.join([*said, *rest])) > room and table.height > 1:
        said = [count]
    text = " " + fit(BETWEEN.join([*said, *rest]), max(0, room))
    return _line([(palette.active if active else palette.title, label), (palette.dim, text)], table.width, palette)


def body(table: Table, row: int, palette: Palette, say: Say, *, cursor: bool = False) -> Strip:
    """Return the line of value `row` (from 0), or the one that counts the values without a line."""
    width = table.width
    count_cells = cell_len(_count(table.largest, say))
    bar_cells = max(4, min(24, width // 6))
    if row < table.values_shown:
        value, count = table.facet.values[row].value, table.facet.values[row].count
        runs = [
            (palette.plain, f" {_count(count, say):>{count_cells}} "),
            (palette.bar, bar(count, table.largest, bar_cells).ljust(bar_cells)),
            (palette.plain, "  "),
        ]
    else:
        value = ""
        runs = [(palette.plain, " " * (count_cells + bar_cells + 4))]
    room = max(0, width - sum(cell_len(text) for _style, text in runs))
    if value:
        runs.append((palette.plain, fit(value, room)))
    else:
        runs.append((palette.dim, fit(_without_value(table, row), room)))
    if cursor:
        runs = [(palette.cursor_bar if style is palette.bar else palette.cursor, text) for style, text in runs]
    return _line(runs, width, palette)


def _without_value(table: Table, row: int) -> str:
    if row < table.values_shown:
        return _("(none)")
    return _("… {count} more").format(count=number(table.values_hidden)) if row < table.stops else ""


def counting(width: int, palette: Palette) -> Strip:
    """Return what stands there before there are counts."""
    return _line([(palette.dim, " " + COUNTING)], width, palette)


def bar(count: int, largest: int, cells: int) -> str:
    """Return a bar of up to `cells` cells, to an eighth of one; no count is without."""
    whole, eighths = divmod(share(count, largest, cells * 8), 8)
    return "█" * whole + EIGHTHS[eighths]


def _count(count: int, say: Say) -> str:
    return ("≥ " if say.uncertain else "") + number(count)


def _line(runs: Sequence[tuple[Style, str]], width: int, palette: Palette) -> Strip:
    return Strip([Segment(text, style) for style, text in runs]).adjust_cell_length(width, palette.plain)
