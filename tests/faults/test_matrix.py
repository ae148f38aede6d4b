"""The matrix is complete: every row has a test or a reason, and enough rows have a test."""

import re
import subprocess
import sys
from pathlib import Path

from tests.faults.matrix import ROWS, WANTED


def test_every_row_has_a_test_or_a_reason() -> None:
    assert [row.number for row in ROWS] == list(range(1, 81))
    assert len({row.name for row in ROWS}) == 80
    # In a process of its own: collecting inside a test would disturb the plug-ins of this run.
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--counts"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    counted = re.match(r"faults: ([0-9]+) of 80 rows have tests, ([0-9]+) in all\n", ended.stdout)
    assert counted, ended.stdout
    without = re.findall(r"^  without: ([0-9]+) .*: (.+)$", ended.stdout, re.MULTILINE)
    assert {int(number): reason for number, reason in without} == {row.number: row.reason for row in ROWS if row.reason}
    assert int(counted[1]) == 80 - len(without) >= WANTED
