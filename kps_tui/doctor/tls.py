"""The encryption to the endpoint, by the rules of the client: who vouches for it, and for how long."""

import base64
import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kps_tui.doctor.case import Case
from kps_tui.doctor.finding import NETWORK, Finding
from kps_tui.doctor.proxy import Proxy, proxy_for
from kps_tui.i18n import _
from kps_tui.kps.endpoint import Endpoint
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

SECONDS = 5.0
SOON = 14
"""Days before its end at which a certificate is worth a word."""


def tls(case: Case) -> Iterator[Finding]:
    """Shake hands with the endpoint, through the proxy if one is used; nothing is asked."""
    if case.at is None or not case.may_send:
        return
    endpoint = case.at.endpoint
    used = proxy_for(endpoint, case.environ)
    if endpoint.scheme == "http":
        yield Finding("TLS", "ok", _("none: http to this machine"))
    elif used is not None and used.scheme == "https":
        yield Finding("TLS", "ok", _("not looked at: the proxy itself is asked by https"))
    else:
        yield shaken_hands(endpoint, used, case.at.ca_bundle)


def shaken_hands(endpoint: Endpoint, used: Proxy | None, ca_bundle: Path | None) -> Finding:
    """Return what the handshake shows."""
    try:
        protocol, certificate = _handshake(endpoint, used, ca_bundle)
    except ssl.SSLCertVerificationError as error:
        says = _("the certificate of {host} is not trusted: {why}").format(
            host=endpoint.netloc, why=error.verify_message
        )
        return Finding("TLS", "problem", says, _("a company's own CA? name its PEM file with --ca-bundle"), NETWORK)
    except ssl.SSLError as error:
        says = _("no TLS at {host}: {why}").format(host=endpoint.netloc, why=error.reason or type(error).__name__)
        return Finding("TLS", "problem", says, _("check --endpoint"), NETWORK)
    except (OSError, http.client.HTTPException) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
        says = _("can't reach {host}: {why}").format(host=endpoint.netloc, why=why)
        return Finding("TLS", "problem", says, _("check the network and the proxy"), NETWORK)
    return of_certificate(protocol, certificate, time.time())


def of_certificate(protocol: str, certificate: Mapping[str, Any], now: float) -> Finding:
    """Return what a trusted certificate says."""
    issuer = dict(pair for group in certificate.get("issuer", ()) for pair in group)
    name = issuer.get("organizationName") or issuer.get("commonName") or _("unknown")
    days = int((ssl.cert_time_to_seconds(certificate["notAfter"]) - now) // 86_400)
    says = _("{protocol} · issued by {name} · {days:,} days left").format(protocol=protocol, name=name, days=days)
    if days < SOON:
        return Finding("TLS", "warning", says, _("tell whoever runs the endpoint"))
    return Finding("TLS", "ok", says)


def _handshake(endpoint: Endpoint, used: Proxy | None, ca_bundle: Path | None) -> tuple[str, Mapping[str, Any]]:
    # As the client: not `create_default_context`, which writes keys to the file SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _trust(context, ca_bundle)
    host, port = endpoint.host.strip("[]"), endpoint.port or 443
    if used is None:
        with (
            socket.create_connection((host, port), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return secured.version() or "TLS", secured.getpeercert() or {}
    connection = http.client.HTTPSConnection(used.host.strip("[]"), used.port, timeout=SECONDS, context=context)
    try:
        login = {"Proxy-Authorization": f"Basic {base64.b64encode(used.login.encode()).decode()}"} if used.login else {}
        connection.set_tunnel(host, port, login)
        connection.connect()
        assert isinstance(connection.sock, ssl.SSLSocket)
        return connection.sock.version() or "TLS", connection.sock.getpeercert() or {}
    finally:
        connection.close()


def _trust(context: ssl.SSLContext, ca_bundle: Path | None) -> None:
    if ca_bundle is None:
        context.load_default_certs()
        return
    try:
        context.load_verify_locations(cafile=str(ca_bundle))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            _("--ca-bundle “{path}” can't be used").format(path=line(str(ca_bundle), 200)),
            why=line(error.strerror or type(error).__name__, 120),
            next_step=_("name a readable file of PEM certificates"),
        ) from None
