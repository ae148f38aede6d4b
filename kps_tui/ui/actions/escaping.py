"""Esc: takes one layer away; dialogs and the filter line, which have the keys, come before."""

from typing import TYPE_CHECKING

from kps_tui.ui.actions import marking

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def escape(screen: "TriageScreen") -> None:
    """Take the uppermost layer away; never quits."""
    if screen.load.running:
        screen.loader.stop()
    elif screen.full_detail:
        screen.full_detail = False
    elif screen.time_line.is_active:
        screen.time_line.end()
    elif (bench := screen.bench.escape(screen.view.store)) is not None:
        screen.bench = bench
    elif screen.filter_bar.has_mistakes:
        screen.filter_bar.forget_typed()
        screen.refresh_bindings()
    else:
        marking.none(screen)


def has_layer(screen: "TriageScreen") -> bool:
    """Whether there is a layer to take away."""
    return bool(
        screen.load.running
        or screen.full_detail
        or screen.time_line.is_active
        or screen.bench.can_escape
        or screen.filter_bar.has_mistakes
        or screen.bench.marked
    )
