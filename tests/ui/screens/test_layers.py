"""Esc closes one layer at a time, until none is left."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from kps_tui.identity.profiles import Configuration
from kps_tui.locations import config_file
from kps_tui.triage.filter import EVERYTHING
from kps_tui.ui.app import KpsApp
from kps_tui.ui.model.load_state import LoadKind
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.task_table.table import TaskTable
from kps_tui.ui.widgets.timeline.bar import TimelineBar
from tests.demo_app import grid, running, settled, target_at, until
from tests.loopback import Loopback, listing, serving
from tests.ui.screens.driving import filter_by, mixed, press
from tests.ui.screens.test_triage import Gate, drive

Layers = dict[str, Callable[[], object]]


def layers(app: KpsApp, screen: TriageScreen) -> Layers:
    """The layers above the plain table, the topmost first."""
    return {
        "dialog": lambda: app.screen is not screen,
        "input line": lambda: screen.query_one(FilterBar).is_typing,
        "load": lambda: screen.load.running,
        "full detail": lambda: screen.full_detail,
        "timeline": lambda: screen.query_one(TimelineBar).is_active,
        "range": lambda: screen.bench.range,
        "group": lambda: screen.bench.query.facet,
        "filter": lambda: screen.bench.query.filter != EVERYTHING,
    }


def there(app: KpsApp, screen: TriageScreen) -> list[str]:
    return [name for name, is_there in layers(app, screen).items() if is_there()]


@pytest.mark.parametrize(
    ("keys", "above"),
    [
        pytest.param(["question_mark"], ["dialog"], marks=pytest.mark.full),
        pytest.param(["slash"], ["input line"], marks=pytest.mark.full),
        pytest.param(["R"], ["load"], marks=pytest.mark.full),
        pytest.param(["R", "d"], ["load", "full detail"], marks=pytest.mark.full),
        (["R", "slash"], ["input line", "load"]),
        pytest.param(["R", "t"], ["load", "timeline"], marks=pytest.mark.full),
        (["R", "v", "d", "y"], ["dialog", "load", "full detail", "range"]),
        (["v", "t"], ["timeline", "range"]),
        pytest.param(["F"], ["group"], marks=pytest.mark.full),
        (["R", "F"], ["load", "group"]),
    ],
)
def test_one_layer_a_press_in_this_order_and_never_the_end(keys: list[str], above: list[str]) -> None:
    gate = Gate(listing(mixed(2500)), free=1)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space")
        await filter_by(app, pilot, "web")
        await pilot.press(*keys)
        expected = [*above, "filter"]
        await until(pilot, "all layers are there", lambda: there(app, screen) == expected)
        while expected:
            others = {"dialog", "input line", "timeline"}
            assert others & set(expected) or "Esc Back" in grid(app)[-1]
            await pilot.press("escape")
            expected = expected[1:]
            await until(pilot, f"only {expected} are left", lambda expected=expected: there(app, screen) == expected)  # type: ignore[misc]
        assert len(screen.bench.marked) > 0, "marks go by u alone"
        await press(app, pilot, "escape", "escape", "j")
        assert app.is_running
        assert screen.query_one(TaskTable).cursor_row == 2
        assert "Esc" not in grid(app)[-1]

    drive(gate, body)


def test_esc_stops_a_load_and_keeps_what_came_before_it_touches_anything_else() -> None:
    gate = Gate(listing(mixed(2500)), free=1)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "d")
        await pilot.press("R")
        await until(pilot, "it loads", lambda: screen.load.running is LoadKind.REST)
        await pilot.press("escape")
        await until(pilot, "the sockets are closed", gate.closed_by_peer.is_set)
        assert screen.full_detail
        assert len(screen.view) == 1000

    drive(gate, body)


def test_no_key_but_esc_takes_a_layer_and_a_repeated_filter_is_one() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.query_one(TaskTable).active_column = "server"
        await press(app, pilot, "equals_sign", "equals_sign", "space", "j", "s", "d", "d")
        assert there(app, screen) == ["filter"]
        await press(app, pilot, "escape")
        assert there(app, screen) == []
        assert len(screen.bench.marked) == 1

    drive(listing(mixed(70)), body)


def test_what_was_ignored_goes_with_esc() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "servr:x")
        assert "ignored: servr:x" in "\n".join(grid(app))
        await until(pilot, "Esc is offered", lambda: "Esc Back" in grid(app)[-1])
        await press(app, pilot, "escape")
        assert "ignored" not in "\n".join(grid(app))
        await until(pilot, "nothing is left to peel", lambda: "Esc" not in grid(app)[-1])

    drive(listing(mixed(70)), body)


def test_going_back_to_groups_from_the_whole_detail_leaves_it() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "F", "escape", "enter")
        assert there(app, screen) == ["full detail"]
        await press(app, pilot, "left_square_bracket")
        assert there(app, screen) == ["group"]
        assert app.focused is screen.facets

    drive(listing(mixed(7)), body)


def test_the_key_of_help_in_an_input_is_one_that_is_not_typed() -> None:
    async def run() -> None:
        configuration = Configuration(config_file(), keys={"app.help": "?,ctrl+g"})
        async with (
            serving(listing(mixed(7))) as server,
            running(target_at(server.endpoint), configuration=configuration) as (app, pilot),
        ):
            await settled(app, pilot)
            assert "? Help" in grid(app)[-1]
            await press(app, pilot, "slash")
            assert grid(app)[-1].split() == ["Enter", "Apply", "Esc", "Cancel", "Ctrl+G", "Help"]

    asyncio.run(run())
