"""Runs a real tmux server for a test, with its own socket and without configuration."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE = 30.0


class Tmux:
    """A tmux server with one session, which ends with the block. Without tmux, the test is skipped."""

    def __init__(self, socket: Path) -> None:
        if not shutil.which("tmux"):
            pytest.skip("tmux is not installed")
        self.socket = socket

    def __enter__(self) -> "Tmux":
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "exec sleep 600")
        self.environ = _outside() | {"TMUX": self.run("display-message", "-p", "#{socket_path},#{pid},0").strip()}
        return self

    def __exit__(self, *_: object) -> None:
        # Some tests end the server themselves.
        self._call("kill-server")

    def run(self, *arguments: str) -> str:
        """Run a tmux command, check that it succeeds, and return its output."""
        done = self._call(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def buffer(self) -> str:
        """Return the newest buffer; empty if there is none."""
        return self._call("show-buffer").stdout

    def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for `condition`."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"not within {DEADLINE:g} s: {what}"
            time.sleep(0.02)

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["tmux", "-u", "-S", str(self.socket), *arguments]
        return subprocess.run(command, env=_outside(), capture_output=True, text=True, timeout=DEADLINE, check=False)


def _outside() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
