"""Reads a login and a place (endpoint, region, project) from the environment.

A jump host often has another cloud's `OS_*` variables, whose password must never be sent to this one. So a family of
variables that names its IAM is used for that IAM only, and the variables of two families are never combined.
"""

from collections.abc import Mapping, MutableMapping
from functools import reduce
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.identity.env_families import FAMILIES, Family, Names, belongs_to, host_of, set_name, value
from kps_tui.identity.secret_env import SecretEnv
from kps_tui.kps.credentials import AccessKey, Credential, Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.regions import iam_beside, iam_endpoint_of
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.settings import Sourced, layered


class EnvironmentLogin(NamedTuple):
    """The login in the environment, and why other families are not used."""

    credential: Credential | None = None
    source: str = ""
    """The names of its variables."""
    remarks: tuple[str, ...] = ()
    """A sentence for each family that has login variables and is not used."""


def pop_secrets(environ: MutableMapping[str, str]) -> SecretEnv:
    """Return the variables of every family. Those with a secret are removed from `environ`: no child needs them."""
    names = {name for family in FAMILIES for name in family.names} | set(_PLACE.values())
    held = SecretEnv({name: environ[name] for name in sorted(names) if name in environ})
    for family in FAMILIES:
        for name in family.secrets:
            environ.pop(name, None)
    return held


def credential_in(environ: Mapping[str, str], iam_host: str) -> EnvironmentLogin:
    """Return the login of the first family that has a complete one for the IAM at `iam_host` (`host[:port]`).

    Raises:
        CredentialError: a variable of that family has an invalid value. The next family is not tried: its login is not
            the one that the user meant.
    """
    remarks: list[str] = []
    for family in FAMILIES:
        if not set_name(family.access_key + family.secrets, environ):
            continue
        if not belongs_to(family, environ, iam_host):
            remarks.append(_elsewhere(family, environ, iam_host))
        elif whole := _whole(family, environ, remarks):
            credential, source = whole
            return EnvironmentLogin(credential, source, tuple(remarks))
    return EnvironmentLogin(remarks=tuple(remarks))


def _whole(family: Family, environ: Mapping[str, str], remarks: list[str]) -> tuple[Credential, str] | None:
    """Return the login of `family` and its source: token, else access key, else password, as in Terraform."""
    if name := set_name(family.token, environ):
        return Token.parse(Secret(environ[name]), name), name
    if _complete(family.access_key, family.secret_key, environ=environ, remarks=remarks):
        temporary = value(family.security_token, environ)
        name = set_name(family.secret_key, environ)
        key = AccessKey.parse(
            value(family.access_key, environ), Secret(environ[name]), name, Secret(temporary) if temporary else None
        )
        return key, _("{first} and {second}").format(first=set_name(family.access_key, environ), second=name)
    if _complete(family.password, family.user, family.account, environ=environ, remarks=remarks):
        name = set_name(family.password, environ)
        password = Password.parse(
            value(family.user, environ),
            value(family.account, environ),
            Secret(environ[name]),
            name,
            user_id=value(family.user_id, environ),
        )
        return password, _("{first} and {second}").format(first=set_name(family.user, environ), second=name)
    if name := set_name(family.security_token, environ):
        remarks.append(_("{name} without an access key: not used").format(name=name))
    return None


def _complete(*parts: Names, environ: Mapping[str, str], remarks: list[str]) -> bool:
    """Return whether each of `parts` is set. An incomplete login adds a remark, but not a user name alone."""
    parts = tuple(part for part in parts if part)
    given = [name for part in parts if (name := set_name(part, environ))]
    missing = [part[0] for part in parts if not set_name(part, environ)]
    if parts and not missing:
        return True
    if given and (given[0] in parts[0] or len(parts) == 2):
        names = reduce(lambda first, second: _("{first} and {second}").format(first=first, second=second), missing)
        remarks.append(_("{given} without {missing}: not used").format(given=given[0], missing=names))
    return False


def _elsewhere(family: Family, environ: Mapping[str, str], iam_host: str) -> str:
    name = family.auth_url[0]
    if not environ.get(name):
        return _("{family} is not used: {name} does not name its IAM").format(family=family.title, name=name)
    return _("{family} is not used: {name} names {host}, but logins go to {iam_host}").format(
        family=family.title,
        name=name,
        host=line(host_of(environ[name]), 100) or _("no host"),
        iam_host=line(iam_host, 100) or _("an unknown host"),
    )


_PLACE = {
    "region": "KPS_TUI_REGION",
    "project_id": "KPS_TUI_PROJECT_ID",
    "endpoint": "KPS_TUI_ENDPOINT",
    "iam_endpoint": "KPS_TUI_IAM_ENDPOINT",
}


def place_in(
    environ: Mapping[str, str], below: Mapping[str, Sourced] = {}, above: Mapping[str, Sourced] = {}
) -> dict[str, Sourced]:
    """Return region, project and endpoints of the environment, each with its variable.

    The project is `project_id` or `project_name`, not both. `HW_*` and `OS_*` are only used if their auth URL is the
    IAM that would be called. The place of the family whose login is used takes precedence over those of others.

    Args:
        environ: the environment.
        below: a place that the environment takes precedence over.
        above: a place that takes precedence over the environment.
    """
    ours = {field: Sourced(environ[name], name) for field, name in _PLACE.items() if environ.get(name)}
    places = {family.title: _place_of(family, environ) for family in FAMILIES}
    found: dict[str, Sourced] = {}

    def belongs(family: Family) -> bool:
        place = layered(below, places[family.title], found, ours, above)
        return belongs_to(family, environ, _iam_host(place))

    used = next((family for family in FAMILIES if _has_login(family, environ) and belongs(family)), None)
    for family in sorted(FAMILIES, key=lambda family: family is not used):
        if belongs(family):
            found = layered(places[family.title], found)
    return layered(found, ours)


def _place_of(family: Family, environ: Mapping[str, str]) -> dict[str, Sourced]:
    names = {
        "region": set_name(family.region, environ),
        "project_id": set_name(family.project_id, environ),
        "project_name": set_name(family.project_name, environ),
    }
    found = {field: Sourced(environ[name], name) for field, name in names.items() if name}
    if "project_id" in found:
        found.pop("project_name", None)
    return found


def _has_login(family: Family, environ: Mapping[str, str]) -> bool:
    logins = (family.token,), (family.access_key, family.secret_key), (family.password, family.user, family.account)
    return any(all(set_name(names, environ) for names in parts) for parts in logins)


def _iam_host(place: Mapping[str, Sourced]) -> str:
    """Return the host of the IAM that would be called for `place`, or an empty text if it names none."""
    try:
        if iam := place.get("iam_endpoint"):
            return Endpoint.parse(iam.value).netloc
        if endpoint := place.get("endpoint"):
            return iam_beside(Endpoint.parse(endpoint.value)).netloc
    except ConfigError:
        return ""
    return iam_host_of(place["region"].value) if "region" in place else ""


def iam_host_of(region: str) -> str:
    """Return the host of the IAM of `region`, or an empty text if that is not a region."""
    try:
        return iam_endpoint_of(region).netloc if region else ""
    except ConfigError:
        return ""
