"""The state between two updates: what the terminal shows, and what it should show."""

from collections.abc import Iterable, Iterator

from kps_tui.ui.wire.picture import Picture
from kps_tui.ui.wire.reader import Combined, Effects, Painted, SyncMark, read
from kps_tui.ui.wire.update import update

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
"""The marks around a synchronized update, which the terminal shows at once."""


class Wire:
    """Translates Textual's output into the shortest output that has the same effect.

    It passes on unchanged what it does not understand. After that it does not know what the terminal shows, so it sends
    everything that is painted from then on.
    """

    def __init__(self, width: int, height: int) -> None:
        self.forget(width, height)

    def forget(self, width: int, height: int) -> None:
        """Assume nothing about what the terminal shows, which has this size now."""
        self._shown = Picture(width, height)
        self._wanted = Picture(width, height)
        self._painted: set[int] = set()
        """Rows of `_wanted` that were painted since the last update."""
        self._is_open = False
        """Whether a synchronized update has begun and not ended."""
        self._is_synchronized = False
        """Whether the next update is a synchronized one."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the terminal."""
        return self._wanted.width, self._wanted.height

    def translate(self, texts: Iterable[str]) -> str:
        """Return what to send for `texts`, each of which Textual has written in one call.

        What they paint is sent together; while a synchronized update is open, it is sent later.
        """
        sent: list[str] = []
        for text in texts:
            effects = read(text, self._wanted.cursor)
            if effects is None:
                sent += [self._update(), text]
                self.forget(*self.size)
            else:
                sent += self._take(effects)
        if not self._is_open:
            sent.append(self._update())
        return "".join(sent)

    def _take(self, effects: Effects) -> Iterator[str]:
        """Paint what was read, and yield what must be sent before that."""
        for piece in effects.pieces:
            if isinstance(piece, Painted):
                self._wanted.paint(piece.position, piece.cells)
                self._painted.add(piece.position[0])
            elif isinstance(piece, Combined):
                self._wanted.combine(piece.position, piece.text)
                self._painted.add(piece.position[0])
            elif isinstance(piece, SyncMark):
                if piece.kind == "l" and not self._is_open:
                    yield END
                self._is_open = piece.kind == "h"
                self._is_synchronized |= self._is_open
            else:
                yield self._update()
                yield piece.text
        if effects.cursor is not None:
            self._wanted.place_cursor(*effects.cursor)

    def _update(self) -> str:
        """Return the text that makes the terminal show what it should show."""
        shown, wanted = self._shown, self._wanted
        painted = [row for row in sorted(self._painted) if row < wanted.height]
        rows = [row for row in painted if shown.lines[row] != wanted.lines[row]]
        self._painted.clear()
        is_synchronized, self._is_synchronized = self._is_synchronized, self._is_open
        if not rows and shown.cursor == wanted.cursor:
            return ""
        text = update(shown, wanted, rows)
        for row in rows:
            shown.lines[row] = [*wanted.lines[row]]
        shown.cursor = wanted.cursor
        return f"{BEGIN}{text}{END}" if is_synchronized else text
