"""Lists to store, and a second process that stores them."""

import random
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kps_tui.kps.task import FailedTask
from kps_tui.storage.snapshot import ListKey, Snapshot

HERE = ListKey("production", "kms.cn-north-4.myhuaweicloud.com", "0123456789abcdef0123456789abcdef")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def task(number: int, **other: Any) -> FailedTask:
    return FailedTask.from_json(
        {
            "task_id": f"task-{number:06}",
            "operate_type": "FAILED_RESET",
            "task_time": str(1_523_342_130_000 + number),
            "task_error_code": None,
            "task_error_msg": "Update public key error",
            "server_name": f"server-{number}",
            "server_id": f"{number:032x}",
            "keypair_name": "KeyPair-xt",
        }
        | other
    )


def noise(seed: int, length: int) -> str:
    """Return a text that does not compress."""
    return random.Random(seed).randbytes(length // 2).hex()


def snapshot(tasks: Iterable[FailedTask], minutes: int = 0, total: int | None = None) -> Snapshot:
    held = tuple(tasks)
    return Snapshot(held, len(held) if total is None else total, True, NOON + timedelta(minutes=minutes))


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in sorted(folder.iterdir())}


def child(script: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start Python with `script`, whose output is not buffered."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def both_at_once(first: "subprocess.Popen[str]", second: "subprocess.Popen[str]") -> None:
    """Let two processes continue when both are ready, and check that both finish."""
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in (first, second):
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[0] for process in (first, second)]
    assert said == ["done\n", "done\n"], "stderr says which"


def output_of(script: str, *arguments: object) -> str:
    """Run `script`, check that it succeeds, and return its output."""
    with child(script, *arguments) as process:
        out, _err = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.strip()
