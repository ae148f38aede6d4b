"""Parses answers of IAM. Missing or malformed values count as unknown; a malformed token is never echoed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kps_tui.i18n import _
from kps_tui.kps.answer import decoded
from kps_tui.kps.credentials import PROJECT_ID, Secret, Token
from kps_tui.kps.errors import IAM, UnreadableAnswer
from kps_tui.kps.transport import Answer
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line

NAME_LIMIT = 128
"""The most characters of a name that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The owner of a token. Every text is one line that is safe to show, and empty if IAM did not say."""

    user: str
    account: str
    project_id: str
    project_name: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken(Identity):
    """A token issued by IAM, and its owner."""

    token: Token


@dataclass(frozen=True, slots=True)
class Project:
    """A project that a login has access to."""

    id: str
    name: str


def issued_token(answer: Answer, now: datetime) -> IssuedToken:
    """Parse the answer to a login.

    Raises:
        UnreadableAnswer: it holds no token, or one that a header can't carry.
    """
    try:
        token = Token.parse(Secret(answer.headers.get("X-Subject-Token", "")), "X-Subject-Token")
    except CredentialError as error:
        raise UnreadableAnswer(error.what, answer.request_id, IAM) from None
    who = identity_of(answer, now)
    return IssuedToken(
        token=Token(token.secret, who.expires_at),
        user=who.user,
        account=who.account,
        project_id=who.project_id,
        project_name=who.project_name,
        expires_at=who.expires_at,
    )


def identity_of(answer: Answer, now: datetime) -> Identity:
    """Parse the body that describes a token. An expiry that is already past means clock skew: it becomes None.

    Raises:
        UnreadableAnswer: it is not a JSON object.
    """
    token = _object(_body(answer).get("token"))
    user, project = _object(token.get("user")), _object(token.get("project"))
    account = _object(user.get("domain")) or _object(project.get("domain"))
    ends = parse_time(token.get("expires_at"))
    return Identity(
        user=_name(user),
        account=_name(account),
        project_id=_id(project),
        project_name=_name(project),
        expires_at=ends if ends is not None and ends > now else None,
    )


def projects_in(answer: Answer, region: str) -> list[Project]:
    """Return the enabled projects of `region` (empty: of all regions), sorted by name; sub-projects are `{region}_…`.

    Raises:
        UnreadableAnswer: it is not a list of projects.
    """
    rows = _body(answer).get("projects")
    if not isinstance(rows, list):
        raise UnreadableAnswer(_("it has no “projects”"), answer.request_id, IAM)
    found = [
        Project(_id(row), _name(row)) for row in map(_object, rows) if _id(row) and row.get("enabled") is not False
    ]
    return sorted(
        (project for project in found if not region or project.name == region or project.name.startswith(f"{region}_")),
        key=lambda project: (project.name, project.id),
    )


def parse_time(value: object) -> datetime | None:
    """Parse a time as IAM writes it (`2026-11-24T23:25:33.000000Z`). Returns it in UTC, or None if it is malformed."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = _decoded(answer)
    except UnreadableAnswer as error:
        raise UnreadableAnswer(error.why, service=IAM) from None
    if not isinstance(body, dict):
        raise UnreadableAnswer(_("it is not a JSON object"), answer.request_id, IAM)
    return body


def _decoded(answer: Answer) -> Any:
    try:
        return decoded(answer.body, answer.content_type, answer.request_id)
    except UnreadableAnswer:
        # The error shows how the body begins: parse a redacted copy to make it.
        safe = answer.without_secrets()
        return decoded(safe.body, safe.content_type, safe.request_id)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(holder: dict[str, Any]) -> str:
    value = holder.get("id")
    return value if isinstance(value, str) and re.fullmatch(PROJECT_ID, value) else ""


def _name(holder: dict[str, Any]) -> str:
    value = holder.get("name")
    return line(value, NAME_LIMIT) if isinstance(value, str) else ""
