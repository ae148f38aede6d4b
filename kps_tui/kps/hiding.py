"""A service may repeat a login in its error; what is shown or logged of it must not."""

import json
from collections.abc import Iterable, Mapping

from kps_tui.kps.credentials import Secret

LOGIN_HEADERS = ("X-Auth-Token", "X-Subject-Token", "X-Security-Token")
_INSTEAD = "…"
_SHORTEST = 4
"""Characters; replacing a shorter text would make every message unreadable."""


def sent_in(headers: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the secrets that a request carries in its headers."""
    return tuple(Secret(headers[name]) for name in LOGIN_HEADERS if headers.get(name))


def hidden(text: bytes, secrets: Iterable[Secret]) -> bytes:
    """Return `text` with an ellipsis for each of `secrets`, plain or as JSON writes it."""
    for secret in secrets:
        if len(secret.reveal()) < _SHORTEST:
            continue
        for written in {secret.reveal(), _in_json(secret, ascii=True), _in_json(secret, ascii=False)}:
            text = text.replace(written.encode("utf-8", "surrogatepass"), _INSTEAD.encode())
    return text


def _in_json(secret: Secret, *, ascii: bool) -> str:
    return json.dumps(secret.reveal(), ensure_ascii=ascii)[1:-1]
