"""What the user set: the configuration file, the profile, the place, and what the environment was passed over for."""

import stat
from collections.abc import Iterator
from pathlib import Path

from kps_tui.doctor.case import Case
from kps_tui.doctor.finding import Finding, problem_of
from kps_tui.i18n import _
from kps_tui.identity.environment import EnvironmentLogin, credential_in
from kps_tui.identity.profiles import profiles_file, views_file
from kps_tui.problems import ConfigError, CredentialError


def configuration(case: Case) -> Iterator[Finding]:
    """Say which files hold the configuration, who may read them, and what is wrong with them."""
    name = "configuration"
    if case.is_demo:
        yield Finding("demo", "ok", _("invented tasks; profiles, environment and keyring are not looked at"))
        return
    if case.broken is not None:
        yield problem_of(name, case.broken)
        return
    found = case.found.configuration
    counts = {found.path: len(found.profiles) - len(found.saved), profiles_file(found.path): len(found.saved)}
    modes = {path: mode for path in (*counts, views_file(found.path)) if (mode := _mode(path)) is not None}
    for path, mode in modes.items():
        says = _("{path} · mode {mode:04o}").format(path=path, mode=mode)
        if path in counts:
            says = _("{says} · {profiles} profiles").format(says=says, profiles=counts[path])
        yield Finding(name, "ok", says)
    if not modes:
        yield Finding(name, "ok", _("no file {path}: nothing is configured").format(path=found.path))
    for warning in found.warnings:
        says, _separator, do = warning.partition("; ")
        yield Finding(name, "warning", says, do)


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def profile(case: Case) -> Iterator[Finding]:
    """Say which profile is used, and what chose it."""
    if case.is_demo or case.broken is not None:
        return
    if case.unchosen is not None:
        yield problem_of("profile", case.unchosen)
    elif case.found.chosen is not None:
        used, source = case.found.chosen
        says = _("{name} ({kind}) · {source}").format(name=used.name, kind=used.kind, source=source)
        yield Finding("profile", "ok", says)
    else:
        yield Finding("profile", "ok", _("none"))


def place(case: Case) -> Iterator[Finding]:
    """Say where requests go, and what named each part."""
    try:
        at = case.at = case.given.place if case.given is not None else case.found.place()
    except ConfigError as error:
        yield problem_of("place", error)
        return
    by_region = _("by the region") if at.region else _("beside the endpoint")
    values = {"region": at.region, "endpoint": str(at.endpoint), "iam_endpoint": str(at.iam_endpoint)}
    names = {"region": "region", "endpoint": "endpoint", "iam_endpoint": "IAM endpoint"}
    for key, value in values.items():
        if case.is_demo:
            source = _("the demo service of this process")
        elif key == "iam_endpoint" and "endpoint" in at.sources:
            source = at.sources.get(key, _("beside the endpoint"))
        else:
            source = at.sources.get(key, by_region)
        if value:
            yield Finding(names[key], "ok", f"{value} · {source}")
        else:
            yield Finding(names[key], "ok", _("none: the endpoint is named"))
    if case.found.settings.ca_bundle is not None:
        path, source = case.found.settings.ca_bundle
        yield Finding("CA bundle", "ok", f"{path} · {source}")


def environment(case: Case) -> Iterator[Finding]:
    """Name the logins in the environment that are not used, and why."""
    if case.is_demo:
        return
    held = held_in_environment(case)
    remarks = [*held.remarks] if held else []
    if held and held.credential is not None and case.found.settings.profile is not None:
        remarks.append(_("{source}: not used, --profile brings its own login").format(source=held.source))
    for remark in remarks:
        yield Finding("environment", "warning", remark, _("fine if that login is meant for something else"))


def held_in_environment(case: Case) -> EnvironmentLogin | None:
    """Return what the environment holds; None where it is broken: the login check says so."""
    try:
        return credential_in(case.found.environ, case.at.iam_endpoint.netloc if case.at else "")
    except CredentialError:
        return None
