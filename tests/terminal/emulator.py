"""An emulator of a terminal: pyte's, with the moves of the cursor outside the scroll region as terminals make them."""

import pyte


class Emulator(pyte.Screen):
    """A screen of `columns` × `lines`.

    pyte takes a cursor that stands above or below the scroll region into it. A terminal leaves it where it is: only a
    cursor inside stops at the region's edges. tmux relies on that.
    """

    def cursor_down(self, count: int | None = None) -> None:
        bottom = self.margins.bottom if self.margins else self.lines - 1
        end = bottom if self.cursor.y <= bottom else self.lines - 1
        self.cursor.y = min(self.cursor.y + (count or 1), end)

    def cursor_up(self, count: int | None = None) -> None:
        top = self.margins.top if self.margins else 0
        end = top if self.cursor.y >= top else 0
        self.cursor.y = max(self.cursor.y - (count or 1), end)
