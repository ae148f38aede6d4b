"""Runs `kps-tui` in a process of its own, and returns exit code, output, time and memory.

The processes are forked from one that has imported the program. That is ten times as fast as a new Python.
"""

import json
import multiprocessing
import os
import re
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kps_tui import cli
from kps_tui.cli.commands import SUBCOMMANDS
from tests.loopback import Loopback

TOKEN = "canary-token-6d1f"
PROJECT = "0123456789abcdef0123456789abcdef"
PATIENCE = 3
"""Factor for deadlines: tests allow three times what the product promises."""
KILLED_AFTER = 300.0
"""Seconds until a program that hangs is killed, far more than any run takes on a busy machine."""
STATUS = "status"
"""The file to which the program writes its exit code and its memory."""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        *(f"kps_tui.cli.{command.load().runs.partition('.')[0]}" for command in SUBCOMMANDS.values()),
        *("__main__", "kps_tui.kps.client", "kps_tui.triage.export", "tests.faults.screens"),
        *("keyring.backends.SecretService", "secretstorage", "kps_tui.identity.kernel_keyring"),
    ]
)


@dataclass(frozen=True)
class Ended:
    """The result of one run."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int
    """Peak memory in KiB."""
    log: str
    """The log of `--debug`."""
    leaked: tuple[str, ...] = ()
    """Files that hold the token."""
    server: Loopback = field(default_factory=lambda: Loopback(""))
    sink: Loopback = field(default_factory=lambda: Loopback(""))

    @property
    def json(self) -> Any:
        """The output on stdout, parsed as strict JSON."""
        return json.loads(self.out, parse_constant=_refuse)

    @property
    def everything(self) -> str:
        """Everything that it printed or logged."""
        return self.out + self.err + self.log


def _refuse(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def clean_environment(**more: str) -> dict[str, str]:
    """Return an environment without cloud, proxy and colour settings."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "XDG_STATE_HOME", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {"TZ": "UTC", "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent"} | more


def run(
    folder: Path,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    working: Path | None = None,
) -> Ended:
    """Run the program with files of its own in `folder`, in the working directory `working` or this one."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "XDG_DATA_HOME": str(folder / "data")}
    variables = clean_environment(**(places | dict(environ or {})))
    (folder / "in").write_bytes(stdin)
    process = CONTEXT.Process(target=_program, args=(folder, arguments, variables, working))
    began = time.monotonic()
    process.start()
    process.join(KILLED_AFTER)
    process.kill()
    process.join()
    seconds = time.monotonic() - began
    process.close()
    # Not `exitcode`: if several threads wait for processes, one may take the status of another's process.
    note = _text(folder / STATUS)
    code, peak = re.match(r"(\d+)\n", note), re.search(r"VmHWM:\s+(\d+) kB", note)
    return Ended(
        int(code[1]) if code else -1,
        _text(folder / "out"),
        _text(folder / "err"),
        seconds,
        int(peak[1]) if peak else 0,
        _text(folder / "state" / "kps-tui" / "debug.log"),
        tuple(str(path) for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()),
    )


def _text(path: Path) -> str:
    # Not `read_text`: it would convert carriage returns.
    return path.read_bytes().decode() if path.exists() else ""


def _program(folder: Path, arguments: tuple[str, ...], variables: dict[str, str], working: Path | None) -> None:
    """Run the program in this process as if a shell had started it, then write exit code and memory to a file."""
    new = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    for number, (path, flags) in enumerate(
        ((folder / "in", os.O_RDONLY), (folder / "out", new), (folder / "err", new))
    ):
        handle = os.open(path, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    try:
        as_program(arguments, variables, working or Path.cwd())
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        (folder / STATUS).write_text(f"{ended.code}\n{Path('/proc/self/status').read_text()}")


def as_program(arguments: Sequence[str], variables: Mapping[str, str], working: Path) -> None:
    """Run the program in this process, whose files 0, 1 and 2 are those of the program."""
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    os.chdir(working)
    if variables.get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
    sys.argv = ["kps-tui", *arguments]
    cli.main()
