"""The form that asks IAM for a token, read strictly.

IAM's API pages: KeystoneCreateUserTokenByPassword, and …ByPasswordAndMfa (api-iam/iam_03_0006).
"""

import json
from typing import Any, NamedTuple

METHODS = (["password"], ["password", "totp"])


class FormError(Exception):
    """It is not such a form; the text says where, and nothing of what was sent."""


class Named(NamedTuple):
    """How something is named: by its id, or else by its name."""

    id: str
    name: str


class Form(NamedTuple):
    """What was asked for."""

    methods: tuple[str, ...]
    user: Named
    domain: Named | None
    """Of the user, where it is named and not given by id."""
    password: str
    totp: tuple[str, str] | None
    """User id and passcode."""
    project: Named | None
    """`None` for a token of the account as a whole."""
    project_domain: Named | None
    """Keystone asks for it beside a project's name; Huawei's documents leave it out."""


def read_form(body: bytes | None) -> Form:
    """Read the body of a request for a token.

    Raises:
        FormError: it is none.
    """
    try:
        given = json.loads(body or b"")
    except (ValueError, RecursionError):
        raise FormError("Request body is invalid: it is not JSON") from None
    auth = _object(given, "auth")
    identity = _object(auth, "identity")
    methods = identity.get("methods")
    if methods not in METHODS:
        raise FormError("Expecting to find password, or password and totp, in methods")
    user = _object(_object(identity, "password"), "user")
    named = _named(user, "user")
    totp = _object(_object(identity, "totp"), "user") if "totp" in methods else None
    scope = _object(auth, "scope") if "scope" in auth or totp is not None else {}
    project = _object(scope, "project") if "project" in scope else None
    if project is None and scope:
        _named(_object(scope, "domain"), "domain")
    return Form(
        methods=tuple(methods),
        user=named,
        domain=None if named.id else _named(_object(user, "domain"), "domain"),
        password=_text(user, "password"),
        totp=None if totp is None else (_text(totp, "id"), _text(totp, "passcode")),
        project=None if project is None else _named(project, "project"),
        project_domain=_named(_object(project, "domain"), "domain") if project and "domain" in project else None,
    )


def _object(holder: Any, key: str) -> dict[str, Any]:
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, dict):
        raise FormError(f"Expecting to find {key} in request body: an object")
    return value


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise FormError(f"Expecting to find {key} in request body: a string")
    return value


def _named(holder: dict[str, Any], what: str) -> Named:
    if "id" in holder:
        return Named(_text(holder, "id"), "")
    if "name" in holder:
        return Named("", _text(holder, "name"))
    raise FormError(f"Expecting to find id or name in {what}")
