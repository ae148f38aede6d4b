"""Shows tables of facets, and how the user moves through them. What they count is the subclass's.

Nothing is animated, and a move repaints the two lines that it changes.
"""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollUp
from textual.strip import Strip

from kps_tui.ui.widgets.facet_cursor import FacetCursor
from kps_tui.ui.widgets.facet_lines import Palette, Say, body, counting, title
from kps_tui.ui.widgets.facet_tables import Table


class FacetScroll(ScrollView, inherit_bindings=False):
    """One table whose title stays at the top, or several that scroll as they stand."""

    can_focus = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "facet-panel--dim",
        "facet-panel--bar",
        "facet-panel--title",
        "facet-panel--active",
        "facet-panel--cursor",
        "facet-panel--cursor-bar",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="facet.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="facet.up"),
        Binding("g,home,ctrl+home", "first", "First value", show=False, id="facet.first"),
        Binding("G,end,ctrl+end", "last", "Last value", show=False, id="facet.last"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="facet.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="facet.page-up"),
        Binding("l,right", "beside(1)", "Table to the right", show=False, id="facet.right"),
        Binding("h,left", "beside(-1)", "Table to the left", show=False, id="facet.left"),
        Binding("tab", "turn(1)", "Next table", show=False, id="facet.next"),
        Binding("shift+tab", "turn(-1)", "Previous table", show=False, id="facet.previous"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self._cursor = FacetCursor()
        self._palette: Palette | None = None
        super().__init__(id=id, classes=classes)

    def said_of(self, table: Table) -> Say:
        """Return what `table` says beside its numbers."""
        raise NotImplementedError

    def choose(self) -> None:
        """The line under the cursor was clicked once more."""
        raise NotImplementedError

    def show(self, tables: tuple[Table, ...], reveal: bool = False) -> None:
        """Show `tables`; the cursor keeps its value, and in one table its line of the screen.

        One that is out of sight is not brought back, unless `reveal` says so.
        """
        cursor, opened = self._cursor, not self._cursor.tables
        reveal = reveal or opened or self._in_sight
        line = cursor.line
        cursor.place(tables)
        moved = 0 if opened or len(tables) != 1 else cursor.line - line
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, max((table.y + table.height for table in tables), default=0))
        if reveal:
            self._reveal(moved)
        self.repaint()

    def notify_style_update(self) -> None:
        """The theme, the focus or a style sheet changed."""
        super().notify_style_update()
        self._palette = None

    # Where things are

    @property
    def _first_line(self) -> int:
        """The first line of the widget that scrolls: the title of a table alone stays at the top."""
        return 1 if len(self._cursor.tables) == 1 else 0

    @property
    def _in_sight(self) -> bool:
        return self._first_line <= self._screen_line(self._cursor.line) < self.scrollable_content_region.height

    def _screen_line(self, line: int) -> int:
        """Where a line of the content is in the widget."""
        return line - self.scroll_offset.y if line >= self._first_line else line

    def _content_line(self, y: int) -> int:
        """Which line of the content is on line `y` of the widget."""
        return y + self.scroll_offset.y if y >= self._first_line else y

    def _reveal(self, moved: int = 0) -> None:
        """Scroll by `moved` lines, and as far as the cursor needs, with the title of its table where there is room."""
        height, table, line = self.scrollable_content_region.height, self._cursor.table, self._cursor.line
        if table is None or not height:
            return
        first = table.y if not self._first_line and line - table.y < height else line - self._first_line
        top = max(line + 1 - height, min(first, self.scroll_offset.y + moved))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)

    # What the user does

    def action_move(self, rows: int) -> None:
        """Go down or up in the table."""
        self._go(self._cursor.index, self._cursor.row + rows)

    def action_first(self) -> None:
        """Go to the first line of the table."""
        self._go(self._cursor.index, 0)

    def action_last(self) -> None:
        """Go to the last line of the table."""
        if table := self._cursor.table:
            self._go(self._cursor.index, table.stops - 1)

    def action_page(self, step: int) -> None:
        """Go down or up by what is in sight."""
        page = max(1, self.scrollable_content_region.height - 1)
        if self._first_line:
            self.scroll_to(y=self.scroll_offset.y + step * page, animate=False)
        self.action_move(step * page)

    def action_beside(self, step: int) -> None:
        """Go to the table to the right or left."""
        self._go(self._cursor.beside(step))

    def action_turn(self, step: int) -> None:
        """Go to the next table or the one before; after the last comes the first."""
        self._go(self._cursor.turn(step))

    def on_click(self, event: events.Click) -> None:
        """Go to the line that was clicked; the second click chooses its value."""
        x, y = event.get_content_offset_capture(self)
        line = self._content_line(y)
        for index, table in enumerate(self._cursor.tables):
            if table.x <= x < table.x + table.width and 0 <= (row := line - table.y - 1) < table.stops:
                if (index, row) == (self._cursor.index, self._cursor.row):
                    self.choose()
                else:
                    self._go(index, row)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """The scrollbar was clicked below its thumb."""
        self._scroll_page(message, 1)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """The scrollbar was clicked above its thumb."""
        self._scroll_page(message, -1)

    def _scroll_page(self, message: Message, step: int) -> None:
        message.stop()
        message.prevent_default()
        self.scroll_to(y=self.scroll_offset.y + step * self.scrollable_content_region.height, animate=False)

    def _go(self, index: int, row: int | None = None) -> None:
        """Put the cursor on `row` of table `index`, or where it was there, and repaint what that changes."""
        cursor = self._cursor
        if not cursor.tables:
            return
        table, line, elsewhere = cursor.table, cursor.line, index != cursor.index
        if cursor.go(index, cursor.row_in(cursor.tables[index]) if row is None else row):
            self._repaint_cursor(table, line, elsewhere)
            self._repaint_cursor(cursor.table, cursor.line, elsewhere)
        self._reveal()

    # Drawing

    def repaint(self) -> None:
        """Repaint every line, but not the scrollbar."""
        region = self.scrollable_content_region
        self.refresh(Region(0, 0, region.width, region.height))

    def _repaint_cursor(self, table: Table | None, line: int, title: bool) -> None:
        for changed in (line, *((table.y,) if title and table else ())):
            y = self._screen_line(changed)
            if table and 0 <= y < self.scrollable_content_region.height:
                self.refresh(Region(table.x, y, table.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw line `y` of the widget."""
        palette, width, tables = self._styles_now(), self.size.width, self._cursor.tables
        if not tables:
            return counting(width, palette) if not y else Strip.blank(width, palette.plain)
        line = self._content_line(y)
        strips: list[Strip] = []
        for table in tables:
            if table.y <= line < table.y + table.height:
                gap = table.x - sum(strip.cell_length for strip in strips)
                strips += [Strip.blank(gap, palette.plain), self._line_of(table, line - table.y, palette)]
        return Strip.join(strips).adjust_cell_length(width, palette.plain)

    def _line_of(self, table: Table, line: int, palette: Palette) -> Strip:
        active, say = table is self._cursor.table, self.said_of(table)
        if not line:
            return title(table, palette, say, active=active and not self._first_line)
        return body(table, line - 1, palette, say, cursor=active and line - 1 == self._cursor.row)

    def _styles_now(self) -> Palette:
        if self._palette is None:
            base = self.rich_style
            part = [
                base + self.get_component_rich_style(f"facet-panel--{name}", partial=True)
                for name in ("dim", "bar", "title", "active", "cursor", "cursor-bar")
            ]
            self._palette = Palette(base, *part)
        return self._palette
