"""How filter and timeline share their line."""

import pytest

from kps_tui.ui.widgets.query_line import timeline_cells


@pytest.mark.parametrize(
    ("width", "filter_cells", "cells"),
    [
        # Without a filter, or with a short one
        (58, 0, 38),
        (78, 0, 46),
        (78, 30, 46),
        (118, 13, 86),
        # With a longer one
        (58, 19, 37),
        (78, 42, 34),
        (78, 43, 0),
        (198, 43, 153),
    ],
)
def test_the_timeline_has_what_the_filter_leaves(width: int, filter_cells: int, cells: int) -> None:
    assert timeline_cells(width, filter_cells) == cells


@pytest.mark.parametrize(
    ("width", "filter_cells", "cells"),
    [(58, 18, 38), (58, 19, 0), (78, 30, 46), (78, 31, 0), (118, 30, 86), (118, 31, 56), (118, 60, 56), (118, 61, 36)],
)
def test_while_a_filter_is_typed_its_room_grows_in_steps(width: int, filter_cells: int, cells: int) -> None:
    assert timeline_cells(width, filter_cells, typing=True) == cells


@pytest.mark.parametrize(("width", "filter_cells", "cells"), [(58, 0, 58), (78, 43, 78), (118, 0, 86), (118, 50, 118)])
def test_a_time_range_is_chosen_in_enough_cells(width: int, filter_cells: int, cells: int) -> None:
    assert timeline_cells(width, filter_cells, choosing=True) == cells


@pytest.mark.parametrize("filter_cells", [0, 13, 60])
@pytest.mark.parametrize("choosing", [True, False])
def test_a_timeline_in_a_wider_line_is_narrower_only_if_the_filter_returns(filter_cells: int, choosing: bool) -> None:
    shared = [timeline_cells(width, filter_cells, choosing=choosing) for width in range(58, 300)]
    assert all(
        after >= before or (choosing and before == width)
        for width, before, after in zip(range(58, 300), shared, shared[1:], strict=False)
    )
