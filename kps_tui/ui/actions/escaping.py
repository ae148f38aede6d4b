"""The command behind Esc. Dialogs and the filter input handle Esc themselves while they have the focus."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def escape(screen: "TriageScreen") -> None:
    """Close or undo the topmost layer: a load, the detail, the timeline, a range, groups, a filter. Never quits."""
    if screen.load.running:
        screen.loader.stop()
    elif screen.full_detail:
        screen.full_detail = False
    elif screen.timeline.is_active:
        screen.timeline.end()
    elif (bench := screen.bench.escape(screen.view.store)) is not None:
        screen.bench = bench
    elif screen.filter_bar.has_mistakes:
        screen.filter_bar.forget_typed()
        screen.refresh_bindings()


def has_layer(screen: "TriageScreen") -> bool:
    """Return whether `escape` has anything to do."""
    return bool(
        screen.load.running
        or screen.full_detail
        or screen.timeline.is_active
        or screen.bench.can_escape
        or screen.filter_bar.has_mistakes
    )
