"""The list of the values of one field, with its cursor and its title."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.reactive import reactive
from textual.scrollbar import ScrollDown, ScrollUp
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kps_tui.i18n import counted
from kps_tui.triage.facets import Counted, Facet
from kps_tui.ui.widgets.choice_list import with_reverse
from kps_tui.ui.widgets.facets.render import Basis, FacetLine, FacetLook, look_of, title

MOST_BESIDE, MOST_ALONE = 1_000, 10_000
"""The most values in one of several lists, and in a single list. Filling a list of 10,000 takes 0.1 s."""


@dataclass(frozen=True, slots=True)
class CursorMemory:
    """The line of the cursor in a list, also while the cursor is in another list."""

    value: str | None
    """The value on this line; None for the “… more” line."""
    row: int

    def row_in(self, facet: Facet, most: int) -> int:
        """Return the row of the same value, else of the “… more” line that covers it, else the nearest row."""
        last = min(len(facet.values), most + 1) - 1
        if self.value is None:
            return last
        row = next((row for row, counted in enumerate(facet.values) if counted.value == self.value), self.row)
        return max(0, min(row, last))


class FacetList(OptionList, can_focus=False):
    """The values of one field. Only the list that has the cursor highlights a line; the others remember theirs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"facet-list--bar"}

    # Not repainted as a whole: a move changes two lines.
    highlighted: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._facet: Facet | None = None
        self._look: FacetLook | None = None
        self._marked: frozenset[str] = frozenset()
        """The marked values, casefolded."""
        self._most = MOST_BESIDE
        self._memory: CursorMemory | None = None
        self._drawn: int | None = None
        """The row that is drawn highlighted."""

    @property
    def value(self) -> str | None:
        """The value under the cursor; None if the cursor is in another list or on the “… more” line."""
        return None if self.highlighted is None else self._value_at(self.highlighted)

    def show(self, facet: Facet, look: FacetLook, *, alone: bool) -> None:
        """Show the values of `facet`. If the cursor is visible, it stays on its value and its line of the screen."""
        top, row = self.scroll_offset.y, self.highlighted
        in_sight = row is not None and 0 <= row - top < self.scrollable_content_region.height
        self._facet, self._look, self._most = facet, look, MOST_ALONE if alone else MOST_BESIDE
        lines: list[FacetLine] = []
        if alone or any(counted.value for counted in facet.values[:2]):
            lines = [self._line(each, look) for each in facet.values[: self._most]]
        if more := len(facet.values) - len(lines) if lines else 0:
            lines.append(FacetLine(None, look, text=_more(more, alone)))
        self.set_options(map(Option, lines))
        if row is not None:
            self.enter()
            top += (self.highlighted or 0) - row if in_sight else 0
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def mark(self, marked: frozenset[str]) -> None:
        """Show which values are marked; the values are casefolded."""
        changed, self._marked = self._marked ^ marked, marked
        if self._facet and self._look and changed and self.option_count:
            for row, value in enumerate(self._facet.values[: self._most]):
                if value.value.casefold() in changed:
                    self.replace_option_prompt_at_index(row, self._line(value, self._look))

    def _line(self, value: Counted, look: FacetLook) -> FacetLine:
        return FacetLine(value, look, marked=value.value.casefold() in self._marked)

    def enter(self) -> None:
        """Highlight the remembered line, or the first line if the cursor was never in this list."""
        if not self._facet or not self.option_count:
            return
        memory = self._memory
        self.highlighted = memory.row_in(self._facet, self._most) if memory else 0
        if memory and memory.value is not None and self.value is None:
            # The value has no line now. When it has one again, the cursor returns to it.
            self._memory = memory

    def leave(self) -> None:
        """Remove the highlight."""
        self.highlighted = None

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Remember the line of the cursor, and repaint the two lines that a move changes."""
        width, height = self.scrollable_content_region.size
        for row in (self._drawn, highlighted):
            if row is not None and 0 <= (y := row - self.scroll_offset.y) < height:
                self.refresh(Region(0, y, width, 1))
        self._drawn = highlighted
        if highlighted is not None:
            self._memory = CursorMemory(self._value_at(highlighted), highlighted)
        super().watch_highlighted(highlighted)

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Return the style of a part, including `reverse`."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return with_reverse(self, style, component_classes)

    def on_click(self, event: events.Click) -> None:
        """Leave clicks to the panel: the inherited method would choose a value at the first click."""
        event.prevent_default()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Do not highlight the line under the mouse: each movement would repaint the list."""
        event.prevent_default()

    def on_scroll_down(self, message: ScrollDown) -> None:
        """Scroll a page down without an animation: the scrollbar was clicked below its thumb."""
        message.prevent_default()
        self.scroll_page_down(animate=False)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """Scroll a page up without an animation: the scrollbar was clicked above its thumb."""
        message.prevent_default()
        self.scroll_page_up(animate=False)

    def on_resize(self) -> None:
        """Keep the cursor visible."""
        self.scroll_to_highlight()

    def _value_at(self, row: int) -> str | None:
        values = self._facet.values if self._facet else ()
        return values[row].value if row < min(len(values), self._most) else None


class FacetGroup(Vertical):
    """The title and the list of one field."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field
        self.list = FacetList()
        self._title = Static(markup=False)
        self._shown: tuple[Facet, FacetLook, bool] | None = None
        self._is_active = False
        self._marked: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Yield the title and the list."""
        yield self._title
        yield self.list

    @property
    def can_enter(self) -> bool:
        """Whether it is shown and has a line for the cursor."""
        return self.display and self.list.option_count > 0

    @property
    def lines(self) -> int:
        """Number of lines of the title and all values."""
        return 1 + self.list.option_count

    def show(self, facet: Facet, basis: Basis, *, alone: bool) -> None:
        """Show the values of `facet`, or only a new title if nothing else has changed."""
        before = self._shown
        if before and before[0] is facet and (before[1].basis, before[2]) == (basis, alone):
            return
        look = look_of(facet, basis)
        self._shown = (facet, look, alone)
        lines = before and before[0] is facet and (before[1].basis.uncertain, before[2]) == (basis.uncertain, alone)
        if not lines:
            self.list.show(facet, look, alone=alone)
        self._show_title()

    def mark(self, marked: frozenset[str]) -> None:
        """Show which values are marked; the values are casefolded."""
        if marked != self._marked:
            self._marked = marked
            self.list.mark(marked)
            self._show_title()

    def set_active(self, active: bool) -> None:
        """Set whether the title is marked: that of the list with the cursor, if there are several lists."""
        if active != self._is_active:
            self._is_active = active
            self._show_title()

    def on_resize(self) -> None:
        """Fit the title to the new width."""
        self._show_title()

    def _show_title(self) -> None:
        if self._shown:
            facet, look, _alone = self._shown
            has_lines, width = self.list.option_count > 0, self.size.width
            marked = len(self._marked)
            text = title(facet, look, width, has_lines=has_lines, active=self._is_active, marked=marked)
            self._title.update(text, layout=False)


def _more(count: int, alone: bool) -> str:
    if alone:
        return counted(
            count,
            "… {count} more, not listed: filter to see them",
            "… {count} more, not listed: filter to see them",
        )
    return counted(count, "… {count} more · f", "… {count} more · f")
