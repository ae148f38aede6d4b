"""The requests and responses of the demo service, without sockets.

Errors have three formats: those of KPS, of the gateway in front of it, and of IAM.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from kps_tui.kps.signing import ALGORITHM

REQUEST_ID, TRACE_ID = "X-Request-Id", "X-IAM-Trace-Id"


class Request(NamedTuple):
    """One HTTP request."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Names are in lower case; the values of a repeated header are joined with commas."""
    body: bytes | None
    """None if it was not read: it is too large, or has a transfer encoding."""
    origin: str
    """`http://127.0.0.1:PORT` of the server."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The part of the target after the `?`."""
        return self.target.partition("?")[2]

    @property
    def is_signed(self) -> bool:
        """Whether it claims to be signed. If it has a token too, the token takes precedence."""
        return not self.headers.get("x-auth-token") and self.headers.get("authorization", "").startswith(ALGORITHM)


class Response(NamedTuple):
    """One HTTP response."""

    status: HTTPStatus
    body: bytes
    headers: Mapping[str, str]
    """Headers in addition to those of every response."""


def response(
    body: dict[str, object], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response of KPS, with a request id."""
    return _response(status, body, {REQUEST_ID: _new_id()} | dict(headers or {}))


def iam_response(
    body: dict[str, object], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response of IAM, which has another header for the request id."""
    return _response(status, body, {TRACE_ID: _new_id()} | dict(headers or {}))


def error_response(status: HTTPStatus, code: str, text: str, *, allow: str = "") -> Response:
    """Return an error with a flat body, as KPS and the gateway send it. The gateway adds the request id to the body.

    `allow` is the value of the header `Allow`, for a method that is not allowed.
    """
    request_id = _new_id()
    body: dict[str, object] = {"error_code": code, "error_msg": text}
    if code.startswith("APIGW."):
        body["request_id"] = request_id
    return _response(status, body, {REQUEST_ID: request_id} | ({"Allow": allow} if allow else {}))


def login_error(why: str) -> Response:
    """Return the gateway's 401 with `why`, one of the reasons in devg-apisign/api-sign-0001."""
    text = f"Incorrect IAM authentication information: {why}"
    return error_response(HTTPStatus.UNAUTHORIZED, "APIGW.0301", text)


def iam_error(status: HTTPStatus, text: str) -> Response:
    """Return an error of IAM: nested as in Keystone, and without an error code (IAM docs, `返回结果.md`)."""
    return iam_response({"error": {"code": status.value, "message": text, "title": status.phrase}}, status)


def is_equal(given: str, known: str) -> bool:
    """Return whether two texts are equal, in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode("utf-8", "surrogatepass"))


def _response(status: HTTPStatus, body: dict[str, object], headers: Mapping[str, str]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status, text.encode(), headers)


def _new_id() -> str:
    return secrets.token_hex(16)
