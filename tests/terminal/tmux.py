"""A real tmux server of a test's own, on its own socket, without a configuration."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE = 30.0


class Tmux:
    """A server with one session; it ends with the block. The test is skipped where there is no tmux."""

    def __init__(self, socket: Path) -> None:
        if not shutil.which("tmux"):
            pytest.skip("tmux is not installed")
        self.socket = socket

    def __enter__(self) -> "Tmux":
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "exec sleep 600")
        self.environ = _outside() | {"TMUX": self.run("display-message", "-p", "#{socket_path},#{pid},0").strip()}
        return self

    def __exit__(self, *_: object) -> None:
        # The server may be gone already; that is what some tests are about.
        self._call("kill-server")

    def run(self, *arguments: str) -> str:
        """Run a command of tmux, which must succeed, and return what it prints."""
        done = self._call(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def buffer(self) -> str:
        """The text that was stored last; nothing where none was."""
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
