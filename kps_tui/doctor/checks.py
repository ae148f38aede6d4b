"""All checks, in the order in which one failure causes the next, and how they are run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kps_tui.blocking import TimedOut, run
from kps_tui.doctor import configuration, login, network, permission, terminal, vault
from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import CONFIGURATION, LOGIN, NETWORK, USELESS, Finding, problem_of
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

_MASK = "…"


@dataclass(frozen=True, slots=True)
class Check:
    """One check; its results are findings."""

    name: str
    look: Callable[[Examination], Iterable[Finding]]
    """Yields findings. A Problem that it raises becomes one."""
    seconds: float
    """Deadline. Network and keyring have shorter ones of their own, with better messages."""
    exit_code: int
    """Exit code of the command if the deadline passes."""


CHECKS = (
    Check("configuration", configuration.configuration, 5, CONFIGURATION),
    Check("profile", configuration.profile, 5, CONFIGURATION),
    Check("place", configuration.place, 5, CONFIGURATION),
    Check("environment", configuration.environment, 5, CONFIGURATION),
    Check("keyring", vault.vault, 4, LOGIN),
    Check("proxy", network.proxy, 5, CONFIGURATION),
    Check("DNS", network.dns, 5, NETWORK),
    Check("IAM DNS", network.iam_dns, 5, NETWORK),
    Check("connection", network.request, 16, NETWORK),
    Check("TLS", network.tls, 5, NETWORK),
    Check("connection", network.connection, 5, NETWORK),
    Check("clock", network.clock, 5, NETWORK),
    Check("login", login.login, 20, LOGIN),
    Check("project", permission.project, 16, CONFIGURATION),
    Check("permission", permission.permission, 20, NETWORK),
    Check("terminal", terminal.terminal, 5, USELESS),
)


def run_checks(examination: Examination, checks: Iterable[Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks in order and yield their findings, redacted and safe to show. Blocks until each deadline.

    A check that fails or hangs does not keep the next one from running.
    """
    for check in checks:
        found = _found(check, examination)
        secrets = sorted({*examination.secrets()}, key=len, reverse=True)
        for finding in found:
            yield _safe(finding, secrets)


def _found(check: Check, examination: Examination) -> list[Finding]:
    found: list[Finding] = []

    def work() -> None:
        try:
            for finding in check.look(examination):
                found.append(finding)
        except Exception:
            raise
        except BaseException as error:
            # Raised in this thread only, a SystemExit must not end the program.
            raise RuntimeError from error

    try:
        run(work, deadline=check.seconds)
    except TimedOut:
        says = _("no answer within {seconds:g} s").format(seconds=check.seconds)
        return [*found, Finding(check.name, "problem", says, _("try again"), check.exit_code)]
    except Problem as error:
        return [*found, problem_of(check.name, error)]
    except Exception as error:
        # The text of an exception may hold a login.
        says = _("the check failed ({kind})").format(kind=type(error).__name__)
        return [*found, Finding(check.name, "problem", says, _("please report this line"), USELESS)]
    return found


def _safe(finding: Finding, secrets: Iterable[str]) -> Finding:
    says, do = finding.says, finding.do
    for secret in secrets:
        says, do = says.replace(secret, _MASK), do.replace(secret, _MASK)
    return replace(finding, says=line(says), do=line(do))
