"""Every check, in the order of causes, and how they are run: each with its deadline, none in the way of another."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kps_tui.blocking import TimedOut, run
from kps_tui.doctor import configuration, login, network, permission, terminal, tls, vault
from kps_tui.doctor.case import Case
from kps_tui.doctor.finding import CONFIGURATION, LOGIN, NETWORK, USELESS, Finding, problem_of
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

_MASK = "…"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at."""

    name: str
    look: Callable[[Case], Iterable[Finding]]
    """May raise a Problem, which is then what was found."""
    seconds: float
    """How long it may take. What it asks has a shorter deadline, and a sentence, of its own."""
    exit_code: int
    """Of the command where the time is up."""


CHECKS = (
    Check("configuration", configuration.configuration, 5, CONFIGURATION),
    Check("profile", configuration.profile, 5, CONFIGURATION),
    Check("place", configuration.place, 5, CONFIGURATION),
    Check("environment", configuration.environment, 5, CONFIGURATION),
    Check("keyring", vault.vault, 4, LOGIN),
    Check("proxy", network.proxy, 5, CONFIGURATION),
    Check("DNS", network.dns, 5, NETWORK),
    Check("IAM DNS", network.iam_dns, 5, NETWORK),
    Check("TLS", tls.tls, 12, NETWORK),
    Check("connection", network.answer, 16, NETWORK),
    Check("login", login.login, 20, LOGIN),
    Check("project", permission.project, 16, CONFIGURATION),
    Check("permission", permission.permission, 20, NETWORK),
    Check("terminal", terminal.terminal, 5, USELESS),
)


def examined(case: Case, checks: Iterable[Check] = CHECKS) -> Iterator[Finding]:
    """Yield what the checks find, as soon as each is done; safe to show, and without any secret. Blocks."""
    for check in checks:
        found = _found(check, case)
        secrets = sorted({*case.secrets()}, key=len, reverse=True)
        for finding in found:
            yield _safe(finding, secrets)


def _found(check: Check, case: Case) -> list[Finding]:
    found: list[Finding] = []

    def work() -> None:
        try:
            for finding in check.look(case):
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
        # Only what it was: the text of an exception may hold a login.
        says = _("the check failed ({kind})").format(kind=type(error).__name__)
        return [*found, Finding(check.name, "problem", says, _("please report this line"), USELESS)]
    return found


def _safe(finding: Finding, secrets: Iterable[str]) -> Finding:
    says, do = finding.says, finding.do
    for secret in secrets:
        says, do = says.replace(secret, _MASK), do.replace(secret, _MASK)
    return replace(finding, says=line(says), do=line(do))
