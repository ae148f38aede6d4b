"""Commands of looking."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle_detail(screen: "TriageScreen") -> None:
    """Give the detail the whole width, or take it back."""
    screen.full_detail = not screen.full_detail and screen.highlighted is not None
