"""Problems: what a person must know of, and what a script must.

Problem
├── ConfigError       an option, a variable or a file says something impossible     exit 2
├── CredentialError   no login, or none that can be used                            exit 4
├── QueryError        an expression (sort, filter) can't be read                    exit 2
└── KpsError          the service or the way to it (`kps_tui.kps.errors`)           exit 1, 3, 4 or 5
"""

from typing import ClassVar


class Problem(Exception):
    """What happened, why, and what to do next; `exit_code` says the same to a script.

    Every text is safe for one line of a terminal: whoever raises it has passed outside text through `sanitize.line`.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        """One sentence for stderr: what, why, next step."""
        said = f"{self.what}: {self.why}" if self.why else self.what
        return f"{said} · {self.next_step}" if self.next_step else said

    def is_same_as(self, other: "Problem | None") -> bool:
        """Whether a person learns nothing new from this problem after `other`."""
        return type(self) is type(other) and str(self) == str(other)


class ConfigError(Problem):
    """An option, an environment variable or a file holds a value that is not allowed. `what` names it."""

    exit_code = 2


class CredentialError(Problem):
    """There is no login, or it can't be used."""

    exit_code = 4


class QueryError(Problem):
    """A sort key or a filter can't be read. `what` names the part."""

    exit_code = 2
