"""A server on 127.0.0.1 that sends exactly the bytes that a test gives it."""

import asyncio
import json
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """A request."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""
    """The body; its length is `Content-Length`."""

    def number(self, name: str) -> int:
        """Return a query parameter as a number."""
        return int(parse_qs(urlsplit(self.target).query)[name][0])


Reply = bytes | Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Bytes to send, or a coroutine that sends them; then the connection is closed."""


@dataclass
class Loopback:
    """A running server: its address and the requests it has received."""

    endpoint: str
    requests: list[Request] = field(default_factory=list)
    """Those for the running tasks, which the screen sends in the background, are apart."""
    running_requests: list[Request] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def serving(
    reply: Callable[[Request], Reply],
    tls: ssl.SSLContext | None = None,
    running: Callable[[Request], Reply] | None = None,
) -> AsyncIterator[Loopback]:
    """Serve `reply` on a free port, with https if `tls` is given.

    `running` replies to requests for the running tasks; by default there are none.
    """

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loopback.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            pairs = (text.partition(":") for text in head[1:] if text)
            fields = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            request = Request(method, target, fields, body)
            if urlsplit(target).path.endswith("/running-tasks"):
                loopback.running_requests.append(request)
                answer = running(request) if running else http({"total": 0, "tasks": []})
            else:
                loopback.requests.append(request)
                answer = reply(request)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    loopback = Loopback(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield loopback
    finally:
        server.close()


def http(body: bytes | str | Any, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """Return an HTTP response; a body that is neither bytes nor text is converted to JSON."""
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    data = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in (fields | dict(headers or {})).items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + data


def row(number: int, **other: Any) -> dict[str, Any]:
    """Return a row as the service sends it; task `number` is `number` minutes old."""
    return {
        "task_id": f"task-{number:06}",
        "operate_type": "FAILED_RESET",
        "task_time": str(1_763_856_000_000 - number * 60_000),
        "task_error_code": None,
        "task_error_msg": "Update public key error",
        "server_name": f"web-{number % 7}",
        "server_id": f"server-{number % 7}",
        "keypair_name": "KeyPair-xt",
    } | other


def listing(rows: Sequence[Any], total: int | None = None) -> Callable[[Request], bytes]:
    """Return a reply that serves pages of `rows` as documented."""

    def reply(request: Request) -> bytes:
        offset, limit = request.number("offset"), request.number("limit")
        page = rows[offset : offset + limit]
        return http({"total": len(rows) if total is None else total, "tasks": page}, headers={"X-Request-Id": "req-1"})

    return reply


@contextmanager
def serving_in_a_thread(
    reply: Callable[[Request], Reply],
    tls: ssl.SSLContext | None = None,
    running: Callable[[Request], Reply] | None = None,
) -> Iterator[Loopback]:
    """Serve in a thread, for tests without an event loop; the arguments are those of `serving`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    context = serving(reply, tls, running)
    try:
        loopback = asyncio.run_coroutine_threadsafe(_entered(context), loop).result(30)
        try:
            yield loopback
        finally:
            asyncio.run_coroutine_threadsafe(_left(context), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def proxy_to(endpoint: str, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Run a proxy, with https if `tls` is given, that connects every tunnel to `endpoint`."""
    port = urlsplit(endpoint).port

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.write_eof()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()

    with serving_in_a_thread(lambda request: tunnel, tls) as proxy:
        yield proxy


async def _entered(context: AbstractAsyncContextManager[Loopback]) -> Loopback:
    return await context.__aenter__()


async def _left(context: AbstractAsyncContextManager[Loopback]) -> None:
    await context.__aexit__(None, None, None)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
