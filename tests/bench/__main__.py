"""Compares the program with its peers in one run: `uv run python -m tests.bench`, five to ten minutes.

It prints a table of ratios and their targets, and with `--json FILE` writes every value. textual-fastdatatable and the
vendor's SDK are installed in an environment that is removed afterwards; `--no-install` leaves them out.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench import measures
from tests.bench.measures import FAST, IDEAL, MINIMAL, OURS, PLAIN, SDK, STOCK, Values

PEERS = ("textual==8.2.8", "textual-fastdatatable==0.19.5", "huaweicloudsdkkps==3.1.219")


class Target(NamedTuple):
    """The largest allowed ratio of two medians of one run, after taking `plus` off the first."""

    measure: str
    against: str
    most: float
    plus: float = 0.0
    other_measure: str = ""
    """The measure of `against`, if that is another one."""
    of: str = OURS


def _targets() -> Iterator[Target]:
    for step, most in (("move", 1 / 5), ("scrolled line", 1 / 5), ("page down", 1 / 5)):
        yield Target(f"bytes: {step}", PLAIN, most)
        yield Target(f"bytes: {step}", STOCK, 1)
        yield Target(f"bytes: {step}", FAST, 1)
        yield Target(f"bytes: {step}", IDEAL, 1.5, plus=100)
        yield Target(f"seconds: {step}", STOCK, 0.5)
        yield Target(f"seconds: {step}", FAST, 0.4)
    yield Target("bytes: letter", PLAIN, 1 / 10)
    yield Target("bytes: dialog", PLAIN, 1 / 4)
    for count, stock, fast in ((10_000, 12, 1.5), (100_000, 80, 1.8)):
        yield Target(f"seconds: load of {count:,} rows", STOCK, 1 / stock)
        yield Target(f"seconds: load of {count:,} rows", FAST, 1 / fast)
    yield Target("CPU seconds: load of 10,000 rows", STOCK, 1 / 12)
    rows = "100,000 rows"
    yield Target(f"seconds: a page of {rows}, typical", STOCK, 1 / 100)
    yield Target(f"seconds: a page of {rows}, typical", FAST, 1 / 2)
    yield Target(f"seconds: sort by a text of {rows}", STOCK, 1 / 10)
    yield Target(f"seconds: sort by a text of {rows}", FAST, 1 / 3)
    yield Target(f"seconds: sort by a number of {rows}", STOCK, 1 / 10)
    yield Target(f"seconds: sort by a number of {rows}", FAST, 1 / 0.7)
    yield Target(f"seconds: filter of {rows}", STOCK, 1 / 40)
    yield Target(f"seconds: filter of {rows}", FAST, 1 / 3)
    yield Target(f"bytes of memory: {rows}", STOCK, 1 / 6)
    yield Target(f"bytes of memory: {rows}", FAST, 1 / 8)
    first = "seconds: first frame"
    yield Target(first, MINIMAL, 1.35)
    yield Target("seconds: first rows", MINIMAL, 2, other_measure=first)
    yield Target("seconds: list of one page", SDK, 1)
    yield Target("seconds: quit", STOCK, 0.15)


TARGETS = tuple(_targets())


def lines(values: Values) -> Iterator[str]:
    """Yield the measured values, then the ratios with their targets."""
    yield f"{'measure':<52}{'program':<16}{'median':>12}{'least':>12}{'most':>12}"
    for measure, by_program in values.items():
        for program, found in by_program.items():
            numbers = "".join(f"{_number(value):>12}" for value in (median(found), min(found), max(found)))
            yield f"{measure:<52}{program:<16}{numbers}"
    yield ""
    yield f"{'ratio':<52}{'against':<16}{'measured':>12}{'at most':>12}"
    for target in TARGETS:
        ratio = ratio_of(target, values)
        if ratio is not None:
            missed = "" if ratio <= target.most else "  missed"
            yield f"{target.measure:<52}{target.against:<16}{ratio:>12.3f}{target.most:>12.3f}{missed}"


def ratio_of(target: Target, values: Values) -> float | None:
    """Return the measured ratio, or None if one of the two was not measured."""
    own = values.get(target.measure, {}).get(target.of)
    other = values.get(target.other_measure or target.measure, {}).get(target.against)
    if not own or not other:
        return None
    return max(0.0, median(own) - target.plus) / median(other) if median(other) else float("inf")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.4f}"


@contextmanager
def _peers(install: bool) -> Iterator[str | None]:
    """Yield the Python that has the peers, or None."""
    if not install:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / "bin" / "python")
        subprocess.run(["uv", "venv", "--quiet", "--python", "3.11", folder], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *PEERS], check=True)
        yield python


def main() -> None:
    """Run the measures, and print what they found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Compare kps-tui with its peers.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value to FILE")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is measured (default 5)")
    parser.add_argument("--no-install", action="store_true", help="only peers that need nothing installed")
    parser.add_argument(
        "--only", choices=["keys", "start", "list", "loads", "tables", "growth"], help="only these measures"
    )
    options = parser.parse_args()
    values: Values = {}
    with _peers(not options.no_install) as python:
        runs: dict[str, Callable[[], Values]] = {
            "keys": lambda: measures.keys(options.rounds, python),
            "start": lambda: measures.starts(options.rounds),
            "list": lambda: measures.lists(options.rounds, python),
            "loads": lambda: measures.loads(options.rounds, python),
            "tables": lambda: measures.tables(options.rounds, python),
            "growth": lambda: measures.growth((1_000, 10_000, 100_000, 1_000_000)),
        }
        for name, run in runs.items():
            if options.only in (None, name):
                values.update(run())
    print("\n".join(lines(values)))
    if options.json:
        options.json.write_text(json.dumps(values, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
