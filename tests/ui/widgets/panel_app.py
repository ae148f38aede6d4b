"""A facet panel in a small app, and tasks to count."""

from array import array
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from kps_tui.kps.paging import Verdict
from kps_tui.kps.task import FailedTask
from kps_tui.session.extent import Extent
from kps_tui.triage.facets import ALL
from kps_tui.triage.query import Query
from kps_tui.triage.store import Derived, TaskStore, Values
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.theme import OWN_THEMES
from kps_tui.ui.widgets.facets.panel import FacetPanel
from tests.ui.harness import Harness, assert_nothing_stale, drive, lines, settle
from tests.ui.widgets.table_app import make_task

ERRORS = ("login incorrect", "登录凭证错误，请检查root密码或私钥", "timed out", "")


class Asked(TaskStore):
    """Records what is counted."""

    def __init__(self, tasks: list[FailedTask]) -> None:
        self.asked: list[str] = []
        super().__init__(tasks)

    def times_of(self, indices: Iterable[int]) -> "array[int]":
        self.asked.append("day")
        return super().times_of(indices)

    def values(self, derived: Derived[Any]) -> Values[Any]:
        if derived.name.startswith("facet "):
            self.asked.append(derived.name.split()[1])
        return super().values(derived)


class PanelApp(Harness):
    """A panel over `tasks`, focused."""

    def __init__(self, tasks: list[FailedTask], facet: str = ALL, theme: str = "ansi-dark") -> None:
        self.panel = FacetPanel()
        self.sent: set[tuple[int, int, int]] = set()
        """The parts of lines sent to the terminal, each as line, first cell, and cell after the last one."""
        super().__init__(self.panel)
        for own in OWN_THEMES:
            self.register_theme(own)
        self.theme = theme
        self.store = Asked(tasks)
        self.facet = facet

    def on_mount(self) -> None:
        self.panel.load = LoadState(extent=Extent(10, 25, pages=1, verdict=Verdict.MISSING))
        self.panel.view = View().over(self.store)
        self.panel.bench = Bench(Query(facet=self.facet))
        self.panel.focus()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Record what is sent to the terminal."""
        if isinstance(renderable, ChopsUpdate):
            self.sent.update(renderable.spans)
        elif renderable is not None:
            self.sent.update((y, 0, self.size.width) for y in range(self.size.height))
        super()._display(screen, renderable)

    @property
    def said(self) -> list[tuple[str, ...]]:
        drilled = [("drilled", message.field, *message.values) for message in self.of(FacetPanel.Drilled)]
        return [*drilled, *(("opened", message.field) for message in self.of(FacetPanel.Opened))]

    def grid(self) -> list[str]:
        return [line.rstrip() for line in lines(self)]


async def counted(pilot: Pilot[None], panel: FacetPanel) -> None:
    """Wait for the counting thread."""
    for _ in range(3000):
        if not panel.is_counting:
            await settle(pilot)
            return
        await pilot.pause(0.01)
    raise AssertionError("never counted")


def shown(
    tasks: list[FailedTask],
    body: Callable[[Pilot[None], PanelApp], Awaitable[None]],
    facet: str = ALL,
    size: tuple[int, int] = (120, 30),
    theme: str = "ansi-dark",
) -> None:
    app = PanelApp(tasks, facet, theme)

    async def run(pilot: Pilot[None]) -> None:
        await counted(pilot, app.panel)
        await body(pilot, app)
        await settle(pilot)
        assert_nothing_stale(app)

    drive(app, run, size)


def few() -> list[FailedTask]:
    """Ten tasks: errors 4, 3, 2, 1; one server each; no codes; two key pairs; one day."""
    errors = [ERRORS[0]] * 4 + [ERRORS[1]] * 3 + [ERRORS[2]] * 2 + [ERRORS[3]]
    return [
        make_task(i, task_error_msg=error, operate_type="FAILED_BIND", keypair_name=f"kp-{i % 2}")
        for i, error in enumerate(errors)
    ]


def many(count: int) -> list[FailedTask]:
    """`count` tasks of different servers, except that the first ten servers occur twice."""
    return [make_task(i, server_name=f"srv-{i if i < count else i - count:06}") for i in range(count + 10)]
