"""Commands that change the query: filter, groups, stretches of time, order, and the way back."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.triage.facets import ALL, facet_of_column
from kps_tui.triage.filter import Expression, negated, same_value

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def edit_filter(screen: "TriageScreen") -> None:
    """Type a filter."""
    screen.filter_bar.begin()


def only_this(screen: "TriageScreen") -> None:
    """Show only the tasks with the same value in the active column."""
    if (cell := _cell(screen)) is not None:
        screen.bench = screen.bench.narrowed(cell)


def not_this(screen: "TriageScreen") -> None:
    """Hide the tasks with the same value in the active column."""
    if (cell := _cell(screen)) is not None:
        screen.bench = screen.bench.narrowed(negated(cell))


def _cell(screen: "TriageScreen") -> Expression | None:
    """Return what finds the tasks with the same value in the active column as the one under the cursor."""
    task = screen.table.task_at_cursor
    return None if task is None else same_value(task, screen.table.active_column)


def group_by_column(screen: "TriageScreen") -> None:
    """Count the values of the active column."""
    if facet := facet_of_column(screen.table.active_column):
        screen.bench = screen.bench.grouped(facet)


def all_groups(screen: "TriageScreen") -> None:
    """Count the values of every facet."""
    # They take its place; a detail that nobody sees would keep the keys.
    screen.full_detail = False
    screen.bench = screen.bench.grouped(ALL)


def choose_time(screen: "TriageScreen") -> None:
    """Choose a stretch of time in the time-line, or leave it."""
    if screen.is_low:
        screen.notify(_("the time-line needs a terminal of 20 rows"), markup=False)
    elif screen.time_line.is_active:
        screen.time_line.end()
    elif not len(screen.view):
        screen.notify(_("there is no task whose time could be chosen"), markup=False)
    else:
        screen.time_line.begin()
        screen.refresh_bindings()


def sort(screen: "TriageScreen") -> None:
    """Sort by the active column; reverse the order if that is the first sort key already."""
    screen.bench = screen.bench.sorted_by(screen.table.active_column)


def then_sort(screen: "TriageScreen") -> None:
    """Sort by the active column where the sort keys before it are equal; reverse it if it is one already."""
    screen.bench = screen.bench.then_by(screen.table.active_column)


def back(screen: "TriageScreen") -> None:
    """Show the query before this one."""
    if (bench := screen.bench.back()) is None:
        screen.notify(_("nothing was shown before this"), markup=False)
    else:
        screen.bench = bench


def forward(screen: "TriageScreen") -> None:
    """Show the query that `back` left."""
    if (bench := screen.bench.forward()) is None:
        screen.notify(_("nothing was gone back from"), markup=False)
    else:
        screen.bench = bench
