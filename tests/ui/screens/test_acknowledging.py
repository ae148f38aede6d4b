"""What is new and acknowledged on the screen: its keys, its marks, and what a later visit finds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.locations import ledger_file
from kps_tui.triage.standings import Standing
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.acknowledged import Acknowledged
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.filter.input import FilterInput
from tests.demo_app import NOW, grid, settled, until
from tests.live_app import Service, home, live
from tests.loopback import listing, row, serving
from tests.ui.screens.driving import (
    at_cursor,
    ids,
    line_of,
    numbers,
    press,
    said,
    signs,
    status_of,
    text_of,
    until_said,
    write,
)

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
Visit = Callable[[KpsApp, Pilot[int], TriageScreen], Awaitable[None]]
DAY = 86_400_000


def rows(*which: int) -> list[dict[str, Any]]:
    """Rows by number; a higher number is an older task. Each has a server of its own."""
    return [row(number, server_id=f"server-{number}") for number in which]


def is_learned(screen: TriageScreen) -> bool:
    """Return whether the ledger was read for this visit."""
    return screen.visits.knowledge.is_first_visit or screen.visits.knowledge.visit is not None


def drive(service: Service, *visits: Visit, before: Callable[[int], None] = lambda number: None) -> None:
    """Make visits one after the other, a day apart; `before` is called with the number of each."""

    def at(day: int) -> Callable[[], datetime]:
        return lambda: NOW + timedelta(days=day)

    async def make(visit: Visit, app: KpsApp, pilot: Pilot[int]) -> None:
        screen = await settled(app, pilot)
        await until(pilot, "the ledger was read, or that failed", lambda: is_learned(screen) or bool(said(app)))
        await settled(app, pilot)
        await visit(app, pilot, screen)

    async def go() -> None:
        async with serving(service) as server:
            for number, visit in enumerate(visits):
                before(number)
                async with live(server.endpoint, now=at(number)) as (app, pilot):
                    await make(visit, app, pilot)

    asyncio.run(go())


def test_what_came_since_the_last_visit_is_new_and_n_goes_there() -> None:
    before = [*range(10, 20), *range(21, 40)]
    service = Service(listing(rows(*before)))
    came = [row(5, server_id="server-5", task_time=str(int(row(5)["task_time"]) + DAY))]

    async def first(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert grid(app)[0].rstrip().endswith("first visit")
        await press(app, pilot, "n")
        await until_said(app, pilot, "no task is new")
        service.reply = listing(came + rows(*range(10, 40)))

    async def second(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert grid(app)[0].rstrip().endswith("2 new since Mon 08:30")
        assert signs(app, 13) == ["+", *" " * 10, "+", " "]
        await press(app, pilot, "n")
        assert at_cursor(screen) == "task-000020", "a late row among those that were loaded is new"
        for key, there in (("n", "05"), ("N", "20"), ("N", "05"), ("n", "20"), ("n", "05")):
            await press(app, pilot, key)
            assert at_cursor(screen) == f"task-0000{there}", "after the last comes the first"
        await press(app, pilot, "a", "enter", "n", "n")
        assert at_cursor(screen) == "task-000020"
        await until_said(app, pilot, "no other task is new")
        await press(app, pilot, "a", "enter", "n")
        await until_said(app, pilot, "every new task is acknowledged")
        await press(app, pilot, "a", "w", "slash")
        await write(app, pilot, "is:new is:open")
        await press(app, pilot, "enter")
        assert ids(screen) == ["task-000020"]

    async def third(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert grid(app)[0].rstrip().endswith("nothing new since Tue 08:30")
        assert signs(app, 13) == ["✓", *" " * 12]
        assert "1 acknowledged" in status_of(app)

    drive(service, first, second, third)


def test_a_acknowledges_the_marked_tasks_with_a_note_and_a_hides_them() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        await press(app, pilot, "space", "space", "a")
        assert isinstance(app.screen, Prompt)
        assert "─ Acknowledge · 2 marked tasks ─" in text_of(app)
        await write(app, pilot, "INC-4711")
        await press(app, pilot, "enter")
        await until_said(app, pilot, "2 tasks are acknowledged")
        assert len(screen.bench.marked) == 2, "the marks stay"
        assert signs(app, 3) == ["●", "●", " "]
        await press(app, pilot, "u")
        assert signs(app, 3) == ["✓", "✓", " "]
        acknowledgement = screen.view.acknowledgement_of(screen.view.store.row_key(0))
        assert acknowledgement is not None
        assert acknowledgement.note == "INC-4711"
        await press(app, pilot, "A")
        assert numbers(screen) == list(range(2, 20))
        assert "-is:acked" in line_of(app, FilterInput)
        await press(app, pilot, "left_square_bracket")
        assert numbers(screen) == list(range(20))
        await press(app, pilot, "A", "A")
        assert numbers(screen) == list(range(20))

    drive(Service(listing(rows(*range(20)))), body)


def test_a_again_changes_the_note_or_withdraws_it() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        await press(app, pilot, "g", "a")
        await write(app, pilot, "one")
        await press(app, pilot, "enter", "a")
        assert isinstance(app.screen, Acknowledged)
        assert "note: one" in text_of(app)
        assert "─ Acknowledged · reset on web-0 ─" in text_of(app)
        assert signs(app, 1) == ["✓"], "the table stays in sight"
        await press(app, pilot, "n", "backspace", "backspace", "backspace")
        await write(app, pilot, "two")
        await press(app, pilot, "enter")
        acknowledgement = screen.view.acknowledgement_of(screen.view.store.row_key(0))
        assert acknowledgement is not None
        assert acknowledgement.note == "two"
        await press(app, pilot, "a", "escape", "a", "w")
        await until_said(app, pilot, "1 task is open again")
        assert screen.view.standings.count(Standing.ACKED) == 0
        await press(app, pilot, "j", "a", "enter", "g", "space", "space", "a")
        assert "1 of them is acknowledged already." in text_of(app)

    drive(Service(listing(rows(*range(20)))), body)


def test_a_repeat_lifts_an_acknowledgement() -> None:
    service = Service(listing(rows(*range(10, 20))))
    again = row(5, server_id="server-10", task_time=str(int(row(5)["task_time"]) + DAY))

    async def first(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        await press(app, pilot, "a", "enter")
        assert signs(app, 2) == ["✓", " "]
        service.reply = listing([again | {"operate_type": row(10)["operate_type"]}, *rows(*range(10, 20))])

    async def second(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert signs(app, 3) == ["+", " ", " "]
        assert screen.view.standing_of(screen.view.store.row_key(0)) == Standing.NEW | Standing.REPEAT
        service.reply = listing(rows(*range(10, 20)))

    async def third(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert signs(app, 2) == [" ", " "], "it stays lifted when the repeat is gone"

    drive(service, first, second, third)


def test_a_filter_that_hides_what_is_new_says_so() -> None:
    service = Service(listing(rows(*range(10, 40))))
    came = [row(5, server_id="server-5", task_time=str(int(row(5)["task_time"]) + DAY))]

    async def first(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        service.reply = listing(came + rows(*range(10, 40)))

    async def second(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        await press(app, pilot, "slash")
        await write(app, pilot, "-is:new")
        await press(app, pilot, "enter", "n")
        await until_said(app, pilot, "the filter hides 1 new task")

    drive(service, first, second)


def test_a_damaged_ledger_costs_one_sentence_and_the_next_visit_knows_this_one() -> None:
    service = Service(listing(rows(*range(10, 20))))

    async def first(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        await press(app, pilot, "a", "enter")

    async def second(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert [text for text in said(app) if "ledger" in text] == [said(app)[0]]
        assert "ledger.sqlite3 is damaged" in said(app)[0]
        assert "visit" not in grid(app)[0]
        assert signs(app, 2) == [" ", " "]

    async def third(app: KpsApp, pilot: Pilot[int], screen: TriageScreen) -> None:
        assert said(app) == []
        assert grid(app)[0].rstrip().endswith("nothing new since Tue 08:30")

    def damage(number: int) -> None:
        if number == 1:
            ledger_file().write_bytes(b"no database" * 100)

    drive(service, first, second, third, before=damage)
