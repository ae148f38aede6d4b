"""A small terminal, written independently of the model it tests: cells, styles, scrolling, wide characters.

Unlike pyte it blanks the other half of a wide character that is overwritten, as terminals do, and it can be told how
wide characters are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.cells import split_graphemes

SEQUENCE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|([^\x00-\x1f]+)|([\r\n])")
OFF = {"22": "12", "23": "3", "24": "4", "25": "5", "27": "7", "28": "8", "29": "9"}
VISIBLE_ON_BLANKS = {"4", "7", "9"}

Pen = tuple[frozenset[str], str, str]
"""Attributes, foreground, background."""
PLAIN: Pen = (frozenset(), "", "")
Shown = tuple[str, Pen]
"""A character and its style; of a space only what is visible."""


def seen(text: str, pen: Pen) -> Shown:
    """Return what a person sees of a cell."""
    attributes, _foreground, background = pen
    if text == " " and not attributes & VISIBLE_ON_BLANKS:
        return " ", (frozenset(), "", background)
    return text, pen


def as_textual(text: str) -> list[tuple[str, int]]:
    """Measure as Rich does, and so Textual."""
    return [(text[begin:end], width) for begin, end, width in split_graphemes(text)[0]]


@dataclass
class Emulator:
    """A terminal that does not wrap lines."""

    width: int
    height: int
    erases_with_colour: bool = True
    """Whether erased cells and new lines get the background of the current style."""
    measure: Callable[[str], list[tuple[str, int]]] = as_textual
    """Splits a text into characters and their widths. What has no width is combined with the character before."""
    pen: Pen = PLAIN
    row: int = 0
    column: int = 0
    margins: tuple[int, int] = (0, 0)
    lines: list[list[Shown]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = [[(" ", PLAIN)] * self.width for _ in range(self.height)]
        self.margins = (0, self.height - 1)

    @property
    def shown(self) -> list[list[Shown]]:
        """What a person sees."""
        return [[seen(*cell) for cell in line] for line in self.lines]

    def feed(self, data: str) -> None:
        at = 0
        while at < len(data):
            found = SEQUENCE.match(data, at)
            assert found, f"not understood: {data[at : at + 20]!r}"
            parameters, final, text, control = found.groups()
            if text:
                self._print(text)
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                assert self.row < self.height - 1, "this would scroll the whole screen"
                self.row += 1
            elif final in "hl":
                assert parameters.startswith("?")
            else:
                self._control(parameters, final)
            at = found.end()

    def _print(self, text: str) -> None:
        for character, width in self.measure(text):
            line = self.lines[self.row]
            if not width:
                at = self.column - 1 - (self.column > 1 and not line[self.column - 1][0])
                if at >= 0:
                    line[at] = line[at][0] + character, line[at][1]
                continue
            if self.column + width > self.width:
                if self.column < self.width:
                    # What terminals do with a wide character at the edge differs.
                    self._put(self.column, " ", 1)
                self.column = self.width
                continue
            self._put(self.column, character, width)
            self.column += width

    def _put(self, column: int, text: str, width: int) -> None:
        line = self.lines[self.row]
        for at in (column, column + width):
            self._part(line, at)
        line[column : column + width] = [(text, self.pen), ("", self.pen)][:width]

    def _part(self, line: list[Shown], column: int) -> None:
        """Blank a wide character of which `column` is the right half."""
        if 0 < column < self.width and not line[column][0]:
            line[column - 1] = " ", line[column - 1][1]
            line[column] = " ", line[column][1]

    def _erased(self) -> Shown:
        return " ", (frozenset(), "", self.pen[2] if self.erases_with_colour else "")

    def _control(self, parameters: str, final: str) -> None:
        numbers = [int(number or 0) for number in parameters.split(";")]
        count = max(1, numbers[0])
        if final == "H":
            self.row = min(count, self.height) - 1
            self.column = min(max(1, numbers[1] if len(numbers) > 1 else 1), self.width) - 1
        elif final in "CD":
            assert self.column < self.width, "a relative move from behind the last column"
            self.column += count if final == "C" else -count
            assert 0 <= self.column < self.width
        elif final == "B":
            assert self.column < self.width
            self.row += count
            assert self.row < self.height
        elif final == "K":
            assert parameters in ("", "0")
            assert self.column < self.width, "terminals differ in what they erase behind the last column"
            line = self.lines[self.row]
            self._part(line, self.column)
            line[self.column :] = [self._erased()] * (self.width - self.column)
        elif final == "J":
            assert parameters == "2"
            self.lines = [[self._erased()] * self.width for _ in range(self.height)]
        elif final == "r":
            top, bottom = numbers if len(numbers) == 2 else (1, self.height)
            assert 1 <= top < bottom <= self.height
            self.margins = top - 1, bottom - 1
            self.row = self.column = 0
        elif final in "LM":
            top, bottom = self.row, self.margins[1]
            assert self.margins[0] <= top <= bottom
            lines = self.lines[top : bottom + 1]
            blank = [[self._erased()] * self.width for _ in range(count)]
            self.lines[top : bottom + 1] = [*blank, *lines[:-count]] if final == "L" else [*lines[count:], *blank]
        elif final == "m":
            self._style(parameters.split(";"))
        else:
            raise AssertionError(f"not understood: {parameters}{final}")

    def _style(self, codes: list[str]) -> None:
        attributes, foreground, background = self.pen
        while codes:
            code = codes.pop(0)
            if code in ("38", "48"):
                count = 2 if codes[0] == "5" else 4
                code = ";".join([code, *codes[:count]])
                del codes[:count]
            if code in ("", "0"):
                attributes, foreground, background = PLAIN
            elif code in OFF:
                attributes -= set(OFF[code])
            elif len(code) == 1:
                attributes |= {code}
            elif code.startswith(("3", "9")):
                foreground = "" if code == "39" else code
            else:
                background = "" if code == "49" else code
        self.pen = attributes, foreground, background
