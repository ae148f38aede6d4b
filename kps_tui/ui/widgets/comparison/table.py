"""The table of a comparison, with its headings and its cursor."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.triage.compare import Comparison, Line, ways_of
from kps_tui.ui.widgets.comparison.render import ComparisonLine, ComparisonLook, heading, largest_share, titles, ways
from kps_tui.ui.widgets.value_list import ValueList


class ComparisonTable(Vertical):
    """Shows one comparison. The focus is on the panel around it."""

    def __init__(self) -> None:
        super().__init__()
        self._heading, self._ways, self._titles = (Static(markup=False) for _number in range(3))
        self.list = ValueList()
        self._shown: tuple[Comparison, str] | None = None

    def compose(self) -> ComposeResult:
        """Yield the headings and the lines."""
        yield from (self._heading, self._ways, self._titles, self.list)

    @property
    def line(self) -> Line | None:
        """The line under the cursor; None if there are no lines."""
        row = self.list.highlighted
        return self._shown[0].lines[row] if self._shown and row is not None else None

    def show(self, made: Comparison | None, base: str) -> None:
        """Show a comparison, or with None that it is being computed; `base` says in words which tasks are compared."""
        if made is None:
            self._shown = None
            self.list.show([], [])
        else:
            if self._shown is None or self._shown[0] is not made:
                longest = largest_share(made)
                lines = [ComparisonLine(made, line, longest) for line in made.lines]
                self.list.show([str(line.filter) for line in made.lines], lines)
            self._shown = made, base
            if self.list.highlighted is None:
                self.list.enter()
        self._show_headings()

    def on_resize(self) -> None:
        """Fit the headings to the new width."""
        self._show_headings()

    def _show_headings(self) -> None:
        texts = [Content(" " + _("comparing…")), Content(""), Content("")]
        if self._shown:
            (made, base), width = self._shown, self.size.width
            look = ComparisonLook(made, width - 1)
            texts = [heading(made, width), ways(made, ways_of(made.field), base, width), titles(look)]
        for part, text in zip((self._heading, self._ways, self._titles), texts, strict=True):
            part.update(text, layout=False)

    def move(self, rows: int) -> None:
        """Move the cursor by `rows` (negative: up), at most to the end of the list."""
        if self.list.option_count:
            self.list.highlighted = (self.list.highlighted or 0) + rows
            self.list.scroll_to_highlight()

    def page(self, step: int) -> None:
        """Move the cursor by `step` pages."""
        self.move(step * max(1, self.list.scrollable_content_region.height))

    def clicked(self, event: events.Click) -> bool:
        """Move the cursor to the clicked line; return whether it was there already, so that the line is chosen."""
        row: int | None = event.style.meta.get("option")
        if row is None or not self.list.region.contains(event.screen_x, event.screen_y):
            return False
        is_again = row == self.list.highlighted
        self.list.highlighted = row
        return is_again
