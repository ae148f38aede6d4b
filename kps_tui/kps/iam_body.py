"""What IAM is sent to get a token: the documented forms."""

import json
from typing import Any

from kps_tui.kps.credentials import Password

Scope = dict[str, Any]


def scopes(password: Password, project_id: str | None, region: str) -> list[Scope]:
    """Return the forms of the scope, in the order they are tried.

    The project is best named by its id. By name (that of the region) a Keystone wants the domain too; Huawei's
    pages show the name alone.
    """
    forms: list[Scope] = [{"project": {"id": project_id}}] if project_id else []
    if region:
        forms += [{"project": {"name": region, "domain": {"name": password.account}}}, {"project": {"name": region}}]
    return forms


def login_body(password: Password, scope: Scope) -> bytes:
    """Return the body of the login; with an MFA code its second method names the user by id."""
    user = {"name": password.user, "password": password.password.reveal(), "domain": {"name": password.account}}
    identity: dict[str, Any] = {"methods": ["password"], "password": {"user": user}}
    if password.passcode is not None:
        identity["methods"] = ["password", "totp"]
        identity["totp"] = {"user": {"id": password.user_id, "passcode": password.passcode.reveal()}}
    return json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()
