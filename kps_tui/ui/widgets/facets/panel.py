"""Groups: how often each value of a field occurs in a `View`, for one field alone or for all of them side by side."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.scrollbar import ScrollDown, ScrollUp
from textual.widgets import Static

from kps_tui.i18n import N_, _, counted
from kps_tui.triage.facets import ALL, FACETS
from kps_tui.triage.view import View
from kps_tui.ui.key_queue import repeated_move
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.model.value_marks import ValueMarks
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.ui.widgets.facets.counts import FacetCounts
    from kps_tui.ui.widgets.facets.lists import FacetLists

END = 1_000_000
"""More than any number of values in a list."""


_SERVERS = {"server": "family", "family": "server"}
"""The two facets of servers, each with the other one."""


class FacetPanel(Container, can_focus=True):
    """Shows the facet of `bench.query`: one field or all of them. It counts `view` only while it shows something."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "drill", N_("Show"), id="facet.drill"),
        Binding("space", "mark", N_("Mark"), id="facet.mark"),
        Binding("c", "compare", N_("Compare"), id="facet.compare"),
        Binding("f", "open", N_("Alone"), id="facet.open"),
        Binding("f", "turn_servers", N_("Names or families"), id="facet.servers"),
        Binding("u", "unmark", "Clear marks", show=False, id="facet.unmark"),
        Binding("j,down", "move(1)", "Down", show=False, id="facet.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="facet.up"),
        Binding("g,home,ctrl+home", f"move({-END})", "First value", show=False, id="facet.first"),
        Binding("G,end,ctrl+end", f"move({END})", "Last value", show=False, id="facet.last"),
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
    marks: var[ValueMarks] = var(ValueMarks)
    """The values that the user has marked, in one list."""

    @dataclass
    class Drilled(Message):
        """Posted when the user chooses values, to see the tasks that have one of them."""

        field: str
        """One of `FACETS`."""
        values: tuple[str, ...]
        """The values as shown; an empty one for tasks without a value."""

        def changed(self, bench: Bench) -> Bench:
            """Return the bench that shows these tasks."""
            return bench.drilled(self.field, *self.values)

    @dataclass
    class Opened(Message):
        """Posted when the user opens one of several fields alone, or two of its values side by side."""

        field: str
        """One of `FACETS`."""
        compared: tuple[str, ...] = ()
        """Two values to compare, or none."""

        def changed(self, bench: Bench) -> Bench:
            """Return the bench that shows this field, or compares these values."""
            return bench.comparing(self.field, *self.compared) if self.compared else bench.grouped(self.field)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._heading = Static(markup=False, classes="facets--heading")
        """Says above all lists what the counts are based on."""
        self._counting = Static(Content(" " + _("counting…")), classes="facets--counting")
        self._is_mounting = False
        """Whether the lists have been mounted, or are about to be."""

    def compose(self) -> ComposeResult:
        """Yield the text that is shown until there are counts. The lists are mounted when a facet is first shown."""
        yield self._heading
        yield self._counting

    @cached_property
    def _counts(self) -> "FacetCounts":
        from kps_tui.ui.widgets.facets.counts import FacetCounts

        return FacetCounts(partial(start_worker, self, group="facets"), self._show)

    @cached_property
    def _lists(self) -> "FacetLists":
        """The lists, which are made when a facet is first shown."""
        from kps_tui.ui.widgets.facets.lists import FacetLists

        return FacetLists(self)

    async def _mount_lists(self, reveal: bool) -> None:
        """Mount the lists and show them. The next key waits until this ends, as the panel has the focus."""
        with self.app.batch_update():
            await self.mount_all(self._lists.columns)
            self._show(reveal=reveal)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """The field and the value under the cursor; None if the cursor is not on a value."""
        return self._lists.cursor

    @property
    def is_counting(self) -> bool:
        """Whether some counts shown are not those of `view`."""
        return bool(self.facet and self._counts.behind)

    @property
    def facet(self) -> str:
        """The facet shown: none (empty), one of `FACETS`, or `ALL`."""
        return _shown(self.bench)

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Show another facet. From one field to all, the cursor stays in the list of that field."""
        facet = _shown(bench)
        if old.query.facet and not bench.query.facet and bench.query.filter == old.query.filter:
            # The user left the groups without choosing a value.
            self.marks = ValueMarks()
        if facet == _shown(old):
            self._show_marks()
            return
        if facet in FACETS:
            self._lists.field = facet
        self.scroll_to(y=0, animate=False, force=True)
        self._follow(reveal=True)
        self.refresh_bindings()

    def watch_view(self) -> None:
        """Count the new view if counts are shown; otherwise forget the old counts."""
        if not self._fields() and self._is_mounting:
            self._counts.forget()
        self._follow()

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """Update the basis in the titles, and the marks of lower bounds."""
        if self.facet and (old.extent.base, old.extent.at_end) != (load.extent.base, load.extent.at_end):
            self._show()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show whether the cursor has the focus."""
        if self._is_mounting:
            from kps_tui.ui.widgets.value_list import show_focus

            show_focus(self)

    def on_mount(self) -> None:
        """Show the values that were assigned before."""
        self._follow()

    def on_resize(self) -> None:
        """Lay the lists out for the new size."""
        if self.facet:
            self._lists.share_out()
            self.call_after_refresh(self._lists.reveal)

    # Showing

    def _fields(self) -> tuple[str, ...]:
        if not self.display:
            # It was hidden for another bench, and gets the view of that bench before the bench itself.
            return ()
        if self.facet != ALL:
            return (self.facet,) if self.facet else ()
        from kps_tui.ui.widgets.facets.layout import ORDER

        return ORDER

    def _follow(self, *, reveal: bool = False) -> None:
        """Count the shown fields and show them."""
        if self.facet or self._is_mounting:
            self._counts.follow(self.view, self._fields())
            self._show(reveal=reveal)

    def _show(self, *, reveal: bool = False) -> None:
        """Show the lists once each shown field has counts."""
        if not self.is_mounted:
            return
        if not self._is_mounting:
            self._is_mounting = True
            self.call_next(self._mount_lists, reveal)
        if not self._lists.columns[0].is_attached:
            return
        from kps_tui.ui.widgets.facets.render import Basis

        fields, alone = self._fields(), self.facet != ALL
        base, uncertain = self.load.base_of(self.view), not self.load.extent.at_end
        counts = {
            field: (found[0], Basis(base if alone else "", uncertain, stale=found[1]))
            for field in fields
            if (found := self._counts.get(field))
        }
        if is_counting := len(counts) < len(fields):
            counts = {}
        self._counting.display, self._heading.display = is_counting, not alone
        self._heading.update(" " + _("counted: {base}").format(base=base), layout=False)
        self._lists.show(counts, alone=alone)
        self._show_marks()
        if reveal:
            self.call_after_refresh(self._lists.reveal)

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what makes no sense now, so that its key has the meaning it has on the screen."""
        if action == "unmark":
            return bool(self.marks.folded)
        if action == "turn_servers":
            return self.facet in _SERVERS
        return self.facet == ALL if action == "open" else True

    @property
    def marked(self) -> tuple[str, ...]:
        """The marked values of the list with the cursor, in its order."""
        group = self._lists.current if self._is_mounting else None
        found = self._counts.get(group.field) if group else None
        return self.marks.values(self.bench.query.filter, found[0]) if found else ()

    def watch_marks(self) -> None:
        """Show the marks."""
        self._show_marks()
        self.refresh_bindings()

    def _show_marks(self) -> None:
        for field, group in self._lists.groups.items() if self._is_mounting else ():
            if group.display:
                group.mark(self.marks.of(self.bench.query.filter, field))

    def action_mark(self) -> None:
        """Mark or unmark the value under the cursor, and go to the next one."""
        if cursor := self.cursor:
            self.marks = self.marks.toggled(self.bench.query.filter, *cursor)
            self._lists.move(1)

    def action_unmark(self) -> None:
        """Clear the marks."""
        self.marks = ValueMarks()

    def action_compare(self) -> None:
        """Compare two marked values, or say that two must be marked."""
        match self.marked:
            case (one, other):
                self.post_message(self.Opened(self.marks.field, (one, other)))
            case marked:
                said = counted(
                    len(marked),
                    "Mark two values with Space to compare them; 1 is marked",
                    "Mark two values with Space to compare them; {count} are marked",
                )
                self.notify(said, markup=False)

    def action_drill(self) -> None:
        """Choose the marked values, or the one under the cursor; on the “… more” line, show the field alone."""
        if self.marked:
            self.post_message(self.Drilled(self.marks.field, self.marked))
        elif cursor := self.cursor:
            self.post_message(self.Drilled(cursor[0], (cursor[1],)))
        else:
            self.action_open()

    def action_open(self) -> None:
        """Open the current field alone."""
        if self.facet == ALL and (current := self._lists.current):
            self.post_message(self.Opened(current.field))

    def action_turn_servers(self) -> None:
        """Switch between the names of servers and their families."""
        self.post_message(self.Opened(_SERVERS[self.facet]))

    repeated = staticmethod(repeated_move)

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows` (negative: up), at most to the end of the list."""
        self._lists.move(rows)

    def action_page(self, step: int) -> None:
        """Move the cursor by `step` pages."""
        self._lists.page(step)

    def action_turn(self, step: int) -> None:
        """Go to the next (1) or previous (-1) list."""
        self._lists.turn(step)

    def action_beside(self, step: int) -> None:
        """Go to the list on the right (1) or left (-1)."""
        self._lists.beside(step)

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
        clicked = [group for group in self._lists.stops if group.list.region.contains(event.screen_x, event.screen_y)]
        if row is None or not clicked:
            return
        group = clicked[0]
        if group is self._lists.current and group.list.highlighted == row:
            self.action_drill()
        else:
            group.list.highlighted = row
            self._lists.go_to(group)


def _shown(bench: Bench) -> str:
    """Return the facet whose counts are shown; empty if none is, or if two of its values are compared instead."""
    return "" if bench.query.compared else bench.query.facet
