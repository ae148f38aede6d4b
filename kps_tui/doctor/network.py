"""The way to the service: proxy, names, a first answer, and its clock against ours."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kps_tui.doctor.case import Case
from kps_tui.doctor.finding import CONFIGURATION, NETWORK, USELESS, Finding, Level
from kps_tui.doctor.proxy import Proxy, bypassed, proxy_for, variable_of
from kps_tui.i18n import _
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import LARGEST_SKEW
from kps_tui.session.place import Place

NOTABLE_SKEW = timedelta(minutes=1)
_LIMIT = 64 * 1024


def proxy(case: Case) -> Iterator[Finding]:
    """Say which proxy is asked, without its login."""
    if case.at is None:
        return
    used = proxy_for(case.at.endpoint, case.environ)
    case.may_send = used is None or bool(used.host)
    no_proxy = variable_of("no_proxy", case.environ)
    if used is None and case.at.endpoint.is_loopback:
        yield Finding("proxy", "ok", _("none: the endpoint is this machine"))
    elif used is None and no_proxy and bypassed(case.at.endpoint, case.environ):
        yield Finding("proxy", "ok", _("none: {name} names {host}").format(name=no_proxy, host=case.at.endpoint.netloc))
    elif used is None:
        yield Finding("proxy", "ok", _("none"))
    elif not used.host:
        do = _("write http://host:port; in a password write # / ? @ as %23 %2F %3F %40")
        says = _("{name} can't be read").format(name=used.variable)
        yield Finding("proxy", "problem", says, do, CONFIGURATION)
    else:
        says = _("{proxy} · {name}").format(proxy=used.shown, name=used.variable)
        yield Finding("proxy", "ok", says + (f" · {no_proxy}: {case.environ[no_proxy]}" if no_proxy else ""))


def dns(case: Case) -> Iterator[Finding]:
    """Look up the service's name."""
    if case.at is not None:
        used = proxy_for(case.at.endpoint, case.environ)
        yield looked_up("DNS", case.at.endpoint, used, needed=True)


def iam_dns(case: Case) -> Iterator[Finding]:
    """Look up the name of IAM; not every login asks it."""
    if case.at is not None and case.at.iam_endpoint.host != case.at.endpoint.host:
        used = proxy_for(case.at.iam_endpoint, case.environ)
        yield looked_up("IAM DNS", case.at.iam_endpoint, used, needed=False)


def looked_up(name: str, endpoint: Endpoint, used: Proxy | None, *, needed: bool) -> Finding:
    """Return what the name server says of a host; with a proxy, which looks up itself, it need not know it."""
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
        why = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        says = _("{host} is not known: {why}").format(host=host, why=why)
        if used is not None:
            return Finding(name, "warning", says, _("fine where the proxy knows it"))
        do = _("check the region, the endpoint and the name server (/etc/resolv.conf)")
        level: Level = "problem" if needed else "warning"
        return Finding(name, level, says, do, NETWORK if needed else 0)
    spent = round((time.monotonic() - began) * 1000)
    addresses = ", ".join([*dict.fromkeys(str(entry[4][0]) for entry in found)][:3])
    return Finding(name, "ok", _("{host} is {addresses} · {ms} ms").format(host=host, addresses=addresses, ms=spent))


def answer(case: Case) -> Iterator[Finding]:
    """Ask the service for its root, without a login: whether anybody answers, and what its clock says."""
    if case.at is None or not case.may_send:
        return
    began = time.monotonic()
    date = asyncio.run(_date(case.at))
    spent = round((time.monotonic() - began) * 1000)
    yield Finding("connection", "ok", _("{host} answers · {ms} ms").format(host=case.at.endpoint.netloc, ms=spent))
    if date is None:
        yield Finding("clock", "warning", _("not compared: the service does not say its time"))
    else:
        yield of_skew(datetime.now(UTC) - date)


async def _date(at: Place) -> datetime | None:
    from kps_tui.kps.transport import Transport

    transport = Transport(at.endpoint, ca_bundle=at.ca_bundle)
    try:
        return (await transport.send("GET", "/", limit=_LIMIT)).date
    finally:
        await transport.aclose()


def of_skew(skew: timedelta) -> Finding:
    """Return what it means that our clock is so far ahead; a signature holds for 15 minutes."""
    away = abs(skew)
    seconds = round(away.total_seconds())
    if away <= NOTABLE_SKEW:
        return Finding("clock", "ok", _("{seconds} s off the service's").format(seconds=seconds))
    side = _("ahead of") if skew > timedelta() else _("behind")
    says = _("{seconds:,} s {side} the service's").format(seconds=seconds, side=side)
    do = _("set the clock (timedatectl, chronyc tracking); an access key signs with it")
    if away <= LARGEST_SKEW:
        return Finding("clock", "warning", says, do)
    return Finding("clock", "problem", says, do, USELESS)
