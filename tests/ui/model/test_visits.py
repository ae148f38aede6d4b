"""The visits of the screen: what each one learns from the ledger, and what it leaves there when it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.paging import Verdict
from kps_tui.kps.task import FailedTask
from kps_tui.problems import Problem
from kps_tui.session.ledger import LAST_ROWS, ROWS_AT_ONCE, Ledger
from kps_tui.session.place import Place
from kps_tui.session.reading import Reading
from kps_tui.triage.knowledge import NOTHING
from kps_tui.triage.standings import Standing, Standings
from kps_tui.ui.model.visits import Visits, arrived

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORIGIN = Endpoint.parse("http://127.0.0.1:1")


class Desk:
    """Visits over a ledger in a folder, with a clock that the test sets."""

    def __init__(self, path: Path | None, project: str = "p") -> None:
        self.path = path
        self.project = project
        self.now = NOON
        self.said: list[str] = []
        self.learned = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.visits = Visits(self.ledger, lambda: self.now, self.start, self.count, self.said.append)

    def ledger(self) -> Ledger | None:
        return Ledger(self.path, Place(ORIGIN, ORIGIN, "", self.project)) if self.project else None

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def count(self) -> None:
        self.learned += 1

    async def settle(self) -> None:
        """Wait until everything that was started has ended."""
        async with asyncio.timeout(30):
            while self.tasks or self.visits.is_recording:
                await asyncio.gather(*self.tasks)
                await self.visits.finish()

    def new(self, reading: Reading) -> int:
        return Standings(self.visits.knowledge).over(reading.store).count(Standing.NEW)

    async def visit(self, reading: Reading) -> int:
        """Make a whole visit of an hour; return how many rows were new."""
        self.visits.begin()
        await self.settle()
        new = self.new(reading)
        self.now += timedelta(hours=1)
        self.visits.end(reading, Standings(self.visits.knowledge).over(reading.store))
        await self.settle()
        self.now += timedelta(hours=1)
        return new


def task(number: int, name: str = "") -> FailedTask:
    """Return the task with this number; a higher number is an older task, all before `NOON`."""
    at = round(NOON.timestamp() * 1000) - 1000 * number
    return FailedTask(name or f"t{number}", "FAILED_BIND", str(at), None, None, None, f"s{number}", None, at)


def reading(numbers: range, *, complete: bool = True, is_cached: bool = False) -> Reading:
    """Return a reading of the tasks with these numbers."""
    result = Reading(None, 10, lambda: NOON)  # type: ignore[arg-type]
    result.store.extend(map(task, numbers))
    result.is_cached = is_cached
    result.paging = replace(result.paging, pages=1, verdict=Verdict.COMPLETE if complete else None)
    return result


def numbers(*which: int) -> frozenset[int]:
    return frozenset(row for number in which for row in reading(range(number, number + 1)).store.row_numbers())


def drive(body: Callable[[], Awaitable[None]]) -> None:
    async def go() -> None:
        await body()

    asyncio.run(go())


def test_a_second_visit_finds_what_came_since_the_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledger")

    async def body() -> None:
        assert await desk.visit(reading(range(10, 20))) == 0
        desk.visits.begin()
        await desk.settle()
        assert not desk.visits.knowledge.is_first_visit
        desk.visits.end(None, Standings())
        assert await desk.visit(reading(range(7, 20))) == 3
        assert await desk.visit(reading(range(7, 20))) == 0

    drive(body)
    assert desk.said == []
    assert desk.learned == 4


def test_the_first_visit_says_that_it_is_the_first_and_the_demo_always_does(tmp_path: Path) -> None:
    async def body() -> None:
        for path in (tmp_path / "ledger", None):
            desk = Desk(path)
            is_first = [desk.visits.knowledge.is_first_visit]
            desk.visits.begin()
            await desk.settle()
            is_first.append(desk.visits.knowledge.is_first_visit)
            assert (is_first, desk.learned) == ([False, True], 1)

    drive(body)
    assert [*tmp_path.iterdir()] == []


def test_a_visit_begins_once_and_not_before_the_project_is_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledger", project="")

    async def body() -> None:
        begun = []
        for project in ("", "p", "p"):
            desk.project = project
            desk.visits.begin()
            begun.append(len(desk.tasks))
        assert begun == [0, 1, 1]
        await desk.settle()
        desk.visits.end(reading(range(3)), Standings())
        desk.project = "another"
        desk.visits.begin()
        assert desk.visits.knowledge is NOTHING
        await desk.settle()
        assert desk.visits.knowledge.is_first_visit

    drive(body)


@pytest.mark.parametrize(
    "unread",
    [None, reading(range(5), is_cached=True), Reading(None, 10)],  # type: ignore[arg-type]
)
def test_a_visit_that_read_nothing_leaves_nothing(unread: Reading | None, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledger")

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        desk.visits.end(unread, Standings())
        assert not desk.visits.is_recording

    drive(body)
    assert [*tmp_path.iterdir()] == []


def test_a_long_list_is_recorded_part_by_part_and_stays_known(tmp_path: Path) -> None:
    count = ROWS_AT_ONCE + 5
    desk = Desk(tmp_path / "ledger")
    rows = reading(range(10, 10 + count))

    async def body() -> None:
        assert await desk.visit(rows) == 0
        desk.visits.begin()
        await desk.settle()
        assert len(desk.visits.knowledge.seen) == count
        assert sum(desk.visits.knowledge.seen.values()) == count
        desk.visits.end(None, Standings())
        assert await desk.visit(reading(range(8, 10 + count))) == 2
        desk.visits.begin()
        await desk.settle()
        seen = desk.visits.knowledge.seen
        assert len(seen) == count + 2
        assert sum(seen.values()) == 2 + LAST_ROWS, "known rows are not stored again, but for the last ones"

    drive(body)


def test_a_visit_that_was_not_recorded_to_its_end_makes_nothing_new_that_was_there(tmp_path: Path) -> None:
    count = ROWS_AT_ONCE + 100
    desk, rows = Desk(tmp_path / "ledger"), reading(range(10, 10 + count))

    async def body() -> None:
        ledger = desk.ledger()
        assert ledger is not None
        started = NOON - timedelta(hours=1)
        first = reading(range(10, 10 + ROWS_AT_ONCE))
        ledger.record(Standings().over(first.store), started, NOON, is_whole=False)
        assert await desk.visit(rows) == 0
        assert await desk.visit(reading(range(8, 10 + count))) == 2

    drive(body)


def test_rows_that_are_seen_at_each_visit_are_never_forgotten(tmp_path: Path) -> None:
    desk, rows = Desk(tmp_path / "ledger"), reading(range(10, 2000))

    async def body() -> None:
        await desk.visit(rows)
        ledger = desk.ledger()
        assert ledger is not None
        for days in (80, 91, 120, 175):
            now = NOON + timedelta(days=days)
            file, key = ledger._opened(tmp_path / "ledger")
            remembered = file.load(key, "", round(now.timestamp() * 1000))
            knowledge = replace(desk.visits.knowledge, seen=remembered.seen, stale=remembered.stale)
            ledger.record(Standings(knowledge).over(rows.store), now, now, is_whole=True)
        assert await desk.visit(rows) == 0
        desk.visits.begin()
        await desk.settle()
        assert len(desk.visits.knowledge.seen) == 1990

    drive(body)


def test_acknowledgements_count_at_once_are_stored_and_withdrawn(tmp_path: Path) -> None:
    desk, rows = Desk(tmp_path / "ledger"), reading(range(5))

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        await desk.visits.acknowledge(desk.visits.ledger, rows.store, [1, 2], "INC-1")
        known = Standings(desk.visits.knowledge).over(rows.store)
        assert [known.note(index) for index in range(5)] == ["", "INC-1", "INC-1", "", ""]
        other = Desk(tmp_path / "ledger")
        other.visits.begin()
        await other.settle()
        assert Standings(other.visits.knowledge).over(rows.store).count(Standing.ACKED) == 2
        await desk.visits.withdraw(desk.visits.ledger, [rows.store.row_numbers()[1]])
        assert Standings(desk.visits.knowledge).over(rows.store).count(Standing.ACKED) == 1
        ledger = desk.ledger()
        assert ledger is not None
        assert len(ledger.knowledge().acknowledgements) == 1

    drive(body)


def test_in_the_demo_an_acknowledgement_counts_for_the_run() -> None:
    desk, rows = Desk(None), reading(range(5))

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        await desk.visits.acknowledge(desk.visits.ledger, rows.store, [1], "")
        assert Standings(desk.visits.knowledge).over(rows.store).count(Standing.ACKED) == 1

    drive(body)


def test_a_repeat_lifts_an_acknowledgement_for_good(tmp_path: Path) -> None:
    desk, rows = Desk(tmp_path / "ledger"), reading(range(3, 6))

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        await desk.visits.acknowledge(desk.visits.ledger, rows.store, [0], "")
        later = rows.store.times[0] + 1
        again = replace(task(3, "again"), task_time=str(later), milliseconds=later)
        repeated = reading(range(3, 6))
        repeated.store.extend([again])
        desk.visits.end(repeated, Standings(desk.visits.knowledge).over(repeated.store))
        await desk.settle()
        desk.visits.begin()
        await desk.settle()
        known = Standings(desk.visits.knowledge).over(rows.store)
        assert known.count(Standing.ACKED) == 0
        assert known.acknowledgements[0].has_fallen

    drive(body)


def test_a_ledger_that_cannot_be_used_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    desk, rows = Desk(tmp_path / "ledger"), reading(range(5))

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        assert not desk.visits.knowledge.is_first_visit
        with pytest.raises(Problem, match="can't be used"):
            await desk.visits.acknowledge(desk.visits.ledger, rows.store, [1], "")
        assert desk.visits.knowledge is NOTHING
        desk.visits.end(rows, Standings())
        await desk.settle()

    drive(body)
    assert len(desk.said) == 1
    assert "can't be used" in desk.said[0]


def test_what_came_while_the_screen_was_open_is_new_until_the_visit_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledger")

    async def body() -> None:
        desk.visits.begin()
        desk.visits.renewed(reading(range(10, 20)), reading(range(7, 20)))
        await desk.settle()
        assert desk.visits.knowledge.is_first_visit
        desk.visits.renewed(reading(range(7, 20)), reading(range(5, 20)))
        assert desk.new(reading(range(5, 20))) == 5
        assert await desk.visit(reading(range(5, 20))) == 5
        assert await desk.visit(reading(range(5, 20))) == 0

    drive(body)


def test_many_rows_are_compared_in_a_thread() -> None:
    desk = Desk(None)

    async def body() -> None:
        desk.visits.begin()
        desk.visits.renewed(reading(range(10, 12_000)), reading(range(7, 12_000)))
        assert len(desk.tasks) == 2
        await desk.settle()
        assert desk.new(reading(range(7, 12))) == 3

    drive(body)


def test_rows_that_a_new_reading_has_have_arrived() -> None:
    assert arrived(reading(range(10, 20)), reading(range(7, 20))) == numbers(7, 8, 9)
    assert arrived(reading(range(7, 20)), reading(range(8, 20))) == frozenset()


def test_rows_that_only_slid_in_from_a_page_that_was_not_read_have_not_arrived() -> None:
    before, after = reading(range(10, 20), complete=False), reading(range(9, 25), complete=False)
    assert arrived(before, after) == numbers(9)


@pytest.mark.parametrize("before", [None, reading(range(10, 20), is_cached=True)])
def test_after_a_cached_list_or_none_nothing_is_new(before: Reading | None) -> None:
    desk = Desk(None)
    desk.visits.renewed(before, reading(range(7, 20)))
    assert desk.visits.knowledge is NOTHING


def test_an_acknowledgement_is_stored_for_the_project_whose_tasks_were_on_the_screen(tmp_path: Path) -> None:
    desk, rows = Desk(tmp_path / "ledger"), reading(range(3))

    async def known(project: str) -> int:
        desk.project = project
        desk.visits.begin()
        await desk.settle()
        return len(desk.visits.knowledge.acknowledgements)

    async def body() -> None:
        desk.visits.begin()
        await desk.settle()
        ledger = desk.visits.ledger
        desk.visits.end(rows, Standings())
        assert await known("another") == 0
        await desk.visits.acknowledge(ledger, rows.store, [1], "note")
        assert len(desk.visits.knowledge.acknowledgements) == 0
        desk.visits.end(None, Standings())
        assert await known("p") == 1

    drive(body)
