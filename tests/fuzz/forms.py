"""How much is tried: in every run, and when it is asked for."""

from typing import NamedTuple


class Form(NamedTuple):
    """Numbers of things that are tried."""

    strings: int
    strings_on_screen: int
    """Through mounted widgets, where each costs more."""
    bodies: int
    keys: int


SHORT = Form(strings=1000, strings_on_screen=250, bodies=300, keys=150)
FULL = Form(strings=20_000, strings_on_screen=20_000, bodies=5000, keys=2000)
MONKEYS = 4
"""Programs that share the keys of the full form: each begins anew."""
