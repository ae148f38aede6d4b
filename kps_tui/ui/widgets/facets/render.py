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
    """The basis in words: `1,000 of 2,500 loaded`."""
    uncertain: bool = False
    """Whether the counts are lower bounds."""
    stale: bool = False
    """Whether newer rows are being counted."""

    def count(self, count: int) -> str:
        """Return `count` as text, with `≥` before a lower bound."""
        return ("≥ " if self.uncertain else "") + number(count)


def title(facet: Facet, basis: Basis, width: int, *, has_lines: bool, active: bool = False) -> Content:
    """Return the title of a list: the field, the number of values, and the basis.

    If `width` is too small, words are left out before numbers.

    Args:
        facet: the counted values.
        basis: what the counts are based on.
        width: width of the list in cells.
        has_lines: whether values are listed below the title.
        active: whether to mark the title, as that of the list with the cursor.
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
    """One line of a list: a count, its bar and a text. It is rendered only when it becomes visible."""

    def __init__(self, text: str, count: int | None, largest: int, basis: Basis) -> None:
        """Create a line for a value, or the “… more” line.

        Args:
            text: the value; empty for tasks without one.
            count: number of tasks with the value; None for the “… more” line.
            largest: the largest count of the list, which has the longest bar.
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
            # `reverse` swaps the colours: the bar's colour must be the background.
            bar_style = Style(background=bar_style.foreground)
        is_dim = self._count is None or not self._text
        text_style = style + Style(dim=True) if is_dim and not style.reverse else style
        bar_cells = max(4, min(24, width // 6))
        count_cells = cell_len(self._basis.count(self._largest))
        count_text = "" if self._count is None else self._basis.count(self._count)
        runs = [
            (style, f" {count_text:>{count_cells}} "),
            (style + bar_style, bar(self._count or 0, self._largest, bar_cells).ljust(bar_cells)),
            # The last cell is blank, as a margin to the scrollbar.
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
    """Return a bar of up to `cells` cells, in steps of an eighth of a cell; empty if `count` is 0."""
    whole, eighths = divmod(share(count, largest, cells * 8), 8)
    return "█" * whole + EIGHTHS[eighths]
