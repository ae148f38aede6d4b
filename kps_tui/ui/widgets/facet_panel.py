"""Shows how often each value of a field occurs in a `View`: one facet alone, or all of them side by side."""

from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.triage.facets import FACETS, Facet, count
from kps_tui.triage.view import View
from kps_tui.ui.widgets.facet_lines import Say
from kps_tui.ui.widgets.facet_scroll import FacetScroll
from kps_tui.ui.widgets.facet_tables import ORDER, Table, alone, placed

ALL = "all"
THREAD_VALUES = 50_000
"""From so many values on (one a task and facet), a thread counts them."""


class FacetPanel(FacetScroll):
    """Assign `view` and `facet`; listen to `Drilled` and `Opened`. It counts only while a facet is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "drill", _("Only these"), id="facet.drill"),
        Binding("f", "open", _("This alone"), id="facet.open"),
    ]

    view: reactive[View] = reactive(View, repaint=False)
    facet: reactive[str] = reactive("", repaint=False)
    """What is open: nothing (empty), one of `FACETS`, or `all`."""
    base: reactive[str] = reactive("", repaint=False)
    """What was counted, in words: `1,000 of 2,500 loaded`."""
    uncertain: reactive[bool] = reactive(False, repaint=False)
    """Whether there may be more of everything than was counted."""

    class _Message(Message):
        def __init__(self, panel: "FacetPanel", field: str) -> None:
            super().__init__()
            self.panel = panel
            self.field = field
            """One of `FACETS`."""

        @property
        def control(self) -> "FacetPanel":
            """The panel it comes from."""
            return self.panel

    class Drilled(_Message):
        """A value was chosen: the user wants the tasks that have it."""

        def __init__(self, panel: "FacetPanel", field: str, value: str) -> None:
            super().__init__(panel, field)
            self.value = value
            """As shown; empty: the tasks that have none."""

    class Opened(_Message):
        """The user wants to see one of all facets alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        self._counted: dict[str, tuple[View, Facet]] = {}
        """The counts there are and what of, the oldest first."""
        self._in_thread = False
        super().__init__(id=id, classes=classes)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """The field and the value under the cursor; `None` where it is on none."""
        return self._cursor.value

    @property
    def is_counting(self) -> bool:
        """Whether newer counts are on their way."""
        return bool(self._behind())

    def validate_facet(self, facet: str) -> str:
        """Refuse what there is not."""
        if facet not in ("", ALL, *FACETS):
            raise ValueError(facet)
        return facet

    def watch_facet(self) -> None:
        """Open another facet; all of them are entered at the table of the one that was alone."""
        self.show(())
        self.scroll_to(y=0, animate=False, force=True)
        self._follow()
        self.refresh_bindings()

    def watch_view(self) -> None:
        """Count anew; what is not shown is forgotten."""
        if not self.facet:
            self._counted.clear()
        self._follow()

    def watch_base(self) -> None:
        """Say it in the titles."""
        self.repaint()

    def watch_uncertain(self) -> None:
        """Say it with each count."""
        self.repaint()

    def on_resize(self) -> None:
        """Share the new room out."""
        self._place(reveal=True)

    def said_of(self, table: Table) -> Say:
        """Return what `table` was counted of."""
        return Say(self.base, self.uncertain, stale=self._counted[table.field][0] is not self.view)

    # Counting

    def _fields(self) -> tuple[str, ...]:
        return ORDER if self.facet == ALL else (self.facet,) if self.facet else ()

    def _behind(self) -> list[str]:
        """The fields shown whose counts are not of the view: those without any first, then the oldest."""
        fields = self._fields()
        old = [field for field, (view, _facet) in self._counted.items() if field in fields and view is not self.view]
        return [field for field in fields if field not in self._counted] + old

    def _follow(self) -> None:
        """Count what is open, and show it."""
        behind = self._behind()
        if len(self.view) * len(behind) < THREAD_VALUES:
            for field in behind:
                self._take(self.view, count(self.view.store, self.view.order, field))
        elif not self._in_thread:
            self._count_in_thread()
        self._place()

    @work(group="facets", exclusive=True)
    async def _count_in_thread(self) -> None:
        """Count until it has caught up; what was counted of a view before is still good for a look."""
        self._in_thread = True
        try:
            while behind := self._behind():
                view = self.view
                facet = await run_async(partial(count, view.store, view.order, behind[0]))
                if facet.field in self._behind():
                    self._take(view, facet)
                    self._place()
        finally:
            self._in_thread = False

    def _take(self, view: View, facet: Facet) -> None:
        self._counted.pop(facet.field, None)
        self._counted[facet.field] = (view, facet)

    def _place(self, reveal: bool = False) -> None:
        """Show what is counted, once there is something of each facet that is open."""
        fields, region = self._fields(), self.scrollable_content_region
        if not fields or any(field not in self._counted for field in fields):
            self.show(())
        elif self.facet == ALL:
            facets = {field: self._counted[field][1] for field in fields}
            self.show(placed(facets, region.width, region.height), reveal)
        else:
            self.show(alone(self._counted[self.facet][1], region.width), reveal)

    # What the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One facet alone can't be opened once more: its key means what the screen says."""
        return self.facet == ALL if action == "open" else True

    def action_drill(self) -> None:
        """Choose the value under the cursor; on the line that counts the rest, ask for all of them."""
        if value := self._cursor.value:
            self.post_message(self.Drilled(self, *value))
        else:
            self.action_open()

    def action_open(self) -> None:
        """Ask for the table that has the cursor alone."""
        if (table := self._cursor.table) and table.stops:
            self.post_message(self.Opened(self, table.field))

    def choose(self) -> None:
        """The line under the cursor was clicked once more."""
        self.action_drill()
