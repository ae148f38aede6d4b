"""Draws the title and the lines of a list of counted values, without a widget."""

from dataclasses import dataclass
from datetime import tzinfo

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from kps_tui.i18n import BETWEEN, _, counted, number
from kps_tui.triage.facets import Counted, Facet, percent, share, words_of_value
from kps_tui.triage.times import local_time
from kps_tui.ui.age import day_label
from kps_tui.ui.widgets.task_table.render import MARK, fit

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
SHARE_CELLS = 5
"""The width of a share: `100 %`."""
LAST_FROM, BOTH_FROM = 50, 72
"""Widths in cells from which on a list shows when a value was last seen, and when it was first seen, too."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the counts are based on."""

    words: str = ""
    """The basis in words: `1,000 of 2,500 loaded`; empty where it stands above all lists."""
    uncertain: bool = False
    """Whether the counts are lower bounds."""
    stale: bool = False
    """Whether newer rows are being counted."""

    def count(self, count: int) -> str:
        """Return `count` as text, with `≥` before a lower bound."""
        return ("≥ " if self.uncertain else "") + number(count)


@dataclass(frozen=True, slots=True)
class FacetLook:
    """What the lines of one list have in common; see `look_of`."""

    field: str
    base: int
    """Number of tasks that were counted: the 100 % of the shares."""
    largest: int
    """The largest count, which has the longest bar."""
    basis: Basis
    years: bool
    """Whether days are shown with their years, because the tasks span several years."""
    zone: tzinfo | None
    """The zone of days and times; `None` is the local zone."""

    def seen_cells(self, width: int) -> int:
        """Return the room for the times in a line of `width` cells; 0 if they are not shown."""
        if self.field == "day":
            return len("00:00–23:59") if width >= BOTH_FROM else 0
        if width >= BOTH_FROM:
            return len("29 Aug 2025–26 Nov 2026" if self.years else "26 Nov 00:00–23:59")
        return len("26 Nov 2026" if self.years else "26 Nov") if width >= LAST_FROM else 0

    def seen_title(self, width: int) -> str:
        """Return the title above the times in a list of `width` cells; empty if they need none."""
        if self.field == "day" or width < LAST_FROM:
            return ""
        return _("first – last") if width >= BOTH_FROM else _("last")

    def seen(self, value: Counted, width: int) -> str:
        """Return when the tasks of a value failed, in the form for a line of `width` cells."""
        if value.first is None or value.last is None or not self.seen_cells(width):
            return ""
        first, last = local_time(value.first, self.zone), local_time(value.last, self.zone)
        day = "" if self.field == "day" else day_label(last, self.years)
        if width < BOTH_FROM:
            return day
        if first.date() != last.date():
            return f"{day_label(first, self.years)}–{day}"
        begin, end = f"{first:%H:%M}", f"{last:%H:%M}"
        return " ".join(filter(None, (day, begin if begin == end else f"{begin}–{end}")))


def look_of(facet: Facet, basis: Basis, zone: tzinfo | None = None) -> FacetLook:
    """Return how the lines of `facet` look; times are shown in `zone` (`None`: the local zone)."""
    first = min((value.first for value in facet.values if value.first is not None), default=None)
    last = max((value.last for value in facet.values if value.last is not None), default=None)
    several = None not in (first, last) and local_time(first or 0, zone).year != local_time(last or 0, zone).year
    largest = max((value.count for value in facet.values), default=0)
    return FacetLook(facet.field, facet.base, largest, basis, several, zone)


def title(
    facet: Facet, look: FacetLook, width: int, *, has_lines: bool, active: bool = False, marked: int = 0
) -> Content:
    """Return the title of a list: the field, the number of values and of marked ones, the basis, and `first – last`.

    If `width` is too small, words are left out before numbers.

    Args:
        facet: the counted values.
        look: how their lines look.
        width: width of the list in cells.
        has_lines: whether values are listed below the title.
        active: whether to mark the title, as that of the list with the cursor.
        marked: how many values the user has marked.
    """
    label, basis, values = f" {facet.title} ", look.basis, len(facet.values)
    if not facet.base:
        parts = [_("nothing to count")]
    elif not has_lines:
        parts = [_("none in any task")]
    else:
        parts = [counted(values, "{count} value", "{count} values", count=basis.count(values))]
    rest = [
        counted(marked, "{count} marked", "{count} marked") if marked else "",
        basis.words if facet.base else "",
        _("counting…") if basis.stale else "",
    ]
    rest = [part for part in rest if part]
    room = max(0, width - cell_len(label) - 1)
    if has_lines and cell_len(BETWEEN.join([*parts, *rest])) > room:
        parts = [basis.count(values)]
    text = BETWEEN.join([*parts, *rest])
    # The last two cells are above the scrollbar and the margin to it.
    seen = look.seen_title(width - 1) if has_lines else ""
    right = fit(seen, look.seen_cells(width - 1)) + "  " if seen else ""
    if cell_len(text) + cell_len(right) + 2 <= room:
        text = fit(text, room - cell_len(right)) + right
    return Content.assemble((label, Style(bold=True, reverse=active)), (" " + fit(text, room), Style(dim=True)))


class FacetLine(Visual):
    """One line of a list: a count, its share, a bar, a text and times. It is rendered when it becomes visible."""

    def __init__(self, value: Counted | None, look: FacetLook, *, text: str = "", marked: bool = False) -> None:
        """Create a line.

        Args:
            value: the value and its tasks; None for the “… more” line.
            look: what it has in common with the other lines.
            text: the text of the “… more” line.
            marked: whether the user has marked the value.
        """
        self._value = value
        self._look = look
        self._text = text
        self._marked = marked

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return one strip of `width` cells."""
        look, value = self._look, self._value
        bar_style = options.get_style(".value-list--bar")
        if style.reverse:
            # `reverse` swaps the colours: the bar's colour must be the background.
            bar_style = Style(background=bar_style.foreground)
        dim_style = style if style.reverse else style + Style(dim=True)
        bar_cells = max(4, min(20, width // 8))
        count_cells = cell_len(look.basis.count(look.largest))
        count = value.count if value else 0
        numbers = f"{look.basis.count(count):>{count_cells}} {percent(count, look.base):>{SHARE_CELLS}}"
        seen_cells = look.seen_cells(width)
        # The last cell is blank, as a margin to the scrollbar.
        tail = f"  {fit(look.seen(value, width) if value else '', seen_cells)} " if seen_cells else " "
        head = f"{MARK if self._marked else ' '}{numbers if value else '':{count_cells + SHARE_CELLS + 1}} "
        room = max(0, width - cell_len(head) - bar_cells - 2 - cell_len(tail))
        text = words_of_value(look.field, value.value) if value else self._text
        runs = [
            (style, head),
            (style + bar_style, bar(count, look.largest, bar_cells).ljust(bar_cells)),
            (style if value and value.value else dim_style, "  " + fit(text or _("(none)"), room)),
            (dim_style, tail),
        ]
        strip = Strip([Segment(run, run_style.rich_style) for run_style, run in runs])
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
