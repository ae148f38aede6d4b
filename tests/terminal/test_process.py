"""No core dump holds a login."""

import subprocess
import sys

SCRIPT = """
import resource
from pathlib import Path
from kps_tui.terminal.process import leave_no_core_dump
leave_no_core_dump()
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_core_dumps_are_off() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "(0, 0)\n"
