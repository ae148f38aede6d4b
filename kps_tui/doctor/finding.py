"""The result of a check, and the exit code of a whole run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kps_tui.problems import Problem

Level = Literal["ok", "warning", "problem"]
USELESS, CONFIGURATION, NETWORK, LOGIN, PERMISSION = 1, 2, 3, 4, 5
"""Exit codes of problems, the same as those of all commands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `run_checks` redacts its texts and makes them safe to show."""

    name: str
    level: Level
    says: str
    do: str = ""
    """What to do about it."""
    exit_code: int = 0
    """Exit code of the command if this is the first problem; 0 if it is no problem."""


def problem_of(name: str, error: Problem) -> Finding:
    """Return a finding `name` that reports the error."""
    return Finding(name, "problem", said(error), error.next_step, error.exit_code)


def said(error: Problem) -> str:
    """Return what happened and why, without the next step."""
    return f"{error.what}: {error.why}" if error.why else error.what


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of the first problem, which is the likely cause of later ones, or 0 if there is none."""
    return next((finding.exit_code or USELESS for finding in findings if finding.level == "problem"), 0)
