"""Shows hostile strings in mounted widgets, and checks the whole screen."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from textual.pilot import Pilot
from textual.widget import Widget

from kps_tui.identity.profiles import Profile
from kps_tui.sanitize import line
from kps_tui.session.extent import Extent
from kps_tui.triage.facets import ALL
from kps_tui.triage.query import Query
from kps_tui.ui.connection import profile_line
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.screens.dialogs.chooser import Chooser
from kps_tui.ui.widgets.blank_state import BlankState
from kps_tui.ui.widgets.facets.panel import FacetPanel
from kps_tui.ui.widgets.notice import Notice
from kps_tui.ui.widgets.task_detail.pane import BESIDE_COLUMNS, TaskDetail
from kps_tui.ui.widgets.task_table.table import TaskTable
from kps_tui.ui.widgets.title_line import TitleLine
from tests.fuzz.drawn import assert_drawn_safely
from tests.fuzz.tasks import PER_ERROR, batches, error_of, full_tasks, tasks_of
from tests.ui.harness import Harness, drive, screen, settle
from tests.ui.widgets.table_app import view_of

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ROWS = 150
"""Height of the screen for the table."""
PER_HEADING = 4
STATUSES = (400, 401, 403, 404, 429, 500)


def mounted(
    *widgets: Widget, show: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (140, 40)
) -> None:
    """Run `show` in an app with these widgets."""
    drive(Harness(*widgets), show, size=size)


async def look(pilot: Pilot[None], source: object) -> None:
    """Wait until the screen is drawn, and check every cell."""
    await settle(pilot)
    app = pilot.app
    assert isinstance(app, Harness)
    app.messages.clear()
    assert_drawn_safely(screen(app), source)


def heading_of(strings: Sequence[str], demo: bool = False) -> Heading:
    """Return a heading of up to `PER_HEADING` strings."""
    place, host, project_id, login = (*strings, "", "", "", "")[:PER_HEADING]
    return Heading(place, host, project_id, login, demo)


def profile_of(strings: Sequence[str]) -> Profile:
    """Return a profile of up to three strings."""
    name, region, project_id = (*strings, "", "")[:3]
    return Profile(name, region, project_id)


def task_table(strings: Sequence[str]) -> int:
    """Scroll so that each row is visible once."""
    table = TaskTable()

    async def show(pilot: Pilot[None]) -> None:
        for batch in batches(strings, ROWS - 1):
            table.view = view_of(tasks_of(batch), "task")
            await look(pilot, batch)
            assert table.row_count == len(batch)

    mounted(table, show=show, size=(160, ROWS))
    return len(strings)


def task_detail(strings: Sequence[str]) -> int:
    """Show one task after the other, each with many strings."""
    detail = TaskDetail(lambda: NOW)

    async def show(pilot: Pilot[None]) -> None:
        for at, task in enumerate(full_tasks(strings)):
            detail.full_detail = at % 2 == 1
            detail.highlighted = task
            await look(pilot, task)

    mounted(detail, show=show, size=(BESIDE_COLUMNS - 1, 40))
    return len(strings)


def facet_panel(strings: Sequence[str]) -> int:
    """Show all facets side by side, and one facet alone."""
    panel = FacetPanel()

    async def show(pilot: Pilot[None]) -> None:
        panel.bench = Bench(Query(facet=ALL))
        for batch in batches(strings, ROWS - 1):
            panel.view = view_of(tasks_of(batch))
            for facet in (ALL, "server"):
                panel.bench = Bench(Query(facet=facet))
                await look(pilot, batch)

    mounted(panel, show=show, size=(160, ROWS))
    return 2 * len(strings)


def title_line(strings: Sequence[str]) -> int:
    """Show headings with place, host, project and login."""
    title = TitleLine()

    async def show(pilot: Pilot[None]) -> None:
        for at, batch in enumerate(batches(strings, PER_HEADING)):
            title.heading = heading_of(batch, demo=at % 2 == 0)
            await look(pilot, batch)

    mounted(title, show=show, size=(300, 3))
    return len(strings)


def blank_state_and_notice(strings: Sequence[str]) -> int:
    """Show errors at several places, in the blank state and in the notice."""
    blank, notice = BlankState(), Notice()

    async def show(pilot: Pilot[None]) -> None:
        for at, batch in enumerate(batches(strings, PER_ERROR + PER_HEADING)):
            error = error_of(batch[:PER_ERROR], STATUSES[at % len(STATUSES)])
            blank.heading = heading_of(batch[PER_ERROR:])
            blank.load = notice.load = LoadState(extent=Extent(pages=1, answered_at=NOW), error=error)
            await look(pilot, batch)

    mounted(blank, notice, show=show)
    return 2 * len(strings)


def toasts(strings: Sequence[str]) -> int:
    """Show notifications."""

    async def show(pilot: Pilot[None]) -> None:
        for batch in batches(strings, 20):
            for text in batch:
                pilot.app.notify(line(text, 200), markup=False)
            await look(pilot, batch)
            pilot.app.clear_notifications()

    mounted(show=show)
    return len(strings)


def contexts(strings: Sequence[str]) -> int:
    """Show the names of profiles."""

    async def show(pilot: Pilot[None]) -> None:
        for batch in batches([text.encode(errors="replace").decode() for text in strings], 90):
            named = [profile_of(three) for three in batches(batch, 3)]
            await pilot.app.push_screen(Chooser("", [*map(profile_line, named)], "Enter"))
            await look(pilot, batch)
            await pilot.app.pop_screen()

    mounted(show=show)
    return len(strings)


WIDGETS = (task_table, task_detail, facet_panel, title_line, blank_state_and_notice, toasts, contexts)
