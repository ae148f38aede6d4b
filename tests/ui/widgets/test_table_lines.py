"""Rendering the lines of the table, cell by cell."""

from datetime import UTC, datetime
from random import Random

import pytest
from rich.cells import cell_len
from rich.style import Style

from kps_tui.sanitize import line
from kps_tui.triage.query import SortKey
from kps_tui.ui.widgets.task_table.columns import layout
from kps_tui.ui.widgets.task_table.render import ACKED, TableStyles, body, column_at, fit, header
from kps_tui.ui.widgets.task_table.render import MARK as TICK
from tests.ui.widgets.table_app import make_task

PLAIN, DIM, WARNING, MARK, CURSOR, HEADER, ACTIVE = (Style(color=f"color({number})") for number in range(7))
STYLES = TableStyles({"plain": PLAIN, "dim": DIM, "warning": WARNING}, MARK, WARNING, CURSOR, HEADER, ACTIVE)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
STRANGE = (
    *"aZ …中密ｱé·￼𝒳한👍❤←",
    "e\u0301", "\u0301", "👩‍👩‍👧", "🏳️‍🌈", "🇨🇳", "🇨", "👍🏽", "❤️", "ก็", "\u00ad", "\u200d", "\ufe0f", "\U000e0041",
    "\x1b[31m", "\x07", "\u202e", "[red]", "[@click=quit]", "\r\n",
)  # fmt: skip


def strange(rng: Random, most: int = 20) -> str:
    return "".join(rng.choice(STRANGE) for _ in range(rng.randrange(most)))


def test_fit_is_exact() -> None:
    rng = Random(4)
    for _ in range(20_000):
        text, width = line(strange(rng)), rng.randrange(18)
        for fitted in (fit(text, width), fit(text, width, "middle")):
            assert cell_len(fitted) == width, (text, width, fitted)


@pytest.mark.parametrize(
    ("text", "width", "end", "middle"),
    [
        ("server-0001", 11, "server-0001", "server-0001"),
        ("server-0001", 13, "server-0001  ", "server-0001  "),
        ("server-0001", 8, "server-…", "serv…001"),
        ("server-0001", 1, "…", "…"),
        ("server-0001", 0, "", ""),
        ("a very long", 3, "a… ", "a…g"),
        ("数据库的服务器", 6, "数据… ", "数…器 "),
        ("数据库的服务器", 8, "数据库… ", "数据…器 "),
    ],
)
def test_fit_cuts(text: str, width: int, end: str, middle: str) -> None:
    assert (fit(text, width), fit(text, width, "middle")) == (end, middle)


def test_every_line_is_as_wide_as_asked_whatever_the_text() -> None:
    rng = Random(5)
    for _ in range(2_000):
        task = make_task(1, operate_type=strange(rng), task_error_msg=strange(rng, 60), server_name=strange(rng, 40),
                         keypair_name=strange(rng), task_time=strange(rng))  # fmt: skip
        width = rng.randrange(1, 180)
        strip = body(
            task, layout(width), STYLES, width, NOW, cursor=rng.random() < 0.5, sign=TICK if rng.random() < 0.5 else ""
        )
        assert strip.cell_length == width == sum(cell_len(segment.text) for segment in strip) == cell_len(strip.text)
        assert not any(segment.control for segment in strip)
        assert header(layout(width), STYLES, width, active="err", sort=()).cell_length == width


def test_markup_is_text() -> None:
    task = make_task(1, task_error_msg="[bold red]no[/] [@click=app.quit]x[/]")
    strip = body(task, layout(119), STYLES, 119, NOW)
    assert "[bold red]no[/] [@click=app.quit]x[/]" in strip.text
    assert not any(segment.style and segment.style.meta for segment in strip)


def styles(task_kind: str = "FAILED_BIND", *, cursor: bool = False, sign: str = "") -> dict[str, Style | None]:
    task = make_task(1, operate_type=task_kind, task_error_msg="oops")
    strip = body(task, layout(119), STYLES, 119, NOW, cursor=cursor, sign=sign)
    return {segment.text.strip(): segment.style for segment in strip}


def test_tones() -> None:
    shown = styles(sign=TICK)
    assert shown["●"] == MARK
    assert next(style for text, style in shown.items() if text.startswith("11-23 ")) == DIM
    assert next(style for text, style in shown.items() if text.startswith("bind")) == PLAIN
    assert styles("RUNNING_BIND")["bind (…"] == WARNING


def test_an_acknowledged_row_is_dim_as_a_whole() -> None:
    task = make_task(1, operate_type="RUNNING_BIND")
    strip = body(task, layout(119), STYLES, 119, NOW, sign=ACKED, dim=True)
    assert {segment.style for segment in strip if segment.text.strip()} == {DIM}
    assert strip.text.startswith("✓ 11-23 ")
    marked = body(task, layout(119), STYLES, 119, NOW, sign=TICK, dim=True)
    assert [segment.style for segment in marked if segment.text.strip()] == [MARK, DIM]


def test_the_cursor_line_is_one_piece() -> None:
    [(text, style)] = styles("RUNNING_BIND", cursor=True, sign=TICK).items()
    assert style == CURSOR
    assert text.startswith("● 11-23 ")


def titles(width: int, *sort: SortKey, active: str = "err") -> dict[str, Style | None]:
    strip = header(layout(width), STYLES, width, active=active, sort=sort)
    return {segment.text.strip(): segment.style for segment in strip if segment.text.strip()}


def test_header_marks_the_active_column_and_the_sorted_ones() -> None:
    assert titles(119, SortKey("time", descending=True)) == {
        "TIME UTC ▼": HEADER, "OP": HEADER, "SERVER": HEADER, "KEY PAIR": HEADER, "ERROR": ACTIVE,
    }  # fmt: skip
    shown = titles(200, SortKey("server"), SortKey("op", descending=True), active="server")
    assert shown["SERVER ▲1"] == ACTIVE
    assert shown["OP ▼2"] == HEADER


def test_sorting_by_what_is_not_shown_leaves_no_arrow() -> None:
    assert "".join(titles(119, SortKey("sid"))) == "TIME UTCOPSERVERKEY PAIRERROR"


def test_column_at_a_cell() -> None:
    placed = layout(119)
    keys = [column_at(placed, x) for x in range(119)]
    assert keys[:2] == [None, None]
    assert keys[2:15] == ["time"] * 13
    assert keys[15] == "op"
    assert keys[118] == "err"
    assert column_at(placed, 500) is None


def test_arrows_stay_whole_where_the_title_has_no_room() -> None:
    first, second = SortKey("time", descending=True), SortKey("op")
    assert list(titles(59, first)) == ["TIME ▼", "OP", "SERVER", "ERROR"]
    assert list(titles(59, first, second)) == ["TIME▼1", "OP ▲2", "SERVER", "ERROR"]
    state = header(layout(79, scrolled="state"), STYLES, 79, active="state", sort=(first, second, SortKey("state")))
    assert state.text.split("  ")[-1].strip() == "STATE ▲3"
