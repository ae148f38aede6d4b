"""Checks of the network path to the service: proxy, DNS, TLS, connection and clock."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding, Level, problem_of
from kps_tui.files import reason
from kps_tui.i18n import _, counted, number
from kps_tui.kps.authorities import authorities
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import LARGEST_SKEW
from kps_tui.kps.probe import probe_endpoint
from kps_tui.kps.proxy import Route, route_to
from kps_tui.problems import ConfigError, ExitCode

NOTABLE_SKEW = timedelta(minutes=1)
EXPIRES_SOON = 14
"""A certificate that is valid for fewer days is a warning."""


def proxy(examination: Examination) -> Iterator[Finding]:
    """Report the proxy (without its login) and the variable that names it, or what exempts the endpoint from it."""
    at, environ = examination.place, examination.environ
    if at is None:
        return
    try:
        route = examination.route = route_to(at.endpoint, environ)
    except ConfigError as error:
        yield problem_of("proxy", error)
        return
    if at.endpoint.is_loopback:
        says = _("none: the endpoint is this machine")
    elif route.proxy is not None:
        says = _("{proxy} · {name}").format(proxy=route.proxy.shown, name=route.proxy.variable)
    elif route.exempted_by:
        says = _("none: “{entry}” in {name} exempts {host}").format(
            entry=route.exempted_by, name=route.no_proxy, host=at.endpoint.netloc
        )
    else:
        says = _("none")
    yield Finding("proxy", "ok", says)
    yield from exemption_findings(route, at.endpoint)


def exemption_findings(route: Route, endpoint: Endpoint) -> Iterator[Finding]:
    """Yield a finding for each entry of `NO_PROXY`, which says whether it exempts the endpoint."""
    for exemption in route.exemptions:
        entry, host = exemption.text, endpoint.netloc
        if exemption.matches is None:
            says = _("“{entry}” can't be parsed and is ignored").format(entry=entry)
            yield Finding(route.no_proxy, "warning", says, _("use a host, .domain, address or network"))
        elif exemption.matches:
            yield Finding(route.no_proxy, "ok", _("“{entry}” exempts {host}").format(entry=entry, host=host))
        else:
            says = _("“{entry}” does not match {host}").format(entry=entry, host=host)
            yield Finding(route.no_proxy, "ok", says)


def dns(examination: Examination) -> Iterator[Finding]:
    """Look up the host of the service."""
    if examination.place is not None:
        endpoint = examination.place.endpoint
        yield lookup_finding("DNS", endpoint, proxied=_is_proxied(endpoint, examination.environ), needed=True)


def iam_dns(examination: Examination) -> Iterator[Finding]:
    """Look up the host of IAM, unless it is that of the service. A failure is a warning: not every login needs IAM."""
    at = examination.place
    if at is not None and at.iam_endpoint.host != at.endpoint.host:
        proxied = _is_proxied(at.iam_endpoint, examination.environ)
        yield lookup_finding("IAM DNS", at.iam_endpoint, proxied=proxied, needed=False)


def _is_proxied(endpoint: Endpoint, environ: Mapping[str, str]) -> bool:
    try:
        return route_to(endpoint, environ).proxy is not None
    except ConfigError:
        return True


def lookup_finding(name: str, endpoint: Endpoint, *, proxied: bool, needed: bool) -> Finding:
    """Look up a host, and return the finding `name`.

    An unknown host is a problem if it is `needed`. It is a warning if not, or if the endpoint is `proxied`: the proxy
    looks it up itself.
    """
    host = endpoint.host.strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return Finding(name, "ok", _("{host} is an address").format(host=host))
    began = time.monotonic()
    try:
        found = socket.getaddrinfo(host, endpoint.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        says = _("{host} can't be resolved: {why}").format(host=host, why=reason(error))
        if proxied:
            return Finding(name, "warning", says, _("ignore this if the proxy resolves it"))
        do = _("check the region, the endpoint and DNS (/etc/resolv.conf)")
        level: Level = "problem" if needed else "warning"
        return Finding(name, level, says, do, ExitCode.NETWORK if needed else 0)
    spent = round((time.monotonic() - began) * 1000)
    addresses = ", ".join([*dict.fromkeys(str(entry[4][0]) for entry in found)][:3])
    return Finding(name, "ok", _("{host} is {addresses} · {ms} ms").format(host=host, addresses=addresses, ms=spent))


def certificate_authorities(examination: Examination) -> Iterator[Finding]:
    """Report the certificate authorities, and the variables that name them. A CA bundle is reported by `place`."""
    at = examination.place
    if at is None or at.endpoint.scheme == "http" or at.ca_bundle is not None:
        return
    found = authorities()
    missing = all(one.problem for one in found)
    for one in found:
        if not one.problem:
            yield Finding("CA", "ok", str(one))
        elif one.source or missing:
            do = _("fix or unset it") if one.source else _("install ca-certificates")
            yield Finding("CA", "warning", _("{what}: {why}").format(what=one, why=one.problem), do)


async def request(examination: Examination) -> list[Finding]:
    """Send one request without a login. The next checks report the results."""
    at = examination.place
    if at is not None and examination.route is not None:
        examination.probe = await probe_endpoint(at.endpoint, at.ca_bundle, examination.environ)
    return []


def tls(examination: Examination) -> Iterator[Finding]:
    """Report the TLS version and the certificate, or why the handshake failed."""
    at, probe = examination.place, examination.probe
    if at is None or probe is None:
        return
    connection = probe.connection
    if at.endpoint.scheme == "http":
        yield Finding("TLS", "ok", _("none: http to this machine"))
    elif connection.tls_version:
        yield certificate_finding(connection.tls_version, connection.certificate, time.time())
    elif connection.tls_started and probe.error is not None:
        yield problem_of("TLS", probe.error)


def certificate_finding(version: str, certificate: Mapping[str, Any], now: float) -> Finding:
    """Return the finding for a trusted certificate, as `getpeercert` returns it; `now` is in seconds since 1970."""
    issuer = dict(pair for group in certificate.get("issuer", ()) for pair in group)
    name = issuer.get("organizationName") or issuer.get("commonName") or _("unknown")
    days = int((ssl.cert_time_to_seconds(certificate["notAfter"]) - now) // 86_400)
    says = counted(
        days,
        "{protocol} · issued by {name} · {count} day left",
        "{protocol} · issued by {name} · {count} days left",
        protocol=version,
        name=name,
    )
    if days < EXPIRES_SOON:
        return Finding("TLS", "warning", says, _("tell the operator of the endpoint"))
    return Finding("TLS", "ok", says)


def connection(examination: Examination) -> Iterator[Finding]:
    """Report whether the service answers, and at which address. A failed handshake is reported by `tls`."""
    at, probe = examination.place, examination.probe
    if at is None or probe is None:
        return
    made = probe.connection
    if probe.error is None:
        says = _("{host} answers · {ms} ms").format(host=at.endpoint.netloc, ms=probe.milliseconds)
        if made.peer and made.peer != at.endpoint.netloc:
            says += _(" · connected to {peer} in {ms} ms").format(peer=made.peer, ms=made.connect_ms)
        yield Finding("connection", "ok", says)
    elif made.tls_version or not made.tls_started:
        yield problem_of("connection", probe.error)


def clock(examination: Examination) -> Iterator[Finding]:
    """Compare the clock of this machine with that of the service, if it has answered."""
    probe = examination.probe
    if probe is None or probe.error is not None:
        return
    if probe.skew is None:
        yield Finding("clock", "warning", _("not checked: the service does not send its time"))
    else:
        yield clock_finding(probe.skew)


def clock_finding(skew: timedelta) -> Finding:
    """Return the finding for a clock that is `skew` ahead of the service, which accepts signatures for 15 minutes."""
    away = abs(skew)
    seconds = round(away.total_seconds())
    if away <= NOTABLE_SKEW:
        return Finding("clock", "ok", _("differs from the service by {seconds} s").format(seconds=seconds))
    says = _("{seconds} s ahead of the service") if skew > timedelta() else _("{seconds} s behind the service")
    says = says.format(seconds=number(seconds))
    do = _("set the clock (timedatectl, chronyc tracking); an access key signs with it")
    if away <= LARGEST_SKEW:
        return Finding("clock", "warning", says, do)
    return Finding("clock", "problem", says, do, ExitCode.UNUSABLE)
