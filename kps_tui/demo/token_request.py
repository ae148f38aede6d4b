"""Parses the body of a request for a token, strictly.

Source: IAM's API pages KeystoneCreateUserTokenByPassword and …ByPasswordAndMfa (api-iam/iam_03_0006).
"""

import json
from typing import Any, NamedTuple

METHODS = (["password"], ["password", "totp"])


class InvalidTokenRequest(Exception):
    """The body is not a valid request for a token. The message names the place, but no value from the body."""


class Reference(NamedTuple):
    """A reference to an object by its id or its name; the other one is empty."""

    id: str
    name: str


class TokenRequest(NamedTuple):
    """A request for a token."""

    methods: tuple[str, ...]
    user: Reference
    domain: Reference | None
    """The domain of the user; None if the user is given by id."""
    password: str
    totp: tuple[str, str] | None
    """The user id and the passcode of an MFA device."""
    project: Reference | None
    """None for a token for the whole account."""
    project_domain: Reference | None
    """The domain of the project. Keystone requires it with the name of a project; Huawei's documentation omits it."""


def parse_token_request(body: bytes | None) -> TokenRequest:
    """Parse the body of a request for a token.

    Raises:
        InvalidTokenRequest: it is not valid.
    """
    try:
        given = json.loads(body or b"")
    except (ValueError, RecursionError):
        raise InvalidTokenRequest("Request body is invalid: it is not JSON") from None
    auth = _object(given, "auth")
    identity = _object(auth, "identity")
    methods = identity.get("methods")
    if methods not in METHODS:
        raise InvalidTokenRequest("Expecting to find password, or password and totp, in methods")
    user = _object(_object(identity, "password"), "user")
    named = _reference(user, "user")
    totp = _object(_object(identity, "totp"), "user") if "totp" in methods else None
    scope = _object(auth, "scope") if "scope" in auth or totp is not None else {}
    project = _object(scope, "project") if "project" in scope else None
    if project is None and scope:
        _reference(_object(scope, "domain"), "domain")
    return TokenRequest(
        methods=tuple(methods),
        user=named,
        domain=None if named.id else _reference(_object(user, "domain"), "domain"),
        password=_text(user, "password"),
        totp=None if totp is None else (_text(totp, "id"), _text(totp, "passcode")),
        project=None if project is None else _reference(project, "project"),
        project_domain=_reference(_object(project, "domain"), "domain") if project and "domain" in project else None,
    )


def _object(holder: Any, key: str) -> dict[str, Any]:
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, dict):
        raise InvalidTokenRequest(f"Expecting to find {key} in request body: an object")
    return value


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise InvalidTokenRequest(f"Expecting to find {key} in request body: a string")
    return value


def _reference(holder: dict[str, Any], what: str) -> Reference:
    if "id" in holder:
        return Reference(_text(holder, "id"), "")
    if "name" in holder:
        return Reference("", _text(holder, "name"))
    raise InvalidTokenRequest(f"Expecting to find id or name in {what}")
