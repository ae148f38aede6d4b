"""No core dump holds a login, and no other process of the user reads the memory."""

import subprocess
import sys

import pytest

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


DUMPABLE = """
import ctypes
from kps_tui.terminal.process import leave_no_core_dump
PR_GET_DUMPABLE = 3
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
leave_no_core_dump()
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has prctl")
def test_other_processes_of_the_user_can_not_attach() -> None:
    """Without the flag, these may read `/proc/PID/mem` and `/proc/PID/environ`."""
    done = subprocess.run([sys.executable, "-c", DUMPABLE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "1\n0\n"
