"""A server for IAM and KPS with login faults: tokens that expire, incomplete responses."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.hostile import Handler
from tests.loopback import Reply, Request, http, listing, row

PASSWORD = "canary-password-83b0"
REFUSED = http({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}, "401 X")


def issued(token: str, ends: object, project: object) -> bytes:
    """Return a response of IAM: 201, with the token in a header."""
    body: dict[str, Any] = {"user": {"id": "u", "name": "ops", "domain": {"id": "d", "name": "acme"}}}
    if ends is not None:
        body["expires_at"] = ends
    if project is not None:
        body["project"] = project
    return http({"token": body}, "201 Created", {"X-Subject-Token": token})


def in_seconds(seconds: float) -> str:
    """Return a time in the format of IAM."""
    return f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%fZ}"


@dataclass
class Iam:
    """Issues a first token that is valid for `life` seconds; later requests with it are delayed, then get a 401.

    Later tokens do not expire. With `never`, they are not accepted either.
    """

    rows: int = 12
    life: float = 3600.0
    never: bool = False
    login: Callable[["Iam"], bytes] | None = None
    """Returns the response to a login, if it is not a new token."""
    posts: list[Request] = field(default_factory=list)
    gets: list[Request] = field(default_factory=list)
    refuse_first: bool = False
    """Whether the first token is refused even for the first page."""
    refused: int = 0
    ends: float = 0.0

    def __call__(self, request: Request) -> Reply:
        if request.method == "POST":
            self.posts.append(request)
            if self.login is not None:
                return self.login(self)
            first = len(self.posts) == 1
            if first:
                self.ends = time.monotonic() + self.life
            return issued(f"token-{len(self.posts)}", in_seconds(self.life if first else 3600), None)
        self.gets.append(request)
        is_first = request.headers["x-auth-token"] == "token-1"
        if (is_first and (self.refuse_first or request.number("offset"))) or (self.never and not is_first):
            return self._when_it_has_ended()
        return listing([row(number) for number in range(self.rows)])(request)

    def _when_it_has_ended(self) -> Handler:
        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(self.ends + 0.1 - time.monotonic())
            self.refused += 1
            writer.write(REFUSED)
            await writer.drain()

        return handler
