"""Authenticates requests, as the API gateway in front of KPS and IAM does.

The messages of refusals are those of devg-apisign/api-sign-0001. After more than five wrong signatures, the real
gateway locks the access key for five minutes; this one does not.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kps_tui.demo.account import PROJECT_ID, Account, AccountKey
from kps_tui.demo.responses import Request, is_equal
from kps_tui.demo.tokens import Tokens, iam_time
from kps_tui.kps.signing import Authorization, is_signed, parse_authorization, signed_at

LARGEST_SKEW = 15 * 60
"""The most seconds by which the clocks of client and server may differ."""
BAD_SIGNATURE = "verify aksk signature fail"


class Caller(NamedTuple):
    """An authenticated caller."""

    project_id: str
    """The project that it may use; empty if there is none."""


class Gateway:
    """Authenticates callers by a token or by a signature."""

    def __init__(self, account: Account, tokens: Tokens, now: Callable[[], float]) -> None:
        self._account = account
        self._tokens = tokens
        self._now = now

    def caller(self, request: Request) -> Caller | str:
        """Return the caller, or the reason why it is refused."""
        return self._signer(request) if request.is_signed else self.bearer(request)

    def bearer(self, request: Request) -> Caller | str:
        """Return the caller whose token the request carries, or the reason why it is refused."""
        if not (text := request.headers.get("x-auth-token", "")):
            return "x-auth-token not found"
        if (token := self._tokens.known(text)) is None:
            return "decrypt token fail"
        if self._tokens.is_expired(token):
            return f"token expires, expires_at:{iam_time(token.expires_at)}"
        return Caller(token.project_id)

    def _signer(self, request: Request) -> Caller | str:
        authorization = request.headers["authorization"]
        proof = parse_authorization(authorization)
        # The parser accepts header names in any case, but they are signed in lower case.
        if proof is None or f"={';'.join(proof.signed_headers)}," not in authorization:
            return BAD_SIGNATURE
        if (key := self._account.key(proof.access_key)) is None:
            return f"Get secretKey failed,ak:{proof.access_key},err:ak not exist"
        good = (
            request.body is not None
            and self._is_current(request.headers)
            and is_signed(key.secret_key, proof, request.method, request.target, request.headers, request.body)
            and _goes_with(key, request.headers.get("x-security-token"), proof)
        )
        return Caller(request.headers.get("x-project-id", PROJECT_ID).strip()) if good else BAD_SIGNATURE

    def _is_current(self, headers: Mapping[str, str]) -> bool:
        date = signed_at(headers)
        return date is not None and abs(self._now() - date.timestamp()) <= LARGEST_SKEW


def _goes_with(key: AccountKey, security_token: str | None, proof: Authorization) -> bool:
    """Return whether the security token is that of the key and is signed. A permanent key must not have one."""
    if not key.security_token:
        return security_token is None
    return is_equal((security_token or "").strip(), key.security_token) and "x-security-token" in proof.signed_headers
