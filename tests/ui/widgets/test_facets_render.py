"""Rendering the lines of the groups: widths, titles, bars, times."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.style import Style
from textual.visual import RenderOptions

from kps_tui.triage.facets import Counted, Facet
from kps_tui.ui.widgets.facets.render import Basis, FacetLine, bar, look_of, title

OPTIONS = RenderOptions(lambda _style: Style(), {})
BASIS = Basis("1,000 of 2,500 loaded")


def at(day: int, hour: int, minute: int = 0, year: int = 2026) -> int:
    return int(datetime(year, 11, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def facet(*values: str, field: str = "err") -> Facet:
    """A facet with these values, sorted by falling counts, all seen from 21 to 23 November."""
    counted = tuple(Counted(value, len(values) - i, at(21, 8), at(23, 9)) for i, value in enumerate(values))
    return Facet(field, "ERR", counted, sum(value.count for value in counted))


def drawn(line: FacetLine, width: int, style: Style | None = None) -> str:
    (strip,) = line.render_strips(width, None, style or Style(), OPTIONS)
    assert cell_len(strip.text) == strip.cell_length == width
    return strip.text


@given(
    st.text("ab 登录…\u0301😀", max_size=30), st.integers(1, 140), st.booleans(), st.booleans(), st.integers(1, 10**7)
)
def test_lines_are_as_wide_as_their_list(value: str, width: int, cursor: bool, flag: bool, count: int) -> None:
    basis = Basis("1,000 of 2,500 loaded", flag, flag)
    one = Counted(value, count, at(21, 8), at(21, 9, year=2025 if flag else 2026))
    look = look_of(Facet("err", "ERR", (one,), 2 * count), basis, UTC)
    for line in (FacetLine(one, look, marked=cursor), FacetLine(None, look, text="… 9 more · f")):
        assert line.get_height({}, width) == 1
        assert line.get_optimal_width({}, width) == width
        drawn(line, width, Style(reverse=cursor))
    label = cell_len(" ERR ")
    two = facet("a", "b")
    above = title(two, look_of(two, basis, UTC), width, has_lines=flag, active=cursor, marked=cursor)
    assert above.cell_length == max(width, label + 1)


def test_the_title_leaves_words_out_before_numbers() -> None:
    two = facet("a", "b")
    for width, text in [
        (72, " ERR  2 values · 1,000 of 2,500 loaded" + " " * 26 + "last"),
        (40, " ERR  2 values · 1,000 of 2,500 loaded"),
        (34, " ERR  2 · 1,000 of 2,500 loaded"),
    ]:
        assert title(two, look_of(two, BASIS, UTC), width, has_lines=True).plain.rstrip() == text
    marked = title(two, look_of(two, Basis(), UTC), 34, has_lines=True, marked=2)
    assert marked.plain.rstrip() == " ERR  2 values · 2 marked"


def test_a_line_says_count_share_and_when() -> None:
    three = facet("one", "two", "")
    look = look_of(three, replace(BASIS, uncertain=True), UTC)
    first, *_rest = three.values
    marked = FacetLine(first, look, marked=True)
    assert drawn(marked, 80).split() == ["●≥", "3", "50", "%", "█" * 10, "one", "21", "Nov–23", "Nov"]
    assert drawn(FacetLine(first, look), 60).endswith("  23 Nov ")
    assert "Nov" not in drawn(FacetLine(first, look), 49)
    assert drawn(FacetLine(three.values[2], look), 40).split() == ["≥", "1", "17", "%", "█▋", "(none)"]


@pytest.mark.parametrize(
    ("first", "last", "field", "text"),
    [
        (at(26, 9, 43), at(26, 9, 50), "err", "26 Nov 09:43–09:50"),
        (at(26, 9, 43), at(26, 9, 43), "err", "26 Nov 09:43"),
        (at(21, 9), at(26, 8), "err", "21 Nov–26 Nov"),
        (at(21, 9, year=2025), at(26, 8), "err", "21 Nov 2025–26 Nov 2026"),
        (at(26, 9, 43), at(26, 9, 50), "day", "09:43–09:50"),
        (None, None, "err", ""),
    ],
)
def test_the_times_of_a_value(first: int | None, last: int | None, field: str, text: str) -> None:
    one = Counted("a", 2, first, last)
    look = look_of(Facet(field, "X", (one,), 2), BASIS, UTC)
    assert look.seen(one, 100) == text
    assert cell_len(text) <= look.seen_cells(100)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 40))
def test_a_bar_is_never_longer_than_its_cells_and_never_empty(count: int, more: int, cells: int) -> None:
    drawn = bar(count, count + more, cells)
    assert len(drawn) <= cells
    assert bool(drawn) == (count > 0)
    assert bar(more, more, cells) == "█" * cells
