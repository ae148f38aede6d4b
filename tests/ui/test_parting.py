"""The line that stays in the terminal."""

from datetime import UTC, datetime

import pytest

from kps_tui.kps.paging import Verdict
from kps_tui.session.extent import Extent
from kps_tui.triage.knowledge import NOTHING, Knowledge, Visit, acknowledged
from kps_tui.triage.standings import Standings
from kps_tui.triage.store import TaskStore
from kps_tui.ui.heading import Heading
from kps_tui.ui.parting import parting_line
from tests.ui.widgets.table_app import make_tasks

STORE = TaskStore(make_tasks(10))
ROWS = STORE.row_numbers()
AT = round(datetime(2026, 11, 25, 18, 2, tzinfo=UTC).timestamp() * 1000)
MADE = {each.row: each for each in acknowledged(STORE, [4, 5, 6], AT, "")}
KNOWN = Knowledge(seen=dict.fromkeys(ROWS[2:], True), visit=Visit(AT, is_whole=True), acknowledgements=MADE)
HEADING = Heading("cn-north-4", "kms", "0" * 32, "keyring", profile="prod", project="shop-prod")
WHOLE = Extent(10, 10, 1, verdict=Verdict.COMPLETE)
PART = Extent(10, 2500, 1)


def line(heading: Heading, extent: Extent, knowledge: Knowledge) -> str:
    return parting_line(heading, extent, Standings(knowledge).over(STORE))


@pytest.mark.parametrize(
    ("heading", "extent", "knowledge", "said"),
    [
        (
            HEADING,
            WHOLE,
            KNOWN,
            "kps-tui prod/cn-north-4 shop-prod: 10 failed, 2 new, 3 acknowledged, 7 open (all loaded)",
        ),
        (
            HEADING,
            PART,
            KNOWN,
            "kps-tui prod/cn-north-4 shop-prod: 2,500 failed, ≥ 2 new, ≥ 3 acknowledged, ≥ 7 open (10 of 2,500 loaded)",
        ),
        (
            Heading("cn-north-4", "kms", "p1", demo=True, project="p1"),
            WHOLE,
            Knowledge(is_first_visit=True),
            "kps-tui DEMO cn-north-4 p1: 10 failed, first visit, 0 acknowledged, 10 open (all loaded)",
        ),
        (
            Heading("cn-north-4", "kms", "p1", project="p1"),
            WHOLE,
            Knowledge(is_first_visit=True, came=frozenset(ROWS[:1])),
            "kps-tui cn-north-4 p1: 10 failed, 1 new, 0 acknowledged, 10 open (all loaded)",
        ),
        (HEADING, WHOLE, NOTHING, "kps-tui prod/cn-north-4 shop-prod: 10 failed (all loaded)"),
        (HEADING, Extent(), KNOWN, ""),
    ],
)
def test_it_says_what_was_shown_last(heading: Heading, extent: Extent, knowledge: Knowledge, said: str) -> None:
    assert line(heading, extent, knowledge) == said


def test_text_from_outside_is_harmless() -> None:
    said = line(Heading("a\x1b[2J", "kms", "p", profile="b\r\n", project="\x9bc"), WHOLE, KNOWN)
    assert said.isprintable()
    assert "␛[2J" in said
