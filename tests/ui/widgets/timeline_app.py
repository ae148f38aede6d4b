"""A timeline in a small app, and times to show."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timezone

from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.widgets.timeline.bar import TimelineBar
from tests.ui.harness import Harness, assert_nothing_stale, drive, lines, settle, style_at
from tests.ui.widgets.table_app import NEWEST, make_task

HOUR, DAY = 3_600_000, 86_400_000
MIDNIGHT = NEWEST - NEWEST % DAY
"""Mon 23 Nov 2026, 00:00 UTC."""


class Drawn(TimelineBar):
    """Counts how often it is rendered."""

    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


class LineApp(Harness):
    """A timeline of tasks at `times`, above an input with the focus."""

    def __init__(self, times: Sequence[object], theme: str = "ansi-dark", zone: timezone | None = None) -> None:
        self.line = Drawn(zone)
        super().__init__(self.line, Input(), theme=theme)
        self.view = view_of(times)

    def on_mount(self) -> None:
        self.line.view = self.view

    @property
    def row(self) -> str:
        return lines(self)[0].strip()

    @property
    def reversed(self) -> str:
        """The cells that are reversed."""
        row = lines(self)[0]
        return "".join(cell for x, cell in enumerate(row) if style_at(self, x, 0).reverse)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        return [(message.start_ms, message.end_ms) for message in self.of(TimelineBar.RangeChosen)]


def is_active(app: LineApp) -> bool:
    """A function, because type checkers assume that a property does not change."""
    return app.line.is_active


def view_of(times: Sequence[object]) -> View:
    tasks: list[FailedTask] = [make_task(i, task_time=moment) for i, moment in enumerate(times)]
    return View().over(TaskStore(tasks))


def shown(
    times: Sequence[object],
    body: Callable[[Pilot[None], LineApp], Awaitable[None]],
    width: int = 80,
    theme: str = "ansi-dark",
    zone: timezone | None = None,
) -> None:
    app = LineApp(times, theme, zone)

    async def run(pilot: Pilot[None]) -> None:
        await body(pilot, app)
        await settle(pilot)
        assert_nothing_stale(app)

    drive(app, run, (width, 5))


def nine_days() -> list[str]:
    """Two at the start of each of nine days, the last of them Mon 23 Nov, and 22 more in its morning."""
    return [str(MIDNIGHT - day * DAY + 1) for day in range(9) for _ in range(2)] + [
        str(MIDNIGHT + 7 * HOUR + minute) for minute in range(22)
    ]
