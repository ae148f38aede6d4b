"""The demo service without sockets: returns the response to a request.

Requests are checked in the order of the real gateway: call, caller, project, parameters.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from kps_tui.demo.account import PROJECT_ID, Account
from kps_tui.demo.gateway import Gateway
from kps_tui.demo.iam import Iam
from kps_tui.demo.responses import Request, Response, error_response, login_error, response
from kps_tui.demo.tasks import TaskList
from kps_tui.demo.tokens import Tokens

DEFAULT_LIMIT = LARGEST_LIMIT = 1000
"""The default is documented for this list, the maximum for the list of key pairs only."""
LARGEST_OFFSET = 2**31 - 1

_TASKS = re.compile(r"/v3/([^/]+)/(failed|running)-tasks")
_NUMBER = re.compile(r"[0-9]{1,10}")

_Calls = Mapping[str, Callable[[Request], Response]]
"""The functions that respond, by HTTP method."""


class DemoService:
    """IAM, and two calls of KPS: `GET /v3/{project_id}/failed-tasks`, and `running-tasks` beside it."""

    def __init__(self, tasks: TaskList, token_seconds: float, now: Callable[[], float]) -> None:
        self._tasks = tasks
        self.account = Account()
        tokens = Tokens(token_seconds, now)
        self.token = tokens.issue_lasting(PROJECT_ID)
        self._gateway = Gateway(self.account, tokens, now)
        self._iam = Iam(self.account, tokens, self._gateway, now)

    def respond(self, request: Request) -> Response:
        """Return the response to one request."""
        calls = self._calls(request.path)
        if not calls:
            return error_response(HTTPStatus.NOT_FOUND, "APIGW.0101", "The API does not exist")
        if request.method not in calls:
            text = "The API does not exist or has not been published in the environment"
            return error_response(HTTPStatus.METHOD_NOT_ALLOWED, "APIGW.0101", text, allow=", ".join(calls))
        return calls[request.method](request)

    def _calls(self, path: str) -> _Calls:
        if calls := self._iam.calls.get(path):
            return calls
        return {"GET": self._list_of_tasks} if _TASKS.fullmatch(path) else {}

    def _list_of_tasks(self, request: Request) -> Response:
        caller = self._gateway.caller(request)
        if isinstance(caller, str):
            return login_error(caller)
        project_id = request.path.split("/")[2]
        if not project_id == caller.project_id == PROJECT_ID:
            text = "The project ID in the URL is different from that in the token"
            return error_response(HTTPStatus.FORBIDDEN, "KMS.0321", text)
        parameters = dict(parse_qsl(request.query, keep_blank_values=True))
        limit = _number(parameters.get("limit", str(DEFAULT_LIMIT)), 1, LARGEST_LIMIT)
        offset = _number(parameters.get("offset", "0"), 0, LARGEST_OFFSET)
        if limit is None or offset is None:
            return error_response(HTTPStatus.BAD_REQUEST, "KPS.0002", "parameter error")
        if request.path.endswith("/running-tasks"):
            running = self._tasks.running_rows()
            return response({"total": len(running), "tasks": running[offset : offset + limit]})
        return response({"total": self._tasks.total, "tasks": self._tasks.rows(offset, limit)})


def _number(text: str, smallest: int, largest: int) -> int | None:
    """Return the number in `text`, or None if it is not a number from `smallest` to `largest`."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if smallest <= number <= largest else None
