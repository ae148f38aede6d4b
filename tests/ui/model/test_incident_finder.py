"""Incidents are found in short steps, and are never those of other rows than the ones on the screen."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from kps_tui.kps.task import FailedTask
from kps_tui.triage.filter import parsed_strictly
from kps_tui.triage.incidents import IncidentSearch
from kps_tui.triage.query import Query, parse_sort
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.model.incident_finder import ROWS, IncidentFinder, Incidents
from tests.triage.tasks import task

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def tasks(count: int) -> list[FailedTask]:
    start = int(NOW.timestamp() * 1000)
    return [task(task_id=f"t{n}", server_id=f"s{n % 50}", task_time=str(start - n * 1000)) for n in range(count)]


def finder(shown: list[Incidents]) -> IncidentFinder:
    def start(work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        return asyncio.ensure_future(work())

    return IncidentFinder(lambda: NOW, start, shown.append)


async def idle(found: IncidentFinder) -> None:
    async with asyncio.timeout(30):
        while found.is_searching:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def test_an_incident_of_an_older_list_or_filter_is_not_shown() -> None:
    async def run() -> None:
        shown: list[Incidents] = []
        finding = finder(shown)
        view = View().over(TaskStore(tasks(10)), NOW)
        finding.follow(view)
        await idle(finding)
        assert shown[-1].first is not None
        others = (view.asking(Query(filter=parsed_strictly("op:bind")), NOW), View().over(TaskStore(tasks(5)), NOW))
        for other in others:
            finding.follow(other)
            at_once = shown[-1]
            assert at_once.first is None
            assert at_once.is_searching
            await idle(finding)
            assert shown[-1].view is other
            assert (shown[-1].first is None) == (len(other) == 0)
            finding.follow(view)
            await idle(finding)

    asyncio.run(run())


@pytest.mark.parametrize("pages", [2, 8])
def test_pages_that_come_behind_are_searched_once(pages: int) -> None:
    async def run() -> int:
        store, view, shown = TaskStore(), View(), list[Incidents]()
        finding = finder(shown)
        rows = tasks(pages * 1000)
        for page in range(pages):
            store.extend(rows[page * 1000 : (page + 1) * 1000])
            view = view.over(store, NOW)
            finding.follow(view)
            await idle(finding)
        assert shown[-1].first is not None
        assert len(shown[-1].first.tasks) == pages * 1000
        search: IncidentSearch = finding._search._searches[False]
        assert sum(search._counts) == search._done == pages * 1000
        return sum(incidents.first is not None for incidents in shown)

    assert asyncio.run(run()) == pages
    assert ROWS < 10_000


def test_another_order_of_the_same_rows_is_not_searched_again() -> None:
    async def run() -> None:
        shown: list[Incidents] = []
        finding = finder(shown)
        view = View().over(TaskStore(tasks(10)), NOW)
        finding.follow(view)
        await idle(finding)
        told = len(shown)
        finding.follow(sorted_view := view.asking(Query(sort=parse_sort("server", option="sort")), NOW))
        assert not finding.is_searching
        assert len(shown) == told
        finding.follow(sorted_view.asking(Query(filter=parsed_strictly("op:bind")), NOW))
        assert shown[-1].is_searching
        finding.follow(view)
        await idle(finding)
        assert shown[-1].first is not None

    asyncio.run(run())
