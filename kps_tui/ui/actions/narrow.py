"""Commands of narrowing: the filter, groups, stretches of time."""

from dataclasses import replace
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.triage.facets import facet_of_column
from kps_tui.triage.filter import Expression, between, in_group, narrowed, negated, same_value
from kps_tui.triage.query import Query
from kps_tui.ui.widgets.facets import ALL, FacetPanel
from kps_tui.ui.widgets.filter_bar import FilterBar
from kps_tui.ui.widgets.task_table import TaskTable
from kps_tui.ui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def edit_filter(screen: "TriageScreen") -> None:
    """Type a filter."""
    screen.query_one(FilterBar).begin()


def only_this(screen: "TriageScreen") -> None:
    """Show only the tasks that say the same in the active column."""
    if (cell := _cell(screen)) is not None:
        _narrow(screen, cell)


def not_this(screen: "TriageScreen") -> None:
    """Hide the tasks that say the same in the active column."""
    if (cell := _cell(screen)) is not None:
        _narrow(screen, negated(cell))


def facet_of_active(screen: "TriageScreen") -> None:
    """Count the values of the active column."""
    if facet := facet_of_column(screen.query_one(TaskTable).active_column):
        enter(screen, replace(screen.asked, facet=facet))


def all_facets(screen: "TriageScreen") -> None:
    """Count the values of every facet."""
    # They take its place; a detail that nobody sees would keep the keys.
    screen.full_detail = False
    enter(screen, replace(screen.asked, facet=ALL))


def drill(screen: "TriageScreen", facet: str, value: str) -> None:
    """Show the tasks of one group."""
    query = screen.asked
    enter(screen, replace(query, filter=narrowed(query.filter, in_group(facet, value)), facet=""))


def begin_time_line(screen: "TriageScreen") -> None:
    """Choose a stretch of time."""
    time_line = screen.query_one(TimeLine)
    if screen.has_class("-low"):
        screen.notify(_("the time-line needs a terminal of 20 rows"), markup=False)
    elif time_line.is_active:
        time_line.end()
    elif not len(screen.view):
        screen.notify(_("there is no task whose time could be chosen"), markup=False)
    else:
        time_line.begin()
        screen.refresh_bindings()


def to_range(screen: "TriageScreen", start: int, end: int) -> None:
    """Show the tasks from `start` on and before `end`, in milliseconds since the epoch."""
    query = screen.asked
    screen.query_one(TimeLine).end()
    enter(screen, replace(query, filter=narrowed(query.filter, between(start, end))))


def enter(screen: "TriageScreen", query: Query) -> None:
    """Show `query`; Esc comes back from it."""
    if query != screen.asked:
        screen.drilled = (*screen.drilled, (screen.asked, query))
        screen.ask(query)
        give_keys_at_once(screen)


def give_keys_at_once(screen: "TriageScreen") -> None:
    """Give the keys to what comes in front, before it is drawn: the next key may be typed already."""
    screen.set_focus(screen.query_one(FacetPanel) if screen.facet else screen.query_one(TaskTable))


def _narrow(screen: "TriageScreen", by: Expression) -> None:
    enter(screen, replace(screen.asked, filter=narrowed(screen.asked.filter, by)))


def _cell(screen: "TriageScreen") -> Expression | None:
    table = screen.query_one(TaskTable)
    task = screen.view.at(table.cursor_row)
    return None if task is None else same_value(task, table.active_column)
