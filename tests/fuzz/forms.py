"""The number of fuzz cases, in the short form of every run and in the full form."""

from typing import NamedTuple


class Form(NamedTuple):
    """Numbers of fuzz cases."""

    strings: int
    strings_on_screen: int
    """For mounted widgets, where each case takes longer."""
    bodies: int
    keys: int


SHORT = Form(strings=1000, strings_on_screen=250, bodies=300, keys=150)
FULL = Form(strings=20_000, strings_on_screen=20_000, bodies=5000, keys=2000)
MONKEYS = 4
"""Number of programs among which the keys of the full form are divided."""
