"""The first line of the screen: what it says is new, since when, and how sure that is."""

from datetime import UTC, datetime

import pytest
from textual.pilot import Pilot

from kps_tui.kps.paging import Verdict
from kps_tui.session.extent import Extent
from kps_tui.triage.knowledge import NOTHING, Knowledge, Visit
from kps_tui.triage.query import Query
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.standing_words import since_words
from kps_tui.ui.widgets.title_line import TitleLine
from tests.ui.harness import Harness, drive, lines, settle
from tests.ui.widgets.table_app import make_tasks

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
PART, WHOLE = (LoadState(extent=Extent(5, 9, 1, verdict=verdict)) for verdict in (None, Verdict.COMPLETE))
STORE = TaskStore(make_tasks(5))
ROWS = STORE.row_numbers()
LAST = Visit(round(datetime(2026, 11, 25, 18, 2, tzinfo=UTC).timestamp() * 1000), is_whole=True)


def view_of(knowledge: Knowledge) -> View:
    return View().showing(STORE, Query(), NOW, knowledge)


@pytest.mark.parametrize(
    ("knowledge", "load", "said"),
    [
        (NOTHING, WHOLE, ""),
        (Knowledge(came=frozenset(ROWS[:1])), WHOLE, "1 new"),
        (Knowledge(is_first_visit=True), PART, "first visit"),
        (Knowledge(is_first_visit=True, came=frozenset(ROWS[:2])), WHOLE, "first visit, 2 new"),
        (Knowledge(seen=dict.fromkeys(ROWS[1:], True), visit=LAST), WHOLE, "1 new since Wed 18:02"),
        (Knowledge(seen=dict.fromkeys(ROWS[2:], True), visit=LAST), PART, "≥ 2 new since Wed 18:02"),
        (Knowledge(seen=dict.fromkeys(ROWS, True), visit=LAST), WHOLE, "nothing new since Wed 18:02"),
        (Knowledge(seen=dict.fromkeys(ROWS, True), visit=LAST), PART, "≥ 0 new since Wed 18:02"),
        (Knowledge(seen=dict.fromkeys(ROWS, True), visit=LAST), LoadState(), ""),
    ],
)
def test_it_says_what_is_new_and_how_sure_that_is(knowledge: Knowledge, load: LoadState, said: str) -> None:
    assert since_words(view_of(knowledge).standings, load.extent, NOW) == said


@pytest.mark.parametrize("width", [60, 80, 140])
def test_what_is_new_stands_at_the_right_and_the_login_is_cut_first(width: int) -> None:
    title = TitleLine(lambda: NOW)
    app = Harness(title)

    async def body(pilot: Pilot[None]) -> None:
        title.heading = Heading("cn-north-4", "host", "0123456789abcdef" * 2, "keyring, profile “prod”")
        title.load = WHOLE
        assert "since" not in lines(app)[0]
        title.view = view_of(Knowledge(seen=dict.fromkeys(ROWS[1:], True), visit=LAST))
        await settle(pilot)
        shown = lines(app)[0]
        assert shown.startswith("kps-tui  cn-north-4")
        assert shown.endswith("  1 new since Wed 18:02")
        assert ("profile" in shown) == (width == 140)
        assert ("  ·  012345…abcdef" in shown) == (width <= 80)
        assert ("project " + "0123456789abcdef" * 2 in shown) == (width > 80)

    drive(app, body, size=(width, 4))


@pytest.mark.parametrize(
    ("width", "place", "demo", "shown"),
    [
        (80, "cn-north-4", True, "kps-tui   DEMO   cn-north-4  ·  012345…abcdef"),
        (62, "cn-north-4", True, " DEMO   cn-north-4  ·  012345…abcdef"),
        (58, "cn-north-4", True, " DEMO   cn-n…th-4  ·  012345…abcdef"),
        (60, "kms.eu-west-101.myhuaweicloud.eu:8443", False, "kms.eu-we…d.eu:8443  ·  012345…abcdef"),
    ],
)
def test_in_a_narrow_line_place_and_project_keep_their_ends(width: int, place: str, demo: bool, shown: str) -> None:
    title = TitleLine(lambda: NOW)
    app = Harness(title)

    async def body(pilot: Pilot[None]) -> None:
        title.heading = Heading(place, "host", "0123456789abcdef" * 2, "keyring", demo)
        title.load = WHOLE
        title.view = view_of(Knowledge(seen=dict.fromkeys(ROWS[1:], True), visit=LAST))
        await settle(pilot)
        left, new, right = lines(app)[0].partition("  1 new since Wed 18:02")
        assert left.rstrip() == shown
        assert (bool(new), right) == (True, "")

    drive(app, body, size=(width, 4))
