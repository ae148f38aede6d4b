"""The line that says what the table is based on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.clock import utc_now
from kps_tui.i18n import _, number
from kps_tui.kps.paging import Verdict
from kps_tui.ui.age import clock
from kps_tui.ui.load_state import Kind, LoadState

BAR_CELLS = 20
BETWEEN = "  ·  "
CLOSER = " · "
"""Where the other takes too much room."""


def bar(done: int, whole: int, cells: int = BAR_CELLS) -> str:
    """Return a progress bar: `█████░░░░░`."""
    filled = cells if whole <= 0 else min(cells, done * cells // whole)
    return "█" * filled + "░" * (cells - filled)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of what was loaded."""

    order: str = ""
    """The order of the rows in words."""
    matching: int | None = None
    """How many tasks match the filter; `None`: there is no filter."""
    marked: int = 0
    hidden: int = 0
    """How many of the marked tasks the filter hides."""
    in_range: bool = False
    """Whether moving marks."""
    age: str = ""
    """When the rows were answered, where they are of an earlier run."""
    mistake: str = ""
    """What is wrong with the filter that is being typed."""


def status(
    load: LoadState, shown: Shown, width: int, waiting: str = "", watching: str = "", now: datetime | None = None
) -> Content:
    """Return the line for `load` and what is shown of it; what does not fit is left out at its end.

    A moment of another day than `now` has its date.
    """
    parts = [Content.styled(load.failed, "bold")] if load.pages else []
    if shown.mistake:
        return _with_mistake(parts, load, shown, width)
    if load.is_kept and shown.age:
        parts.append(Content.styled(_("kept list, {age}").format(age=shown.age), "bold $text-warning"))
    if load.progress and load.pages:
        parts.append(Content(load.progress))
    if load.pages and shown.matching is not None:
        parts.append(Content.styled(_matching(load, shown.matching), "bold"))
    if shown.marked:
        parts.append(Content.styled(_marks(shown), "bold"))
    if waiting and load.running:
        parts += [Content.styled(waiting, "bold $text-warning"), Content(_("Esc stops"))]
    else:
        parts += map(Content, _doing(load, shown.matching is not None))
    if load.pages and not load.running:
        parts.append(Content(shown.order))
        if watching:
            parts.append(Content(watching))
        elif load.answered_at and not load.is_kept:
            parts.append(Content(_("read {time}").format(time=clock(load.answered_at, now or load.answered_at))))
    line = Content(BETWEEN).join(parts)
    while line.cell_length > width and len(parts) > 1:
        line = Content(CLOSER).join(parts)
        if line.cell_length > width:
            parts.pop()
            line = Content(CLOSER).join(parts)
    return line


def _matching(load: LoadState, count: int) -> str:
    return (_("{count} match") if load.at_end else _("≥ {count} match")).format(count=number(count))


def _with_mistake(parts: list[Content], load: LoadState, shown: Shown, width: int) -> Content:
    """It is about what is being typed, so it is cut rather than left out."""
    if shown.matching is not None:
        parts.append(Content.styled(_matching(load, shown.matching), "bold"))
    line = Content(CLOSER).join([*parts, Content.styled(f"! {shown.mistake}", "bold $text-warning")])
    return line.truncate(width, ellipsis=True)


def _marks(shown: Shown) -> str:
    words = _("{count} marked").format(count=number(shown.marked))
    if shown.hidden:
        words = _("{marked} ({count} hidden)").format(marked=words, count=number(shown.hidden))
    return _("{marked}, range: v ends it").format(marked=words) if shown.in_range else words


def _doing(load: LoadState, filtered: bool) -> list[str]:
    stop = _("Esc stops")
    if load.running is Kind.REST and load.total is not None:
        return [f"{bar(load.loaded, load.total)} {min(100, load.loaded * 100 // max(1, load.total))} %", stop]
    if load.running is Kind.REFRESH:
        return [_("reading again, {count} rows so far").format(count=number(load.refreshed)), stop]
    if load.running:
        return [_("loading…"), stop]
    if load.pages and load.verdict in (None, Verdict.ENDLESS):
        if filtered and load.rest:
            return [_("R loads the other {count}").format(count=number(load.rest))]
        return [_("R loads the rest")]
    return []


class StatusLine(Widget):
    """Shows a `LoadState`, and what is shown of it."""

    load: reactive[LoadState] = reactive(LoadState)
    shown: reactive[Shown] = reactive(Shown)
    waiting: reactive[str] = reactive("")
    """Why a request waits to be repeated."""
    watching: reactive[str] = reactive("")
    """How often the list is read again by itself; then it does not say when, or each time would be sent."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._now = now

    def render(self) -> Content:
        """Draw the line."""
        return status(self.load, self.shown, self.content_size.width, self.waiting, self.watching, self._now())
