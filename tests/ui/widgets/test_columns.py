"""The layout of the columns."""

from itertools import pairwise

import pytest

from kps_tui.triage.fields import BY_KEY
from kps_tui.ui.widgets.task_table.columns import BREAKPOINTS, COLUMNS, GAP, GUTTER, MARGIN, ColumnSlot, layout, nearest
from tests.ui.widgets.table_app import make_task


def widths(cells: int) -> dict[str, int]:
    return {slot.column.key: slot.width for slot in layout(cells)}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (199, {"time": 19, "op": 17, "err": 92, "code": 10, "server": 28, "key": 20}),
        (119, {"time": 19, "op": 8, "err": 37, "server": 26, "key": 18}),
        (99, {"time": 19, "op": 8, "err": 29, "server": 20, "key": 12}),
        (86, {"time": 19, "op": 8, "err": 30, "server": 20}),
        (80, {"time": 16, "op": 7, "err": 33, "server": 15}),
        (79, {"time": 16, "op": 7, "err": 33, "server": 14}),
        (75, {"time": 16, "op": 7, "err": 27, "server": 16}),
        (69, {"time": 16, "op": 6, "err": 21, "server": 17}),
        (59, {"time": 16, "op": 6, "err": 16, "server": 12}),
        (58, {"time": 16, "op": 6, "err": 29}),
        (45, {"time": 16, "op": 6, "err": 16}),
        (30, {"time": 16, "err": 9}),
    ],
)
def test_widths_of_usual_terminals(cells: int, expected: dict[str, int]) -> None:
    assert widths(cells) == expected


def test_every_cell_is_used_and_none_twice() -> None:
    for cells in range(GUTTER + 16 + GAP + MARGIN, 400):
        x = GUTTER
        for slot in layout(cells):
            assert slot.x == x, cells
            x += slot.width + GAP
        assert x - GAP + MARGIN == cells


def test_columns_come_back_in_the_order_they_were_dropped() -> None:
    """A wider table never has fewer columns, except those that make room for the server."""
    shown = [set(widths(cells)) for cells in range(59, 400)]
    assert all(narrow <= wide for narrow, wide in pairwise(shown))
    assert [len(keys) for keys in (shown[0], shown[-1])] == [4, 6]
    first = {key: next(i for i, keys in enumerate(shown) if key in keys) for key in ("server", "key", "code")}
    assert first["server"] < first["key"] < first["code"]


def test_time_and_error_stay_and_what_must_be_readable_is() -> None:
    for cells in range(400):
        shown = widths(cells)
        assert {"time", "err"} <= set(shown)
        assert "server" not in shown or (shown["server"] >= 12 and shown["err"] >= 16)
        assert all(width >= 0 for width in shown.values())


def test_layouts_go_from_wide_to_narrow() -> None:
    needs = [GUTTER + sum(shape.values()) + GAP * (len(shape) - 1) + MARGIN for shape in BREAKPOINTS]
    assert needs == sorted(needs, reverse=True)


@pytest.mark.parametrize(
    ("cells", "key", "expected"),
    [
        (200, "code", "code"),
        (90, "key", "server"),
        (100, "code", "err"),
        (58, "server", "err"),
        (30, "op", "time"),
        (200, "sid", "time"),
    ],
)
def test_nearest_column_that_is_shown(cells: int, key: str, expected: str) -> None:
    assert nearest(layout(cells), key) == expected


def text_of(key: str, width: int, **fields: object) -> str:
    return next(column for column in COLUMNS if column.key == key).text(make_task(1, **fields), width)


def test_time_loses_its_seconds() -> None:
    whole = BY_KEY["time"].text(make_task(1))
    assert (text_of("time", 19), text_of("time", 16)) == (whole, whole[:16])
    assert text_of("time", 16, task_time="yesterday afternoon") == "yesterday afternoon?"


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
    column = next(column for column in COLUMNS if column.key == "op")
    assert column.tone(make_task(1, operate_type=word)) == tone


def test_titles_leave_room_for_an_arrow() -> None:
    for cells in range(44, 400):
        for slot in layout(cells):
            assert len(slot.column.title(slot.width)) + len(" ▼2") <= slot.width


def test_a_column_knows_its_place() -> None:
    assert layout(59)[1] == ColumnSlot(COLUMNS[1], 20, 6)
