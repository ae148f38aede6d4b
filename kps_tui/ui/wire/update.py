"""The shortest text that makes a terminal show another picture."""

from collections import Counter
from collections.abc import Collection, Iterable

from kps_tui.ui.wire.brush import Brush
from kps_tui.ui.wire.cell import BLANK, UNKNOWN, Line
from kps_tui.ui.wire.picture import Picture

_BLOCKS = 4
"""A line is compared in so many parts, because often only a part of it moves: the table, but not the pane beside it."""
_FEWEST_MOVED = 4
"""With fewer parts of lines that moved, scrolling is never shorter."""


def update(shown: Picture, wanted: Picture, rows: Collection[int]) -> str:
    """Return what makes a terminal that shows `shown` show `wanted`, which differs from it in `rows`.

    Style and position are plain and unknown before it; after it, plain and those of `wanted`.
    """
    painted = _painted(Brush(wanted.width, wanted.height), shown.lines, wanted, rows)
    if len(rows) < _FEWEST_MOVED:
        return painted
    scrolled = _scrolled(shown, wanted, rows)
    return painted if scrolled is None else min(painted, scrolled, key=lambda text: len(text.encode()))


def _painted(brush: Brush, lines: list[Line], wanted: Picture, rows: Iterable[int]) -> str:
    for row in rows:
        brush.paint(row, lines[row], wanted.lines[row])
    return brush.finish(wanted.cursor)


def _scrolled(shown: Picture, wanted: Picture, rows: Collection[int]) -> str | None:
    """Return the same by moving lines first, or None if no lines moved."""
    found = _most_moved(shown, wanted, rows)
    if found is None:
        return None
    top, bottom, by = found
    if any(UNKNOWN in wanted.lines[row] for row in range(top, bottom + 1)):
        return None
    lines, blank = shown.lines[top : bottom + 1], [[BLANK] * wanted.width for _ in range(abs(by))]
    moved = [*lines[by:], *blank] if by > 0 else [*blank, *lines[:by]]
    after = [*shown.lines[:top], *moved, *shown.lines[bottom + 1 :]]
    brush = Brush(wanted.width, wanted.height)
    brush.scroll(top, bottom, by)
    return _painted(brush, after, wanted, [y for y in range(wanted.height) if after[y] != wanted.lines[y]])


def _most_moved(shown: Picture, wanted: Picture, rows: Collection[int]) -> tuple[int, int, int] | None:
    """Return the first and the last line of the part of the screen that moved, and by how many lines it moved up."""
    sources: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        for block in _blocks(shown.lines[row]):
            sources.setdefault(block, []).append(row)
    moves: Counter[int] = Counter()
    places: dict[int, list[int]] = {}
    for row in rows:
        for block in _blocks(wanted.lines[row]):
            for source in sources.get(block, ()):
                if source != row:
                    moves[source - row] += 1
                    places.setdefault(source - row, []).append(row)
    if not moves or moves.most_common(1)[0][1] < _FEWEST_MOVED:
        return None
    by = moves.most_common(1)[0][0]
    first, last = min(places[by]), max(places[by])
    return min(first, first + by), max(last, last + by), by


def _blocks(line: Line) -> Iterable[tuple[int, str]]:
    """Yield the number and the text of each part of a line that is not blank."""
    size = -(-len(line) // _BLOCKS)
    for number in range(_BLOCKS):
        text = "".join([cell.text for cell in line[number * size : (number + 1) * size]])
        if not text.isspace():
            yield number, text
