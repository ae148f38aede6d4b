"""A list of values with a cursor that follows its value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.scrollbar import ScrollDown, ScrollUp
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kps_tui.ui.widgets.choice_list import with_reverse


@dataclass(frozen=True, slots=True)
class CursorMemory:
    """The line of the cursor in a list, remembered while the cursor is in another list."""

    value: str | None
    """The value on this line; None for the “… more” line."""
    row: int

    def row_in(self, values: Sequence[str], rows: int) -> int:
        """Return the row of the same value, else the “… more” line that covers it, else the nearest row."""
        if self.value is None:
            return rows - 1
        row = values.index(self.value) if self.value in values else self.row
        return max(0, min(row, rows - 1))


class ValueList(OptionList, can_focus=False):
    """Values, one on each line. Of several lists, only one highlights a line; the others remember theirs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"value-list--bar"}

    # Without a repaint of the whole list, because a move changes only two lines.
    highlighted: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._values: Sequence[str] = ()
        self.listed = 0
        """The number of values that have a line."""
        self._memory: CursorMemory | None = None
        self._drawn: int | None = None
        """The row that is drawn highlighted."""
        self._has_old_styles = False
        """Whether the focus has changed while it had no cursor."""

    @property
    def value(self) -> str | None:
        """The value under the cursor; None if the cursor is in another list or on the “… more” line."""
        return None if self.highlighted is None else self._value_at(self.highlighted)

    def show(self, values: Sequence[str], lines: Sequence[Visual], more: Visual | None = None) -> None:
        """Show values. If the cursor is in sight, it stays on its value, and the value on its line of the screen.

        Args:
            values: all values.
            lines: the lines of the first of them.
            more: the “… more” line after these, if there are other values.
        """
        top, row = self.scroll_offset.y, self.highlighted
        in_sight = row is not None and 0 <= row - top < self.scrollable_content_region.height
        self._values, self.listed = values, len(lines)
        self.set_options(map(Option, lines if more is None else (*lines, more)))
        if row is not None:
            self.enter()
            top += (self.highlighted or 0) - row if in_sight else 0
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def enter(self) -> None:
        """Highlight the remembered line, or the first line if the cursor was never in this list."""
        if not self.option_count:
            return
        if self._has_old_styles:
            self._update_styles()
        memory = self._memory
        self.highlighted = memory.row_in(self._values, self.option_count) if memory else 0
        if memory and memory.value is not None and self.value is None:
            # The value has no line now. The cursor returns to it when it has one again.
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
        """Return the style of a component, including `reverse`."""
        style = super().get_visual_style(*component_classes, partial=partial)
        return with_reverse(self, style, component_classes)

    def on_click(self, event: events.Click) -> None:
        """Leave clicks to the panel: the inherited handler would choose a value at the first click."""
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
        return self._values[row] if row < self.listed else None

    def follow_focus(self) -> None:
        """Show at the cursor whether the panel has the focus; without a cursor, not before it gets one."""
        if self.highlighted is None:
            self._has_old_styles = True
        else:
            self._update_styles()

    def _update_styles(self) -> None:
        self._has_old_styles = False
        self.update_node_styles()


def show_focus(panel: Widget) -> None:
    """Show whether `panel` has the focus. To update the styles of every list would take 2 ms each, and repaint it."""
    for values in panel.query(ValueList):
        values.follow_focus()
