"""Commands of order."""

from typing import TYPE_CHECKING

from kps_tui.ui.widgets.task_table import TaskTable

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def sort(screen: "TriageScreen") -> None:
    """Sort by the active column; by the same again: reverse."""
    screen.ask(screen.asked.sorted_by(screen.query_one(TaskTable).active_column))


def then(screen: "TriageScreen") -> None:
    """Sort by the active column where the keys before it are equal; a key that is there already is reversed."""
    screen.ask(screen.asked.then_by(screen.query_one(TaskTable).active_column))
