"""Commands of the program."""

import os
from typing import TYPE_CHECKING, Any

from textual.app import App

from kps_tui.i18n import _
from kps_tui.ui.connecting import ContextAsked, DoctorAsked, HelpAsked, LoginNeeded, PaletteAsked

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen

INTERRUPTED = 130


def palette(screen: "TriageScreen") -> None:
    """Open the list of commands."""
    screen.post_message(PaletteAsked())


def show_help(screen: "TriageScreen") -> None:
    """Open the help."""
    screen.post_message(HelpAsked())


def log_in(screen: "TriageScreen") -> None:
    """Ask for a login; what is shown stays."""
    screen.post_message(LoginNeeded())


def choose_context(screen: "TriageScreen") -> None:
    """Choose another profile."""
    screen.post_message(ContextAsked())


def previous_context(screen: "TriageScreen") -> None:
    """Go back to the place before."""
    screen.post_message(ContextAsked(previous=True))


def ask_doctor(screen: "TriageScreen") -> None:
    """Look at configuration, keyring, network, login, permission and terminal."""
    screen.post_message(DoctorAsked())


def show_requests(screen: "TriageScreen") -> None:
    """Show the last requests; the id of one can be copied."""
    from kps_tui.session.request_log import recent_requests
    from kps_tui.ui.screens.requests import RequestsScreen

    def chosen(request_id: str | None) -> None:
        if request_id:
            screen.deliver(_("request id"), lambda: request_id)

    screen.app.push_screen(RequestsScreen(recent_requests()), chosen)


def redraw(screen: "TriageScreen") -> None:
    """Draw every cell again, after something else wrote on the terminal."""
    screen.refresh(repaint=True, layout=True)


def suspend(screen: "TriageScreen") -> None:
    """Go back to the shell; where there is none that could bring it back, say so."""
    to_shell(screen.app)


def to_shell(app: App[Any]) -> None:
    """Go back to the shell, from whatever is in front."""
    if os.getpid() == os.getsid(0) or os.getpgrp() == os.getpgid(os.getppid()):
        app.notify(_("no shell here could bring it back · q quits"), severity="warning", markup=False)
    else:
        app.action_suspend_process()


def leave(screen: "TriageScreen") -> None:
    """Quit."""
    screen.app.exit(0, return_code=0)


def interrupt(screen: "TriageScreen") -> None:
    """Quit as Ctrl+C does everywhere."""
    screen.app.exit(INTERRUPTED, return_code=INTERRUPTED)
