"""The tokens that IAM has issued. Several are valid at the same time."""

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

REMEMBERED = 10_000
"""The most tokens that are stored; the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The properties of a token. Times are in seconds since the epoch."""

    methods: tuple[str, ...]
    project_id: str
    """Empty for a token of the whole account."""
    issued_at: float
    expires_at: float


class Tokens:
    """Issues tokens that are valid for `seconds`. `now` returns seconds since the epoch."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._issued: dict[bytes, TokenRecord] = {}
        self._lasting: dict[bytes, TokenRecord] = {}

    def issue(self, methods: Iterable[str], project_id: str) -> tuple[str, TokenRecord]:
        """Issue a token that is as long as a real one (a few thousand characters); return it and its properties."""
        text = "MII" + secrets.token_urlsafe(1536)
        token = self._made(methods, project_id)
        with self._lock:
            self._issued[_key(text)] = token
            while len(self._issued) > REMEMBERED:
                del self._issued[next(iter(self._issued))]
        return text, token

    def issue_lasting(self, project_id: str) -> str:
        """Issue a short token that is valid as long as the server runs. `demo-server` prints it."""
        text = secrets.token_urlsafe(32)
        self._lasting[_key(text)] = self._made(("password",), project_id)
        return text

    def known(self, text: str) -> TokenRecord | None:
        """Return the properties of a token, which may have expired. A lasting token always looks newly issued."""
        key = _key(text)
        if lasting := self._lasting.get(key):
            return self._made(lasting.methods, lasting.project_id)
        with self._lock:
            return self._issued.get(key)

    def is_expired(self, token: TokenRecord) -> bool:
        """Return whether the token has expired."""
        return self._now() >= token.expires_at

    def _made(self, methods: Iterable[str], project_id: str) -> TokenRecord:
        now = self._now()
        return TokenRecord(tuple(methods), project_id, now, now + self._seconds)


def iam_time(time: float) -> str:
    """Return a time, in seconds since the epoch, in the format of IAM."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _key(text: str) -> bytes:
    """Return the hash of a token, by which it is stored, so that the time of a look-up reveals nothing about it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
