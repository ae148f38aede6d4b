"""Commands that change the query: filter, groups, time range, order, history."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.triage.facets import ALL, count, facet_of_column
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import Expression, negated
from kps_tui.triage.filter.narrowing import same_value
from kps_tui.triage.view import View

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen

MOST_NAMES = 2_000
"""With more tasks, it is taken for granted that some server occurs twice."""


def edit_filter(screen: "TriageScreen") -> None:
    """Let the user type a filter."""
    screen.filter_bar.begin()


def only_this(screen: "TriageScreen") -> None:
    """Show only tasks that have the same value in the active column as the task under the cursor."""
    if (cell := _cell(screen)) is not None:
        screen.bench = screen.bench.narrowed(cell)


def not_this(screen: "TriageScreen") -> None:
    """Hide tasks that have the same value in the active column as the task under the cursor."""
    if (cell := _cell(screen)) is not None:
        screen.bench = screen.bench.narrowed(negated(cell))


def _cell(screen: "TriageScreen") -> Expression | None:
    """Return the filter for the value in the active column under the cursor, or None without a task."""
    task = screen.table.task_at_cursor
    return None if task is None else same_value(task, screen.table.active_column)


def group_by_column(screen: "TriageScreen") -> None:
    """Count the values of the active column: servers by family if each has one task, and server ids by name."""
    column = screen.table.active_column
    if facet := facet_of_column("server" if column == "sid" else column):
        if column == "sid":
            screen.notify(_("server ids are counted by the name of the server"), markup=False)
        by_family = facet == "server" and _each_server_once(screen.view)
        screen.bench = screen.bench.grouped("family" if by_family else facet)
    else:
        said = _("{why} · F shows all groups, h l another column").format(why=_why_no_groups(column))
        screen.notify(said, markup=False)


def _why_no_groups(column: str) -> str:
    match column:
        case "task":
            return _("nothing to group: each task has its own id")
        case "state":
            return _("nothing to group: nearly every task has the state “failed”")
        case _:
            return _("there are no groups by {field}").format(field=BY_KEY[column].label)


def _each_server_once(view: View) -> bool:
    """Return whether there are several tasks, each on another server, so that counting the names would say nothing."""
    if not 1 < len(view) <= MOST_NAMES:
        return False
    return all(each.count == 1 for each in count(view.store, view.order, "server").values)


def all_groups(screen: "TriageScreen") -> None:
    """Count the values of every facet."""
    screen.bench = screen.bench.grouped(ALL)


def choose_time(screen: "TriageScreen") -> None:
    """Let the user choose a time range in the timeline, or leave the timeline."""
    if screen.timeline.is_active:
        screen.timeline.end()
    elif not len(screen.view):
        screen.notify(_("no task has a time to select"), markup=False)
    else:
        screen.timeline.begin()
        screen.refresh_bindings()


def choose_column(screen: "TriageScreen") -> None:
    """Let the user choose the active column, which `f`, `=`, `!` and `s` apply to."""
    from textual.content import Content

    from kps_tui.ui.screens.dialogs.chooser import Chooser

    keys = screen.table.fields

    def chosen(number: int | None) -> None:
        if number is not None:
            screen.table.active_column = keys[number]

    current = keys.index(screen.table.active_column)
    lines = [Content(BY_KEY[key].label) for key in keys]
    screen.app.push_screen(Chooser(_("Column that f = ! s apply to"), lines, _("Enter chooses"), current), chosen)


def sort(screen: "TriageScreen") -> None:
    """Sort by the active column; if it is the first sort key already, reverse the order."""
    screen.bench = screen.bench.sorted_by(screen.table.active_column)


def then_sort(screen: "TriageScreen") -> None:
    """Add the active column as the last sort key; if it is a sort key already, reverse its order."""
    screen.bench = screen.bench.then_by(screen.table.active_column)


def back(screen: "TriageScreen") -> None:
    """Go back to the previous query."""
    if (bench := screen.bench.back()) is None:
        screen.notify(_("no earlier view"), markup=False)
    else:
        screen.bench = bench


def forward(screen: "TriageScreen") -> None:
    """Go forward to the query that `back` left."""
    if (bench := screen.bench.forward()) is None:
        screen.notify(_("no later view"), markup=False)
    else:
        screen.bench = bench
