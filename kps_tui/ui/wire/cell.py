"""Cells of a screen: what one column of one line shows."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from kps_tui.ui.wire.style import PLAIN, Style

_SIMPLE = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0391-\u03a1\u0400-\u0482\u2010-\u2027\u2190-\u2193\u2500-\u25fc]*"
)
"""Text of which each character takes one cell in every terminal."""
_CACHED = 4096
"""The most characters of one style that are cached."""
_JOINER, _WIDENER = chr(0x200D), chr(0xFE0F)
"""Zero width joiner and variation selector 16: they change the width of the text around them."""


class Cell(NamedTuple):
    """One cell. The left half of a wide character holds its text; the right half holds an empty text."""

    text: str
    """One character with those that are combined with it."""
    style: Style
    is_certain: bool = True
    """Whether all terminals agree on the width of the text."""


BLANK = Cell(" ", PLAIN)
UNKNOWN = Cell("\0", PLAIN)
"""A cell whose content is not known."""

Line = list[Cell]
"""The cells of one line of the screen."""


@lru_cache(maxsize=1024)
def _blank(style: Style) -> Cell:
    """Return a space: the same object for all styles that look alike, so that comparing it is fast."""
    return BLANK if style == PLAIN else Cell(" ", style)


class _Cells(dict[str, Cell]):
    """The cells of one style, by their text, created on demand."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, text: str) -> Cell:
        if len(self) >= _CACHED:
            self.clear()
        cell = _blank(self._style.blank) if text == " " else Cell(text, self._style, terminals_agree(text))
        self[text] = cell
        return cell


@lru_cache(maxsize=1024)
def _cells_in(style: Style) -> _Cells:
    return _Cells(style)


def cells_of(text: str, style: Style) -> Line:
    """Return the cells of a text without control characters, with the widths that Textual assumes."""
    known = _cells_in(style)
    if text.isascii() or _SIMPLE.fullmatch(text):
        return [known[character] for character in text]
    cells: Line = []
    for grapheme, width in _graphemes(text):
        if width:
            cells += [known[grapheme], Cell("", style, known[grapheme].is_certain)][:width]
    return cells


def combined_with_the_cell_before(text: str) -> str:
    """Return the characters at the start of `text` that take no cell of their own; usually none."""
    if text.isascii() or _SIMPLE.fullmatch(text):
        return ""
    grapheme, width = _graphemes(text)[0]
    return "" if width else grapheme


def combine(line: Line, column: int, text: str) -> None:
    """Combine `text` with the character before `column` of `line`, if that is known."""
    at = column - 1 if line[column - 1].text else column - 2
    if line[at] != UNKNOWN:
        line[at] = Cell(line[at].text + text, line[at].style, is_certain=False)


@lru_cache(maxsize=4096)
def _graphemes(text: str) -> list[tuple[str, int]]:
    """Return each character of a text, with those that are combined with it, and its width in cells."""
    found: list[tuple[str, int]] = []
    is_simple = _JOINER not in text and _WIDENER not in text
    begin = 0
    for at, character in enumerate(text):
        # Rich can only measure a text with a joiner as a whole: what follows the joiner adds no width.
        end = begin + cell_len(character) if is_simple else cell_len(text[: at + 1])
        if found and (end == begin or character == _WIDENER):
            before, width = found[-1]
            found[-1] = before + character, width + end - begin
        else:
            found.append((character, end - begin))
        begin = end
    return found


@lru_cache(maxsize=_CACHED)
def terminals_agree(text: str) -> bool:
    """Return whether `text`, one character with those combined with it, has the same width in all terminals.

    Their tables come from different versions of Unicode, so they disagree on emoji and on characters that were added or
    widened later.
    """
    if _SIMPLE.fullmatch(text):
        return True
    if len(text) > 1 or unicodedata.category(text)[0] not in "LNPSZ":
        return False
    old, width = unicodedata.ucd_3_2_0, cell_len(text)
    is_wide = {width == 2, old.east_asian_width(text) in "WF", unicodedata.east_asian_width(text) in "WF"}
    return width > 0 and len(is_wide) == 1 and old.category(text) != "Cn"
