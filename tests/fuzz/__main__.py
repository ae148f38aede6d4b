"""`python -m tests.fuzz [SEED]`: runs all fuzz tests in their full form, and prints the number of cases."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import tests.conftest  # noqa: F401  no setting of this machine takes part
from tests.fuzz.client import bodies
from tests.fuzz.forms import FULL, MONKEYS
from tests.fuzz.home import moved_to
from tests.fuzz.monkey import drawn, played
from tests.fuzz.places import PLACES
from tests.fuzz.strings import hostile_strings
from tests.fuzz.triage_places import TRIAGE
from tests.fuzz.widgets import WIDGETS


def main(seed: int) -> None:
    """Run all fuzz tests."""
    print(f"seed {seed}")
    strings = [*hostile_strings(FULL.strings, seed)]
    passed = pressed = 0
    for place in (*PLACES, *TRIAGE, *WIDGETS):
        with timed(place.__name__):
            passed += place(strings)
    with timed("bodies"):
        came = bodies(FULL.bodies, seed)
    for monkey in range(seed, seed + MONKEYS):
        with timed(f"monkey {monkey}"), TemporaryDirectory() as folder, moved_to(Path(folder)):
            pressed += asyncio.run(played(drawn(FULL.keys // MONKEYS, monkey), monkey))
    print(f"{FULL.strings:,} strings, {passed:,} strings × places")
    print(f"{came.total():,} bodies: {', '.join(f'{count:,} {name}' for name, count in came.most_common())}")
    print(f"{pressed:,} keys")


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print the duration of a part."""
    started = time.monotonic()
    yield
    print(f"  {name}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
