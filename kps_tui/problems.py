"""Errors that are shown to the user, each with an exit code for scripts.

Problem
├── ConfigError       an option, a variable or a file has an invalid value           exit 2
├── CredentialError   there is no login, or it can't be used                         exit 4
├── QueryError        a sort key or a filter can't be parsed                         exit 2
└── KpsError          the service failed or can't be reached (`kps_tui.kps.errors`)  exit 1, 3, 4 or 5
"""

import sys
from enum import Enum, IntEnum
from typing import ClassVar, NamedTuple

from kps_tui.i18n import N_, _
from kps_tui.sanitize import line


class ExitCode(IntEnum):
    """The exit codes of the program besides 0. A signal ends it with 128 and the number of the signal."""

    UNUSABLE = 1
    """The response can't be used, or there is no such task."""
    USAGE = 2
    """The command line, the configuration or a filter is wrong, or the terminal or keyring that it needs is missing."""
    NETWORK = 3
    LOGIN = 4
    PERMISSION = 5
    INCOMPLETE = 6
    """The list could not be read completely; what came is printed."""
    MATCHED = 10
    """`--fail-if-any` is given and a task matches."""
    BUG = 70
    HANGUP = 129
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class Setting(Enum):
    """A setting that an error can name: by its option on the command line, by its title on the screen."""

    REGION = "--region", N_("the region")
    PROJECT_ID = "--project-id", N_("the project id")
    ENDPOINT = "--endpoint", N_("the endpoint")
    IAM_ENDPOINT = "--iam-endpoint", N_("the endpoint of IAM")
    LOGIN_KIND = "--kind", N_("the kind of login")

    def __init__(self, option: str, title: str) -> None:
        self.option = option
        self.title = title


class NextStep(NamedTuple):
    """What to do next, in two wordings: the command line names options and commands, the screen fields and keys."""

    command_line: str
    screen: str

    @classmethod
    def of(cls, step: "NextStep | str") -> "NextStep":
        """Return `step`; plain text becomes a step with this wording for both."""
        return step if isinstance(step, NextStep) else cls(step, step)

    def __str__(self) -> str:
        return self.command_line

    def __bool__(self) -> bool:
        return bool(self.command_line)


def step_naming(text: str, /, **parts: Setting | str) -> NextStep:
    """Fill the placeholders of `text`: a `Setting` with its option for the command line, its title for the screen."""
    options = {name: part.option if isinstance(part, Setting) else part for name, part in parts.items()}
    titles = {name: _(part.title) if isinstance(part, Setting) else part for name, part in parts.items()}
    return NextStep(text.format(**options), text.format(**titles))


class Problem(Exception):
    """Base of all errors that the user is told about: what happened, why, and what to do next.

    Each text must be safe to show on one line of a terminal: pass text from outside through `sanitize.line` first.
    A next step that is plain text is shown on the command line and on the screen, so it names no option or command.
    """

    exit_code: ClassVar[int] = ExitCode.BUG

    def __init__(self, what: str, *, why: str = "", next_step: NextStep | str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = NextStep.of(next_step)

    def __str__(self) -> str:
        """Return one line for stderr: what, why and next step."""
        return self._said(self.next_step.command_line)

    @property
    def on_screen(self) -> str:
        """One line for the screen: what, why and next step."""
        return self._said(self.next_step.screen)

    @property
    def what_and_why(self) -> str:
        """The text without the next step."""
        return _("{what}: {why}").format(what=self.what, why=self.why) if self.why else self.what

    def _said(self, next_step: str) -> str:
        return f"{self.what_and_why} · {next_step}" if next_step else self.what_and_why

    def is_same_as(self, other: "Problem | None") -> bool:
        """Return whether `other` has the same type and text."""
        return type(self) is type(other) and str(self) == str(other)


class ConfigError(Problem):
    """An option, an environment variable or a file has a value that is not allowed. `what` names it."""

    exit_code = ExitCode.USAGE


def not_loadable(error: ImportError) -> ConfigError:
    """Return the problem that a library of this installation can't be loaded.

    Compiled libraries fit one version of Python: a single file or a folder of wheels may be started by another one.
    """
    return ConfigError(
        _("the library “{name}” can't be loaded").format(name=line(error.name or "?", 60)),
        why=_("it is missing, or not made for this Python, {version}").format(
            version=".".join(map(str, sys.version_info[:2]))
        ),
        next_step=_("start kps-tui with the Python that it was installed for, or install it again"),
    )


class CredentialError(Problem):
    """There is no login, or it can't be used."""

    exit_code = ExitCode.LOGIN


class QueryError(Problem):
    """A sort key or a filter can't be parsed. `what` names the part."""

    exit_code = ExitCode.USAGE
