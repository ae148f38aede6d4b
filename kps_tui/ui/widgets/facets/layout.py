"""Where the lists of the groups stand: their order, their columns, and the height of each."""

from collections.abc import Sequence

from kps_tui.triage.facets import FACETS

_FIRST = ("err", "server", "key")
COLUMNS = (_FIRST, tuple(field for field in FACETS if field not in _FIRST))
"""The fields in each column; those that operators need first are at the top left."""
ORDER = tuple(field for column in COLUMNS for field in column)
"""All fields in the order of Tab."""
TWO_COLUMNS = 100
"""Width in cells from which on the columns stand side by side."""
FEWEST_LINES = 6
"""The fewest lines of a list in a low terminal, including its title, unless it has fewer values."""


def shared_heights(needed: Sequence[int], height: int) -> list[int]:
    """Return the height of each list in a column, in lines; there is a blank line between two lists.

    Lists that need fewer lines leave the rest to the others. Each list has at least `FEWEST_LINES`, or all it needs, so
    that the lists of a low column are higher than `height` together.

    Args:
        needed: the lines that each list needs for its title and all values.
        height: the height of the column.
    """
    left = height - (len(needed) - 1)
    heights = [min(lines, FEWEST_LINES) for lines in needed]
    if sum(heights) > left:
        return heights
    by_need = sorted(range(len(needed)), key=needed.__getitem__)
    for lists_left, index in zip(range(len(needed), 0, -1), by_need, strict=True):
        heights[index] = min(needed[index], left // lists_left)
        left -= heights[index]
    return heights
