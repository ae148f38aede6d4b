"""The comparison: what it shows, keys, and that it follows the view."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from kps_tui.kps.paging import Verdict
from kps_tui.kps.task import FailedTask
from kps_tui.session.extent import Extent
from kps_tui.triage.compare import ways_of
from kps_tui.triage.facets import FACETS, count
from kps_tui.triage.filter import Matcher
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.theme import OWN_THEMES
from kps_tui.ui.widgets.comparison.panel import THREAD_ROWS, ComparisonPanel
from kps_tui.ui.widgets.value_list import ValueList
from tests.ui.harness import Harness, assert_nothing_stale, drive, lines, press, screen, settle, style_at
from tests.ui.widgets.table_app import make_task
from tests.ui.widgets.test_table_lines import strange

WITHOUT_BARS = str.maketrans("", "", "█▏▎▍▌▋▊▉")


class ComparisonApp(Harness):
    """A panel that compares two values, focused."""

    def __init__(self, tasks: list[FailedTask], field: str = "key", pair: tuple[str, str] = ("prod", "k8s")) -> None:
        self.panel = ComparisonPanel()
        super().__init__(self.panel)
        for own in OWN_THEMES:
            self.register_theme(own)
        self.store = TaskStore(tasks)
        self.asked = Bench().comparing(field, *pair)

    def on_mount(self) -> None:
        self.panel.load = LoadState(extent=Extent(10, 25, pages=1, verdict=Verdict.MISSING))
        self.panel.view = View().over(self.store)
        self.panel.bench = self.asked
        self.panel.focus()

    def grid(self) -> list[str]:
        return [line.rstrip() for line in lines(self)]


def shown(
    app: ComparisonApp, body: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (120, 20)
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await compared(pilot, app.panel)
        await body(pilot)
        await settle(pilot)
        assert_nothing_stale(app)

    drive(app, run, size)


async def compared(pilot: Pilot[None], panel: ComparisonPanel) -> None:
    """Wait for the comparing thread."""
    for _ in range(3000):
        if not panel.is_comparing:
            await settle(pilot)
            return
        await pilot.pause(0.01)
    raise AssertionError("never compared")


def tasks() -> list[FailedTask]:
    """Ten tasks of `prod` (3 odd, 7 even) and four of `k8s` (3 odd, 1 even), on servers of two families; one other."""
    errors = ["odd"] * 3 + ["even"] * 7
    rows = [("prod", error) for error in errors] + [("k8s", error) for error in errors[:4]]
    made = [
        make_task(i, task_error_msg=error, keypair_name=key, server_name=f"{'web' if key == 'prod' else 'db'}-{i:02}")
        for i, (key, error) in enumerate(rows)
    ]
    return [*made, make_task(99, keypair_name="other")]


def test_it_says_what_is_compared_and_the_differences_of_the_shares() -> None:
    app = ComparisonApp(tasks())

    async def body(pilot: Pilot[None]) -> None:
        grid = app.grid()
        assert grid[0] == " KEY PAIR  prod (10) with k8s (4)"
        assert grid[1].startswith(" LIKELY CAUSE OR ERROR  SERVER FAMILY  OPERATION  DAY    ")
        assert grid[1].endswith("  10 of 25 loaded")
        assert grid[2].split() == ["prod", "k8s", "DIFFERENCE"]
        # The most tasks first, as both differences are equal.
        assert [line.translate(WITHOUT_BARS).split() for line in grid[3:6]] == [
            ["even", "7", "70", "%", "1", "25", "%", "+45", "points"],
            ["odd", "3", "30", "%", "3", "75", "%", "−45", "points"],
            [],
        ]
        assert style_at(app, 3, 1).reverse
        assert style_at(app, 3, 3).reverse

    shown(app, body)


def test_tab_compares_by_something_else_and_enter_shows_the_tasks_of_a_line() -> None:
    app = ComparisonApp(tasks())

    async def body(pilot: Pilot[None]) -> None:
        await press(pilot, "tab")
        assert [line.split()[0] for line in app.grid()[3:5]] == ["web", "db"]
        await press(pilot, "j", "enter")
        (message,) = app.of(ComparisonPanel.Drilled)
        assert str(message.by) == "key:=prod,=k8s family:db"
        assert (
            len(Matcher(message.by, datetime(2026, 11, 26, tzinfo=UTC)).select(app.store, range(len(app.store)))) == 4
        )
        assert str(message.changed(app.asked).query.filter) == "key:=prod,=k8s family:db"
        await press(pilot, "shift+tab", "shift+tab")
        assert app.panel.comparison is not None
        assert app.panel.comparison.by == "day"
        await press(pilot, "tab")
        assert app.panel.comparison.by == "error"

    shown(app, body)


def test_the_cursor_stays_on_its_line_while_tasks_come() -> None:
    app = ComparisonApp(tasks())

    async def body(pilot: Pilot[None]) -> None:
        assert app.grid()[4].split()[0] == "odd"
        await press(pilot, "G")
        assert app.panel.query_one(ValueList).highlighted == 1
        app.store.extend(make_task(200 + i, keypair_name="k8s", task_error_msg="odd") for i in range(40))
        app.panel.view = app.panel.view.over(app.store)
        await settle(pilot)
        assert app.grid()[0] == " KEY PAIR  prod (10) with k8s (44)"
        assert app.panel.query_one(ValueList).highlighted == 0
        assert app.grid()[3].split()[0] == "odd"

    shown(app, body)


def test_values_that_are_gone_are_none_and_other_values_are_compared() -> None:
    app = ComparisonApp(tasks())

    async def body(pilot: Pilot[None]) -> None:
        app.panel.view = View().over(TaskStore([make_task(1, keypair_name="k8s")]))
        await settle(pilot)
        assert app.grid()[0] == " KEY PAIR  prod (0) with k8s (1)"
        assert app.grid()[3].translate(WITHOUT_BARS).split()[-6:] == ["–", "1", "100", "%", "−100", "points"]
        app.panel.view = View().over(TaskStore())
        await press(pilot, "j", "G", "enter", "pagedown")
        assert app.grid()[3] == ""
        assert app.of(ComparisonPanel.Drilled) == []
        app.panel.bench = Bench().comparing("op", "bind", "reset")
        await settle(pilot)
        assert app.grid()[0] == " OPERATION  bind (0) with reset (0)"
        app.panel.bench = Bench(Query())
        assert app.panel.comparison is None

    shown(app, body)


def test_many_tasks_are_compared_in_a_thread() -> None:
    app = ComparisonApp([make_task(i, keypair_name="prod" if i % 4 else "k8s") for i in range(THREAD_ROWS)])

    async def body(pilot: Pilot[None]) -> None:
        assert app.grid()[0] == " KEY PAIR  prod (1,500) with k8s (500)"
        await press(pilot, "tab")
        await compared(pilot, app.panel)
        assert app.panel.comparison is not None
        assert app.panel.comparison.by == "family"
        bench = replace(app.asked, query=replace(app.asked.query, compared=("k8s", "prod")))
        app.panel.bench = bench
        await compared(pilot, app.panel)
        assert app.grid()[0] == " KEY PAIR  k8s (500) with prod (1,500)"

    shown(app, body)


@pytest.mark.parametrize(
    "field", [field if field in {"err", "server"} else pytest.param(field, marks=pytest.mark.full) for field in FACETS]
)
def test_strange_text_keeps_every_line_at_its_width(field: str) -> None:
    rng = Random(7)
    names = ("task_error_msg", "server_name", "keypair_name", "operate_type", "task_error_code")
    made = [make_task(i, **{name: strange(rng, 60) for name in names}) for i in range(12)]
    found = [each.value for each in count(TaskStore(made), range(len(made)), field).values]
    # All tasks are of one day.
    one, other = (*found, "2001-01-01")[:2]
    app = ComparisonApp(made, field, (one, other))

    async def body(pilot: Pilot[None]) -> None:
        for width in (120, 100, 76, 60, 33, 200):
            await pilot.resize_terminal(width, 15)
            for _way in ways_of(field):
                await press(pilot, "tab")
                for strip in screen(app):
                    assert cell_len(strip.text) == strip.cell_length == width
                    assert strip.text.isprintable()
            assert_nothing_stale(app)

    shown(app, body)


@pytest.mark.parametrize("theme", ["ansi-dark", "mono", "terminal", "textual-light"])
def test_the_cursor_shows_in_every_theme(theme: str) -> None:
    app = ComparisonApp(tasks())
    app.theme = theme

    async def body(pilot: Pilot[None]) -> None:
        assert style_at(app, 3, 3).reverse
        assert not style_at(app, 3, 4).reverse
        await press(pilot, "j")
        assert not style_at(app, 3, 3).reverse
        assert style_at(app, 3, 4).reverse
        focused = style_at(app, 3, 4)
        app.set_focus(None)
        await settle(pilot)
        assert style_at(app, 3, 4).reverse
        assert style_at(app, 3, 4) != focused

    shown(app, body)
