"""A plain HTTP client for the demo service: sends exactly the headers it is given."""

import http.client
import json
import urllib.parse
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple

from kps_tui.demo.server import DemoServer

START = 1_795_000_000.25
UNAUTHORIZED = {
    "error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}
}


class Clock:
    """A clock for the server that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def exchanged(
    demo: DemoServer, target: str, headers: Mapping[str, str], *, method: str = "GET", body: bytes = b""
) -> Reply:
    address = urllib.parse.urlsplit(demo.endpoint)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())


def listed(demo: DemoServer, token: str) -> Reply:
    return exchanged(demo, f"/v3/{demo.project_id}/failed-tasks?limit=1", {"X-Auth-Token": token})
