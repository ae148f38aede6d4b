"""`doctor`: reports what prevents the program from working, and what to do about it."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from os import environ
from typing import TYPE_CHECKING, TextIO

from kps_tui import __version__
from kps_tui.blocking import run
from kps_tui.cli.connection import demo_target, open_target, settings_of
from kps_tui.cli.output import open_output
from kps_tui.clock import use_zone
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.terminal.width import padded
from kps_tui.triage.export import as_json

if TYPE_CHECKING:
    from kps_tui.doctor.contract import Answers
    from kps_tui.doctor.examination import Examination
    from kps_tui.doctor.finding import Finding

_LEVEL_CELLS, NAME_CELLS = 7, 13


def examine(options: Mapping[str, object], contract: bool, output_format: str) -> int:
    """Run every check, print the findings, and return the exit code of the first problem.

    With `contract`, print what the service answers to a few requests instead.

    Raises:
        Problem: the service can't be asked about its contract.
    """
    if contract:
        return _print_contract(settings_of(options), output_format)
    from kps_tui.doctor.examination import open_examination
    from kps_tui.doctor.finding import exit_code

    settings = settings_of(options)
    with open_output(None, output_format) as out, demo_target(settings) if settings.demo else nullcontext() as target:
        examination = open_examination(settings, environ, given=target)
        use_zone(examination.context.configuration.zone)
        findings = run(_run_and_print(examination, out if output_format == "plain" else None))
        if output_format == "json":
            print(as_json([asdict(finding) | {"do": str(finding.do)} for finding in findings]), file=out)
    return exit_code(findings)


def _print_contract(settings: Settings, output_format: str) -> int:
    """Print what a few requests tell about the service. Return 0, or the exit code of the error that stopped them.

    Raises:
        Problem: there is no login, or it can't be used.
    """
    from kps_tui.doctor.contract import ask, facts

    if settings.offline and not settings.demo:
        raise ConfigError(
            _("--contract can't be combined with --offline"),
            why=_("it asks the service"),
            next_step=_("leave out one of them"),
        )

    async def answers_of(target: Target) -> "Answers":
        async with target.client() as client:
            return await ask(client)

    with open_output(None, output_format) as out, open_target(settings) as target:
        answers = run(answers_of(target))
        found = list(facts(answers))
        if output_format == "json":
            print(as_json([fact._asdict() for fact in found]), file=out)
        else:
            # Not translated: the report is meant for an issue of the project.
            print(f"kps-tui {__version__}, contract of failed-tasks\n", file=out)
            for fact in found:
                print(f"* {fact.question}: {fact.answer}{' (open)' if fact.is_open else ''}", file=out)
    return answers.stopped_by.exit_code if answers.stopped_by else 0


async def _run_and_print(examination: "Examination", out: TextIO | None) -> "list[Finding]":
    """Run the checks and return the findings. Print each to `out`, if given, as soon as it is known."""
    from kps_tui.doctor.checks import run_checks

    findings: list[Finding] = []
    async for finding in run_checks(examination):
        findings.append(finding)
        said = f"{finding.says} · {finding.do}" if finding.do else finding.says
        if out is not None:
            level, name = padded(finding.level_title, _LEVEL_CELLS), padded(finding.title, NAME_CELLS)
            print(f"{level}  {name}  {said}", file=out, flush=True)
    return findings
