"""The HTTP server of the demo. Each connection has a thread; stopping the server does not wait for these threads."""

import contextlib
import errno
import os
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from kps_tui.demo.responses import Request, Response, error_response
from kps_tui.demo.service import DemoService

LARGEST_BODY = 64 * 1024
"""The largest body that is read, in bytes; a larger one closes the connection."""
IDLE_SECONDS = 300
"""Seconds after which an idle connection is closed."""
GRACE = 0.2
"""Seconds to wait for the threads of closed connections."""


class Listener(ThreadingHTTPServer):
    """Accepts connections on loopback, and keeps track of them so that they can be closed."""

    allow_reuse_address = os.name == "posix"  # On Windows it would let two servers share a port.
    request_queue_size = 32

    def __init__(self, service: DemoService, port: int, latency: float, now: Callable[[], float]) -> None:
        self.service = service
        self.latency = latency
        self.now = now
        self.stopping = threading.Event()
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OverflowError as error:  # The port is out of range.
            raise OSError(errno.EINVAL, str(error)) from None

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind the socket, without looking up the name of 127.0.0.1 like the inherited method."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.port

    def run(self) -> None:
        """Accept connections until `stop`, without waking up twice a second like `serve_forever`."""
        while not self.stopping.is_set():
            self.handle_request()

    def stop(self) -> None:
        """Stop accepting connections."""
        self.stopping.set()
        with contextlib.suppress(OSError):  # A connection wakes `run`.
            socket.create_connection(("127.0.0.1", self.port), timeout=GRACE).close()

    def break_connections(self) -> None:
        """Close all connections and wait up to `GRACE` seconds for their threads."""
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, GRACE)

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection. Pause after an error, such as too many open files, to avoid a busy loop."""
        try:
            connection, address = super().get_request()
        except OSError:
            self.stopping.wait(0.05)
            raise
        with self._changed:
            self._open.add(connection)
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Return whether to serve a connection: all but the one that `stop` opens."""
        return not self.stopping.is_set()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing, because the terminal may show the UI. The client reports a broken connection."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Respond to a request with any method: the service refuses those that are not allowed."""
        body = self._read_body()
        if self.server.stopping.wait(self.server.latency):
            self.close_connection = True
            return
        headers = {name.lower(): ",".join(self.headers.get_all(name, [])) for name in self.headers}
        request = Request(self.command, self.path, headers, body, f"http://127.0.0.1:{self.server.port}")
        self._send(self.server.service.respond(request))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Respond to a malformed request as the gateway does."""
        if code == HTTPStatus.NOT_IMPLEMENTED:  # There is no `do_…` for the method, but the request is valid.
            self.do_GET()
            return
        self.close_connection = True
        self._send(error_response(HTTPStatus(code), "APIGW.0201", "API request error"))

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        self.send_header("Server", "kps-tui-demo")
        self.send_header("Date", self.date_time_string(self.server.now()))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _read_body(self) -> bytes | None:
        """Return the body, or None after which the connection is closed: the rest would be parsed as a request."""
        length = self.headers.get("Content-Length", "0")
        readable = length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= LARGEST_BODY
        if readable and "Transfer-Encoding" not in self.headers:
            return self.rfile.read(int(length))
        self.close_connection = True
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing, because the terminal may show the UI."""
