"""Groups: how often each value of a field occurs in a `View`, for one field alone or for all of them side by side."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.scrollbar import ScrollDown, ScrollUp
from textual.widgets import Static

from kps_tui.blocking import run_async
from kps_tui.i18n import N_, _
from kps_tui.triage.facets import ALL, FACETS, Facet, count
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.facets.layout import COLUMNS, ORDER, TWO_COLUMNS, shared_heights
from kps_tui.ui.widgets.facets.list import MOST_ALONE, FacetGroup
from kps_tui.ui.widgets.facets.render import Basis

THREAD_VALUES = 20_000
"""Number of values, one for each task and field, from which on they are counted in a thread."""


class FacetPanel(Container, can_focus=True):
    """Shows the facet of `bench.query`: one field or all of them. It counts `view` only while it shows something."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "drill", N_("Only these"), id="facet.drill"),
        Binding("f", "open", N_("This alone"), id="facet.open"),
        Binding("j,down", "move(1)", "Down", show=False, id="facet.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="facet.up"),
        Binding("g,home,ctrl+home", f"move({-MOST_ALONE})", "First value", show=False, id="facet.first"),
        Binding("G,end,ctrl+end", f"move({MOST_ALONE})", "Last value", show=False, id="facet.last"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="facet.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="facet.page-up"),
        Binding("l,right", "beside(1)", "List to the right", show=False, id="facet.right"),
        Binding("h,left", "beside(-1)", "List to the left", show=False, id="facet.left"),
        Binding("tab", "turn(1)", "Next list", show=False, id="facet.next"),
        Binding("shift+tab", "turn(-1)", "Previous list", show=False, id="facet.previous"),
    ]

    view: var[View] = var(View)
    bench: var[Bench] = var(Bench)
    """The facet of its query is shown: nothing (empty), one of `FACETS`, or `ALL`."""
    load: var[LoadState] = var(LoadState)
    """The basis of the counts; until all tasks are loaded, they are lower bounds."""

    @dataclass
    class Drilled(Message):
        """Posted when the user chooses a value, to see the tasks that have it."""

        field: str
        """One of `FACETS`."""
        value: str
        """The value as shown; empty for tasks without one."""

    @dataclass
    class Opened(Message):
        """Posted when the user opens one of several fields, to see it alone."""

        field: str
        """One of `FACETS`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._groups = {field: FacetGroup(field) for field in ORDER}
        self._columns = [
            Vertical(*(self._groups[field] for field in fields), classes=f"facets--{side}")
            for side, fields in zip(("left", "right"), COLUMNS, strict=True)
        ]
        self._field = ORDER[0]
        """The field whose list has the cursor, or had it last."""
        self._counted: dict[str, tuple[View, Facet]] = {}
        """The latest counts of each field and the view that was counted; the oldest counts first."""
        self._in_thread = False
        self._is_mounting = False

    def compose(self) -> ComposeResult:
        """Yield the text that is shown until there are counts. The lists are mounted when a facet is first shown."""
        yield Static(Content(" " + _("counting…")), classes="facets--counting")

    async def _mount_lists(self, reveal: bool) -> None:
        """Mount the lists and show them. The next key waits until this ends, as the panel has the focus."""
        with self.app.batch_update():
            await self.mount_all(self._columns)
            self._show(reveal=reveal)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """The field and the value under the cursor; None if the cursor is not on a value."""
        group = self._current
        return None if group is None or (value := group.list.value) is None else (group.field, value)

    @property
    def is_counting(self) -> bool:
        """Whether some counts shown are not those of `view`."""
        return bool(self._behind())

    @property
    def facet(self) -> str:
        """The facet shown: none (empty), one of `FACETS`, or `ALL`."""
        return self.bench.query.facet

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Show another facet. From one field to all, the cursor stays in the list of that field."""
        facet = bench.query.facet
        if facet == old.query.facet:
            return
        if facet in FACETS:
            self._field = facet
        self.scroll_to(y=0, animate=False, force=True)
        self._follow(reveal=True)
        self.refresh_bindings()

    def watch_view(self) -> None:
        """Count the new view if counts are shown; otherwise forget the old counts."""
        if not self.facet:
            self._counted.clear()
        self._follow()

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """Update the basis in the titles, and the marks of lower bounds."""
        if (old.extent.base, old.extent.at_end) != (load.extent.base, load.extent.at_end):
            self._show()

    def on_mount(self) -> None:
        """Show the values that were assigned before."""
        self._follow()

    def on_resize(self) -> None:
        """Lay the lists out for the new size."""
        self._share_out()
        self.call_after_refresh(self._reveal)

    # Counting

    def _fields(self) -> tuple[str, ...]:
        return ORDER if self.facet == ALL else (self.facet,) if self.facet else ()

    def _behind(self) -> list[str]:
        """Return the shown fields whose counts are not those of `view`: first those without counts, then the oldest."""
        fields = self._fields()
        old = [field for field, (view, _facet) in self._counted.items() if field in fields and view is not self.view]
        return [field for field in fields if field not in self._counted] + old

    def _follow(self, *, reveal: bool = False) -> None:
        """Count the shown fields and show them. Many values are counted in a thread and shown later."""
        behind = self._behind()
        if len(self.view) * len(behind) < THREAD_VALUES:
            for field in behind:
                self._keep(self.view, count(self.view.store, self.view.order, field))
        elif not self._in_thread:
            self._count_in_thread()
        self._show(reveal=reveal)

    @work(group="facets", exclusive=True)
    async def _count_in_thread(self) -> None:
        """Count until all counts are those of `view`; earlier counts are shown meanwhile."""
        self._in_thread = True
        try:
            while behind := self._behind():
                view = self.view
                facet = await run_async(partial(count, view.store, view.order, behind[0]))
                if facet.field in self._behind():
                    self._keep(view, facet)
                    self._show()
        finally:
            self._in_thread = False

    def _keep(self, view: View, facet: Facet) -> None:
        self._counted.pop(facet.field, None)
        self._counted[facet.field] = (view, facet)

    # Showing

    def _show(self, *, reveal: bool = False) -> None:
        """Show the lists once each shown field has counts."""
        if not self.is_mounted:
            return
        if not self._columns[0].is_attached:
            if self.facet and not self._is_mounting:
                self._is_mounting = True
                self.call_next(self._mount_lists, reveal)
            return
        fields, alone = self._fields(), self.facet != ALL
        if any(field not in self._counted for field in fields):
            fields = ()
        self.set_class(bool(self.facet) and not fields, "-counting")
        self.set_class(alone, "-alone")
        for field, group in self._groups.items():
            group.display = field in fields
            if group.display:
                view, facet = self._counted[field]
                extent = self.load.extent
                group.show(facet, Basis(extent.base, not extent.at_end, view is not self.view), alone=alone)
        for column, its_fields in zip(self._columns, COLUMNS, strict=True):
            column.display = not set(its_fields).isdisjoint(fields)
        self._share_out()
        self._enter()
        if reveal:
            self.call_after_refresh(self._reveal)

    def _share_out(self) -> None:
        """Put the columns side by side or below each other, and set the height of each list."""
        # Before the first layout the panel has no size; it will be as wide as the terminal.
        self.set_class((self.size.width or self.app.size.width) < TWO_COLUMNS, "-one-column")
        height = self.scrollable_content_region.height
        for fields in (ORDER,) if self.has_class("-one-column") else COLUMNS:
            groups = [group for field in fields if (group := self._groups[field]).display]
            lines = [height] if self.facet != ALL else shared_heights([group.lines for group in groups], height)
            for group, its_lines in zip(groups, lines, strict=False):
                group.styles.height = its_lines
                # Not with `:last-child`: Textual 8.2.8 does not update it when another child is shown.
                group.styles.margin = (0, 0, 0 if group is groups[-1] else 1, 0)

    # The cursor

    @property
    def _stops(self) -> list[FacetGroup]:
        return [group for group in self._groups.values() if group.can_enter]

    @property
    def _current(self) -> FacetGroup | None:
        """The group with the cursor, or None if there are no values."""
        stops = self._stops
        return next((group for group in stops if group.field == self._field), stops[0] if stops else None)

    def _enter(self) -> None:
        """Highlight a line in the current list, and none in the others."""
        current = self._current
        for group in self._groups.values():
            group.set_active(group is current and self.facet == ALL)
            if group is not current:
                group.list.leave()
            elif group.list.highlighted is None:
                group.list.enter()

    def _go_to(self, group: FacetGroup | None) -> None:
        if group:
            self._field = group.field
            self._enter()
            self._reveal()

    def _reveal(self) -> None:
        """Scroll to the cursor and its list."""
        if current := self._current:
            current.list.scroll_to_highlight()
            self.scroll_to_widget(current, animate=False, force=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable opening a field that is shown alone, so that its key has the meaning it has on the screen."""
        return self.facet == ALL if action == "open" else True

    def action_drill(self) -> None:
        """Choose the value under the cursor; on the “… more” line, show the field alone."""
        if cursor := self.cursor:
            self.post_message(self.Drilled(*cursor))
        else:
            self.action_open()

    def action_open(self) -> None:
        """Open the current field alone."""
        if self.facet == ALL and (current := self._current):
            self.post_message(self.Opened(current.field))

    def repeated(self, action: str, count: int) -> str | None:
        """Return the action that makes `count` moves at once."""
        return {"move(1)": f"move({count})", "move(-1)": f"move({-count})"}.get(action)

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows` (negative: up), at most to the end of the list."""
        if current := self._current:
            current.list.highlighted = (current.list.highlighted or 0) + rows
            self._reveal()

    def action_page(self, step: int) -> None:
        """Move the cursor by `step` pages."""
        if current := self._current:
            self.action_move(step * max(1, current.list.scrollable_content_region.height))

    def action_turn(self, step: int) -> None:
        """Go to the next (1) or previous (-1) list; after the last comes the first."""
        if current := self._current:
            stops = self._stops
            self._go_to(stops[(stops.index(current) + step) % len(stops)])

    def action_beside(self, step: int) -> None:
        """Go to the nearest list on the right (1) or left (-1); in one column, to the next or previous list."""
        if (current := self._current) is None:
            return
        if self.has_class("-one-column"):
            others = self._stops[::step]
            self._go_to(next(iter(others[others.index(current) + 1 :]), None))
            return
        here, there = COLUMNS if step > 0 else COLUMNS[::-1]
        if current.field in here:
            row = here.index(current.field)
            by_distance = sorted(there, key=lambda field: (abs(there.index(field) - row), -there.index(field)))
            self._go_to(next((group for field in by_distance if (group := self._groups[field]).can_enter), None))

    def on_scroll_down(self, message: ScrollDown) -> None:
        """Scroll all lists a page down without an animation."""
        message.prevent_default()
        self.scroll_page_down(animate=False)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """Scroll all lists a page up without an animation."""
        message.prevent_default()
        self.scroll_page_up(animate=False)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a click on the line under the cursor chooses its value."""
        row = event.style.meta.get("option")
        clicked = [group for group in self._stops if group.list.region.contains(event.screen_x, event.screen_y)]
        if row is None or not clicked:
            return
        group = clicked[0]
        if group is self._current and group.list.highlighted == row:
            self.action_drill()
        else:
            group.list.highlighted = row
            self._go_to(group)
