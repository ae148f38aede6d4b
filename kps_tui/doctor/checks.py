"""All checks, and how they are run. They are ordered so that a failure comes before those that it causes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from inspect import iscoroutinefunction

from kps_tui.blocking import TimedOut, run_async
from kps_tui.doctor import configuration, login, network, permission, terminal, vault
from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding, problem_of
from kps_tui.i18n import _
from kps_tui.problems import ExitCode, NextStep, Problem, not_loadable
from kps_tui.sanitize import line

_MASK = "…"


@dataclass(frozen=True, slots=True)
class Check:
    """One check."""

    name: str
    run: Callable[[Examination], Iterable[Finding] | Awaitable[Iterable[Finding]]]
    """Returns the findings; a Problem that it raises becomes one. Unless it is a coroutine, it runs in a thread."""
    seconds: float
    """The deadline. Network and keyring have shorter ones of their own, with better messages."""
    exit_code: int
    """The exit code of the command if the deadline passes."""


CHECKS = (
    Check("configuration", configuration.configuration, 5, ExitCode.USAGE),
    Check("profile", configuration.profile, 5, ExitCode.USAGE),
    Check("place", configuration.place, 5, ExitCode.USAGE),
    Check("environment", configuration.environment, 5, ExitCode.USAGE),
    Check("keyring", vault.vault, 4, ExitCode.LOGIN),
    Check("proxy", network.proxy, 5, ExitCode.USAGE),
    Check("DNS", network.dns, 5, ExitCode.NETWORK),
    Check("IAM DNS", network.iam_dns, 5, ExitCode.NETWORK),
    Check("CA", network.certificate_authorities, 5, ExitCode.USAGE),
    Check("connection", network.request, 16, ExitCode.NETWORK),
    Check("TLS", network.tls, 5, ExitCode.NETWORK),
    Check("connection", network.connection, 5, ExitCode.NETWORK),
    Check("clock", network.clock, 5, ExitCode.NETWORK),
    Check("login", login.login, 20, ExitCode.LOGIN),
    Check("project", permission.project, 16, ExitCode.USAGE),
    Check("permission", permission.permission, 20, ExitCode.NETWORK),
    Check("terminal", terminal.terminal, 5, ExitCode.UNUSABLE),
)


async def run_checks(examination: Examination, checks: Iterable[Check] = CHECKS) -> AsyncIterator[Finding]:
    """Run the checks in order, and yield their findings, redacted and safe to show.

    After a check that fails or hangs, the next one is run all the same.
    """
    for check in checks:
        found = await _found(check, examination)
        secrets = sorted({*examination.secrets()}, key=len, reverse=True)
        for finding in found:
            yield _safe(finding, secrets)


async def _found(check: Check, examination: Examination) -> list[Finding]:
    found: list[Finding] = []
    try:
        await _run(check, examination, found)
    except TimedOut:
        says = _("no answer within {seconds:g} s").format(seconds=check.seconds)
        return [*found, Finding(check.name, "problem", says, _("try again"), check.exit_code)]
    except Problem as error:
        return [*found, problem_of(check.name, error)]
    except ImportError as error:
        return [*found, problem_of(check.name, not_loadable(error))]
    except Exception as error:
        # The text of an exception may hold a login.
        says = _("the check failed ({kind})").format(kind=type(error).__name__)
        return [*found, Finding(check.name, "problem", says, _("please report this line"), ExitCode.UNUSABLE)]
    return found


async def _run(check: Check, examination: Examination, found: list[Finding]) -> None:
    """Append the findings of a check to `found`.

    Raises:
        TimedOut: the deadline of the check has passed.
    """
    if not iscoroutinefunction(check.run):
        await run_async(partial(_append, check, examination, found), deadline=check.seconds)
        return
    try:
        async with asyncio.timeout(check.seconds) as deadline:
            found.extend(await check.run(examination))
    except TimeoutError:
        if deadline.expired():
            raise TimedOut from None
        raise


def _append(check: Check, examination: Examination, found: list[Finding]) -> None:
    try:
        findings = check.run(examination)
        assert isinstance(findings, Iterable)
        for finding in findings:
            found.append(finding)
    except Exception:
        raise
    except BaseException as error:
        # A SystemExit in this thread must not end the program.
        raise RuntimeError from error


def _safe(finding: Finding, secrets: Iterable[str]) -> Finding:
    def safe(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, _MASK)
        return line(text)

    do = NextStep.of(finding.do)
    return replace(finding, says=safe(finding.says), do=NextStep(safe(do.command_line), safe(do.screen)))
