"""Makes a modified copy of the program, to test how many files a change needs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "kps_tui"
Changes = Mapping[str, Sequence[tuple[str, str]]]
"""By file: pairs of a text that occurs once in the file, and the text to insert after it."""


def make_copy(folder: Path, changes: Changes) -> None:
    """Copy the program to `folder`, and apply the changes to the copy."""
    shutil.copytree(PACKAGE, folder / "kps_tui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parent / "styles", folder / "styles")
    for name, additions in changes.items():
        path = folder / "kps_tui" / name
        text = path.read_text(encoding="utf-8")
        for before, added in additions:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, before + added)
        path.write_text(text, encoding="utf-8")


def python(folder: Path, *arguments: str) -> str:
    """Run Python with the copy in `folder`, and return its output."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    environment |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    environment |= {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state")}
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return ended.stdout
