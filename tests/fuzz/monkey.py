"""Presses random keys, drawn from a seed, in the whole program on the demo service."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from textual.pilot import Pilot

from kps_tui.clock import utc_now
from kps_tui.session.request_log import recent_requests
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.commands import COMMANDS
from kps_tui.ui.screens.dialogs.command_list import CommandList
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import demo_target, press_keys, running, screen_of, settled, until
from tests.fuzz.drawn import assert_drawn_safely

LEAVES = {"app.quit", "app.suspend", "app.interrupt"}
"""Commands that end or suspend the program."""
NEVER = {"q", "ctrl+c", "ctrl+q", "ctrl+z"}
RUN, SIZE = "run ", "size "
"""Events besides keys: a command without a key, and a resize of the terminal."""
TASKS, PAGE_SIZE = 1200, 250
EVERY = 25
"""Number of keys between two checks of the whole screen."""
MOST_LAYERS = 30


def keys() -> tuple[list[str], list[str]]:
    """Return the keys of the registry and others."""
    offered: list[str] = []
    for command in COMMANDS:
        if command.id not in LEAVES:
            offered += command.keys.split(",") if command.keys else [f"{RUN}{command.id}"] if command.run else []
    letters = [*"abcdefghijklmnoprstuvwxyz0123456789"]
    others = [*letters, "enter", "escape", "tab", "shift+tab", "space", "backspace", "delete", "slash", "minus"]
    others += ["up", "down", "left", "right", "pageup", "pagedown"]
    return [key for key in offered if key not in NEVER], others


def drawn(count: int, seed: int) -> list[str]:
    """Return `count` events: mostly keys with a meaning, many arrows and Esc, and some resizes."""
    rng = Random(seed)
    offered, others = keys()
    drawn: list[str] = []
    while len(drawn) < count:
        chance = rng.random()
        if chance < 0.03:
            drawn.append(f"{SIZE}{rng.randint(20, 200)}x{rng.randint(5, 60)}")
        elif chance < 0.15:
            drawn.append("escape")
        elif chance < 0.25:
            drawn += [rng.choice(("up", "down", "j", "k", "pagedown", "G"))] * rng.randint(1, 8)
        else:
            drawn.append(rng.choice(offered if chance < 0.75 else others))
    return drawn[:count]


async def played(todo: Sequence[str], seed: int = 0) -> int:
    """Play the events `todo` on the demo; return their number. `seed` determines the pauses between them."""
    rng = Random(seed)
    done: list[str] = []
    began = utc_now()
    with demo_target(tasks=TASKS) as target:
        async with running(target, settings=Settings(demo=True, page_size=PAGE_SIZE)) as (app, pilot):
            try:
                await settled(app, pilot)
                for key in todo:
                    done.append(key)
                    await press(app, pilot, key)
                    for _ in range(rng.choice((0, 0, 1, 4))):
                        await pilot.pause(0)
                    assert app.is_running, "the program has ended"
                    if len(done) % EVERY == 0:
                        await look(app, pilot, began)
                await end(app, pilot, began)
            except BaseException:
                print(f"seed {seed}, the last keys: {' '.join(done[-60:])}")
                raise
    return len(done)


async def press(app: KpsApp, pilot: Pilot[int], key: str) -> None:
    """Play one event."""
    if key.startswith(SIZE):
        width, height = map(int, key.removeprefix(SIZE).split("x"))
        await pilot.resize_terminal(width, height)
    elif key.startswith(RUN):
        if isinstance(app.screen, TriageScreen):
            await app.action_command(key.removeprefix(RUN))
    elif not (key == "enter" and isinstance(app.screen, CommandList)):
        # There Enter may quit.
        await press_keys(app, key)


async def look(app: KpsApp, pilot: Pilot[int], began: datetime) -> None:
    """Check that everything on the screen is safe and consistent, and that since `began` the service was only read."""
    assert {record.method for time, record in recent_requests() if time >= began} == {"GET"}
    triage = screen_of(app)
    if app.screen is triage:
        triage = await settled(app, pilot)
        table = triage.query_one(TaskTable)
        assert 0 <= table.cursor_row < max(1, len(triage.view))
        assert (triage.highlighted is None) == (len(triage.view) == 0)
        assert all(triage.view.store.get(row_key) is not None for row_key in triage.bench.marked)
    await pilot.pause(0)
    assert_drawn_safely(app.screen._compositor.render_strips(app.size), "the demo")


async def end(app: KpsApp, pilot: Pilot[int], began: datetime) -> None:
    """Check that Esc leads back to the table, and that the list of commands opens."""
    await pilot.resize_terminal(120, 36)
    for _ in range(MOST_LAYERS):
        app.simulate_key("escape")
        await pilot.pause(0)
        if isinstance(app.screen, TriageScreen) and isinstance(app.focused, TaskTable):
            await settled(app, pilot)
    await look(app, pilot, began)
    app.simulate_key("question_mark")
    await until(pilot, "the list is open", lambda: isinstance(app.screen, CommandList))
