"""The keyring item of a profile: one JSON object with the whole credential.

User and access key id are in it too, so that an edited profile never sends one user's password with another's name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kps_tui.i18n import _
from kps_tui.identity.keyring_errors import ItemUnreadable, unreadable
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A credential that can be stored, and for a password the last token that it was exchanged for."""

    credential: Token | Password | AccessKey
    token: Token | None = None


def to_json(stored: Stored) -> str:
    """Return the JSON text of `stored`. An MFA code is left out, because it can be used once."""
    match stored.credential:
        case Token() as token:
            parts = {"kind": "token", "token": _token(token)}
        case AccessKey(access_key, secret_key, security_token):
            parts = {"kind": "access-key", "access_key": access_key, "secret_key": secret_key.reveal()}
            if security_token is not None:
                parts["security_token"] = security_token.reveal()
        case Password(user, account, password, user_id):
            parts = {"kind": "password", "user": user, "account": account, "password": password.reveal()}
            if user_id:
                parts["user_id"] = user_id
            if stored.token is not None:
                parts["token"] = _token(stored.token)
    return json.dumps({"schema": SCHEMA, **parts})


def from_json(text: str, profile: str) -> Stored:
    """Return the login in `text`, the keyring item of `profile`.

    Raises:
        ItemUnreadable: it is damaged, or of a newer version. The error does not contain the text.
    """
    try:
        return _read(json.loads(text))
    except _Unreadable as error:
        why = str(error)
    except CredentialError as error:
        why = error.what
    except (ValueError, RecursionError):
        why = _("it is no JSON")
    # Raised outside of `except`, because the exception there contains the text.
    raise _error(profile, why)


def _error(profile: str, why: str) -> ItemUnreadable:
    return unreadable(line(profile, 80), why)


class _Unreadable(Exception):
    """The reason, without any value of the item."""


def _read(value: object) -> Stored:
    if not isinstance(value, dict):
        raise _Unreadable(_("it is no JSON object"))
    schema = value.get("schema")
    if type(schema) is not int or schema < 1:
        raise _Unreadable(_("it does not say its version"))
    if schema > SCHEMA:
        raise _Unreadable(_("a newer kps-tui wrote it (version {schema})").format(schema=line(str(schema), 20)))
    item = _("the item")
    match value.get("kind"):
        case "token":
            return Stored(_token_of(value.get("token"), item))
        case "access-key":
            secret = Secret(_text(value, "secret_key"))
            temporary = Secret(_text(value, "security_token")) if "security_token" in value else None
            return Stored(AccessKey.parse(_text(value, "access_key"), secret, item, temporary))
        case "password":
            user_id = _text(value, "user_id") if "user_id" in value else ""
            user, account, password = _text(value, "user"), _text(value, "account"), Secret(_text(value, "password"))
            token = _token_of(value["token"], item) if "token" in value else None
            return Stored(Password.parse(user, account, password, item, user_id=user_id), token)
    raise _Unreadable(_("it is of an unknown kind"))


def _text(value: Mapping[str, object], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise _Unreadable(_("its part “{key}” is missing, or no text").format(key=key))
    return text


def _token(token: Token) -> dict[str, str]:
    expires = {"expires_at": token.expires_at.isoformat()} if token.expires_at else {}
    return {"token": token.secret.reveal(), **expires}


def _token_of(value: object, item: str) -> Token:
    if not isinstance(value, dict):
        raise _Unreadable(_("its part “{key}” is missing, or no object").format(key="token"))
    expires_at: datetime | None = None
    if "expires_at" in value:
        try:
            expires_at = datetime.fromisoformat(_text(value, "expires_at"))
        except ValueError:
            raise _Unreadable(_("its part “{key}” is no time").format(key="expires_at")) from None
        expires_at = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)
    return Token.parse(Secret(_text(value, "token")), item, expires_at)
