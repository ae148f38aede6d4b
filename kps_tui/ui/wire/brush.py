"""Writes cells to a terminal with as few bytes as possible."""

from collections.abc import Iterator
from itertools import compress
from operator import is_not

from kps_tui.ui.wire.cell import BLANK, UNKNOWN, Line
from kps_tui.ui.wire.reader import Position
from kps_tui.ui.wire.style import PLAIN, Style, change, draws_blank

_LONGEST_GAP = 8
"""The most unchanged cells between two changes that are written again if that is shorter than jumping over them."""
_SHORTEST_JUMP = 3
"""The fewest bytes of a jump: this many cells or fewer are written again if that needs no other style."""
_ERASE = "\x1b[K"
_FEWEST_ERASED = 6
"""With up to this many blanks at the end of a line, writing them takes no more bytes than erasing the line."""


class Brush:
    """Collects what is written, and keeps track of the style and the cursor of the terminal; None where unknown."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._out: list[str] = []
        self._style = PLAIN
        self._row: int | None = None
        self._column: int | None = None

    def finish(self, cursor: Position | None) -> str:
        """Move to `cursor`, if that is known, restore the plain style, and return everything that was written."""
        if cursor is not None:
            self._move_to(*cursor)
        self._out.append(change(self._style, PLAIN))
        return "".join(self._out)

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Move the lines from `top` to `bottom` up by `by`, or down if it is negative; plain blank lines move in.

        The sequences are those of the VT102, which the Linux console also knows. Call this before anything is painted.
        """
        count = abs(by) if abs(by) > 1 else ""
        lines = f"\x1b[{count}{'M' if by > 0 else 'L'}"
        if bottom == self._height - 1:
            self._out.append(f"{_absolute(top, 0)}{lines}")
        else:
            self._out.append(f"\x1b[{top + 1};{bottom + 1}r{_absolute(top, 0)}{lines}\x1b[r")

    def paint(self, row: int, old: Line, new: Line) -> None:
        """Change the line `row` from `old` to `new`."""
        runs = list(_runs(old, new))
        blank_from = self._width
        if runs and new[runs[-1][1] - 1] == BLANK:
            while blank_from and new[blank_from - 1] == BLANK:
                blank_from -= 1
        for begin, end in runs:
            blank = max(begin, blank_from)
            erases = end > blank and runs[-1][1] - blank > _FEWEST_ERASED
            if begin < blank or not erases:
                self._reach(row, begin, new)
                self._write(row, new[begin : blank if erases else end])
            if erases:
                self._move_to(row, blank)
                # Not every terminal erases with the background of the current style.
                self._out.append(change(self._style, PLAIN) + _ERASE)
                self._style = PLAIN
                return

    def _reach(self, row: int, column: int, line: Line) -> None:
        """Move to a column of `line`, or write the cells before it again if that is shorter."""
        if self._row == row and self._column is not None and 0 < column - self._column <= _LONGEST_GAP:
            gap = line[self._column : column]
            before, out, style = self._column, len(self._out), self._style
            jump = len(_along(len(gap))) + len(change(style, line[column].style))
            if all(cell.is_certain and cell != UNKNOWN for cell in gap):
                self._write(row, gap)
                written = "".join([*self._out[out:], change(self._style, line[column].style)])
                if len(written.encode()) <= jump:
                    return
                del self._out[out:]
                self._column, self._style = before, style
        self._move_to(row, column)

    def _write(self, row: int, cells: Line) -> None:
        """Write cells from the current position on."""
        out, style, begin = self._out, self._style, self._column or 0
        is_lost = False
        for at, (text, wanted, is_certain) in enumerate(cells, begin):
            if not text:
                continue
            if is_lost:
                # After a character of uncertain width the terminal may be in another column.
                out.append(_absolute(row, at))
                is_lost = False
            if wanted is not style and wanted != style and not (text == " " and draws_blank(style, wanted)):
                wanted = _style_for(cells, at - begin)
                out.append(change(style, wanted))
                style = wanted
            if not is_certain:
                if at + 1 - begin < len(cells) and not cells[at + 1 - begin].text:
                    # A terminal that draws it in one cell would leave the other one as it was.
                    out.append(f"  {_absolute(row, at)}")
                is_lost = True
            out.append(text)
        self._style = style
        end = begin + len(cells)
        # Terminals also disagree on where the cursor is after the last column.
        self._column = None if is_lost or end >= self._width else end

    def _move_to(self, row: int, column: int) -> None:
        """Move the cursor the shortest way."""
        if (self._row, self._column) == (row, column):
            return
        ways = [_absolute(row, column)]
        if self._row == row:
            if column == 0:
                ways.append("\r")
            elif self._column is not None:
                ways.append(_along(column - self._column))
        elif self._row is not None and self._row + 1 == row:
            # The line discipline may make `\r\n` of `\n`, so only the first column is certain.
            ways.append("\r\n" + _along(column))
            if self._column == column:
                ways.append("\x1b[B")
        self._out.append(min(ways, key=len))
        self._row, self._column = row, column


def _runs(old: Line, new: Line) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each run of cells that must be written to change `old` into `new`."""
    # Equal cells are usually the same object.
    other = compress(range(len(new)), map(is_not, old, new))
    changed = [at for at in other if old[at] != new[at]]
    uncertain = next((at for at in changed if not (old[at].is_certain and new[at].is_certain)), None)
    if uncertain is not None:
        # If the terminal draws such a character in another width, all cells after it have moved.
        before = [at for at in changed if at < uncertain]
        changed = before + [at for at in range(uncertain, len(new)) if new[at] != UNKNOWN]
    begin = end = -1
    for at in changed:
        if at > end and not (end > 0 and at - end <= _SHORTEST_JUMP and _continues(new, end, at)):
            if end > 0:
                yield begin, end
            begin = at
        # The right half of a wide character is written with the left one.
        end = at + 1 if at + 1 == len(new) or new[at + 1].text else at + 2
    if end > 0:
        yield begin, end


def _continues(line: Line, begin: int, end: int) -> bool:
    """Return whether the cells from `begin` to `end` can be written in the style of the cells around them."""
    before, behind = line[begin - 1].style, line[end].style
    return all(
        cell.is_certain and cell is not UNKNOWN and (cell.style is before or cell.style is behind)
        for cell in line[begin:end]
    )


def _style_for(cells: Line, at: int) -> Style:
    """Return the style in which to write the cell `at`: for a space that of the next text, if it looks the same."""
    wanted = cells[at].style
    if cells[at].text == " ":
        ahead = next((cell.style for cell in cells[at:] if cell.text != " " or cell.style != wanted), wanted)
        if draws_blank(ahead, wanted):
            return ahead
    return wanted


def _absolute(row: int, column: int) -> str:
    if column == 0:
        return f"\x1b[{row + 1}H" if row else "\x1b[H"
    return f"\x1b[{row + 1 if row else ''};{column + 1}H"


def _along(columns: int) -> str:
    """Return the sequence that moves the cursor to the right, or to the left if `columns` is negative."""
    if columns == 0:
        return ""
    count = abs(columns) if abs(columns) > 1 else ""
    return f"\x1b[{count}{'C' if columns > 0 else 'D'}"
