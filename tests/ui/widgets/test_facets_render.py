"""Rendering the lines of the groups: widths, titles, bars."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.style import Style
from textual.visual import RenderOptions

from kps_tui.triage.facets import Counted, Facet
from kps_tui.ui.widgets.facets.render import Basis, FacetLine, bar, title

OPTIONS = RenderOptions(lambda _style: Style(), {})
BASIS = Basis("1,000 of 2,500 loaded")


def facet(*values: str) -> Facet:
    """A facet with these values, sorted by falling counts."""
    counted = tuple(Counted(value, len(values) - i) for i, value in enumerate(values))
    return Facet("err", "ERR", counted, sum(value.count for value in counted))


@given(
    st.text("ab 登录…\u0301😀", max_size=30), st.integers(1, 140), st.booleans(), st.booleans(), st.integers(1, 10**7)
)
def test_lines_are_as_wide_as_their_list(value: str, width: int, cursor: bool, flag: bool, count: int) -> None:
    basis = Basis("1,000 of 2,500 loaded", flag, flag)
    for line in (FacetLine(value, count, count, basis), FacetLine("… 9 more · f", None, count, basis)):
        assert line.get_height({}, width) == 1
        assert line.get_optimal_width({}, width) == width
        (strip,) = line.render_strips(width, None, Style(reverse=cursor), OPTIONS)
        assert cell_len(strip.text) == strip.cell_length == width
    label = cell_len(" ERR ")
    drawn = title(facet("a", "b"), basis, width, has_lines=flag, active=cursor)
    assert drawn.cell_length == max(width, label + 1)


def test_the_title_leaves_words_out_before_numbers() -> None:
    two = facet("a", "b")
    assert title(two, BASIS, 40, has_lines=True).plain.rstrip() == " ERR  2 values · 1,000 of 2,500 loaded"
    assert title(two, BASIS, 34, has_lines=True).plain.rstrip() == " ERR  2 · 1,000 of 2,500 loaded"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 40))
def test_a_bar_is_never_longer_than_its_cells_and_never_empty(count: int, more: int, cells: int) -> None:
    drawn = bar(count, count + more, cells)
    assert len(drawn) <= cells
    assert bool(drawn) == (count > 0)
    assert bar(more, more, cells) == "█" * cells
