"""The tokens that IAM has issued: several at once, each until its own end."""

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

REMEMBERED = 10_000
"""Tokens that are kept; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What is known about a token."""

    methods: tuple[str, ...]
    project_id: str
    """Empty if it is for the account as a whole."""
    issued_at: float
    expires_at: float


class Tokens:
    """Issues tokens that are good for `seconds`, by the clock `now`."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._issued: dict[bytes, TokenRecord] = {}
        self._lasting: dict[bytes, TokenRecord] = {}

    def issue(self, methods: Iterable[str], project_id: str) -> tuple[str, TokenRecord]:
        """Return a new token, as long as real ones are (a few thousand characters), and what is known about it."""
        text = "MII" + secrets.token_urlsafe(1536)
        token = self._made(methods, project_id)
        with self._lock:
            self._issued[_key(text)] = token
            while len(self._issued) > REMEMBERED:
                del self._issued[next(iter(self._issued))]
        return text, token

    def issue_lasting(self, project_id: str) -> str:
        """Return a token that is short and good for as long as the server runs: it is printed, not asked for."""
        text = secrets.token_urlsafe(32)
        self._lasting[_key(text)] = self._made(("password",), project_id)
        return text

    def known(self, text: str) -> TokenRecord | None:
        """Return what is known about a token, expired or not; a lasting one always has its whole time before it."""
        key = _key(text)
        if lasting := self._lasting.get(key):
            return self._made(lasting.methods, lasting.project_id)
        with self._lock:
            return self._issued.get(key)

    def is_expired(self, token: TokenRecord) -> bool:
        """Whether its time has passed."""
        return self._now() >= token.expires_at

    def _made(self, methods: Iterable[str], project_id: str) -> TokenRecord:
        now = self._now()
        return TokenRecord(tuple(methods), project_id, now, now + self._seconds)


def moment(time: float) -> str:
    """Write a time as IAM does."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _key(text: str) -> bytes:
    """What a token is filed under: looking up a hash does not tell by its time how much of a guess was right."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
