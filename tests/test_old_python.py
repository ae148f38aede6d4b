"""What a Python that is too old prints."""

import subprocess
import sys

OLD = """
import sys
sys.version_info = (3, 10, 13)
import kps_tui.cli
"""


def test_a_python_that_is_too_old_is_named_in_one_line() -> None:
    ended = subprocess.run([sys.executable, "-c", OLD], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "kps-tui needs Python 3.11 or newer, not 3.10\n"
