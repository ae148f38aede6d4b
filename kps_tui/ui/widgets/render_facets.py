"""Draws the title and the lines of a list of counted values, without a widget."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from kps_tui.i18n import _, counted, number
from kps_tui.triage.facets import Facet, share
from kps_tui.ui.widgets.task_table.render import fit

BETWEEN = " · "
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass(frozen=True, slots=True)
class Basis:
    """What the counts are based on."""

    words: str = ""
    """The base in words: `1,000 of 2,500 loaded`."""
    uncertain: bool = False
    """Whether the counts are lower bounds."""
    stale: bool = False
    """Whether newer rows are being counted."""

    def count(self, count: int) -> str:
        """Return `count` as text, with `≥` before a lower bound."""
        return ("≥ " if self.uncertain else "") + number(count)


def title(facet: Facet, basis: Basis, width: int, *, has_lines: bool, active: bool = False) -> Content:
    """Return the title of a list: the field, how many values it has, and of how many tasks.

    Words are left out before numbers where `width` is too narrow for both.

    Args:
        facet: what was counted.
        basis: what the counts are based on.
        width: cells of the list.
        has_lines: whether values are listed below the title.
        active: whether this list has the cursor, and others beside it do not.
    """
    label = f" {facet.title} "
    if not facet.base:
        parts = [_("nothing to count")]
    elif not has_lines:
        parts = [_("none in any task")]
    else:
        values = len(facet.values)
        parts = [counted(values, "{count} value", "{count} values", count=basis.count(values))]
    rest = [part for part in (basis.words if facet.base else "", _("counting…") if basis.stale else "") if part]
    room = max(0, width - cell_len(label) - 1)
    if has_lines and cell_len(BETWEEN.join([*parts, *rest])) > room:
        parts = [basis.count(len(facet.values))]
    text = " " + fit(BETWEEN.join([*parts, *rest]), room)
    return Content.assemble((label, Style(bold=True, reverse=active)), (text, Style(dim=True)))


class FacetLine(Visual):
    """One line of a list: a count, its bar, and a text. It is drawn when it comes in sight, as wide as the list."""

    def __init__(self, text: str, count: int | None, largest: int, basis: Basis) -> None:
        """Make a line of a value, or one below the values that has no count.

        Args:
            text: the value; empty where tasks have none.
            count: how many tasks have the value, or `None`.
            largest: the count that has the longest bar of the list.
            basis: what the counts are based on.
        """
        self._text = text
        self._count = count
        self._largest = largest
        self._basis = basis

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return one strip of `width` cells."""
        bar_style = options.get_style(".facet-list--bar")
        if style.reverse:
            # A reversed bar is drawn in the colour of its background.
            bar_style = Style(background=bar_style.foreground)
        is_dim = self._count is None or not self._text
        text_style = style + Style(dim=True) if is_dim and not style.reverse else style
        bar_cells = max(4, min(24, width // 6))
        count_cells = cell_len(self._basis.count(self._largest))
        count_text = "" if self._count is None else self._basis.count(self._count)
        runs = [
            (style, f" {count_text:>{count_cells}} "),
            (style + bar_style, bar(self._count or 0, self._largest, bar_cells).ljust(bar_cells)),
            # The last cell stays blank: the scrollbar stands beside it.
            (text_style, "  " + fit(self._text or _("(none)"), max(0, width - count_cells - bar_cells - 5)) + " "),
        ]
        strip = Strip([Segment(text, run_style.rich_style) for run_style, text in runs])
        return [strip.adjust_cell_length(width, style.rich_style)]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return `container_width`: a line is as wide as its list."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return 1: a text that is too long is cut."""
        return 1


def bar(count: int, largest: int, cells: int) -> str:
    """Return a bar of up to `cells` cells, to an eighth of a cell; empty if `count` is 0."""
    whole, eighths = divmod(share(count, largest, cells * 8), 8)
    return "█" * whole + EIGHTHS[eighths]
