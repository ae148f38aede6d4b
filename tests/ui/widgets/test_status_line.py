"""The status line: its parts, and that it fits every width."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kps_tui.kps.paging import Verdict
from kps_tui.session.extent import Extent
from kps_tui.triage.filter import parse
from kps_tui.triage.query import Query, SortKey
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench, Range
from kps_tui.ui.model.load_state import LoadKind, LoadState
from kps_tui.ui.model.watch import WatchState
from kps_tui.ui.widgets.status_line import status
from tests.ui.widgets.table_app import key, keys, make_tasks, view_of

NOW = datetime(2026, 11, 23, 8, 31, tzinfo=UTC)
PART = LoadState(extent=Extent(1000, 2500, pages=1, answered_at=NOW.replace(minute=30)))
WHOLE = LoadState(extent=replace(PART.extent, loaded=2500, pages=3, verdict=Verdict.COMPLETE))


def said(
    load: LoadState,
    view: View | None = None,
    bench: Bench | None = None,
    *,
    watching: WatchState | None = None,
    waiting: str = "",
    unanswered: int = 0,
) -> str:
    line = status(
        load,
        View() if view is None else view,
        bench or Bench(),
        200,
        NOW,
        watching=watching,
        waiting=waiting,
        unanswered=unanswered,
    )
    return line.plain


def ends(load: LoadState, watching: WatchState) -> str:
    """The line with the room between its parts closed up to two cells."""
    return re.sub(r" {2,}", "  ", said(load, watching=watching))


def filtered(text: str, count: int) -> View:
    """A view of `count` tasks under a filter."""
    return view_of(make_tasks(count)).asking(Query(filter=parse(text).expression), NOW)


def test_what_is_loaded_is_said_until_all_is() -> None:
    assert said(PART).startswith("2,500 failed · 1,000 of 2,500 loaded · newest first  ")
    assert said(WHOLE).startswith("2,500 failed · all loaded · newest first  ")
    assert "all loaded" not in said(replace(WHOLE, extent=replace(WHOLE.extent, unreadable=1)))
    assert "all loaded" not in said(replace(WHOLE, extent=replace(WHOLE.extent, verdict=Verdict.MISSING)))


def test_it_ends_at_the_right_with_the_time_of_reading() -> None:
    for width in range(40, 160, 7):
        line = status(WHOLE, View(), Bench(), width, NOW)
        assert (line.plain.endswith("  read 08:30:00"), line.cell_length) == (True, width)
    assert "read" not in status(WHOLE, View(), Bench(), len("2,500 failed  read 08:30:00") - 1, NOW).plain
    assert "read" not in said(replace(WHOLE, running=LoadKind.NEXT))


def test_what_the_header_of_the_table_says_too_is_left_out_first() -> None:
    view = filtered("srv", 40)
    order = ["2,500 failed · 40 match · all loaded · newest first", "2,500 failed · 40 match · all loaded"]
    order += ["2,500 failed · 40 match"]
    for words in order:
        line = status(WHOLE, view, Bench(), len(words) + 15, NOW).plain
        assert line == f"{words}  read 08:30:00"
    assert status(WHOLE, view, Bench(), len(order[-1]) + 14, NOW).plain == "2,500 failed · 40 match"


def test_a_filter_and_marks_are_counted() -> None:
    marked = Bench(marked=keys(*range(1001)))
    text = said(PART, filtered("srv", 1042), marked)
    assert "1,000 of 2,500 loaded · ≥ 1,042 match · 1,001 marked · newest first" in text
    assert "0 match" in said(WHOLE, filtered("nowhere", 5))
    assert "match" not in said(WHOLE)
    assert "marked" not in said(WHOLE)


def test_hidden_marks_and_a_range_are_said() -> None:
    marks = keys(1, 2, 3)
    view = filtered("-server:srv-000001", 5)
    assert "3 marked (1 hidden) ·" in said(WHOLE, view, Bench(marked=marks))
    in_range = Bench(marked=marks, range=Range(key(1), frozenset()))
    assert "3 marked (1 hidden), range: v ends it" in said(WHOLE, view, in_range)
    assert "3 marked, range: v ends it" in said(WHOLE, view_of(make_tasks(5)), in_range)


def test_a_load_says_how_far_it_is_and_how_to_stop_it() -> None:
    assert "40 % · Esc stops" in said(replace(PART, running=LoadKind.REST))


def test_a_wait_is_said_only_while_a_load_shows() -> None:
    assert "busy · Esc stops" in said(replace(PART, running=LoadKind.NEXT), waiting="busy")
    assert "busy" not in said(PART, waiting="busy")


def test_a_watch_says_when_it_read_and_when_it_reads_next() -> None:
    watching = WatchState(NOW + timedelta(seconds=12))
    assert ends(WHOLE, watching).endswith("· newest first  watch: read 08:30:00, next 08:31:12")
    paused = replace(watching, is_paused=True)
    assert ends(WHOLE, paused).endswith("· newest first  watch: read 08:30:00, paused")
    kept = LoadState(extent=replace(WHOLE.extent, is_cached=True))
    assert ends(kept, watching).endswith("· newest first  watch: next 08:31:12")


@pytest.mark.parametrize("kind", [LoadKind.FIRST, LoadKind.NEXT, LoadKind.REST, LoadKind.REFRESH])
def test_a_service_that_does_not_answer_shows_for_how_long(kind: LoadKind) -> None:
    assert "· no answer for 7 s · Esc stops" in said(replace(PART, running=kind), unanswered=7)
    assert "no answer" not in said(replace(PART, running=kind))


def test_the_age_of_a_cached_list_is_said() -> None:
    cached = LoadState(extent=replace(WHOLE.extent, is_cached=True, answered_at=NOW - timedelta(days=2)))
    assert "saved list, 2 d ago" in said(cached)
    assert "read " not in said(cached)


@pytest.mark.parametrize("width", range(20, 200, 7))
@pytest.mark.parametrize("mistake", ["", "there is no field “servr” · did you mean “server”?"])
def test_it_is_never_wider_than_its_place_and_begins_with_what_failed(width: int, mistake: str) -> None:
    query = Query((SortKey("server", descending=True), SortKey("time")), parse("srv").expression)
    view = view_of(make_tasks(12)).asking(query, NOW)
    bench = Bench(marked=keys(1, 2, 99), range=Range(key(1), frozenset()))
    for load in (PART, WHOLE, replace(PART, running=LoadKind.REST)):
        line = status(load, view, bench, width, NOW, mistake=mistake)
        assert line.plain.startswith("2,500 failed")
        assert line.cell_length <= width
