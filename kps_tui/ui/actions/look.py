"""Commands of looking."""

from typing import TYPE_CHECKING

from kps_tui.ui.widgets.task_table import TaskTable

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle(screen: "TriageScreen") -> None:
    """Give the detail the whole width, or take it back."""
    screen.full_detail = not screen.full_detail and screen.highlighted is not None


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


def is_list(screen: "TriageScreen") -> bool:
    """While the table is seen."""
    return not screen.full_detail
