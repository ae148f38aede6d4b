"""Random keys: Textual's output in one emulator, and what is made of it in another, show the same after each update."""

from random import Random

import pyte
import pytest

from kps_tui.ui.wire.wire import END, Wire
from tests.terminal.emulator import Emulator
from tests.terminal.pty_run import FORKED, Terminal, environment

SYNCHRONIZES = "\x1b[?2026;2$y"
"""The answer of a terminal that can show an update at once, after which the program marks each update."""
ESCAPE, ENTER, UP, DOWN, PAGE_DOWN, PAGE_UP = "\x1b", "\r", "\x1b[A", "\x1b[B", "\x1b[6~", "\x1b[5~"
MOVES = ("j", "j", "j", "k", DOWN, UP, PAGE_DOWN, PAGE_UP, "G", "g", "h", "l", "\x04", "\x15")
COMMANDS = (
    *("d", "s", "S", "f", "F", "t", "v", " ", "*", "u", "=", "!", "y", "C", "?", ":", "R", "r", "w", "[", "]", "\x0c"),
    *("/op:reset", "/server", "/zz", "\x7f", "E"),
)


def keys(random: Random, count: int) -> list[str]:
    """Return random keys: moves, commands, and what leaves them again."""
    return [random.choice(random.choice((MOVES, MOVES, COMMANDS, (ESCAPE, ESCAPE, ENTER)))) for _ in range(count)]


def updates_of(typed: list[str], columns: int, rows: int) -> list[str]:
    """Return the updates that Textual writes while keys are typed."""
    env = environment(COLORTERM="truecolor")
    with Terminal([FORKED, "--demo", "--plain-output"], columns=columns, rows=rows, env=env) as terminal:
        terminal.send(SYNCHRONIZES)
        terminal.shows("of 2,500 loaded")
        for key in typed:
            terminal.send(key)
            terminal.read(0.05)
        while terminal.read(0.5):
            pass
        terminal.send("\x03")
        assert terminal.ended()[0] == 130
        return [part + END for part in terminal.data.decode().split(END)[:-1]]


def seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    """Return what a person sees of a cell: the foreground of a space is not visible."""
    return (" ", cell.bg) if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough) else cell


def compare(updates: list[str], columns: int, rows: int) -> tuple[int, int]:
    """Compare the two emulators after each update; return how many bytes each of them was sent."""
    wire, sizes = Wire(columns, rows), [0, 0]
    screens = [Emulator(columns, rows) for _ in range(2)]
    streams = [pyte.Stream(screen) for screen in screens]
    for number, update in enumerate(updates):
        for which, text in enumerate((update, wire.translate([update]))):
            streams[which].feed(text)
            sizes[which] += len(text.encode())
        plain, short = screens
        for row in sorted(plain.dirty | short.dirty):
            wanted, shown = ([seen(screen.buffer[row][column]) for column in range(columns)] for screen in screens)
            assert shown == wanted, f"line {row} after update {number}"
        assert (short.cursor.y, short.cursor.x) == (plain.cursor.y, plain.cursor.x)
        plain.dirty.clear()
        short.dirty.clear()
    return sizes[0], sizes[1]


def test_the_screen_is_the_same_after_every_update() -> None:
    updates = updates_of(keys(Random(13), 90), 80, 24)
    assert len(updates) > 60
    plain, short = compare(updates, 80, 24)
    assert short < plain / 4


@pytest.mark.full
@pytest.mark.parametrize(("columns", "rows"), [(60, 15), (80, 24), (120, 36), (200, 50)])
def test_the_screen_is_the_same_after_many_keys(columns: int, rows: int) -> None:
    plain, short = compare(updates_of(keys(Random(columns), 500), columns, rows), columns, rows)
    assert short < plain / 4
