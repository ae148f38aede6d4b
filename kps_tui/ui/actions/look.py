"""Commands of looking."""

from typing import TYPE_CHECKING

from kps_tui.ui.widgets.task_table import TaskTable
from kps_tui.ui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle(screen: "TriageScreen") -> None:
    """Give the detail the whole width, or take it back."""
    # An Enter that was typed ahead may reach the table when groups have taken its place.
    screen.full_detail = not screen.full_detail and screen.highlighted is not None and not screen.facet


def next_task(screen: "TriageScreen") -> None:
    """Show the next task in the full detail."""
    _step(screen, 1)


def previous(screen: "TriageScreen") -> None:
    """Show the task before in the full detail."""
    _step(screen, -1)


def _step(screen: "TriageScreen", rows: int) -> None:
    table = screen.query_one(TaskTable)
    table.go_to_row(table.cursor_row + rows)


def always(screen: "TriageScreen") -> bool:
    """Any time."""
    return True


def is_full(screen: "TriageScreen") -> bool:
    """While the detail has the whole width."""
    return screen.full_detail


def is_main(screen: "TriageScreen") -> bool:
    """While the table or the detail is in front."""
    return not screen.facet and not screen.query_one(TimeLine).is_active


def has_task(screen: "TriageScreen") -> bool:
    """While the table or the detail is in front, and has a task."""
    return is_main(screen) and len(screen.view) > 0


def can_filter(screen: "TriageScreen") -> bool:
    """While the table or the groups are in front."""
    return not screen.full_detail and not screen.query_one(TimeLine).is_active


def can_begin_time_line(screen: "TriageScreen") -> bool:
    """While the table is in front, and in the time-line itself, to leave it."""
    return not screen.full_detail and not screen.facet


def is_list(screen: "TriageScreen") -> bool:
    """While the table is in front."""
    return not screen.full_detail and is_main(screen)
