"""What Esc peels, one layer at a time; dialogs and the filter line, which have the keys, come before."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from kps_tui.triage.filter import EVERYTHING
from kps_tui.ui.actions import mark, narrow
from kps_tui.ui.widgets.filter_bar import FilterBar
from kps_tui.ui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


class Layer(NamedTuple):
    """Something that Esc takes away."""

    is_there: "Callable[[TriageScreen], object]"
    peel: "Callable[[TriageScreen], None]"


def _leave_detail(screen: "TriageScreen") -> None:
    screen.full_detail = False


def _is_in_time_line(screen: "TriageScreen") -> bool:
    return screen.query_one(TimeLine).is_active


def _leave_time_line(screen: "TriageScreen") -> None:
    screen.query_one(TimeLine).end()


def _is_drilled(screen: "TriageScreen") -> bool:
    """Whether one of the ways in led to where the user is now, in whichever order."""
    return _way_here(screen) is not None


def _way_here(screen: "TriageScreen") -> int | None:
    """Return the place of the last way that led here; those after it were gone back from by other keys."""
    asked = screen.asked
    for place in reversed(range(len(screen.drilled))):
        _before, here = screen.drilled[place]
        if (here.filter, here.facet) == (asked.filter, asked.facet):
            return place
    return None


def _come_back(screen: "TriageScreen") -> None:
    place = _way_here(screen)
    assert place is not None
    before, _here = screen.drilled[place]
    screen.drilled = screen.drilled[:place]
    screen.ask(replace(screen.asked, filter=before.filter, facet=before.facet))
    narrow.give_keys_at_once(screen)


def _close_facet(screen: "TriageScreen") -> None:
    screen.ask(replace(screen.asked, facet=""))
    narrow.give_keys_at_once(screen)


def _clear_filter(screen: "TriageScreen") -> None:
    screen.drilled = ()
    screen.ask(replace(screen.asked, filter=EVERYTHING))


def _has_mistakes(screen: "TriageScreen") -> bool:
    return screen.query_one(FilterBar).has_mistakes


def _forget_typed(screen: "TriageScreen") -> None:
    screen.query_one(FilterBar).forget_typed()
    screen.refresh_bindings()


LAYERS = (
    Layer(lambda screen: screen.load.running, lambda screen: screen.stop()),
    Layer(lambda screen: screen.full_detail, _leave_detail),
    Layer(_is_in_time_line, _leave_time_line),
    Layer(lambda screen: screen.range_from, mark.give_up_range),
    Layer(_is_drilled, _come_back),
    Layer(lambda screen: screen.facet, _close_facet),
    Layer(lambda screen: screen.filtered, _clear_filter),
    Layer(_has_mistakes, _forget_typed),
    Layer(lambda screen: screen.marked, mark.none),
)
"""The uppermost first."""


def back(screen: "TriageScreen") -> None:
    """Peel one layer; never quits."""
    for layer in LAYERS:
        if layer.is_there(screen):
            layer.peel(screen)
            return


def has_layers(screen: "TriageScreen") -> bool:
    """Whether there is a layer to peel."""
    return any(layer.is_there(screen) for layer in LAYERS)
