"""A login, and a place, from the environment; by the rules of design §6.

A jump host often carries another cloud's `OS_*`: its password must never go to this one. So a family that names where
its login belongs is used there only, and never joined with another family.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from kps_tui.i18n import _
from kps_tui.identity.env_families import FAMILIES, TOKEN_VARIABLE, Family, Names, belongs_to, host_of, set_name, value
from kps_tui.identity.secret_env import Taken
from kps_tui.kps.credentials import AccessKey, Credential, Password, Secret, Token
from kps_tui.kps.regions import iam_endpoint_of
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.settings import Sourced


@dataclass(frozen=True, slots=True)
class Found:
    """The login that the environment holds, and what was passed over on the way to it."""

    credential: Credential | None = None
    source: str = ""
    """The variables it came from."""
    project_id: Sourced | None = None
    """Of the same family."""
    remarks: tuple[str, ...] = ()
    """One sentence for each family that holds a login and was not used."""


def taken(environ: MutableMapping[str, str]) -> Taken:
    """Return the variables of every family, and take the secret ones out of `environ`: no child process needs them."""
    names = {name for family in FAMILIES for name in _names(family)} | set(_PLACE.values())
    held = Taken({name: environ[name] for name in sorted(names) if name in environ})
    for family in FAMILIES:
        for name in family.secrets:
            environ.pop(name, None)
    return held


def credential_in(environ: Mapping[str, str], iam_host: str) -> Found:
    """Return the login of the first family that holds a whole one for the IAM at `iam_host` (`host[:port]`).

    Raises:
        CredentialError: a variable of that family holds what can't be a login. Another family is not tried then: it
            would be another login than the one that was meant.
    """
    remarks: list[str] = []
    for family in FAMILIES:
        if not set_name(family.access_key + family.secrets, environ):
            continue
        if not belongs_to(family, environ, iam_host):
            remarks.append(_elsewhere(family, environ, iam_host))
        elif whole := _whole(family, environ, remarks):
            credential, source = whole
            name = set_name(family.project_id, environ)
            return Found(credential, source, Sourced(environ[name], name) if name else None, tuple(remarks))
    return Found(remarks=tuple(remarks))


def _whole(family: Family, environ: Mapping[str, str], remarks: list[str]) -> tuple[Credential, str] | None:
    """Return the login of `family` and its variables: token, access key, password, as Terraform's provider does."""
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
    """Whether each of `parts` is set; a login given by halves is said. A user name alone is no login."""
    parts = tuple(part for part in parts if part)
    given = [name for part in parts if (name := set_name(part, environ))]
    missing = [part[0] for part in parts if not set_name(part, environ)]
    if parts and not missing:
        return True
    if given and (given[0] in parts[0] or len(parts) == 2):
        remarks.append(_("{given} without {missing}: not used").format(given=given[0], missing=" and ".join(missing)))
    return False


def _elsewhere(family: Family, environ: Mapping[str, str], iam_host: str) -> str:
    name = family.auth_url[0]
    if not environ.get(name):
        return _("{family} is not used: {name} does not say where its login belongs").format(
            family=family.title, name=name
        )
    return _("{family} is not used: {name} names {host}, a login goes to {iam_host}").format(
        family=family.title,
        name=name,
        host=line(host_of(environ[name]), 100) or _("no host"),
        iam_host=line(iam_host, 100) or _("an unknown host"),
    )


def _names(family: Family) -> Names:
    return (
        family.secrets
        + family.access_key
        + family.user
        + family.user_id
        + family.account
        + family.project_id
        + family.region
        + family.auth_url
    )


_PLACE = {
    "region": "KPS_TUI_REGION",
    "project_id": "KPS_TUI_PROJECT_ID",
    "endpoint": "KPS_TUI_ENDPOINT",
    "iam_endpoint": "KPS_TUI_IAM_ENDPOINT",
}


def place_in(environ: Mapping[str, str], iam_host: str = "") -> dict[str, Sourced]:
    """Return what the environment says of region, project and endpoints, each with its variable.

    Of `HW_*` and `OS_*` only where their auth URL is the IAM that would be called: `iam_host`, else the one that
    `KPS_TUI_IAM_ENDPOINT` names, else the one of the region (of `KPS_TUI_REGION`, else of the family itself).
    """
    found = {field: Sourced(environ[name], name) for field, name in _PLACE.items() if environ.get(name)}
    iam_host = iam_host or host_of(environ.get(_PLACE["iam_endpoint"], ""))
    region_of_ours = environ.get(_PLACE["region"], "")
    for family in FAMILIES:
        expected = iam_host or iam_host_of(region_of_ours or value(family.region, environ))
        if not belongs_to(family, environ, expected):
            continue
        for field, names in (("region", family.region), ("project_id", family.project_id)):
            if field not in found and (name := set_name(names, environ)):
                found[field] = Sourced(environ[name], name)
    return found


def iam_host_of(region: str) -> str:
    """Return the host of the IAM that is called for `region`; empty where it is no region."""
    try:
        return iam_endpoint_of(region).netloc if region else ""
    except ConfigError:
        return ""


__all__ = ["TOKEN_VARIABLE", "Found", "Taken", "credential_in", "iam_host_of", "place_in", "taken"]
