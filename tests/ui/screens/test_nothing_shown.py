"""A list without a task, and a filter that matches none: which keys are offered, and what the others do."""

import pytest
from textual.pilot import Pilot

from kps_tui.triage.facets import ALL
from kps_tui.triage.query import parse_sort
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import grid, press_keys, settled, until
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import filter_by, mixed, press, text_of
from tests.ui.screens.test_triage import Gate, drive


@pytest.mark.parametrize(
    ("count", "typed", "offered", "keys"),
    [
        (0, "", "? Help  q Quit", "sSfFtdA=!v*j/"),
        (2500, "nothing", "/ Filter  R Rest  Esc Back  ? Help  q Quit", "sSfFtd=!v*j"),
    ],
)
def test_without_a_task_no_key_is_offered_that_needs_one_and_none_does_anything(
    count: int, typed: str, offered: str, keys: str
) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        if typed:
            await filter_by(app, pilot, typed)
        assert grid(app)[-1].split() == offered.split()
        before = text_of(app)
        await press(app, pilot, *keys, "space")
        assert (app.screen, text_of(app)) == (screen, before)
        if typed:
            await press(app, pilot, "escape")
            assert grid(app)[-1].startswith(" Enter Detail  / Filter  F Groups  s Sort ")

    drive(listing(mixed(count)), body)


def test_in_the_details_enter_leads_to_the_list() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "enter")
        assert grid(app)[-1].startswith(" Enter List  j Next ")
        await press(app, pilot, "enter")
        assert grid(app)[-1].startswith(" Enter Detail  / Filter ")

    drive(listing(mixed(7)), body)


def test_a_key_typed_before_the_first_page_is_not_lost() -> None:
    gate = Gate(listing(mixed(70)))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await until(pilot, "the first page is asked for", lambda: bool(server.requests))
        await press_keys(app, "s", "F")
        gate.open.set()
        await settled(app, pilot)
        assert (screen.bench.query.sort, screen.bench.query.facet) == (parse_sort("time"), ALL)

    drive(gate, body, wait=False)
