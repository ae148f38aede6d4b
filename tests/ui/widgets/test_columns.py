"""The layout of the columns."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from kps_tui.triage.fields import BY_KEY, COLUMNS
from kps_tui.ui.widgets.task_table.columns import (
    COLUMN_OF,
    GAP,
    GUTTER,
    LEAST_REST,
    LEAST_SCROLLED,
    MARGIN,
    ColumnSlot,
    chosen_columns,
    fields_in_order,
    layout,
)
from tests.ui.widgets.table_app import make_task

NAMES = ("server", "key")


def table_cells(terminal: int) -> int:
    """Return the cells of the table in a terminal of so many columns: without the scrollbar and the detail beside."""
    return terminal - 1 - (58 if terminal >= 200 else 56 if terminal >= 180 else 0)


def widths(terminal: int, scrolled: str = "", chosen: tuple[str, ...] = COLUMNS) -> dict[str, int]:
    slots = layout(table_cells(terminal), terminal, chosen, scrolled)
    return {slot.column.key: slot.width for slot in slots}


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [
        (260, {"time": 14, "op": 7, "server": 28, "key": 20, "err": 121}),
        (200, {"time": 14, "op": 7, "server": 28, "key": 20, "err": 61}),
        (199, {"time": 14, "op": 7, "server": 28, "key": 17, "err": 65}),
        (180, {"time": 14, "op": 7, "server": 28, "key": 17, "err": 46}),
        (179, {"time": 11, "op": 7, "server": 26, "key": 17, "err": 106}),
        (120, {"time": 11, "op": 7, "server": 26, "key": 17, "err": 47}),
        (100, {"time": 11, "op": 7, "server": 26, "key": 17, "err": 27}),
        (99, {"time": 11, "op": 7, "server": 26, "err": 45}),
        (80, {"time": 11, "op": 7, "server": 26, "err": 26}),
        (79, {"time": 5, "op": 7, "server": 26, "err": 31}),
        (60, {"time": 5, "op": 7, "server": 20, "err": 18}),
        (59, {"time": 5, "op": 7, "err": 39}),
        (40, {"time": 5, "op": 7, "err": 20}),
        (30, {"time": 5, "err": 19}),
    ],
)
def test_widths_of_usual_terminals(terminal: int, expected: dict[str, int]) -> None:
    assert widths(terminal) == expected


def test_a_terminal_one_column_wider_never_shows_less() -> None:
    shown = {terminal: widths(terminal) for terminal in range(60, 261)}
    for terminal, (less, more) in enumerate(pairwise(shown.values()), 61):
        assert set(less) <= set(more), terminal
        assert all(less[name] <= more[name] for name in less if name != "err"), terminal
    for terminal, found in shown.items():
        least = 18 if terminal < 80 else 26 if terminal < 99 else 27
        assert found["err"] >= least, terminal
        assert found["server"] >= 20, terminal


def test_the_error_gives_way_only_to_another_column_or_the_detail() -> None:
    shown = {terminal: widths(terminal)["err"] for terminal in range(60, 261)}
    assert [more for less, more in pairwise(shown) if shown[more] < shown[less]] == [66, 72, 78, 80, 100, 180, 200]


def test_every_cell_is_used_and_none_twice() -> None:
    for scrolled in ("", "sid", "code"):
        for cells in range(GUTTER + 5 + GAP + 18 + MARGIN, 400):
            slots, x = layout(cells, scrolled=scrolled), GUTTER
            for slot in slots:
                assert slot.x == x, cells
                x += slot.width + GAP
            end = x - GAP + MARGIN
            assert end == cells if slots[-1].column.key == "err" else end <= cells


def test_columns_come_back_in_the_order_they_were_dropped() -> None:
    shown = [set(widths(terminal)) for terminal in range(28, 400)]
    assert all(narrow <= wide for narrow, wide in pairwise(shown))
    assert [len(keys) for keys in (shown[0], shown[-1])] == [2, 5]
    first = {key: next(i for i, keys in enumerate(shown) if key in keys) for key in ("op", "server", "key")}
    assert first["op"] < first["server"] < first["key"]


def test_time_and_error_stay_and_what_must_be_readable_is() -> None:
    for terminal in range(1, 400):
        shown = widths(terminal)
        assert {"time", "err"} <= set(shown)
        assert "server" not in shown or (shown["server"] >= 20 and shown["err"] >= 18)
        assert all(width >= 0 for width in shown.values())


@pytest.mark.parametrize(
    ("terminal", "scrolled", "expected"),
    [
        (80, "key", {"time": 11, "op": 7, "server": 26, "key": 17}),
        (80, "code", {"time": 11, "op": 7, "server": 26, "err": 14, "code": 10}),
        (80, "sid", {"time": 11, "op": 7, "server": 26, "sid": 26}),
        (120, "sid", {"time": 11, "op": 7, "server": 26, "key": 17, "sid": 36}),
        (120, "cause", {"time": 11, "op": 7, "server": 26, "key": 17, "err": 21, "cause": 24}),
        (160, "task", {"time": 11, "op": 7, "server": 26, "key": 17, "err": 49, "task": 36}),
        (160, "op", {"time": 11, "op": 7, "server": 26, "key": 17, "err": 87}),
    ],
)
def test_what_is_no_column_scrolls_in_as_the_last(terminal: int, scrolled: str, expected: dict[str, int]) -> None:
    assert widths(terminal, scrolled) == expected
    assert list(widths(terminal, scrolled)) == list(expected)


def test_whatever_scrolls_in_can_be_read() -> None:
    for terminal in range(60, 261):
        for key in BY_KEY:
            shown = widths(terminal, key)
            assert shown[key] >= min(COLUMN_OF[key].width(terminal), LEAST_SCROLLED), (terminal, key)
            assert shown.get("err", LEAST_REST) >= LEAST_REST
            assert sum(shown.values()) + GUTTER + GAP * (len(shown) - 1) + MARGIN <= table_cells(terminal)


def test_the_users_columns_stand_in_their_order_and_the_last_ones_go_first() -> None:
    chosen = ("err", "server", "sid", "task")
    assert widths(260, chosen=chosen) == {"err": 92, "server": 28, "sid": 36, "task": 36}
    assert widths(120, chosen=chosen) == {"err": 50, "server": 26, "sid": 36}
    assert widths(80, chosen=chosen) == {"err": 48, "server": 26}
    assert widths(80, chosen=("time", "server")) == {"time": 11, "server": 26}
    assert widths(80, "task", ("time", "server", "key")) == {"time": 11, "server": 26, "task": 35}


def test_the_active_column_moves_over_every_field() -> None:
    rest = ("state", "code", "cause", "sid", "family", "task")
    assert fields_in_order(119, 120, COLUMNS) == ("time", "op", "server", "key", "err", *rest)
    assert fields_in_order(79, 80, COLUMNS) == ("time", "op", "server", "err", "key", *rest)
    assert fields_in_order(79, 80, ("task", "err"))[:3] == ("task", "err", "time")
    assert all(set(fields_in_order(cells, cells, COLUMNS)) == set(BY_KEY) for cells in (5, 60, 300))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (["time", "servr"], "“servr” is not a column; did you mean “server”?"),
        (["host"], "“host” is not a column; did you mean “server”?"),
        (["err", "\x1b[31m"], "“␛[31m” is not a column; columns are time, op, "),
        (["err", "time", "err"], "“err” is listed twice"),
        ([], "the list is empty; columns are time, op, "),
    ],
)
def test_columns_that_can_not_be_shown_are_named(written: list[str], why: str) -> None:
    shown, warning = chosen_columns(written, "config.toml, line 3: columns")
    assert shown == COLUMNS
    assert warning.startswith(f"config.toml, line 3: columns: {why}")
    assert warning.endswith("; the usual columns are shown")


def test_columns_that_can_be_shown_are_taken_as_they_are() -> None:
    assert chosen_columns(["sid", "err"], "") == (("sid", "err"), "")
    assert chosen_columns(None, "") == (COLUMNS, "")


NOW = datetime(2026, 11, 24, 8, 0, 12, tzinfo=UTC)


def text_of(key: str, width: int, now: datetime = NOW, **fields: object) -> str:
    return COLUMN_OF[key].text(make_task(1, **fields), width, now)


def test_time_loses_its_year_then_its_seconds_then_its_day() -> None:
    whole = BY_KEY["time"].text(make_task(1))
    assert text_of("time", 19) == whole
    assert (text_of("time", 14), text_of("time", 11)) == (whole[5:], whole[5:16])
    assert text_of("time", 11, task_time="yesterday afternoon") == "yesterday afternoon?"


@pytest.mark.parametrize(
    ("hours", "narrow", "wide"),
    [(-0.9, True, True), (-1.1, False, True), (22.9, True, True), (23.1, False, True), (24 * 30, False, True)],
)
def test_a_narrow_time_of_the_last_hours_has_no_day_and_any_other_no_hour(
    hours: float, narrow: bool, wide: bool
) -> None:
    whole = BY_KEY["time"].text(make_task(1))
    milliseconds = make_task(1).milliseconds
    assert milliseconds is not None
    now = datetime.fromtimestamp(milliseconds / 1000, UTC) + timedelta(hours=hours)
    assert text_of("time", 5, now) == (whole[11:16] if narrow else whole[5:10])
    assert text_of("time", 11, now) == whole[5:16]


def test_a_time_of_another_year_has_its_year_unless_it_is_near() -> None:
    whole = BY_KEY["time"].text(make_task(1))
    for later, near in ((60, True), (170, True), (190, False), (500, False)):
        now = NOW + timedelta(days=later)
        assert text_of("time", 14, now) == (whole[5:] if near else whole[:10])
        assert text_of("time", 11, now) == (whole[5:16] if near else whole[:10])
        assert text_of("time", 5, now) == (whole[5:10] if near else "2026")


def test_the_code_stands_before_the_error() -> None:
    assert text_of("err", 40, task_error_msg="no quota") == "no quota"
    assert text_of("err", 40, task_error_msg="no quota", task_error_code="Ecs.0001") == "[Ecs.0001] no quota"
    assert text_of("err", 40, task_error_msg=None, task_error_code="Ecs.0001") == "[Ecs.0001]"
    assert text_of("err", 40, task_error_msg=None) == ""


@pytest.mark.parametrize(
    ("word", "text", "tone"),
    [
        ("FAILED_RESET", "reset", "plain"),
        ("RUNNING_RESET", "reset (running)", "warning"),
        ("SUCCESS_REPLACE", "replace (success)", "warning"),
        ("FAILED_ROTATE", "FAILED_ROTATE", "plain"),
        (None, "", "plain"),
    ],
)
def test_operation_shows_a_state_that_is_not_failed(word: str | None, text: str, tone: str) -> None:
    assert text_of("op", 17, operate_type=word) == text
    assert COLUMN_OF["op"].tone(make_task(1, operate_type=word)) == tone


def test_titles_leave_room_for_an_arrow() -> None:
    for terminal in range(80, 400):
        for key in BY_KEY:
            for slot in layout(table_cells(terminal), terminal, scrolled=key):
                assert len(slot.column.title(slot.width)) + len(" ▼2") <= slot.width


def test_the_title_of_times_names_the_zone_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone, name in (("UTC", "TIME UTC"), ("Asia/Shanghai", "TIME CST"), ("Asia/Kathmandu", "TIME +0545")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert COLUMN_OF["time"].title(5) == "TIME"
        assert COLUMN_OF["time"].title(11) == name
    monkeypatch.undo()
    time.tzset()


def test_a_column_knows_its_place() -> None:
    assert layout(59)[1] == ColumnSlot(COLUMN_OF["op"], 9, 7)
