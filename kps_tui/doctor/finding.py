"""The results of checks, and the exit code of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kps_tui.i18n import N_, _
from kps_tui.problems import ExitCode, NextStep, Problem

Level = Literal["ok", "warning", "problem"]
LEVELS = (N_("ok"), N_("warning"), N_("problem"))
NAMES = (
    *(N_("CA"), N_("host")),
    *(N_("CA bundle"), N_("clipboard"), N_("clock"), N_("colours"), N_("configuration"), N_("connection"), N_("demo")),
    *(N_("DNS"), N_("encoding"), N_("environment"), N_("IAM DNS"), N_("inside"), N_("keyring"), N_("login")),
    *(N_("permission"), N_("place"), N_("profile"), N_("project"), N_("proxy"), N_("TERM"), N_("terminal"), N_("TLS")),
)
"""The names of findings, marked for translation like the levels. JSON has both untranslated."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `run_checks` redacts its texts and makes them safe to show."""

    name: str
    level: Level
    says: str
    do: NextStep | str = ""
    """What to do about it. After `run_checks`, it is a `NextStep`."""
    exit_code: int = 0
    """The exit code of the command if this is the first problem; 0 unless it is one."""

    @property
    def title(self) -> str:
        """The name in the language of the user."""
        return _(self.name)

    @property
    def level_title(self) -> str:
        """The level in the language of the user."""
        return _(self.level)


def problem_of(name: str, error: Problem) -> Finding:
    """Return the finding `name` for an error."""
    return Finding(name, "problem", error.what_and_why, error.next_step, error.exit_code)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of the first problem, which is the likely cause of later ones, or 0 if there is none."""
    return next((finding.exit_code or ExitCode.UNUSABLE for finding in findings if finding.level == "problem"), 0)
