"""Commands of views: saved ones, and the way back through those of this run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from kps_tui.i18n import _
from kps_tui.triage.query import Query

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen

DIGITS = range(1, 10)
"""Saved views that have a key."""


@dataclass
class ViewAsked(Message):
    """The user wants a saved view."""

    number: int
    """From 1, in the order of the configuration."""


@dataclass
class SaveAsked(Message):
    """The user wants to keep a query under a name."""

    query: Query


def opens(number: int) -> "Callable[[TriageScreen], None]":
    """Return the command that opens a saved view."""

    def open_view(screen: "TriageScreen") -> None:
        screen.post_message(ViewAsked(number))

    return open_view


def save(screen: "TriageScreen") -> None:
    """Keep what is shown under a name."""
    screen.post_message(SaveAsked(screen.asked))


def back(screen: "TriageScreen") -> None:
    """Show what was asked for before."""
    if not screen.go_back():
        screen.notify(_("nothing was shown before this"), markup=False)


def forward(screen: "TriageScreen") -> None:
    """Show what was asked for after."""
    if not screen.go_forward():
        screen.notify(_("nothing was gone back from"), markup=False)
