"""Runs scripts with a private session bus, with or without a real Secret Service, in a temporary home.

gnome-keyring-daemon provides the Secret Service.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
needs_secret_service = pytest.mark.skipif(
    any(shutil.which(program) is None for program in NEEDED), reason=f"needs {' and '.join(NEEDED)}"
)

_START = 'printf %s "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; shift; exec "$@"'
_BARE_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/>
  <allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""


@dataclass(frozen=True)
class Ran:
    """The output and the exit code of a script."""

    output: str
    errors: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()


@dataclass(frozen=True)
class Home:
    """The home of one user. All its sessions share the keyring files."""

    path: Path

    def environ(self, **more: str) -> dict[str, str]:
        run = self.path / "run"
        for folder in (run, self.path / ".local/share/keyrings", self.path / ".cache"):
            folder.mkdir(parents=True, exist_ok=True)
        run.chmod(0o700)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.path),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_DATA_HOME": str(self.path / ".local/share"),
            "XDG_CONFIG_HOME": str(self.path / ".config"),
            "XDG_CACHE_HOME": str(self.path / ".cache"),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            **more,
        }

    def run(self, *command: str, **variables: str) -> Ran:
        done = subprocess.run(
            command,
            env=self.environ(**variables),
            cwd=self.path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    def without_bus(self, script: str, **variables: str) -> Ran:
        """Run a Python script without a session bus."""
        return self.run(sys.executable, "-c", script, **variables)

    def on_bare_bus(self, script: str) -> Ran:
        """Run it with a bus that has no Secret Service and can't start one."""
        config = self.path / "bus.conf"
        config.write_text(_BARE_BUS)
        return self.run("dbus-run-session", f"--config-file={config}", "--", sys.executable, "-c", script)

    def never_unlocked(self, script: str) -> Ran:
        """Run it with a bus that starts the Secret Service on demand; it stays locked."""
        return self.run("dbus-run-session", "--", sys.executable, "-c", script)

    def unlocked(self, script: str, password: str = "test", **variables: str) -> Ran:
        """Run it with a Secret Service that was unlocked with `password`."""
        start = ("dbus-run-session", "--", "sh", "-c", _START, "sh", password)
        return self.run(*start, sys.executable, "-c", script, **variables)

    def files_with(self, text: str) -> list[Path]:
        """Return the files that contain `text`."""
        files = (path for path in self.path.rglob("*") if path.is_file())
        return [path for path in files if text.encode() in path.read_bytes()]
