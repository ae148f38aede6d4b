"""Where the tables of a facet panel stand, where its cursor goes, and how wide its lines are."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from kps_tui.triage.facets import FACETS, Counted, Facet
from kps_tui.ui.widgets.facet_cursor import FacetCursor
from kps_tui.ui.widgets.facet_lines import Palette, Say, bar, body, title
from kps_tui.ui.widgets.facet_tables import FEW, ORDER, TWO_COLUMNS, Table, alone, placed

PALETTE = Palette(*(Style() for _ in Palette._fields))


def facet(field: str, *values: str) -> Facet:
    """The first of `values` most often."""
    counted = tuple(Counted(value, len(values) - i) for i, value in enumerate(values))
    return Facet(field, field.upper(), counted, sum(value.count for value in counted))


def facets(*sizes: int) -> dict[str, Facet]:
    """One facet of each size, in the order of `ORDER`."""
    return {
        field: facet(field, *(f"{field}{i}" for i in range(size))) for field, size in zip(ORDER, sizes, strict=True)
    }


SIZES = st.lists(st.integers(0, 40), min_size=6, max_size=6)


def test_every_facet_has_a_place() -> None:
    assert sorted(ORDER) == sorted(FACETS)


@given(SIZES, st.integers(1, 250), st.integers(0, 90))
def test_tables_never_overlap_and_hide_no_more_than_they_must(sizes: list[int], width: int, height: int) -> None:
    tables = placed(facets(*sizes), width, height)
    assert [table.field for table in tables] == list(ORDER)
    columns = [tables[:3], tables[3:]] if width >= TWO_COLUMNS else [tables]
    for column in columns:
        for above, below in pairwise(column):
            assert below.y == above.y + above.height + 1
        end = column[-1].y + column[-1].height
        needed = sum(1 + len(table.facet.values) for table in column) + len(column) - 1
        hidden = sum(table.values_hidden for table in column)
        assert (hidden == 0) == (needed <= max(end, height))
        if end > height:
            assert all(table.height == min(FEW, 1 + len(table.facet.values)) for table in column)
        elif hidden:
            assert end > height - len(column)
    for table in tables:
        assert table.x + table.width <= width
        assert table.values_shown + table.values_hidden == len(table.facet.values)
        assert 1 + table.stops == table.height


def test_a_facet_without_values_takes_one_line() -> None:
    tables = placed(facets(2, 2, 2, 2, 2, 2) | {"code": facet("code", "")}, 80, 40)
    code = next(table for table in tables if table.field == "code")
    assert (code.height, code.stops, code.values_hidden) == (1, 0, 0)
    assert alone(facet("code", ""), 80)[0].stops == 1


def cursor_on(tables: tuple[Table, ...], index: int, row: int) -> FacetCursor:
    cursor = FacetCursor()
    cursor.place(tables)
    cursor.go(index, row)
    return cursor


def where(cursor: FacetCursor) -> tuple[str | None, int]:
    """The value under the cursor, and its row."""
    return (cursor.value[1] if cursor.value else None), cursor.row


def test_the_cursor_follows_its_value() -> None:
    cursor = cursor_on(alone(facet("err", "a", "b", "c"), 80), 0, 1)
    for values, on, row in [("abc", "b", 1), ("xyzb", "b", 3), ("ba", "b", 0), ("xa", "x", 0), ("", None, 0)]:
        cursor.place(alone(facet("err", *values), 80))
        assert where(cursor) == (on, row), values


def test_a_value_without_a_line_is_where_it_is_counted_until_it_has_one_again() -> None:
    cursor = cursor_on(placed(facets(20, 0, 0, 0, 0, 0), 80, 99), 0, 15)
    assert where(cursor) == ("err15", 15)
    cursor.place(placed(facets(20, 0, 0, 0, 0, 0), 80, 9))
    assert where(cursor) == (None, 4)
    cursor.place(placed(facets(20, 0, 0, 0, 0, 0), 80, 99))
    assert where(cursor) == ("err15", 15)
    cursor.place(placed(facets(20, 0, 0, 0, 0, 0), 80, 9))
    cursor.go(0, 3)
    cursor.go(0, 4)
    cursor.place(placed(facets(21, 0, 0, 0, 0, 0), 80, 9))
    assert where(cursor) == (None, 4)


def test_a_table_that_was_never_entered_stays_at_its_top() -> None:
    tables = facets(5, 5, 5, 5, 5, 5)
    cursor = cursor_on(placed(tables, 80, 99), 0, 2)
    cursor.place(placed(tables | {"server": facet("server", "new", "server0")}, 80, 99))
    assert cursor.row_in(cursor.tables[1]) == 0
    assert cursor.turn(1) == 1
    assert cursor.turn(-1) == 5


@given(SIZES, st.sampled_from([80, 120]), st.integers(3, 60), st.data())
def test_beside_is_a_table_of_the_other_column(sizes: list[int], width: int, height: int, data: st.DataObject) -> None:
    tables = placed(facets(*sizes), width, height)
    index = data.draw(st.integers(0, 5))
    cursor = cursor_on(tables, index, 0)
    for step in (1, -1):
        other = cursor.beside(step)
        if other != cursor.index:
            assert tables[other].stops
            if width == 120:
                assert (tables[other].x - tables[cursor.index].x) * step > 0
            else:
                assert (other - cursor.index) * step > 0


@given(
    st.text("ab 登录…\u0301😀", max_size=30), st.integers(1, 140), st.booleans(), st.booleans(), st.integers(1, 10**7)
)
def test_lines_are_as_wide_as_their_table(value: str, width: int, cursor: bool, flag: bool, count: int) -> None:
    table = Table(Facet("err", "ERROR", (Counted(value, count), Counted("", 1)), count + 1), 0, 0, width, 3, count)
    say = Say("1,000 of 2,500 loaded", flag, flag)
    strips = [
        title(table, PALETTE, say, active=flag),
        *(body(table, row, PALETTE, say, cursor=cursor) for row in (0, 1)),
    ]
    for strip in strips:
        assert cell_len(strip.text) == strip.cell_length == width


def test_the_title_leaves_words_out_before_numbers() -> None:
    table = alone(facet("err", "a", "b"), 34)[0]
    say = Say("1,000 of 2,500 loaded")
    assert title(table._replace(width=40), PALETTE, say).text.rstrip() == " ERR  2 values · 1,000 of 2,500 loaded"
    assert title(table, PALETTE, say).text.rstrip() == " ERR  2 · 1,000 of 2,500 loaded"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 40))
def test_a_bar_is_never_longer_than_its_cells_and_never_empty(count: int, more: int, cells: int) -> None:
    drawn = bar(count, count + more, cells)
    assert len(drawn) <= cells
    assert bool(drawn) == (count > 0)
    assert bar(more, more, cells) == "█" * cells
