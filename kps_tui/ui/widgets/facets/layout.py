"""The layout of the lists of groups: their order, their columns and their heights."""

from collections.abc import Sequence

from kps_tui.triage.facets import FACETS

_LEFT = ("err", "key", "family", "server")
COLUMNS = (_LEFT, tuple(field for field in FACETS if field not in _LEFT))
"""The fields in each column. The left one says what failed and where, which operators ask first."""
ORDER = tuple(field for column in COLUMNS for field in column)
"""All fields in the order of Tab."""
TWO_COLUMNS = 100
"""Width in cells from which on the columns stand side by side."""
FEWEST_LINES = 4
"""The fewest lines of a list in a low terminal, including its title, unless it has fewer values."""
_WEIGHTS = {"err": 2, "cause": 2}


def weight(field: str) -> int:
    """Return how many lines the list of `field` gets for each line of most others; errors and causes get the most."""
    return _WEIGHTS.get(field, 1)


def shared_heights(needed: Sequence[int], weights: Sequence[int], height: int) -> list[int]:
    """Return the height of each list in a column, in lines; there is a blank line between two lists.

    Lists that need fewer lines leave the rest to the others. Each list has at least `FEWEST_LINES` times its weight, or
    all that it needs, so in a low column the heights may add up to more than `height`.

    Args:
        needed: the lines that each list needs for its title and all values.
        weights: the proportions in which the lists share the lines that are left.
        height: the height of the column.
    """
    heights = [min(lines, FEWEST_LINES * weight) for lines, weight in zip(needed, weights, strict=True)]
    for _line in range(height - (len(needed) - 1) - sum(heights)):
        growing = [index for index, lines in enumerate(needed) if heights[index] < lines]
        if not growing:
            break
        heights[min(growing, key=lambda index: heights[index] / weights[index])] += 1
    return heights
