"""Commands that read the list."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.ui.model.load_state import LoadKind

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def refresh(screen: "TriageScreen") -> None:
    """Read as many pages again as are loaded; the rows stay until that is done."""
    _start(screen, LoadKind.REFRESH if screen.load.extent.pages else LoadKind.FIRST)


def load_rest(screen: "TriageScreen") -> None:
    """Load what is not loaded yet."""
    _start(screen, LoadKind.REST if screen.load.extent.pages or screen.load.running else LoadKind.FIRST)


def toggle_watch(screen: "TriageScreen") -> None:
    """Read the list again every minute, or no longer."""
    if screen.list_watch.is_on:
        screen.list_watch.end()
    elif screen.loader.is_offline:
        screen.notify(_("offline: this is the kept list · start without --offline to watch"), markup=False)
    else:
        screen.list_watch.begin()


def _start(screen: "TriageScreen", kind: LoadKind) -> None:
    if screen.loader.is_offline:
        screen.notify(_("offline: this is the kept list · start without --offline to read"), markup=False)
    else:
        screen.loader.start(kind)
