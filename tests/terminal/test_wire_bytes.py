"""How many bytes a key sends: against the program's plain output in the same run, and against the changed cells."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import pytest

from tests.terminal.pty_run import DEADLINE, FORKED, Terminal, environment
from tests.terminal.test_random_keys import PAGE_DOWN, seen

COLUMNS, ROWS = 120, 36
QUIET_SECONDS = 0.5
"""If nothing is sent for so long after a key, all of it was sent."""
RUN_BYTES = 8
"""What it takes to reach a run of cells and to choose its style."""


class Step(NamedTuple):
    """The bytes of some keys."""

    sent: int
    plain: int
    ideal: int
    """The bytes of the cells that differ before and after, and `RUN_BYTES` for each run of them in one style."""


Cells = list[list[tuple[object, ...]]]


def cells(terminal: Terminal) -> Cells:
    screen = terminal.screen
    return [[seen(screen.buffer[row][column]) for column in range(screen.columns)] for row in range(screen.lines)]


def ideal(before: Cells, after: Cells) -> int:
    """Return the bytes of the cells that differ, and of the runs in which they lie."""
    total = 0
    for old, new in zip(before, after, strict=True):
        changed = [None if was == cell else cell[1:] for was, cell in zip(old, new, strict=True)]
        total += RUN_BYTES * sum(1 for style, _run in groupby(changed) if style is not None)
        total += sum(len(str(cell[0]).encode()) for was, cell in zip(old, new, strict=True) if was != cell)
    return total


class Pair:
    """The program in two terminals, one of them with its plain output."""

    def __init__(self, short: Terminal, plain: Terminal) -> None:
        self.both = (short, plain)
        for terminal in self.both:
            terminal.shows("1,000 of 2,500 loaded")
        self._settle()

    def _settle(self) -> None:
        while any(terminal.read(QUIET_SECONDS / 2) for terminal in self.both):
            pass

    def type(self, *keys: str) -> Step:
        """Type keys, waiting after each of them."""
        total = Step(sent=0, plain=0, ideal=0)
        for key in keys:
            begin, before = [len(terminal.data) for terminal in self.both], cells(self.both[0])
            for terminal in self.both:
                terminal.send(key)
            for terminal in self.both:
                assert terminal.read(DEADLINE), "nothing is sent"
            self._settle()
            sent, plain = (len(terminal.data) - at for terminal, at in zip(self.both, begin, strict=True))
            total = Step(total.sent + sent, total.plain + plain, total.ideal + ideal(before, cells(self.both[0])))
        return total


@pytest.fixture
def pair() -> Iterator[Pair]:
    env = environment(COLORTERM="truecolor")
    with (
        Terminal([FORKED, "--demo"], columns=COLUMNS, rows=ROWS, env=env) as short,
        Terminal([FORKED, "--demo", "--plain-output"], columns=COLUMNS, rows=ROWS, env=env) as plain,
    ):
        yield Pair(short, plain)


def test_a_key_sends_little_more_than_the_cells_that_change(pair: Pair) -> None:
    pair.type("j")
    steps = {"move": (pair.type("j"), 5)}
    pair.type(PAGE_DOWN)
    # Nearly every character of the list and of the detail is another one: these bytes alone are a third of the plain
    # output.
    steps["page"] = pair.type(PAGE_DOWN), 2
    pair.type("k" * 25)
    steps["scroll"] = pair.type("k"), 5
    steps["groups"] = pair.type("F", "\x1b"), 5
    steps["dialog"] = pair.type("?", "\x1b"), 4
    pair.type("/", "serve")
    # The same tasks match, so only the filter itself changes.
    steps["letter"] = pair.type("r"), 10
    for name, (step, factor) in steps.items():
        assert step.sent <= 1.5 * step.ideal + 100, f"{name}: {step}"
        assert step.sent <= step.plain / factor, f"{name}: {step}"
