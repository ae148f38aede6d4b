"""The status line: how many tasks failed, how many are loaded, what is shown, and what the program is doing."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import BETWEEN, _, counted, listed
from kps_tui.triage.filter import EVERYTHING
from kps_tui.triage.query import words_of
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.triage.standings import Standing
from kps_tui.triage.times import milliseconds_of
from kps_tui.triage.view import View
from kps_tui.ui.age import age, short_time
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadKind, LoadState
from kps_tui.ui.model.watch import WatchState
from kps_tui.ui.standing_words import acknowledged_words, new_words
from kps_tui.ui.timers import Stopwatch

BAR_CELLS = 20
GAP = 2
"""The fewest cells before the times of reading, which are at the right end."""


def progress_bar(done: int, whole: int, cells: int = BAR_CELLS) -> str:
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
    """Return the status line: what is shown, and at its right end when the list was read.

    Parts that do not fit in `width` cells are left out: first the less urgent ones, from the last one on, then the time
    of reading, then the others, from the last one on.

    Args:
        load: the state of the load.
        view: the rows that are shown.
        bench: the query and the marks.
        width: width of the line in cells.
        now: the current time; a time of another day is shown with its date.
        waiting: why a request waits to be retried.
        unanswered: for how many seconds a request has waited for an answer; 0 if that is not long.
        watching: the state of the watch, or None if it is off.
        mistake: what is wrong with the filter that is being typed.
        running: the tasks that are under way.
    """
    parts = [Content.styled(load.extent.failed, "bold")] if load.extent.pages else []
    matching = [Content.styled(_matching(load, len(view)), "bold")] if view.query.filter != EVERYTHING else []
    if mistake:
        # The user needs it while typing, so it is cut rather than left out.
        line = Content(BETWEEN).join([*parts, *matching, Content.styled(f"! {mistake}", "bold $text-warning")])
        return line.truncate(width, ellipsis=True)
    if load.extent.is_cached and load.extent.answered_at:
        old = age(milliseconds_of(load.extent.answered_at), now)
        parts.append(Content.styled(_("saved list, {age}").format(age=old), "bold $text-warning"))
    if load.extent.pages:
        parts += [Content(load.extent.progress)] if load.extent.progress else []
        parts += matching
    if bench.marked:
        parts.append(Content.styled(_marks(bench, view), "bold"))
    if waiting and load.running:
        parts += [Content.styled(waiting, "bold $text-warning"), Content(_("Esc stops"))]
    else:
        parts += map(Content, _doing(load, unanswered))
    is_at_rest = bool(load.extent.pages and not load.running)
    reading = _reading_times(load, watching, now) if is_at_rest else ""
    return _fitting(parts, _less_urgent(load, view, running, is_at_rest=is_at_rest), reading, width)


def _fitting(parts: Sequence[Content], less_urgent: Sequence[str], reading: str, width: int) -> Content:
    """Return as much as fits in `width` cells; see `status`."""
    kept = [*parts, *map(Content, less_urgent)]
    while True:
        line = Content(BETWEEN).join(kept)
        spare = width - line.cell_length - cell_len(reading)
        if reading and spare >= GAP:
            return line + Content(" " * spare + reading)
        if not reading and (spare >= 0 or len(kept) <= 1):
            return line
        if len(kept) > len(parts) or not reading:
            kept.pop()
        else:
            reading = ""


def _less_urgent(load: LoadState, view: View, running: RunningTasks, *, is_at_rest: bool) -> list[str]:
    """Return the parts that are also shown elsewhere, or matter less than the others."""
    words = []
    if view.standings.count(Standing.NEW):
        words.append(new_words(view.standings, load.extent))
    if view.standings.count(Standing.ACKED):
        words.append(acknowledged_words(view.standings, load.extent))
    if running.count:
        words.append(counted(running.count, "{count} running", "{count} running"))
    if is_at_rest:
        words += [_("all loaded")] if load.is_complete else []
        words.append(words_of(view.query.sort))
    return words


def _matching(load: LoadState, count: int) -> str:
    if load.extent.at_end:
        return counted(count, "{count} match", "{count} match")
    return counted(count, "≥ {count} match", "≥ {count} match")


def _marks(bench: Bench, view: View) -> str:
    words = counted(len(bench.marked), "1 marked", "{count} marked")
    if hidden := bench.hidden(view):
        words = counted(hidden, "{marked} ({count} hidden)", "{marked} ({count} hidden)", marked=words)
    return _("{marked}, range: v ends it").format(marked=words) if bench.range is not None else words


def _reading_times(load: LoadState, watching: WatchState | None, now: datetime) -> str:
    """Return when the list was read last and, while it is watched, when it is read next."""
    at = load.extent.answered_at if not load.extent.is_cached else None
    read = _("read {time}").format(time=short_time(at, now)) if at else ""
    if watching is None:
        return read
    following = _("paused") if watching.is_paused else _("next {time}").format(time=short_time(watching.next_at, now))
    return _("watch: {times}").format(times=listed(filter(None, (read, following))))


def _doing(load: LoadState, unanswered: int) -> list[str]:
    extent = load.extent
    if not load.running:
        return []
    ends = [_("no answer for {seconds} s").format(seconds=unanswered)] if unanswered else []
    ends.append(_("Esc stops"))
    if load.running is LoadKind.REST and extent.total is not None:
        percent = min(100, extent.loaded * 100 // max(1, extent.total))
        return [f"{progress_bar(extent.loaded, extent.total)} {percent} %", *ends]
    if load.running is LoadKind.REFRESH:
        rows = counted(load.refreshed, "refreshing, {count} row so far", "refreshing, {count} rows so far")
        return [rows, *ends]
    return [_("loading…"), *ends]


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
    """For how many seconds the current load has waited for an answer; 0 if that is not long."""
    running: reactive[RunningTasks] = reactive(NOTHING_RUNNING)

    def __init__(self, now: Clock = utc_now) -> None:
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
