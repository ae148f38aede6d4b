"""Commands of the detail pane."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def next_task(screen: "TriageScreen") -> None:
    """Show the next task in the full-width detail."""
    screen.table.go_to_row(screen.table.cursor_row + 1)


def previous_task(screen: "TriageScreen") -> None:
    """Show the previous task in the full-width detail."""
    screen.table.go_to_row(screen.table.cursor_row - 1)
