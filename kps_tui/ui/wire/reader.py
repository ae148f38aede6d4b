"""Reads Textual's output, a small closed language: positions, styles, text, line ends, and modes of the terminal."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from kps_tui.ui.wire.cell import Line, cells_of, combine, combined_with_the_cell_before
from kps_tui.ui.wire.style import PLAIN, after

_PRINTABLE = r"[^\x00-\x1f\x7f-\x9f]"
_HARMLESS = (
    r"\x1b\[\?(?:25|100[02-6]|101[56]|2004|2048)[hl]",  # cursor, mouse, focus, pasted text, reports of the size
    r"\x1b\[\?\d+\$p",  # queries of modes
    r"\x1b\[[<>=]\d*u",  # kitty's protocol of the keyboard
    r"\x1b\[2[23];2t",  # the title of the window: saved, restored
    rf"\x1b\](?:2|22|52);{_PRINTABLE}*(?:\x07|\x1b\\)",  # the title, the pointer of the mouse, a copy
    r"\x07",
)
"""Sequences that change neither a cell nor the position nor the style."""
_TOKEN = re.compile(
    rf"((?:\x1b\[[\d;]*m|{_PRINTABLE}+)+)"
    r"|\x1b\[(\d*(?:;\d*)?)(H)"
    r"|(\r?\n)"
    r"|\x1b\[\?2026([hl])"
    rf"|({'|'.join(_HARMLESS)})"
    r"|([\s\S])"
)
"""Text with its styles, a position, a line end, a mark of a synchronized update, a harmless sequence, or the rest."""
_STYLED = re.compile(rf"\x1b\[([\d;]*)m|({_PRINTABLE}+)")

Position = tuple[int, int]
"""Row and column, counted from 0."""


class Painted(NamedTuple):
    """Cells that are written from `position` on."""

    position: Position
    cells: Line


class Combined(NamedTuple):
    """Text that is combined with the cell before `position`."""

    position: Position
    text: str


class Passed(NamedTuple):
    """A sequence that does not change what the screen shows."""

    text: str


class SyncMark(NamedTuple):
    """The beginning (`h`) or the end (`l`) of a synchronized update, which the terminal shows at once."""

    kind: Literal["h", "l"]


class Effects(NamedTuple):
    """The effects of a text, in their order, and where it leaves the cursor."""

    pieces: list[Painted | Combined | Passed | SyncMark]
    cursor: Position | None


def read(text: str, cursor: Position | None) -> Effects | None:
    """Return the effects of `text`, written at `cursor` in the plain style; None if not all of it is understood.

    `cursor` is None if its position is not known; then printable text is not understood, either.
    """
    pieces: list[Painted | Combined | Passed | SyncMark] = []
    for styled, position, is_position, line_end, mark, harmless, unknown in _TOKEN.findall(text):
        if is_position:
            cursor = _position(position)
        elif mark:
            pieces.append(SyncMark(mark))
        elif harmless:
            pieces.append(Passed(harmless))
        elif unknown or cursor is None:
            return None
        elif line_end:
            cursor = cursor[0] + 1, 0
        else:
            written = _cells(styled)
            if written is None:
                return None
            combined, cells = written
            if combined:
                pieces.append(Combined(cursor, combined))
            if cells:
                pieces.append(Painted(cursor, cells))
            cursor = cursor[0], cursor[1] + len(cells)
    return Effects(pieces, cursor)


@lru_cache(maxsize=4096)
def _position(parameters: str) -> Position:
    row, _semicolon, column = parameters.partition(";")
    return max(int(row or 1), 1) - 1, max(int(column or 1), 1) - 1


@lru_cache(maxsize=512)
def _cells(styled: str) -> tuple[str, Line] | None:
    """Return the start of a text that combines with the cell before it, and its cells; None if it is not understood.

    The text must end in the plain style, in which the next text begins. Cached, because most of what Textual paints was
    painted before.
    """
    style, combined = PLAIN, ""
    cells: Line = []
    for parameters, text in _STYLED.findall(styled):
        if not text:
            changed = after(style, parameters)
            if changed is None:
                return None
            style = changed
        elif text.isascii() or not (joined := combined_with_the_cell_before(text)):
            cells += cells_of(text, style)
        else:
            if cells:
                combine(cells, len(cells), joined)
            else:
                combined += joined
            cells += cells_of(text[len(joined) :], style)
    return (combined, cells) if style == PLAIN else None
