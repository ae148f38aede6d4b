"""Commands of the detail."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle_detail(screen: "TriageScreen") -> None:
    """Give the detail the whole width, or take it back."""
    screen.toggle_detail()


def next_task(screen: "TriageScreen") -> None:
    """Show the next task in the full detail."""
    screen.table.go_to_row(screen.table.cursor_row + 1)


def previous_task(screen: "TriageScreen") -> None:
    """Show the task before in the full detail."""
    screen.table.go_to_row(screen.table.cursor_row - 1)
