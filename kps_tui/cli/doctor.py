"""`doctor`: what may stand in the way, and what to do about it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from os import environ

import click

from kps_tui.cli.connection import demo_target, settings_of
from kps_tui.cli.options import shared_options
from kps_tui.cli.output import opened
from kps_tui.i18n import _
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.triage.export import as_json

_LEVEL_WIDTH, _NAME_WIDTH = 7, 13


@contextmanager
def _demo(settings: Settings) -> Iterator[Target | None]:
    if not settings.demo:
        yield None
        return
    with demo_target(settings) as target:
        yield target


@click.command(short_help=_("Look for what stands in the way."))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["plain", "json"]),
    default="plain",
    show_default=True,
    help=_("How to print."),
)
@shared_options
@click.pass_obj
def doctor(options: Mapping[str, object], kind: str) -> int:
    """Look at configuration, keyring, network, login, permission and terminal; exit with the code of the first problem.

    Warnings do not count. Nothing is changed, and no secret is printed.
    """
    from kps_tui.doctor.checks import run_checks
    from kps_tui.doctor.examination import open_examination
    from kps_tui.doctor.finding import Finding, exit_code

    settings = settings_of(options)
    findings: list[Finding] = []
    with opened(None) as out, _demo(settings) as target:
        for finding in run_checks(open_examination(settings, environ, given=target)):
            findings.append(finding)
            if kind == "plain":
                said = f"{finding.says} · {finding.do}" if finding.do else finding.says
                print(f"{finding.level:{_LEVEL_WIDTH}}  {finding.name:{_NAME_WIDTH}}  {said}", file=out, flush=True)
        if kind == "json":
            print(as_json([asdict(finding) for finding in findings]), file=out)
    return exit_code(findings)
