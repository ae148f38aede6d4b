"""Commands of loading."""

from typing import TYPE_CHECKING

from kps_tui.ui.load_state import Kind

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def refresh(screen: "TriageScreen") -> None:
    """Read as many pages again as are loaded; the rows stay until that is done."""
    screen.start(Kind.REFRESH if screen.load.pages else Kind.FIRST)


def load_rest(screen: "TriageScreen") -> None:
    """Load what is not loaded yet."""
    screen.start(Kind.REST if screen.load.pages else Kind.FIRST)
