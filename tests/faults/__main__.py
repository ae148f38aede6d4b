"""`python -m tests.faults`: prints which rows of the fault matrix have tests, and measures memory and fuzzing.

With `--counts` it only counts rows and runs nothing.
"""

import contextlib
import importlib.util
import io
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.case import GOOD_LIST, Case
from tests.faults.matrix import ROWS
from tests.faults.memory import ACCEPTED, REFUSED, said

_FAULT = re.compile(r"\[fault-([0-9]{2})-")


class Collected:
    """Counts the tests of each row, and the known failures."""

    def __init__(self) -> None:
        self.tests: Counter[int] = Counter()
        self.failing: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            if matched := _FAULT.search(item.name):
                self.tests[int(matched[1])] += 1
                for mark in item.iter_markers("xfail"):
                    self.failing[item.name[matched.start() + 1 : -1]] = str(mark.kwargs.get("reason", ""))


def collected() -> Collected:
    """Return the counts of the tests that pytest collects in this folder."""
    found = Collected()
    with contextlib.redirect_stdout(io.StringIO()) as said_by_pytest:
        code = pytest.main(["--collect-only", "-q", str(Path(__file__).parent)], plugins=[found])
    if code != pytest.ExitCode.OK:
        sys.exit(said_by_pytest.getvalue())
    return found


def worst_of(cases: Sequence[Case], folder: Path) -> str:
    """Return the case that takes the most memory, and the amount."""
    usual = GOOD_LIST.listed(folder / "usual").peak
    return said({case.id: case.listed(folder / case.id).peak - usual for case in cases})


def print_counts() -> None:
    """Print which rows have tests."""
    found = collected()
    tested = [row for row in ROWS if found.tests[row.number]]
    print(f"faults: {len(tested)} of {len(ROWS)} rows have tests, {sum(found.tests.values())} in all")
    for row in ROWS:
        if not found.tests[row.number]:
            print(f"  without: {row.number} {row.title}: {row.reason}")
    for name, reason in found.failing.items():
        print(f"  known to fail: {name}: {reason}")


def print_measures() -> None:
    """Print the memory that response bodies take, and the results of fuzzing."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"memory of a body that is refused: {worst_of(REFUSED, Path(folder) / 'refused')}")
        print(f"memory of a body that is read, at worst: {worst_of(ACCEPTED, Path(folder) / 'read')}")
    if importlib.util.find_spec("tests.fuzz.__main__"):
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "tests.fuzz"], check=True)


if __name__ == "__main__":
    print_counts()
    if "--counts" not in sys.argv:
        print_measures()
