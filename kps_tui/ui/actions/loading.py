"""Commands that load the list."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.triage.view import View
from kps_tui.ui.model.load_state import LoadKind

if TYPE_CHECKING:
    from kps_tui.ui.heading import Heading
    from kps_tui.ui.screens.triage import TriageScreen


def refresh(screen: "TriageScreen") -> None:
    """Read the pages that are loaded again. Current rows stay meanwhile."""
    _start(screen, LoadKind.REFRESH if screen.load.extent.pages else LoadKind.FIRST)


def load_rest(screen: "TriageScreen") -> None:
    """Load the rest of the list."""
    _start(screen, LoadKind.REST if screen.load.extent.pages or screen.load.running else LoadKind.FIRST)


def toggle_watch(screen: "TriageScreen") -> None:
    """Start or stop refreshing the list every minute."""
    if screen.list_watch.is_on:
        screen.list_watch.end()
    elif screen.loader.is_offline:
        screen.notify(_("offline: this is the saved list · restart without --offline to watch"), markup=False)
    else:
        screen.list_watch.begin()


def show_place(screen: "TriageScreen", heading: "Heading") -> None:
    """Load the list with another login, maybe at another place. At the same place, the rows stay until it is loaded."""
    screen.loader.stop()
    screen.running_loader.forget()
    is_same = (heading.host, heading.project_id) == (screen.heading.host, screen.heading.project_id)
    if not is_same:
        screen.visits.end(screen.loader.reading, screen.view.standings)
    screen.heading = heading
    if not is_same:
        screen.loader.forget()
        screen.view = View(query=screen.bench.query)
        screen.make_view()
    screen.loader.begin()


def _start(screen: "TriageScreen", kind: LoadKind) -> None:
    if screen.loader.is_offline:
        screen.notify(_("offline: this is the saved list · restart without --offline to refresh"), markup=False)
    else:
        screen.loader.start(kind)
