"""Commands of the program."""

import os
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.ui.connecting import ContextAsked, DoctorAsked, LoginNeeded

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen

INTERRUPTED = 130


def back(screen: "TriageScreen") -> None:
    """Peel one layer: a running load, then the full detail; it never quits."""
    if screen.load.running:
        screen.stop()
    elif screen.full_detail:
        screen.full_detail = False


def has_layers(screen: "TriageScreen") -> bool:
    """Whether there is a layer to peel."""
    return screen.load.running is not None or screen.full_detail


def palette(screen: "TriageScreen") -> None:
    """Open the list of commands."""
    screen.app.action_command_palette()


def show_help(screen: "TriageScreen") -> None:
    """Open the help."""
    from kps_tui.ui.screens.help import HelpScreen

    screen.app.push_screen(HelpScreen())


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


def redraw(screen: "TriageScreen") -> None:
    """Draw every cell again, after something else wrote on the terminal."""
    screen.refresh(repaint=True, layout=True)


def suspend(screen: "TriageScreen") -> None:
    """Go back to the shell; where there is none that could bring it back, say so."""
    if os.getpid() == os.getsid(0) or os.getpgrp() == os.getpgid(os.getppid()):
        screen.notify(_("no shell here could bring it back · q quits"), severity="warning", markup=False)
    else:
        screen.app.action_suspend_process()


def leave(screen: "TriageScreen") -> None:
    """Quit."""
    screen.app.exit(0, return_code=0)


def interrupt(screen: "TriageScreen") -> None:
    """Quit as Ctrl+C does everywhere."""
    screen.app.exit(INTERRUPTED, return_code=INTERRUPTED)
