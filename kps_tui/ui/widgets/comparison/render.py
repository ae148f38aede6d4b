"""Draws the heading and the lines of a comparison, without a widget."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from kps_tui.i18n import _, number
from kps_tui.terminal.width import flush_right
from kps_tui.triage.compare import Comparison, Line, in_points, points, title_of_way
from kps_tui.triage.facets import facet_title, percent
from kps_tui.ui.widgets.facets.render import SHARE_CELLS, bar
from kps_tui.ui.widgets.task_table.render import fit

WORDS_FROM = 100
"""Width in cells from which on a difference is written with its unit."""
GAP = "  "


@dataclass(frozen=True, slots=True)
class ComparisonLook:
    """What the lines of a comparison have in common at one width."""

    comparison: Comparison
    width: int
    """The width of a line, in cells."""
    longest: int = 0
    """The share of the longest bar in per mille, see `largest_share`."""

    @property
    def count_cells(self) -> int:
        """The width of a count."""
        return max(len(number(total)) for total in self.comparison.totals)

    @property
    def bar_cells(self) -> int:
        """The width of the longest bar."""
        return max(4, min(12, self.width // 12))

    @property
    def side_cells(self) -> int:
        """The width of a count, its share and its bar."""
        return self.count_cells + 1 + SHARE_CELLS + 1 + self.bar_cells

    @property
    def points_cells(self) -> int:
        """The width of a difference."""
        widest = cell_len(in_points(100)) if self.width >= WORDS_FROM else len("+100")
        return max(cell_len(self.points_title), widest)

    @property
    def points_title(self) -> str:
        """The title above the differences."""
        return _("DIFFERENCE") if self.width >= WORDS_FROM else _("POINTS")

    @property
    def words_cells(self) -> int:
        """The width of the first column: what tasks have in common."""
        return max(0, self.width - 2 * (self.side_cells + len(GAP)) - self.points_cells - len(GAP) - 2)

    def side(self, line: Line, which: int) -> tuple[str, str]:
        """Return count and share of one value (0 or 1) as text, and the bar of its share."""
        count, total = line.counts[which], self.comparison.totals[which]
        share = percent(count, total) if total else "–"
        drawn = bar(_per_mille(count, total), self.longest, self.bar_cells)
        return f"{number(count):>{self.count_cells}} {share:>{SHARE_CELLS}} ", drawn.ljust(self.bar_cells)

    def points(self, line: Line) -> str:
        """Return the difference as text, flush right."""
        words = points(self.comparison, line)
        return flush_right(words if self.width >= WORDS_FROM else words.split()[0], self.points_cells)


def largest_share(comparison: Comparison) -> int:
    """Return the largest share of all lines and both values, in per mille."""
    largest = (max((line.counts[side] for line in comparison.lines), default=0) for side in (0, 1))
    return max(map(_per_mille, largest, comparison.totals))


def _per_mille(count: int, total: int) -> int:
    # At least 1, so that its bar can be seen.
    return max(1, round(1000 * count / total)) if count and total else 0


def heading(comparison: Comparison, width: int) -> Content:
    """Return the two values that are compared, with the number of tasks of each."""
    said = _("{field}  {one} ({count}) with {other} ({other_count})")
    (one, other), (count, other_count) = comparison.names, comparison.totals
    counts = {"count": number(count), "other_count": number(other_count)}
    left = said.format(field=facet_title(comparison.field), one=one, other=other, **counts)
    # A name that is too long is cut, never its number.
    if (over := cell_len(left) - width + 2) > 0:
        most = max(4, (cell_len(one) + cell_len(other) - over) // 2)
        one, other = (name if cell_len(name) <= most else fit(name, most, "middle").rstrip() for name in (one, other))
        left = said.format(field=facet_title(comparison.field), one=one, other=other, **counts)
    return Content.styled(f" {left}", "bold")


def ways(comparison: Comparison, offered: Sequence[str], base: str, width: int) -> Content:
    """Return the fields by which the values can be compared, with the chosen one highlighted, and `base` flush right.

    If `width` is too small, the fields that are not chosen are left out.

    Args:
        comparison: the comparison that is shown.
        offered: all fields by which the values can be compared.
        base: which tasks were compared, in words.
        width: width of the panel in cells.
    """
    chosen = Style(bold=True, reverse=True)
    for shown in (offered, [comparison.by]):
        parts = [(f" {title_of_way(way)} ", chosen if way == comparison.by else Style()) for way in shown]
        room = max(0, width - sum(cell_len(text) for text, _style in parts) - 1)
        if room > cell_len(base):
            break
    return Content.assemble(*parts, (flush_right(fit(base, min(room, cell_len(base))), room) + " ", Style(dim=True)))


def titles(look: ComparisonLook) -> Content:
    """Return the titles above the lines."""
    names = (fit(name, look.side_cells, "middle") for name in look.comparison.names)
    text = GAP.join([" " * (look.words_cells + 1), *names, f"{flush_right(look.points_title, look.points_cells)}"])
    return Content.styled(text, "dim")


class ComparisonLine(Visual):
    """A line of a comparison: what tasks have in common, how many of each value, and the difference of the shares."""

    def __init__(self, comparison: Comparison, line: Line, longest: int) -> None:
        self._comparison = comparison
        self._line = line
        self._longest = longest

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return one strip of `width` cells."""
        look, line = ComparisonLook(self._comparison, width, self._longest), self._line
        bar_style = options.get_style(".value-list--bar")
        if style.reverse:
            # `reverse` swaps the colours: the bar's colour must be the background.
            bar_style = Style(background=bar_style.foreground)
        words_style = style if line.words or style.reverse else style + Style(dim=True)
        runs = [(words_style, " " + fit(line.words or _("(none)"), look.words_cells))]
        for which in (0, 1):
            numbers, drawn = look.side(line, which)
            runs += [(style, GAP + numbers), (style + bar_style, drawn)]
        runs.append((style, GAP + look.points(line)))
        strip = Strip([Segment(run, run_style.rich_style) for run_style, run in runs])
        return [strip.adjust_cell_length(width, style.rich_style)]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return `container_width`: a line is as wide as its list."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return 1: a text that is too long is cut."""
        return 1
