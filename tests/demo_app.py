"""Runs the whole program with the demo service in this process, with a stopped clock."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.messages import ExitApp
from textual.pilot import Pilot

from kps_tui.demo.server import DemoServer
from kps_tui.identity.profiles import Configuration
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.place import Place
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DEADLINE = 30.0
"""Seconds to wait for a condition, far more than it needs even on a slow machine."""


def frozen() -> datetime:
    """Return the stopped time."""
    return NOW


def target_at(
    endpoint: str, project_id: str = "0" * 32, token: str = "token", region: str = "", demo: bool = False
) -> Target:
    """Return a target with the given login."""
    origin = Endpoint.parse(endpoint)
    at = Place(origin, origin, region, project_id)
    return Target(at, Token.parse(Secret(token), "a test"), "a test", demo=demo)


@contextmanager
def demo_target(tasks: int = 2500, latency: float = 0.0) -> Iterator[Target]:
    """Yield a running demo service as a target."""
    with DemoServer(tasks=tasks, latency=latency, now=NOW.timestamp) as server:
        yield target_at(server.endpoint, server.project_id, server.token, server.region, demo=True)


@asynccontextmanager
async def headless(
    app: KpsApp, size: tuple[int, int] = (120, 36), notifications: bool = False
) -> AsyncIterator[Pilot[int]]:
    """Yield the pilot of an app that runs, and end it as a user does.

    `App.run_test` alone closes the widgets first, while messages and workers still use them.
    """
    async with app.run_test(size=size, notifications=notifications) as pilot:
        try:
            yield pilot
        finally:
            app.post_message(ExitApp())
            assert app._task is not None
            await asyncio.wait([app._task], timeout=DEADLINE)


@asynccontextmanager
async def running(
    target: Target,
    size: tuple[int, int] = (120, 36),
    settings: Settings | None = None,
    configuration: Configuration | None = None,
) -> AsyncIterator[tuple[KpsApp, Pilot[int]]]:
    """Yield the running program on `target`."""
    app = KpsApp(Session.on(target, configuration), settings, now=frozen)
    async with headless(app, size) as pilot:
        yield app, pilot


def screen_of(app: KpsApp) -> TriageScreen:
    """Return the triage screen."""
    return next(screen for screen in app.screen_stack if isinstance(screen, TriageScreen))


async def until(pilot: Pilot[int], what: str, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; after the deadline fail with its name."""
    try:
        async with asyncio.timeout(DEADLINE):
            while not condition():
                await pilot.pause(0.01)
    except TimeoutError:
        shown = "\n".join(grid(pilot.app)) if isinstance(pilot.app, KpsApp) else ""
        raise AssertionError(f"not within {DEADLINE:g} s: {what}\n{shown}") from None
    await pilot.pause()


async def press_keys(app: KpsApp, *keys: str) -> None:
    """Press keys, each after the previous one has taken effect. `Pilot.press` would sleep instead."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        try:
            character: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
        except KeyError:
            character = key if len(key) == 1 else None
        before = app.key_queue.handled_count
        app.post_message(events.Key(name, character))
        async with asyncio.timeout(DEADLINE):
            while app.key_queue.handled_count == before and app.is_running:  # noqa: ASYNC110
                await asyncio.sleep(0.001)


def is_settled(screen: TriageScreen) -> bool:
    """Return whether nothing is loading and the screen shows the current rows and query."""
    if not screen.is_mounted or screen.load.running or screen._follow.pending or screen._show_detail.pending:
        return False
    if screen.finder.is_searching or screen._view_maker.is_making or screen.view.query != screen.bench.query:
        return False
    counting = screen.facets.is_counting or screen.timeline.is_counting or screen.detail.is_counting
    store = screen.loader.reading.store if screen.loader.reading else screen.view.store
    return not counting and not screen.filter_bar.pending and screen.view.shows_all_of(store)


async def settled(app: KpsApp, pilot: Pilot[int]) -> TriageScreen:
    """Wait until nothing is loading, and view, numbers and detail are up to date."""
    screen = screen_of(app)

    def at_rest() -> bool:
        if not is_settled(screen) or (isinstance(app.screen, Prompt) and app.screen.busy):
            return False
        table = screen.query_one(TaskTable)
        return table.view is screen.view and screen.view.at(table.cursor_row) == screen.highlighted

    await until(pilot, "nothing loads, and the detail shows the task under the cursor", at_rest)
    return screen


def grid(app: KpsApp) -> list[str]:
    """Return the screen as lines of text."""
    return [strip.text for strip in app.screen._compositor.render_strips(app.size)]
