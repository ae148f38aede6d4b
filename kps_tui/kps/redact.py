"""Redacts the secrets of a request from its response, because a service may repeat them in an error message."""

import json
from collections.abc import Iterable, Mapping

from kps_tui.kps.credentials import Secret

LOGIN_HEADERS = ("X-Auth-Token", "X-Subject-Token", "X-Security-Token")
_INSTEAD = "…"
_SHORTEST = 4
"""Characters; redacting shorter secrets would make every message unreadable."""


def secrets_in_headers(headers: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the secrets in the headers of a request."""
    return tuple(Secret(headers[name]) for name in LOGIN_HEADERS if headers.get(name))


def redacted(text: bytes, secrets: Iterable[Secret]) -> bytes:
    """Return `text` with each of `secrets` replaced by an ellipsis, both as plain text and as escaped in JSON."""
    for secret in secrets:
        if len(secret.reveal()) < _SHORTEST:
            continue
        for written in {secret.reveal(), _in_json(secret, ascii=True), _in_json(secret, ascii=False)}:
            text = text.replace(written.encode("utf-8", "surrogatepass"), _INSTEAD.encode())
    return text


def _in_json(secret: Secret, *, ascii: bool) -> str:
    return json.dumps(secret.reveal(), ensure_ascii=ascii)[1:-1]
