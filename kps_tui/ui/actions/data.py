"""Commands of loading."""

from typing import TYPE_CHECKING

from kps_tui.kps.paging import Verdict
from kps_tui.ui.load_state import Kind

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def refresh(screen: "TriageScreen") -> None:
    """Read as many pages again as are loaded; the rows stay until that is done."""
    screen.start(Kind.REFRESH if screen.load.pages else Kind.FIRST)


def load_rest(screen: "TriageScreen") -> None:
    """Load what is not loaded yet."""
    screen.start(Kind.REST if screen.load.pages or screen.load.running else Kind.FIRST)


def has_rest(screen: "TriageScreen") -> bool:
    """Whether there is more to load, as far as is known."""
    return screen.load.verdict in (None, Verdict.ENDLESS)


def watch(screen: "TriageScreen") -> None:
    """Read the list again every minute by itself, or no longer."""
    screen.toggle_watch()
