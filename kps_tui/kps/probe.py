"""Finds out how an endpoint is reached: one request without a login, and what happened on its connection."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from kps_tui.blocking import run_async
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError
from kps_tui.kps.transport import Transport

_BODY_LIMIT = 64 * 1024
"""Bytes."""


@dataclass(slots=True)
class ConnectionTrace:
    """The connection of one request. `trace` fills it in as the request proceeds, even if the request fails."""

    host: str
    """The host that the certificate must name, an IPv6 address without brackets."""
    peer: str = ""
    """Address and port that the socket is connected to: those of the proxy if one is used. Empty: not connected."""
    connect_ms: int = 0
    """Milliseconds of the name lookup and the TCP connection."""
    tls_started: bool = False
    """Whether the TLS handshake with the host began. It failed if `tls_version` is empty."""
    tls_version: str = ""
    certificate: Mapping[str, Any] = field(default_factory=dict)
    """The certificate of the host, as `ssl.SSLSocket.getpeercert` returns it."""
    _began: float = field(default=0.0, init=False)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Record one event of the HTTP library.

        `connection.start_tls` is the handshake with the first peer, which may be a proxy; `proxy.start_tls` is the one
        inside the tunnel. The server name tells which of them is the handshake with the host.
        """
        step = event.partition(".")[2]
        if step == "connect_tcp.started":
            self._began = time.monotonic()
        elif step == "start_tls.started":
            self.tls_started = self.tls_started or info["server_hostname"] == self.host
        elif step == "connect_tcp.complete":
            self.peer = _netloc(info["return_value"].get_extra_info("server_addr"))
            self.connect_ms = round((time.monotonic() - self._began) * 1000)
        elif step == "start_tls.complete" and self.tls_started:
            secured = info["return_value"].get_extra_info("ssl_object")
            self.tls_version = secured.version() or "TLS"
            self.certificate = secured.getpeercert() or {}


@dataclass(frozen=True, slots=True)
class Probe:
    """The outcome of one request to the root of an endpoint; any status is an answer."""

    connection: ConnectionTrace
    milliseconds: int
    """From the start to the end of the answer, or to the failure."""
    skew: timedelta | None = None
    """How far our clock is ahead of the service's, None if no `Date` header came."""
    error: KpsError | None = None
    """Why no answer came."""


async def probe_endpoint(
    endpoint: Endpoint, ca_bundle: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Probe:
    """Send one request without a login, through the same transport as every other request.

    Raises:
        ConfigError: the CA bundle or the proxy of the environment can't be used.
    """
    connection = ConnectionTrace(endpoint.host.strip("[]"))
    skew: timedelta | None = None
    failed: KpsError | None = None
    # In a thread, because it reads certificates from files.
    async with await run_async(partial(Transport, endpoint, ca_bundle=ca_bundle, environ=environ)) as transport:
        began = time.monotonic()
        try:
            answer = await transport.send("GET", "/", limit=_BODY_LIMIT, trace=connection.trace)
            skew = datetime.now(UTC) - answer.date if answer.date is not None else None
        except KpsError as error:
            failed = error
        spent = round((time.monotonic() - began) * 1000)
    return Probe(connection, spent, skew, failed)


def _netloc(address: Any) -> str:
    """Return `host:port` of a socket address; empty if it is not an IP address."""
    if not isinstance(address, tuple) or len(address) < 2:
        return ""
    host, port = str(address[0]), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
