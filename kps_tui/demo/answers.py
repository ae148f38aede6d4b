"""Requests and answers of the demo service, and the three shapes that its errors have: no sockets."""

import hmac
import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from kps_tui.kps.signing import ALGORITHM

REQUEST_ID, TRACE_ID = "X-Request-Id", "X-IAM-Trace-Id"


class Request(NamedTuple):
    """One request, as it came over the wire."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Names in lower case; the values of one that came twice are joined."""
    body: bytes | None
    """`None` if it was not read: too large, or in an encoding that this server has not."""
    origin: str
    """`http://127.0.0.1:PORT` of the server."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the `?`."""
        return self.target.partition("?")[2]

    @property
    def is_signed(self) -> bool:
        """Whether it claims a signature, and no token: a token goes before."""
        return not self.headers.get("x-auth-token") and self.headers.get("authorization", "").startswith(ALGORITHM)


class Response(NamedTuple):
    """One answer."""

    status: HTTPStatus
    body: bytes
    headers: Mapping[str, str]
    """Beside those that every answer has."""


def answer(
    body: dict[str, object], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return what KPS answers."""
    return _answer(status, body, {REQUEST_ID: _new_id()} | dict(headers or {}))


def iam_answer(
    body: dict[str, object], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return what IAM answers: it calls the request's id its own way."""
    return _answer(status, body, {TRACE_ID: _new_id()} | dict(headers or {}))


def refusal(status: HTTPStatus, code: str, text: str, *, allow: str = "") -> Response:
    """Return an error with a flat body, as KPS and the gateway send it; the gateway adds the request's id.

    `allow` holds the methods of the call, where another was used.
    """
    request_id = _new_id()
    body: dict[str, object] = {"error_code": code, "error_msg": text}
    if code.startswith("APIGW."):
        body["request_id"] = request_id
    return _answer(status, body, {REQUEST_ID: request_id} | ({"Allow": allow} if allow else {}))


def login_refusal(why: str) -> Response:
    """Return the gateway's 401, with one of the reasons it gives (devg-apisign/api-sign-0001)."""
    text = f"Incorrect IAM authentication information: {why}"
    return refusal(HTTPStatus.UNAUTHORIZED, "APIGW.0301", text)


def iam_refusal(status: HTTPStatus, text: str) -> Response:
    """Return an error of IAM, nested as Keystone nests it: without a code of its own (iam `返回结果.md`)."""
    return iam_answer({"error": {"code": status.value, "message": text, "title": status.phrase}}, status)


def same(given: str, known: str) -> bool:
    """Whether two texts are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode("utf-8", "surrogatepass"))


def _answer(status: HTTPStatus, body: dict[str, object], headers: Mapping[str, str]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status, text.encode(), headers)


def _new_id() -> str:
    return secrets.token_hex(16)
