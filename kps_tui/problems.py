"""Errors that are shown to the user. Each has a text for people and an exit code for scripts.

Problem
├── ConfigError       an option, a variable or a file has an invalid value           exit 2
├── CredentialError   there is no login, or it can't be used                         exit 4
├── QueryError        a sort key or a filter can't be parsed                         exit 2
└── KpsError          the service failed or can't be reached (`kps_tui.kps.errors`)  exit 1, 3, 4 or 5
"""

from typing import ClassVar


class Problem(Exception):
    """What happened, why, and what to do next.

    Each text must be safe to show on one line of a terminal: pass text from outside through `sanitize.line` first.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        """Return one line for stderr: what, why and next step."""
        said = f"{self.what}: {self.why}" if self.why else self.what
        return f"{said} · {self.next_step}" if self.next_step else said

    def is_same_as(self, other: "Problem | None") -> bool:
        """Return whether `other` is of the same type and reads the same."""
        return type(self) is type(other) and str(self) == str(other)


class ConfigError(Problem):
    """An option, an environment variable or a file has a value that is not allowed. `what` names it."""

    exit_code = 2


class CredentialError(Problem):
    """There is no login, or it can't be used."""

    exit_code = 4


class QueryError(Problem):
    """A sort key or a filter can't be parsed. `what` names the part."""

    exit_code = 2
