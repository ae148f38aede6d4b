"""What the demo service answers to one request: no sockets.

The order of the checks is the gateway's: is there such a call, who asks, for which project, with which parameters.
"""

import json
import re
import secrets
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from kps_tui.demo.tasks import TaskList

PROJECT_ID = "0d1f3b5a7c9e4260a8b6c4d2e0f13579"
"""The same on every start, as the region is: both stand in the title."""
REGION = "cn-north-4"
DEFAULT_LIMIT = LARGEST_LIMIT = 1000
"""The default is the API page's; the largest is that of the sister list of key pairs, no page gives it for this one."""
LARGEST_OFFSET = 2**31 - 1

_FAILED_TASKS = re.compile(r"/v3/([^/]+)/failed-tasks")
_NUMBER = re.compile(r"[0-9]{1,10}")


class Answer(NamedTuple):
    """One answer."""

    status: HTTPStatus
    body: bytes
    request_id: str
    allow: str = ""
    """The methods of the call, where another was used."""


class Service:
    """The part of KPS that the demo has: `GET /v3/{project_id}/failed-tasks`."""

    def __init__(self, tasks: TaskList) -> None:
        self._tasks = tasks
        self.token = secrets.token_urlsafe(32)

    def answer(self, method: str, target: str, token: str | None) -> Answer:
        """Answer one request: its method, its target with the query, its `X-Auth-Token`."""
        path, _, query = target.partition("?")
        match = _FAILED_TASKS.fullmatch(path)
        if not match:
            return refusal(HTTPStatus.NOT_FOUND, "APIGW.0101", "The API does not exist")
        if method != "GET":
            text = "The API does not exist or has not been published in the environment"
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "APIGW.0101", text)._replace(allow="GET")
        if not secrets.compare_digest((token or "").encode(), self.token.encode()):
            why = "decrypt token fail" if token else "x-auth-token not found"
            text = f"Incorrect IAM authentication information: {why}"
            return refusal(HTTPStatus.UNAUTHORIZED, "APIGW.0301", text)
        if match[1] != PROJECT_ID:
            text = "The project ID in the URL is different from that in the token"
            return refusal(HTTPStatus.FORBIDDEN, "KMS.0321", text)
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        limit = _number(parameters.get("limit", str(DEFAULT_LIMIT)), 1, LARGEST_LIMIT)
        offset = _number(parameters.get("offset", "0"), 0, LARGEST_OFFSET)
        if limit is None or offset is None:
            return refusal(HTTPStatus.BAD_REQUEST, "KPS.0002", "parameter error")
        rows = self._tasks.rows(offset, limit)
        return _answer(HTTPStatus.OK, {"total": self._tasks.total, "tasks": rows}, _request_id())


def refusal(status: HTTPStatus, code: str, text: str) -> Answer:
    """Return an error with a flat body, as KPS and the gateway send it; the gateway adds the request's id."""
    request_id = _request_id()
    body: dict[str, object] = {"error_code": code, "error_msg": text}
    if code.startswith("APIGW."):
        body["request_id"] = request_id
    return _answer(status, body, request_id)


def _answer(status: HTTPStatus, body: dict[str, object], request_id: str) -> Answer:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), request_id)


def _number(text: str, smallest: int, largest: int) -> int | None:
    """Return `text` as a number from `smallest` to `largest`, else `None`."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if smallest <= number <= largest else None


def _request_id() -> str:
    return secrets.token_hex(16)
