"""What a terminal shows: its cells and its cursor."""

from kps_tui.ui.wire.cell import UNKNOWN, Cell, Line, combine
from kps_tui.ui.wire.reader import Position


class Picture:
    """Lines of `width` cells. Cells that were never written are `UNKNOWN`."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.lines: list[Line] = [[UNKNOWN] * width for _ in range(height)]
        self.cursor: Position | None = None

    def paint(self, position: Position, cells: Line) -> None:
        """Write cells, as a terminal that does not wrap lines does. Cells outside the picture are dropped."""
        row, column = position
        if row >= self.height or column >= self.width:
            return
        line = self.lines[row]
        room = self.width - column
        if len(cells) > room:
            cells, beyond = cells[:room], cells[room]
            if not beyond.text:
                # Only the left half of the wide character at the edge would fit.
                cells[-1] = _half(beyond)
        end = column + len(cells)
        if not line[column].text:
            line[column - 1] = _half(line[column - 1])
        if end < self.width and not line[end].text:
            line[end] = _half(line[end])
        line[column:end] = cells

    def place_cursor(self, row: int, column: int) -> None:
        """Place the cursor at a position, or at the nearest one in the picture."""
        self.cursor = min(row, self.height - 1), min(column, self.width - 1)

    def combine(self, position: Position, text: str) -> None:
        """Combine `text` with the character before `position`."""
        row, column = position
        if row >= self.height or not 0 < column <= self.width:
            return
        combine(self.lines[row], column, text)


def _half(cell: Cell) -> Cell:
    """Return what remains of a wide character when its other half is overwritten."""
    return Cell(" ", cell.style.blank)
