"""What one check found, and what many findings mean to a script."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kps_tui.problems import Problem

Level = Literal["ok", "warning", "problem"]
USELESS, CONFIGURATION, NETWORK, LOGIN, PERMISSION = 1, 2, 3, 4, 5
"""Exit codes of problems, as everywhere else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. Its texts are made safe to show by `examined`."""

    name: str
    level: Level
    says: str
    do: str = ""
    """What to do about it."""
    exit_code: int = 0
    """Of the command, if this is the first problem; 0 where it is none."""


def problem_of(name: str, error: Problem) -> Finding:
    """Return the finding for an error of ours."""
    return Finding(name, "problem", said(error), error.next_step, error.exit_code)


def said(error: Problem) -> str:
    """Return what happened and why, without the next step."""
    return f"{error.what}: {error.why}" if error.why else error.what


def worst(findings: Iterable[Finding]) -> int:
    """Return the exit code: that of the first problem, for findings come in the order of causes; 0 without one."""
    return next((finding.exit_code or USELESS for finding in findings if finding.level == "problem"), 0)
