"""The login that is stored for a profile, and its format in the keyring: one JSON object.

The object holds the whole credential, including user and access key id. So even if the profile is edited later, the
password of one user is never sent with the name of another.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from kps_tui.i18n import _
from kps_tui.identity.keyring_errors import unreadable
from kps_tui.identity.login_kinds import LOGIN_KINDS, LoginKind, login_kind_of
from kps_tui.kps.credentials import Credential, Secret, Token
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line

SCHEMA = 2
"""The version of the format; version 1 had no origins."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The only origins that a stored login may be sent to, each as `scheme://host:port`."""

    service: str
    iam: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored login."""

    credential: Credential
    token: Token | None = None
    """The last token that IAM issued for a password."""
    origins: Origins | None = None
    """The origins that both may be sent to; None if an older version stored them, and then they are not sent."""


def to_json(stored: Stored) -> str:
    """Return `stored` as the JSON text for the keyring."""
    credential, token = stored.credential, stored.token
    kind = login_kind_of(credential)
    parts: dict[str, object] = {"schema": SCHEMA, "kind": kind.name}
    if isinstance(credential, Token):
        token = credential
    else:
        parts |= _values_of(kind, credential)
    if token is not None:
        parts["token"] = _from_token(token)
    if stored.origins is not None:
        parts["origins"] = asdict(stored.origins)
    return json.dumps(parts)


def _values_of(kind: LoginKind, credential: Credential) -> dict[str, str]:
    values = {field.name: getattr(credential, field.name) for field in kind.stored_fields}
    texts = {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}
    return {name: text for name, text in texts.items() if text}


def from_json(text: str, profile: str) -> Stored:
    """Parse the text that the keyring has for `profile`.

    Raises:
        ItemUnreadable: it is damaged, or a newer version wrote it. The error does not contain the text.
    """
    try:
        return _read(json.loads(text))
    except _Malformed as error:
        why = str(error)
    except CredentialError as error:
        why = error.what
    except (ValueError, RecursionError):
        why = _("it is not JSON")
    # Raised outside the handler: as context of this error, the first one would hold the text.
    raise unreadable(line(profile, 80), why)


class _Malformed(Exception):
    """Why an item can't be read, without a value of it."""


def _read(value: object) -> Stored:
    if not isinstance(value, dict):
        raise _Malformed(_("it is not a JSON object"))
    schema = value.get("schema")
    if type(schema) is not int or schema < 1:
        raise _Malformed(_("it has no version"))
    if schema > SCHEMA:
        raise _Malformed(_("it was written by a newer kps-tui (version {schema})").format(schema=line(str(schema), 20)))
    name, item = value.get("kind"), _("the item")
    kind = LOGIN_KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not kind.is_stored:
        raise _Malformed(_("its kind is unknown"))
    origins = _to_origins(value["origins"]) if "origins" in value else None
    if kind.credential is Token:
        return Stored(_to_token(value.get("token"), item), origins=origins)
    token = _to_token(value["token"], item) if "token" in value else None
    values: dict[str, str | Secret] = {}
    for field in kind.stored_fields:
        if field.name in value or not field.optional:
            text = _text(value, field.name)
            values[field.name] = Secret(text) if field.secret else text
    return Stored(kind.parse(values, item), token, origins)


def _text(value: Mapping[str, object], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise _Malformed(_("“{key}” is missing or not a string").format(key=key))
    return text


def _to_origins(value: object) -> Origins:
    if not isinstance(value, dict):
        raise _Malformed(_("“{key}” is missing or not an object").format(key="origins"))
    return Origins(_text(value, "service"), _text(value, "iam"))


def _from_token(token: Token) -> dict[str, str]:
    expires = {"expires_at": token.expires_at.isoformat()} if token.expires_at else {}
    return {"token": token.secret.reveal(), **expires}


def _to_token(value: object, item: str) -> Token:
    if not isinstance(value, dict):
        raise _Malformed(_("“{key}” is missing or not an object").format(key="token"))
    expires_at: datetime | None = None
    if "expires_at" in value:
        try:
            expires_at = datetime.fromisoformat(_text(value, "expires_at"))
        except ValueError:
            raise _Malformed(_("“{key}” is not a time").format(key="expires_at")) from None
        expires_at = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)
    return Token.parse(Secret(_text(value, "token")), item, expires_at)
