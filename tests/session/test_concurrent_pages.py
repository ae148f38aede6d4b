"""Reading many pages over HTTP/1.1: concurrent requests, and reused connections."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kps_tui.kps.answer import Page, page_of
from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import Refusal, ServiceFailed
from kps_tui.kps.rate_limit import AT_ONCE
from kps_tui.session.reading import Reading
from tests.faults.certificates import Authority, authority
from tests.loopback import Request, listing, row

PAGE_SIZE, PAGES = 10, 18
ROWS = [row(number) for number in range(1 + PAGES * (PAGE_SIZE - 1))]


class KeepAliveServer:
    """Serves `ROWS` and keeps connections open.

    After the first page it responds only while `AT_ONCE` requests are under way, or all that are left.
    """

    def __init__(self) -> None:
        self.connections = self.requests = self.peak = 0
        self._held: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        """Yield the endpoint."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls)
        scheme, port = "https" if tls else "http", server.sockets[0].getsockname()[1]
        async with server:
            yield f"{scheme}://127.0.0.1:{port}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                answer = await self._answer(Request("GET", head.split(" ")[1], {}))
                writer.write(answer.replace(b"Connection: close\r\n", b""))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, request: Request) -> bytes:
        self.requests += 1
        if request.number("offset"):
            held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._held.append(held)
            self.peak = max(self.peak, len(self._held))
            while len(self._held) == AT_ONCE or (self._held and self.requests >= PAGES):
                self._held.pop(0).set_result(None)
            await held
        return listing(ROWS)(request)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_four_requests_at_once_over_four_connections_that_are_reused(scheme: str, tmp_path: Path) -> None:
    vouching: Authority | None = authority(tmp_path) if scheme == "https" else None

    async def go() -> None:
        server = KeepAliveServer()
        async with server.serving(vouching.server() if vouching else None) as endpoint:
            login = TokenAuth(Token(Secret("token")), endpoint)
            bundle = vouching.bundle if vouching else None
            async with KpsClient(Endpoint.parse(endpoint), "p", login, ca_bundle=bundle) as client:
                reading = Reading(client, PAGE_SIZE)
                await reading.next_page()
                assert server.connections == 1, "more are opened only when they are needed"
                async for _ in reading.pages():
                    pass
                assert (reading.loaded, reading.paging.complete) == (len(ROWS), True)
                again = Reading(client, PAGE_SIZE)
                server.requests = 0
                async for _ in again.pages():
                    pass
        assert (server.requests, server.peak, server.connections) == (PAGES, AT_ONCE, AT_ONCE)

    asyncio.run(asyncio.wait_for(go(), 30))


class LateSource:
    """A source whose second page comes, or fails, only after `until` requests."""

    def __init__(self, until: int, failing: int = 0) -> None:
        self.asked: list[int] = []
        """Offsets."""
        self._until = until
        self._failing = failing
        self._enough = asyncio.Event()

    async def page(self, offset: int, limit: int) -> Page:
        self.asked.append(offset)
        if len(self.asked) >= self._until:
            self._enough.set()
        if offset == PAGE_SIZE - 1:
            await self._enough.wait()
        if offset and offset == self._failing:
            raise ServiceFailed(Refusal(503))
        body = {"total": len(ROWS), "tasks": ROWS[offset : offset + limit]}
        return page_of(json.dumps(body).encode(), offset)


def test_a_late_page_does_not_hold_up_the_requests_behind_it() -> None:
    async def go() -> None:
        source = LateSource(until=2 * AT_ONCE)
        reading = Reading(source, PAGE_SIZE)
        async for _ in reading.pages():
            pass
        assert reading.paging.complete
        assert sorted(source.asked) == [number * (PAGE_SIZE - 1) for number in range(PAGES)]

    asyncio.run(asyncio.wait_for(go(), 30))


def test_after_a_failure_no_further_page_is_requested() -> None:
    async def go() -> None:
        source = LateSource(until=1 + AT_ONCE, failing=3 * (PAGE_SIZE - 1))
        reading = Reading(source, PAGE_SIZE)
        with pytest.raises(ServiceFailed):
            async for _ in reading.pages():
                pass
        assert (reading.paging.pages, len(source.asked)) == (3, 1 + AT_ONCE)

    asyncio.run(asyncio.wait_for(go(), 30))
