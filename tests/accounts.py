"""Ordinary users of this host, and a copy of the program that they can read. Only root can make them."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
SECONDS = 60
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make or become another user")


@contextmanager
def account() -> Iterator[tuple[str, Path]]:
    """Make a user; yield the name and the home folder. The user and all files at home are removed afterwards."""
    name = f"kps-{uuid.uuid4().hex[:12]}"
    home = Path("/home") / name
    _changed("useradd", "--create-home", "--home-dir", str(home), "--password", "*", name)
    try:
        yield name, home
    finally:
        _changed("userdel", "--force", "--remove", name)


def _changed(*command: str) -> None:
    """Run a command that changes users. Repeat it while another such command holds the lock."""
    deadline = time.monotonic() + SECONDS
    while True:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 or "lock" not in done.stderr or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert done.returncode == 0 or command[0] == "userdel", done.stderr


def python_for(user: str) -> str:
    """Return a Python of this version that an ordinary user may run. One in the home folder of root can't be."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = ["runuser", "-u", user, "--", python, "-c", "import sys; print(sys.version_info.minor)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.stdout.strip() == str(sys.version_info.minor):
            return python
    pytest.skip(f"no Python 3.{sys.version_info.minor} that an ordinary user may run")


def copy_program(folder: Path) -> None:
    """Copy the program and the packages that it needs, with their bytecode, to a folder that every user can read."""
    # Leave out bytecode that another process is writing, which has a temporary name.
    shutil.copytree(ROOT / "kps_tui", folder / "kps_tui", ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copytree(ROOT / "styles", folder / "styles")
    left, seen = ["kps-tui"], set()
    while left:
        found = distribution(left.pop())
        if (name := found.name.lower()) in seen:
            continue
        seen.add(name)
        for text in found.requires or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                left.append(needed.name)
        for file in found.files or []:
            source = Path(str(file.locate()))
            if name == "kps-tui" or ".." in file.parts or "__pycache__" in file.parts:
                continue
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            # With the modification time, by which Python tells whether the bytecode is current.
            shutil.copy2(source, target)
            for compiled in source.parent.glob(f"__pycache__/{source.stem}.{sys.implementation.cache_tag}.pyc"):
                (target.parent / "__pycache__").mkdir(exist_ok=True)
                shutil.copy2(compiled, target.parent / "__pycache__")
