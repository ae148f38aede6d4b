"""SDK-HMAC-SHA256, the request signature of Huawei Cloud's APIs: signs and verifies. Pure.

It does what the vendor's signer does (huaweicloudsdkcore 3.1.219, `signer/signer.py`), quirks included; the vectors in
`tests/kps/signing-vectors.json` are its output. It uses only the standard library, because the demo service verifies
with this module.

In all functions `target` is the path and query of the request line, and header names may be in any case.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Protocol
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
DATE, CONTENT = "X-Sdk-Date", "X-Sdk-Content-Sha256"
UNSIGNED = "UNSIGNED-PAYLOAD"
_DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_EMPTY = hashlib.sha256(b"").hexdigest()
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Access=(?P<access>[\x21-\x2b\x2d-\x7e]+), *"
    r"SignedHeaders=(?P<signed>[\x21-\x2b\x2d-\x7e]+), *Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)


class Revealing(Protocol):
    """The part of `kps_tui.kps.credentials.Secret` that signing needs."""

    def reveal(self) -> str:
        """Return the text itself."""


class Authorization(NamedTuple):
    """A parsed `Authorization` header."""

    access_key: str
    signed_headers: tuple[str, ...]
    """Names in lower case, in the order given."""
    signature: str


def canonical_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes, signed_headers: Iterable[str]
) -> str:
    """Return the text that is hashed and signed.

    Raises:
        KeyError: a header in `signed_headers` is missing.
    """
    path, _, query = target.partition("?")
    names = [name.lower() for name in signed_headers]
    values = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{values[name]}\n" for name in names)
    payload = (values.get(CONTENT.lower()) or hashlib.sha256(body).hexdigest()) if body else _EMPTY
    return "\n".join([method.upper(), _path(path), _query(query), lines, ";".join(names), payload])


def string_to_sign(canonical: str, date: str) -> str:
    """Return the text that is signed; `date` is the value of `X-Sdk-Date`."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode('utf-8', 'surrogatepass')).hexdigest()}"


def signature(secret_key: str, text: str) -> str:
    """Return the signature of `text`: one HMAC, without a derived key."""
    return hmac.digest(secret_key.encode(), text.encode(), "sha256").hex()


def signature_headers(
    access_key: str,
    secret_key: Revealing,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    when: datetime,
) -> dict[str, str]:
    """Return the headers to add to a request: the date, the signature, and a mark if the body is not signed.

    All `headers` are signed except names with an underscore; `Host` must be among them, as it will be sent. A body that
    is not JSON is not signed.
    """
    date = when.astimezone(UTC).strftime(_DATE_FORMAT)
    given = {name.lower(): value for name, value in headers.items()}
    added = {DATE: date}
    if not given.get("content-type", "application/json").startswith(("application/json", "application/bson")):
        added[CONTENT] = UNSIGNED
    given |= {name.lower(): value for name, value in added.items()}
    names = sorted(name for name in given if "_" not in name)
    text = string_to_sign(canonical_request(method, target, given, body, names), date)
    proof = signature(secret_key.reveal(), text)
    added["Authorization"] = f"{ALGORITHM} Access={access_key}, SignedHeaders={';'.join(names)}, Signature={proof}"
    return added


def parse_authorization(header: str) -> Authorization | None:
    """Parse an `Authorization` header; None if it is not a signature of this algorithm."""
    if not (match := _AUTHORIZATION.fullmatch(header.strip())):
        return None
    return Authorization(match["access"], tuple(match["signed"].lower().split(";")), match["signature"])


def expected_signature(
    secret_key: str, method: str, target: str, headers: Mapping[str, str], body: bytes, signed_headers: Iterable[str]
) -> str:
    """Return the signature that a request must carry; `headers` are those received.

    Raises:
        KeyError: `X-Sdk-Date` or a header in `signed_headers` is missing.
    """
    # The signer signs UTF-8; a server reads header values as Latin-1.
    given = {name.lower(): _as_written(value) for name, value in headers.items()}
    date = given[DATE.lower()].strip()
    return signature(secret_key, string_to_sign(canonical_request(method, target, given, body, signed_headers), date))


def is_signed(
    secret_key: str, proof: Authorization, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """Whether `proof` signs this request with `secret_key`, including `Host`, date and body (unless it is marked).

    The caller checks the age of the date (see `signed_at`).
    """
    given = {name.lower(): value for name, value in headers.items()}
    if not {"host", DATE.lower()} <= set(proof.signed_headers) <= given.keys():
        return False
    content = given.get(CONTENT.lower(), "").strip()
    if content and content not in (UNSIGNED, hashlib.sha256(body).hexdigest()):
        return False
    expected = expected_signature(secret_key, method, target, given, body, proof.signed_headers)
    return hmac.compare_digest(expected, proof.signature)


def signed_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the time in `X-Sdk-Date`, or None. The service accepts 15 minutes of difference to its own clock."""
    text = next((value.strip() for name, value in headers.items() if name.lower() == DATE.lower()), "")
    try:
        return datetime.strptime(text, _DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _path(path: str) -> str:
    """Return the canonical path: decoded and encoded again (`%2F` becomes a separator), and ending with a slash."""
    encoded = "/".join(quote(part, safe="~") for part in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _query(query: str) -> str:
    """Return the canonical query: pairs sorted before they are encoded, a space as `%20`."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _as_written(value: str) -> str:
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
