"""Finds the shortest text that makes a terminal show another picture."""

from collections import Counter
from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import NamedTuple

from kps_tui.ui.wire.brush import Brush
from kps_tui.ui.wire.cell import BLANK, UNKNOWN, Line
from kps_tui.ui.wire.picture import Picture

_BLOCKS = 4
"""Parts in which a line is compared, because often only a part moves: the table, but not the pane beside it."""
_FEWEST_ROWS = 4
"""With fewer changed lines, scrolling is never shorter."""
_LEAST_MOVED = 0.5
"""Scrolling is tried if at least this many parts have moved for each changed line: some values are equal by chance."""

_text_of = itemgetter(0)


def update(shown: Picture, wanted: Picture, rows: Collection[int]) -> str:
    """Return the text that makes a terminal which shows `shown` show `wanted`, which differs from it in `rows`.

    It begins in the plain style at an unknown position, and ends in the plain style at the cursor of `wanted`.
    """
    ways: list[str] = []
    move = _most_moved(shown, wanted, rows) if len(rows) >= _FEWEST_ROWS else None
    if move is not None and not any(UNKNOWN in line for line in wanted.lines[move.top : move.bottom + 1]):
        brush = Brush(wanted.width, wanted.height)
        brush.scroll(*move)
        lines = _scrolled(shown, move)
        left = [row for row, line in enumerate(wanted.lines) if line != lines[row]]
        ways.append(_painted(brush, lines, wanted, left))
        if len(left) * 2 < len(rows):
            return ways[0]
    ways.append(_painted(Brush(wanted.width, wanted.height), shown.lines, wanted, rows))
    return min(ways, key=lambda text: len(text.encode()))


def _painted(brush: Brush, lines: list[Line], wanted: Picture, rows: Iterable[int]) -> str:
    for row in rows:
        brush.paint(row, lines[row], wanted.lines[row])
    return brush.finish(wanted.cursor)


class _Move(NamedTuple):
    """Lines from `top` to `bottom` that move up by `by` lines, or down if it is negative."""

    top: int
    bottom: int
    by: int


def _scrolled(shown: Picture, move: _Move) -> list[Line]:
    """Return the lines that the terminal shows after a move."""
    top, bottom, by = move
    lines, blank = shown.lines[top : bottom + 1], [[BLANK] * shown.width for _ in range(abs(by))]
    return [
        *shown.lines[:top],
        *([*lines[by:], *blank] if by > 0 else [*blank, *lines[:by]]),
        *shown.lines[bottom + 1 :],
    ]


def _most_moved(shown: Picture, wanted: Picture, rows: Collection[int]) -> _Move | None:
    """Return the move that explains most of the changes in `rows`, or None if none explains many."""
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
    if not moves or moves.most_common(1)[0][1] < len(rows) * _LEAST_MOVED:
        return None
    by = moves.most_common(1)[0][0]
    first, last = min(places[by]), max(places[by])
    return _Move(min(first, first + by), max(last, last + by), by)


def _blocks(line: Line) -> Iterable[tuple[int, str]]:
    """Yield the number and the text of each part of a line that is not blank."""
    text = "".join(map(_text_of, line))
    size = -(-len(text) // _BLOCKS)
    for number in range(_BLOCKS):
        block = text[number * size : (number + 1) * size]
        if block and not block.isspace():
            yield number, block
