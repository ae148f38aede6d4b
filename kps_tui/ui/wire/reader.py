"""Reads Textual's output, a small closed language: positions, styles, text, line ends, and modes of the terminal."""

import re
from typing import Literal, NamedTuple

from kps_tui.ui.wire.cell import Line, cells_of, combined_with_the_cell_before
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
    rf"\x1b\[([\d;]*)m({_PRINTABLE}+)\x1b\[0?m"
    rf"|({_PRINTABLE}+)"
    r"|\x1b\[(\d*(?:;\d*)?H)"
    r"|(\r?\n)"
    r"|\x1b\[([\d;]*m)"
    r"|\x1b\[\?2026([hl])"
    rf"|({'|'.join(_HARMLESS)})"
    r"|([\s\S])"
)
"""Styled text, text, a position, a line end, a style, a mark of a synchronized update, something harmless, the rest."""

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


class Mark(NamedTuple):
    """The begin (`h`) or the end (`l`) of an update that the terminal is to show at once."""

    kind: Literal["h", "l"]


class Reading(NamedTuple):
    """What a text does, in its order, and where it leaves the cursor."""

    pieces: list[Painted | Combined | Passed | Mark]
    cursor: Position | None


def read(text: str, cursor: Position | None) -> Reading | None:
    """Return what `text` does that is written at `cursor` in the plain style; None if not all of it is understood.

    The cursor is None if its position is not known. Text that would be written there is not understood.
    """
    pieces: list[Painted | Combined | Passed | Mark] = []
    style = PLAIN
    for styled, styled_text, plain_text, position, line_end, sgr, mark, harmless, unknown in _TOKEN.findall(text):
        if styled_text or plain_text:
            written, look = (styled_text, after(style, styled)) if styled_text else (plain_text, style)
            if cursor is None or look is None:
                return None
            if styled_text:
                style = PLAIN
            if combined := combined_with_the_cell_before(written):
                pieces.append(Combined(cursor, combined))
                written = written[len(combined) :]
            cells = cells_of(written, look)
            pieces.append(Painted(cursor, cells))
            cursor = cursor[0], cursor[1] + len(cells)
        elif position:
            row, _semicolon, column = position[:-1].partition(";")
            cursor = max(int(row or 1), 1) - 1, max(int(column or 1), 1) - 1
        elif line_end:
            if cursor is None:
                return None
            cursor = cursor[0] + 1, 0
        elif sgr:
            changed = after(style, sgr[:-1])
            if changed is None:
                return None
            style = changed
        elif mark:
            pieces.append(Mark(mark))
        elif harmless:
            pieces.append(Passed(harmless))
        elif unknown:
            return None
    # The next text begins in the plain style, whoever writes it.
    return Reading(pieces, cursor) if style == PLAIN else None
