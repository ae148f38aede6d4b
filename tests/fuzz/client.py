"""Sends responses to the client over a real socket. The result must be a page or one of our errors."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from kps_tui.kps.answer import Page
from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError
from kps_tui.kps.transport import RequestRecord
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from tests.fuzz.bodies import Answer, answers
from tests.fuzz.drawn import assert_safe
from tests.loopback import Reply, Request, serving
from tests.virtual_time import VirtualTime

CANARY = "canary-token-7be1"


def bodies(count: int, seed: int = 0) -> Counter[str]:
    """Send `count` responses; return the number of each kind of result."""
    return asyncio.run(_sent([*answers(count, seed, CANARY)]))


async def _sent(all_answers: Sequence[Answer]) -> Counter[str]:
    came: Counter[str] = Counter()
    now: list[Answer] = []
    exchanges: list[RequestRecord] = []

    def reply(request: Request) -> Reply:
        assert request.headers["x-auth-token"] == CANARY
        return now[-1].wire

    def paused(seconds: float) -> None:
        assert 0 <= seconds <= 60

    async with serving(reply) as server:
        endpoint, login = Endpoint.parse(server.endpoint), TokenAuth(Token(Secret(CANARY)), server.endpoint)
        async with KpsClient(endpoint, "p", login, ended=exchanges.append, timing=VirtualTime(paused).timing) as client:
            for answer in all_answers:
                now.append(answer)
                exchanges.clear()
                try:
                    came[check(await client.page(0, 5))] += 1
                except KpsError as error:
                    came[check_error(error, answer, exchanges)] += 1
    return came


def check(page: Page) -> str:
    """Check that a page can be stored, sorted and counted."""
    store = TaskStore(task for task in page.tasks if task is not None)
    view = View().over(store)
    assert len(view) == len(store) <= page.rows - page.unreadable
    assert page.total is None or page.total >= 0
    return "Page"


def check_error(error: KpsError, answer: Answer, exchanges: Sequence[RequestRecord]) -> str:
    """Check that an error is safe to show and contains no secret."""
    assert not answer.good, (error, answer.wire[:500])
    said = f"{error} {error.what} {error.why} {error.next_step}"
    assert_safe(said, answer.wire)
    assert CANARY not in f"{said} {error!r} {exchanges}", answer.wire[:500]
    return type(error).__name__
