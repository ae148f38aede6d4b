"""Checks of the configuration: files, profile, place, and logins in the environment that are not used."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding, problem_of
from kps_tui.i18n import N_, _
from kps_tui.identity.environment import EnvironmentLogin, credential_in
from kps_tui.identity.profiles import profiles_file, views_file
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.own_runbook import runbook_file, use_own_runbook


def configuration(examination: Examination) -> Iterator[Finding]:
    """Report the configuration files and the runbook: their modes, profiles and mistakes."""
    name = "configuration"
    if examination.is_demo:
        yield Finding("demo", "ok", _("demo tasks; profiles, environment and keyring are not used"))
        return
    if examination.config_error is not None:
        yield problem_of(name, examination.config_error)
        return
    found = examination.context.configuration
    counts = {found.path: len(found.profiles) - len(found.saved), profiles_file(found.path): len(found.saved)}
    files = (*counts, views_file(found.path), runbook_file(found))
    modes = {path: mode for path in files if (mode := _mode(path)) is not None}
    for path, mode in modes.items():
        says = _("{path} · mode {mode:04o}").format(path=path, mode=mode)
        if path in counts:
            says = _("{says} · {profiles} profiles").format(says=says, profiles=counts[path])
        yield Finding(name, "ok", says)
    if not modes:
        yield Finding(name, "ok", _("no {path}: nothing is configured").format(path=found.path))
    for warning in found.warnings:
        # A translation may have a semicolon of its own script, without a space after it.
        says, do = (*re.split("; |；", warning, maxsplit=1), "")[:2]
        yield Finding(name, "warning", says, do)
    try:
        for mistake in use_own_runbook(found):
            says, _separator, do = mistake.partition(" · ")
            yield Finding(name, "warning", says, do)
    except ConfigError as refused:
        yield problem_of(name, refused)


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def profile(examination: Examination) -> Iterator[Finding]:
    """Report the profile that is used, and what chose it."""
    if examination.is_demo or examination.config_error is not None:
        return
    if examination.profile_error is not None:
        yield problem_of("profile", examination.profile_error)
    elif examination.context.chosen is not None:
        used, source = examination.context.chosen
        says = _("{name} ({kind}) · {source}").format(name=used.name, kind=used.kind, source=source)
        yield Finding("profile", "ok", says)
    else:
        yield Finding("profile", "ok", _("none"))


def place(examination: Examination) -> Iterator[Finding]:
    """Report region and endpoints, and the source of each."""
    try:
        at = examination.place = (
            examination.given.place if examination.given is not None else examination.context.place()
        )
    except ConfigError as error:
        yield problem_of("place", error)
        return
    by_region = _("by the region") if at.region else _("beside the endpoint")
    values = {"region": at.region, "endpoint": str(at.endpoint), "iam_endpoint": str(at.iam_endpoint)}
    names = {"region": N_("region"), "endpoint": N_("endpoint"), "iam_endpoint": N_("IAM endpoint")}
    for key, value in values.items():
        if examination.is_demo:
            source = _("the demo service of this process")
        elif key == "iam_endpoint" and "endpoint" in at.sources:
            source = at.sources.get(key, _("beside the endpoint"))
        else:
            source = at.sources.get(key, by_region)
        if value:
            yield Finding(names[key], "ok", f"{value} · {source}")
        else:
            yield Finding(names[key], "ok", _("none: the endpoint is named"))
    for warning in at.host_warnings():
        yield Finding("host", "warning", warning, _("ignore this if that is the cloud you mean"))
    if examination.context.settings.ca_bundle is not None:
        path, source = examination.context.settings.ca_bundle
        yield Finding("CA bundle", "ok", f"{path} · {source}")


def environment(examination: Examination) -> Iterator[Finding]:
    """Report the logins in the environment that are not used, and why."""
    if examination.is_demo:
        return
    held = held_in_environment(examination)
    remarks = [*held.remarks] if held else []
    if held and held.credential is not None and examination.context.settings.profile is not None:
        remarks.append(_("{source}: not used, because the profile has its own login").format(source=held.source))
    for remark in remarks:
        yield Finding("environment", "warning", remark, _("ignore this if that login is for something else"))


def held_in_environment(examination: Examination) -> EnvironmentLogin | None:
    """Return the login in the environment, or None if it is malformed; the login check reports that."""
    try:
        return credential_in(
            examination.context.environ, examination.place.iam_endpoint.netloc if examination.place else ""
        )
    except CredentialError:
        return None
