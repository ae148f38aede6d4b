"""Helpers for tests of the whole program: rows, keys, and what the screen shows."""

from collections.abc import Iterable
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget

from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import grid, press_keys, screen_of, settled, until
from tests.loopback import row

ERRORS = ("timed out", "login incorrect")


def mixed(count: int) -> list[dict[str, Any]]:
    """Rows of seven servers with two errors, newest first."""
    return [row(number, task_error_msg=ERRORS[number % 2]) for number in range(count)]


async def press(app: KpsApp, pilot: Pilot[int], *keys: str) -> TriageScreen:
    """Press keys, each after the previous one has taken effect."""
    screen = await settled(app, pilot)
    for key in keys:
        await press_keys(app, key)
        await settled(app, pilot)
    return screen


async def write(app: KpsApp, pilot: Pilot[int], text: str) -> None:
    """Type a text."""
    await press_keys(app, *("space" if character == " " else character for character in text))
    await settled(app, pilot)


async def filter_by(app: KpsApp, pilot: Pilot[int], text: str) -> None:
    """Type a filter and apply it."""
    await press_keys(app, "slash")
    await write(app, pilot, text)
    await press(app, pilot, "enter")


def text_of(app: KpsApp) -> str:
    """The screen as text."""
    return "\n".join(grid(app))


def line_of(app: KpsApp, widget: type[Widget]) -> str:
    """The first line of a widget of the main screen; empty if it is hidden."""
    region = screen_of(app).query_one(widget).region
    return grid(app)[region.y][region.x : region.right] if region else ""


def signs(app: KpsApp, count: int) -> list[str]:
    """The first cell of the gutter of the first `count` rows on the screen."""
    top = screen_of(app).query_one(TaskTable).region.y
    return [line[0] for line in grid(app)[top + 1 : top + 1 + count]]


def status_of(app: KpsApp) -> str:
    """The status line."""
    return grid(app)[-2]


def ids(screen: TriageScreen) -> list[str]:
    """The tasks shown, in order."""
    return [task.task_id for task in screen.view.tasks()]


def numbers(screen: TriageScreen) -> list[int]:
    """The numbers of the tasks shown, in order."""
    return [int(task_id[-6:]) for task_id in ids(screen)]


def at_cursor(screen: TriageScreen) -> str:
    """The task under the cursor."""
    task = screen.view.at(screen.query_one(TaskTable).cursor_row)
    return task.task_id if task else ""


def said(app: KpsApp) -> list[str]:
    """The texts of the notifications."""
    return [notification.message for notification in app._notifications]


async def until_said(app: KpsApp, pilot: Pilot[int], part: str) -> str:
    """Wait for a notification that contains `part`, and return it."""
    await until(pilot, f"says {part!r}", lambda: any(part in message for message in said(app)))
    return next(message for message in said(app) if part in message)


def named(numbers: Iterable[int]) -> frozenset[RowKey]:
    """The keys of rows by number."""
    return frozenset(FailedTask.from_json(row(number)).row_key for number in numbers)
