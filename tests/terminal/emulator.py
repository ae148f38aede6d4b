"""An emulator of a terminal: pyte's, with what terminals do differently."""

import pyte
from wcwidth import wcwidth


class Emulator(pyte.Screen):
    """A screen of `columns` × `lines`.

    pyte takes a cursor that stands above or below the scroll region into it. A terminal leaves it where it is: only a
    cursor inside stops at the region's edges. tmux relies on that.

    pyte leaves a wide character whose second cell is overwritten as it was. A terminal erases its other half.
    """

    def draw(self, data: str) -> None:
        # At the end of a line each character may be drawn elsewhere than behind the one before.
        for part in [data] if self.cursor.x + _cells(data) <= self.columns else data:
            self._split_wide(self.cursor.x, self.cursor.x + _cells(part))
            super().draw(part)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        if how == 0:
            self._split_wide(self.cursor.x, self.columns)
        super().erase_in_line(how, private)

    def _split_wide(self, start: int, end: int) -> None:
        """Erase the halves, outside of the cells from `start` to `end`, of the wide characters that these cut."""
        line = self.buffer[self.cursor.y]
        if 0 < start < min(end, self.columns) and line[start].data == "":
            line[start - 1] = line[start - 1]._replace(data=" ")
        if start < end < self.columns and line[end].data == "":
            line[end] = line[end]._replace(data=" ")

    def cursor_down(self, count: int | None = None) -> None:
        bottom = self.margins.bottom if self.margins else self.lines - 1
        end = bottom if self.cursor.y <= bottom else self.lines - 1
        self.cursor.y = min(self.cursor.y + (count or 1), end)

    def cursor_up(self, count: int | None = None) -> None:
        top = self.margins.top if self.margins else 0
        end = top if self.cursor.y >= top else 0
        self.cursor.y = max(self.cursor.y - (count or 1), end)


def _cells(text: str) -> int:
    """Return the width of a text; combining characters have none."""
    return len(text) if text.isascii() else sum(max(0, wcwidth(character)) for character in text)
