"""Logins of the vendor's tools in the home directory, which can be imported. The files are never changed.

`~/.huaweicloud/credentials` is the SDK's (INI; the sections that begin with `basic`). `~/.hcloud/config.json` is
KooCLI's, which encrypts its secrets by default; its key `authEncrypt` is not documented, but known from other programs
that read the file. No content of the files raises an error.
"""

import configparser
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kps_tui import files
from kps_tui.i18n import _
from kps_tui.identity.profiles import LONGEST_NAME, Profile
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.sanitize import line

MOST_LOGINS = 100
_PLAIN_ID = re.compile(r"[A-Z0-9]{16,40}")
_PLAIN_SECRET = re.compile(r"[A-Za-z0-9]{30,64}")
"""Access keys have 20 and 40 characters; what KooCLI has encrypted does not match."""


@dataclass(frozen=True, slots=True)
class ImportableLogin:
    """A login of another tool, or the reason why it can't be used."""

    title: str
    profile: Profile
    """The profile to create; its region may be missing."""
    credential: Credential | None = None
    reason: str = ""


class _Unusable(Exception):
    """Why a file can't be used, without a value of it."""


def importable_logins(home: Path) -> list[ImportableLogin]:
    """Return the logins in the files of the vendor's tools in `home`, in the order of the files."""
    return [
        *_logins_in(home / ".huaweicloud" / "credentials", _("SDK"), "sdk", _sdk_logins),
        *_logins_in(home / ".hcloud" / "config.json", "KooCLI", "koocli", _koocli_logins),
    ]


def _logins_in(
    path: Path, tool: str, name: str, read: Callable[[str, str], Iterator[ImportableLogin]]
) -> list[ImportableLogin]:
    logins: list[ImportableLogin] = []
    try:
        text = _text(path)
        for login in read(text, f"{tool} ({line(str(path), 200)})") if text is not None else ():
            logins.append(login)
            if len(logins) == MOST_LOGINS:
                break
    except _Unusable as error:
        logins.append(
            ImportableLogin(f"{tool} ({line(str(path), 200)})", Profile(name, kind="access-key"), reason=str(error))
        )
    return logins


def _text(path: Path) -> str | None:
    try:
        return files.read(path).decode("utf-8-sig", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _Unusable(line(files.reason(error), 120)) from None


def _sdk_logins(text: str, tool: str) -> Iterator[ImportableLogin]:
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
        sections = {name: dict(config.items(name)) for name in config.sections()}
    except (configparser.Error, ValueError, AttributeError, TypeError):
        raise _Unusable(_("it is not an INI file")) from None
    for section, values in sections.items():
        if section.startswith("basic"):
            yield _sdk_login(section, {key: value or "" for key, value in values.items()}, tool)


def _sdk_login(section: str, values: Mapping[str, str], tool: str) -> ImportableLogin:
    where = f"{tool}, [{line(section, 60)}]"
    draft = {"project_id": values.get("project_id", ""), "iam_endpoint": values.get("iam_endpoint", "")}
    profile = Profile(_name("sdk", section), kind="access-key", access_key=line(values.get("ak", ""), 128), **draft)
    if "ak" not in values and ("idp_id" in values or "id_token_file" in values):
        return ImportableLogin(
            where, profile, reason=_("it is a federated login; kps-tui reads only access keys from this file")
        )
    if not values.get("ak") or not values.get("sk"):
        return ImportableLogin(where, profile, reason=_("it has no complete access key (ak and sk)"))
    try:
        if draft["iam_endpoint"]:
            Endpoint.parse(draft["iam_endpoint"], "iam_endpoint")
        key = _key(values["ak"], values["sk"], values.get("security_token", ""), "sk")
    except (ConfigError, CredentialError) as error:
        return ImportableLogin(where, profile, reason=error.what)
    return ImportableLogin(where, profile, key)


def _koocli_logins(text: str, tool: str) -> Iterator[ImportableLogin]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unusable(_("it is not JSON")) from None
    profiles = config.get("profiles") if isinstance(config, dict) else None
    if not isinstance(profiles, list):
        raise _Unusable(_("it has no list of profiles"))
    encrypted = str(config.get("authEncrypt", "")).lower()
    for profile in profiles:
        if isinstance(profile, dict):
            yield _koocli_login({k: v for k, v in profile.items() if isinstance(v, str)}, tool, encrypted)


def _koocli_login(values: Mapping[str, str], tool: str, encrypted: str) -> ImportableLogin:
    title, mode = values.get("name", ""), values.get("mode", "") or "AKSK"
    where = _("{tool}, profile {name}").format(tool=tool, name=line(title, 60))
    name = _name("koocli", title)
    place = {"region": values.get("region", ""), "project_id": values.get("projectId", "")}
    if mode.lower() == "ecsagency":
        return ImportableLogin(where, Profile(name, kind="agency", **place), Agency())
    access_key, secret_key = values.get("accessKeyId", ""), values.get("secretAccessKey", "")
    profile = Profile(name, kind="access-key", **place)
    if mode.upper() != "AKSK":
        reason = _("it logs in by {mode}; kps-tui can use access keys and agencies").format(mode=line(mode, 40))
        return ImportableLogin(where, profile, reason=reason)
    if not access_key or not secret_key:
        return ImportableLogin(where, profile, reason=_("it has no complete access key"))
    if encrypted != "false" and (encrypted == "true" or not _looks_plain(access_key, secret_key)):
        reason = _(
            "its secrets are encrypted for KooCLI alone; type the access key here, "
            "or let KooCLI keep them readable: hcloud configure set --cli-auth-encrypt=false"
        )
        return ImportableLogin(where, profile, reason=reason)
    try:
        key = _key(access_key, secret_key, values.get("securityToken", ""), "secretAccessKey")
    except CredentialError as error:
        return ImportableLogin(where, profile, reason=error.what)
    return ImportableLogin(where, Profile(name, kind="access-key", access_key=access_key, **place), key)


def _looks_plain(access_key: str, secret_key: str) -> bool:
    return bool(_PLAIN_ID.fullmatch(access_key) and _PLAIN_SECRET.fullmatch(secret_key))


def _key(access_key: str, secret_key: str, security_token: str, name: str) -> AccessKey:
    temporary = Secret(security_token) if security_token else None
    return AccessKey.parse(access_key, Secret(secret_key), name, temporary)


def _name(tool: str, title: str) -> str:
    """Return a valid name for the profile."""
    words = re.sub(r"[^\w.-]+", "-", title).strip("-.")
    return f"{tool}-{words}"[:LONGEST_NAME].rstrip("-.") if words else tool
