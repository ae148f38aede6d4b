"""All lists of groups: which are shown, where they are, and which one has the cursor."""

from collections.abc import Mapping

from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.widget import Widget

from kps_tui.triage.facets import Facet
from kps_tui.ui.widgets.facets.group import FacetGroup
from kps_tui.ui.widgets.facets.layout import COLUMNS, ORDER, TWO_COLUMNS, shared_heights, weight
from kps_tui.ui.widgets.facets.render import Basis

GAP = 3
"""Cells between the columns."""


class FacetLists:
    """The lists inside a panel, in its columns; one has the cursor, if any has values."""

    def __init__(self, panel: Container) -> None:
        self._panel = panel
        self.groups = {field: FacetGroup(field) for field in ORDER}
        self.columns = [Vertical(*(self.groups[field] for field in fields)) for fields in COLUMNS]
        self.field = ORDER[0]
        """The field whose list has the cursor, or had it last."""
        self._alone = True
        self._seen: tuple[Size, int] | None = None
        """The size of the terminal when the panel was last laid out, and the height that it had."""

    def show(self, counts: Mapping[str, tuple[Facet, Basis]], *, alone: bool) -> None:
        """Show the lists of these fields, alone or side by side, and hide the others."""
        self._alone = alone
        for field, group in self.groups.items():
            group.display = field in counts
            if group.display:
                group.show(*counts[field], alone=alone)
        for column, fields in zip(self.columns, COLUMNS, strict=True):
            column.display = not counts.keys().isdisjoint(fields)
        self.share_out()
        self.enter()

    def _measured_height(self) -> int:
        """Return the height of the panel; before it is laid out, the one that it had, or that of the body."""
        panel = self._panel
        if panel.size:
            self._seen = panel.app.size, panel.scrollable_content_region.height
        elif self._seen is None or self._seen[0] != panel.app.size:
            return panel.parent.size.height if isinstance(panel.parent, Widget) else 0
        return self._seen[1]

    def share_out(self) -> None:
        """Put the columns side by side or below each other, and set the height of each list."""
        panel = self._panel
        # Before the first layout the panel has no size; it will be as wide as the terminal.
        panel.set_class((panel.size.width or panel.app.size.width) < TWO_COLUMNS, "-one-column")
        self.columns[0].styles.margin = (0, 0 if self._alone or self._in_one_column else GAP, 0, 0)
        # Several lists stand below a heading.
        height = self._measured_height() - (not self._alone)
        for fields in (ORDER,) if self._in_one_column else COLUMNS:
            groups = [group for field in fields if (group := self.groups[field]).display]
            needed, weights = [group.lines for group in groups], [weight(group.field) for group in groups]
            lines = [height] if self._alone else shared_heights(needed, weights, height)
            for group, its_lines in zip(groups, lines, strict=False):
                group.styles.height = its_lines
                # Not with `:last-child`: Textual 8.2.8 does not update it when another child is shown.
                group.styles.margin = (0, 0, 0 if group is groups[-1] else 1, 0)

    # The cursor

    @property
    def stops(self) -> list[FacetGroup]:
        """The lists that have a line for the cursor."""
        return [group for group in self.groups.values() if group.can_enter]

    @property
    def current(self) -> FacetGroup | None:
        """The group with the cursor, or None if there are no values."""
        stops = self.stops
        return next((group for group in stops if group.field == self.field), stops[0] if stops else None)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """The field and the value under the cursor; None if the cursor is not on a value."""
        group = self.current
        return None if group is None or (value := group.list.value) is None else (group.field, value)

    def enter(self) -> None:
        """Highlight a line in the current list, and none in the others."""
        current = self.current
        for group in self.groups.values():
            group.set_active(group is current and not self._alone)
            if group is not current:
                group.list.leave()
            elif group.list.highlighted is None:
                group.list.enter()

    def go_to(self, group: FacetGroup | None) -> None:
        """Move the cursor to the list of `group`; do nothing if that is None."""
        if group:
            self.field = group.field
            self.enter()
            self.reveal()

    def reveal(self) -> None:
        """Scroll to the cursor and its list."""
        if current := self.current:
            current.list.scroll_to_highlight()
            self._panel.scroll_to_widget(current, animate=False, force=True)

    def move(self, rows: int) -> None:
        """Move the cursor by `rows` (negative: up), at most to the end of the list."""
        if current := self.current:
            current.list.highlighted = (current.list.highlighted or 0) + rows
            self.reveal()

    def page(self, step: int) -> None:
        """Move the cursor by `step` pages."""
        if current := self.current:
            self.move(step * max(1, current.list.scrollable_content_region.height))

    def turn(self, step: int) -> None:
        """Go to the next (1) or previous (-1) list; after the last comes the first."""
        if current := self.current:
            stops = self.stops
            self.go_to(stops[(stops.index(current) + step) % len(stops)])

    def beside(self, step: int) -> None:
        """Go to the nearest list on the right (1) or left (-1); in one column, to the next or previous list."""
        if (current := self.current) is None:
            return
        if self._in_one_column:
            others = self.stops[::step]
            self.go_to(next(iter(others[others.index(current) + 1 :]), None))
            return
        here, there = COLUMNS if step > 0 else COLUMNS[::-1]
        if current.field in here:
            row = here.index(current.field)
            by_distance = sorted(there, key=lambda field: (abs(there.index(field) - row), -there.index(field)))
            self.go_to(next((group for field in by_distance if (group := self.groups[field]).can_enter), None))

    @property
    def _in_one_column(self) -> bool:
        return self._panel.has_class("-one-column")
