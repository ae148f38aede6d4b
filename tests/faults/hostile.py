"""Replies of a hostile server for `tests.loopback`, with control over bytes and sockets."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import cache
from itertools import count

from tests.loopback import Reply, Request, http

Server = Callable[[Request], Reply]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MOST = 256 * 1024 * 1024
"""The most bytes of an endless body, so that a broken client does not fill the memory of the machine."""
REPEATED = 3
"""Number of requests if a request is repeated."""


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send nothing until the client disconnects."""
    await reader.read()


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send headers, then a byte a second."""
    writer.write(OK + b"Content-Length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


def endless(head: bytes = OK + b"\r\n", piece: bytes = b" " * 65536) -> Handler:
    """Send `piece` repeatedly."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(MOST // len(piece)):
            writer.write(piece)
            await writer.drain()

    return handler


def resets(sent: bytes) -> Handler:
    """Send bytes, then reset the connection."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return handler


def kept_alive(good: Server) -> Server:
    """Keep the connection open after the first response and close it at the next request; then reply like `good`."""
    asked = count()

    def reply(request: Request) -> Reply:
        if next(asked):
            return good(request)
        answer = good(request)
        assert isinstance(answer, bytes)
        kept = answer.replace(b"Connection: close", b"Connection: keep-alive")

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(kept)
            await reader.readuntil(b"\r\n\r\n")

        return handler

    return reply


@cache
def bomb(layers: int = 1, mebibytes: int = 64) -> bytes:
    """Return zeros, compressed `layers` times."""
    data = bytes(mebibytes * 1024 * 1024)
    for _ in range(layers):
        data = gzip.compress(data, 6)
    return data


def always(reply: Reply) -> Server:
    """Send the same response to every request."""
    return lambda request: reply


def in_turn(*servers: Server) -> Server:
    """Reply like each of these in turn, then always like the last."""
    left = list(servers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def head(status: str, *fields: str, body: bytes = b"") -> bytes:
    """Return a response with this head, which is not changed."""
    lines = "".join(f"{field}\r\n" for field in (*fields, "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


def chunked(*pieces: bytes) -> bytes:
    """Return a chunked response of `pieces`, which are not changed."""
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(pieces)


def chunk(data: bytes) -> bytes:
    """Return one valid chunk."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def redirect(status: str, location: str) -> bytes:
    """Return a redirect."""
    return http({}, status, {"Location": location})
