"""Redacts the secrets of a request from its response, because a service may repeat them in an error message."""

import json
from collections.abc import Iterable, Mapping

from kps_tui.kps.credentials import Secret

LOGIN_HEADERS = ("X-Auth-Token", "X-Subject-Token", "X-Security-Token", "X-Metadata-Token")
_INSTEAD = "…"
_SHORTEST = 4
"""Characters; redacting shorter secrets would make every message unreadable."""


def secrets_in_headers(headers: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the secrets in the headers of a request."""
    return tuple(Secret(headers[name]) for name in LOGIN_HEADERS if headers.get(name))


def redacted(text: bytes, secrets: Iterable[Secret]) -> bytes:
    """Return `text` with each of `secrets` replaced by an ellipsis, also where it is escaped as by JSON or `repr`."""
    for secret in secrets:
        if len(secret.reveal()) < _SHORTEST:
            continue
        in_repr = repr(secret.reveal().encode("utf-8", "surrogatepass"))[2:-1]
        in_json = _in_json(secret, ascii=True), _in_json(secret, ascii=False)
        for written in {secret.reveal(), *in_json, in_repr, in_repr.replace("'", "\\'")}:
            text = text.replace(written.encode("utf-8", "surrogatepass"), _INSTEAD.encode())
    return text


def redacted_text(text: str, secrets: Iterable[Secret]) -> str:
    """Return `text` redacted like the bytes of an answer."""
    return redacted(text.encode("utf-8", "surrogatepass"), secrets).decode("utf-8", "surrogatepass")


def _in_json(secret: Secret, *, ascii: bool) -> str:
    return json.dumps(secret.reveal(), ensure_ascii=ascii)[1:-1]
