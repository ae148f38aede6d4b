"""What httpx raises, translated into errors of ours, here and nowhere else."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import getproxies, proxy_bypass

import httpx

from kps_tui.i18n import _
from kps_tui.kps.errors import KPS, KpsError, Service, Unreachable, UnreadableAnswer
from kps_tui.sanitize import line

CONNECT_SECONDS = 5.0
_OUT_OF_TIME = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID, …_CERT_HAS_EXPIRED."""
_OF_ANOTHER_HOST = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH."""


class Interrupted(Unreachable):
    """The connection broke, or was refused: worth asking again."""


@contextmanager
def translated(host: str, service: Service = KPS) -> Iterator[None]:
    """Turn what httpx raises into a `KpsError`; the text of an exception is shown only where it can't hold a login."""
    try:
        yield
    except httpx.ConnectTimeout:
        why = _("no connection within {seconds:g} s").format(seconds=CONNECT_SECONDS)
        raise Unreachable(host, why, _("check the network and the proxy, then try again")) from None
    except httpx.ProxyError as error:
        why = _("the proxy said: {text}").format(text=line(str(error), 120))
        advice = _("check HTTPS_PROXY{proxy} and NO_PROXY").format(proxy=_proxy())
        raise Unreachable(host, why, advice) from None
    except httpx.ConnectError as error:
        raise _unconnected(host, error, service) from None
    except (httpx.ReadError, httpx.WriteError, httpx.CloseError):
        raise Interrupted(host, _("the connection broke")) from None
    except httpx.RemoteProtocolError as error:
        raise _broken_protocol(host, str(error), service) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, ValueError) as error:
        why = _("it breaks the protocol ({kind})").format(kind=type(error).__name__)
        raise UnreadableAnswer(why, service=service) from None


def _broken_protocol(host: str, text: str, service: Service) -> KpsError:
    """`text` is h11's: "peer closed connection …", "Server disconnected …", or it names what is wrong."""
    if "closed connection" in text or "disconnected" in text:
        # Without a response: the end of a busy server, or the greeting of one that speaks something else.
        silent = "without sending a response" in text
        advice = _("check {option}: does {name} answer there? Then try again") if silent else ""
        why = _("the connection was closed before the whole answer")
        return Interrupted(host, why, advice.format(option=service.option, name=service.name))
    return UnreadableAnswer(_("it is no HTTP: {text}").format(text=line(text, 80)), service=service)


def _advice_on(verify_code: int, service: Service) -> str:
    """Return what to do about a certificate; the codes are those of OpenSSL."""
    if verify_code in _OUT_OF_TIME:
        return _("check this machine's clock; if it is right, tell whoever runs the endpoint")
    if verify_code in _OF_ANOTHER_HOST:
        return _("check {option}: the certificate is of another host").format(option=service.option)
    return _("a company's own CA? name its PEM file with --ca-bundle")


def _unconnected(host: str, error: httpx.ConnectError, service: Service) -> KpsError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = _("its certificate is not trusted: {why}").format(why=line(cause.verify_message, 120))
            return Unreachable(host, why, _advice_on(cause.verify_code, service))
        if isinstance(cause, ssl.SSLError):
            why = _("no TLS there ({why})").format(why=line(cause.reason or "", 80))
            return Unreachable(host, why, _("check {option}").format(option=service.option))
        if isinstance(cause, ConnectionRefusedError | ConnectionResetError):
            return Interrupted(host, _("the connection was refused"), _advice_on_proxy(host))
        cause = cause.__cause__ or cause.__context__
    text = str(error)
    if any(word in text for word in ("Name or service", "name resolution", "getaddrinfo", "No address", "nodename")):
        advice = _("check --region, {option} and the name server").format(option=service.option)
        return Unreachable(host, _("its name is not known"), _advice_on_proxy(host) or advice)
    if "All connection attempts failed" in text:
        return Interrupted(host, _("the connection was refused"), _advice_on_proxy(host))
    return Unreachable(host, line(text, 120))


def _advice_on_proxy(host: str) -> str:
    """Return what to check where a proxy may have been asked in place of the host; empty where there is none."""
    if not {"https", "all"} & getproxies().keys() or proxy_bypass(host):
        return ""
    return _(
        "it may be the proxy that can't be reached: check HTTPS_PROXY{proxy}, NO_PROXY and --endpoint, then try again"
    ).format(proxy=_proxy())


def _proxy() -> str:
    """Return host and port of the proxy in brackets, never its login; empty where there is none."""
    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all") or ""
    address = found.rpartition("://")[2].rpartition("@")[2].partition("/")[0]
    return f" ({line(address, 80)})" if address else ""
