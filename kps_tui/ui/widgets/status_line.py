"""The status line: how many tasks failed, how many are loaded, what is shown, and what is going on."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.clock import utc_now
from kps_tui.i18n import _, counted
from kps_tui.kps.paging import Verdict
from kps_tui.triage.filter import EVERYTHING
from kps_tui.triage.query import words_of
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.triage.standings import Standing
from kps_tui.triage.view import View
from kps_tui.ui.age import age, short_time
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadKind, LoadState
from kps_tui.ui.model.watch import WatchState
from kps_tui.ui.standing_words import acknowledged_words
from kps_tui.ui.timers import Stopwatch

BAR_CELLS = 20
BETWEEN = "  ·  "
CLOSER = " · "
"""The separator if the line is too long with `BETWEEN`."""


def bar(done: int, whole: int, cells: int = BAR_CELLS) -> str:
    """Return a progress bar: `█████░░░░░`."""
    filled = cells if whole <= 0 else min(cells, done * cells // whole)
    return "█" * filled + "░" * (cells - filled)


def status(
    load: LoadState,
    view: View,
    bench: Bench,
    width: int,
    now: datetime,
    *,
    waiting: str = "",
    unanswered: int = 0,
    watching: WatchState | None = None,
    mistake: str = "",
    running: RunningTasks = NOTHING_RUNNING,
) -> Content:
    """Return the status line. Parts that do not fit in `width` cells are left out, beginning with the last.

    Args:
        load: the state of the load.
        view: the rows that are shown.
        bench: the query and the marks.
        width: width of the line in cells.
        now: the current time; a time of another day is shown with its date.
        waiting: why a request waits to be retried.
        unanswered: for how many seconds a request has waited for an answer; 0 if not for long.
        watching: the state of the watch, or None if it is off.
        mistake: what is wrong with the filter that is being typed.
        running: the tasks that are under way.
    """
    is_filtered = view.query.filter != EVERYTHING
    parts = [Content.styled(load.extent.failed, "bold")] if load.extent.pages else []
    matching = [Content.styled(_matching(load, len(view)), "bold")] if is_filtered else []
    if mistake:
        # The user needs it while typing, so it is cut rather than left out.
        line = Content(CLOSER).join([*parts, *matching, Content.styled(f"! {mistake}", "bold $text-warning")])
        return line.truncate(width, ellipsis=True)
    if load.extent.is_cached and load.extent.answered_at:
        old = age(round(load.extent.answered_at.timestamp() * 1000), now)
        parts.append(Content.styled(_("kept list, {age}").format(age=old), "bold $text-warning"))
    if load.extent.pages:
        parts += [Content(load.extent.progress)] if load.extent.progress else []
        parts += matching
    if bench.marked:
        parts.append(Content.styled(_marks(bench, view), "bold"))
    if waiting and load.running:
        parts += [Content.styled(waiting, "bold $text-warning"), Content(_("Esc stops"))]
    else:
        parts += map(Content, _doing(load, is_filtered, unanswered))
    if view.standings.count(Standing.ACKED):
        parts.append(Content(acknowledged_words(view.standings, load.extent)))
    if running.count:
        parts.append(Content(counted(running.count, "{count} running", "{count} running")))
    if load.extent.pages and not load.running:
        ends = [words_of(view.query.sort), _reading_times(load, watching, now)]
        # What does not fit is left out from the end: while the list is watched, the times are kept longer.
        parts += [Content(part) for part in (reversed(ends) if watching else ends) if part]
    line = Content(BETWEEN).join(parts)
    while line.cell_length > width and len(parts) > 1:
        line = Content(CLOSER).join(parts)
        if line.cell_length > width:
            parts.pop()
            line = Content(CLOSER).join(parts)
    return line


def _matching(load: LoadState, count: int) -> str:
    if load.extent.at_end:
        return counted(count, "{count} match", "{count} match")
    return counted(count, "≥ {count} match", "≥ {count} match")


def _marks(bench: Bench, view: View) -> str:
    words = counted(len(bench.marked), "1 marked", "{count} marked")
    if hidden := view.hidden(bench.marked) if view.query.filter != EVERYTHING else 0:
        words = counted(hidden, "{marked} ({count} hidden)", "{marked} ({count} hidden)", marked=words)
    return _("{marked}, range: v ends it").format(marked=words) if bench.range is not None else words


def _reading_times(load: LoadState, watching: WatchState | None, now: datetime) -> str:
    """Return when the list was read last and, while it is watched, when it is read next."""
    at = load.extent.answered_at if not load.extent.is_cached else None
    read = _("read {time}").format(time=short_time(at, now)) if at else ""
    if watching is None:
        return read
    following = _("paused") if watching.is_paused else _("next {time}").format(time=short_time(watching.next_at, now))
    return _("watch: {times}").format(times=", ".join(filter(None, (read, following))))


def _doing(load: LoadState, filtered: bool, unanswered: int) -> list[str]:
    extent = load.extent
    ends = [_("no answer for {seconds} s").format(seconds=unanswered)] if unanswered else []
    ends.append(_("Esc stops"))
    if load.running is LoadKind.REST and extent.total is not None:
        percent = min(100, extent.loaded * 100 // max(1, extent.total))
        return [f"{bar(extent.loaded, extent.total)} {percent} %", *ends]
    if load.running is LoadKind.REFRESH:
        rows = counted(load.refreshed, "reading again, {count} row so far", "reading again, {count} rows so far")
        return [rows, *ends]
    if load.running:
        return [_("loading…"), *ends]
    if extent.pages and extent.verdict in (None, Verdict.ENDLESS):
        if filtered and extent.rest:
            return [counted(extent.rest, "R loads the other {count}", "R loads the other {count}")]
        return [_("R loads the rest")]
    return []


class StatusLine(Widget):
    """Shows the status line."""

    load: reactive[LoadState] = reactive(LoadState)
    view: reactive[View] = reactive(View)
    bench: reactive[Bench] = reactive(Bench)
    waiting: reactive[str] = reactive("")
    """Why a request waits to be retried."""
    watching: reactive[WatchState | None] = reactive(None)
    """The state of the watch while it is on."""
    mistake: reactive[str] = reactive("")
    """What is wrong with the filter that is being typed."""
    unanswered: reactive[int] = reactive(0)
    """For how many seconds the current load has waited for an answer; 0 if not for long."""
    running: reactive[RunningTasks] = reactive(NOTHING_RUNNING)

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._now = now
        self._stopwatch = Stopwatch(self, partial(setattr, self, "unanswered"))

    def watch_load(self, old: LoadState, load: LoadState) -> None:
        """Count the seconds from the beginning of a load, or from its last answer."""
        if load.running is None:
            self._stopwatch.stop()
        elif (old.running, old.extent.loaded, old.refreshed) != (load.running, load.extent.loaded, load.refreshed):
            self._stopwatch.start()

    def watch_waiting(self, waiting: str) -> None:
        """Count again when a request is repeated."""
        if not waiting and self.load.running:
            self._stopwatch.start()

    def render(self) -> Content:
        """Render the line."""
        return status(
            self.load,
            self.view,
            self.bench,
            self.content_size.width,
            self._now(),
            waiting=self.waiting,
            unanswered=self.unanswered,
            watching=self.watching,
            mistake=self.mistake,
            running=self.running,
        )
