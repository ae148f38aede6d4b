"""The last line: numbers with their base, in every width."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kps_tui.kps.paging import Verdict
from kps_tui.ui.load_state import Kind, LoadState
from kps_tui.ui.widgets.status_line import Shown, status

NOW = datetime(2026, 11, 23, 8, 31, tzinfo=UTC)
PART = LoadState(loaded=1000, total=2500, pages=1, answered_at=NOW.replace(minute=30))
WHOLE = replace(PART, loaded=2500, pages=3, verdict=Verdict.COMPLETE)
SHOWN = Shown("newest first")


def said(load: LoadState, shown: Shown, width: int = 200) -> str:
    return " · ".join(part.strip() for part in status(load, shown, width, now=NOW).plain.split("·"))


def test_what_is_loaded_is_said_until_all_is() -> None:
    assert said(PART, SHOWN).startswith("2,500 failed · 1,000 of 2,500 loaded · R loads the rest · newest first")
    assert said(WHOLE, SHOWN).startswith("2,500 failed · newest first · read 08:30:00")


def test_a_filter_and_marks_are_counted() -> None:
    text = said(PART, Shown("newest first", matching=1042, marked=1001))
    assert "≥ 1,042 match · 1,001 marked · R loads the other 1,500" in text
    assert "0 match" in said(WHOLE, Shown(matching=0))
    assert "match" not in said(WHOLE, SHOWN)
    assert "marked" not in said(WHOLE, SHOWN)
    assert "3 marked (1 hidden), range: v ends it" in said(WHOLE, Shown(marked=3, hidden=1, in_range=True))


def test_a_load_says_how_far_it_is_and_how_to_stop_it() -> None:
    assert "40 % · Esc stops" in said(replace(PART, running=Kind.REST), SHOWN)


@pytest.mark.parametrize("width", range(20, 200, 7))
def test_it_is_never_wider_than_its_place_and_begins_with_what_failed(width: int) -> None:
    mistake = "there is no field “servr” · did you mean “server”?"
    shown = Shown("by server Z–A, then oldest first", 12, 3, 1, in_range=True, mistake=mistake)
    for load in (PART, WHOLE, replace(PART, running=Kind.REST)):
        line = status(load, shown, width, now=NOW)
        assert line.plain.startswith("2,500 failed")
        assert line.cell_length <= width
