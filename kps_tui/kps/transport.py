"""One request, from httpx's world to ours: exceptions, limits and headers are translated here and nowhere else."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from kps_tui.i18n import _
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import DeadlinePassed, KpsError, Unreachable, UnreadableAnswer
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
"""For one request, from the first byte sent to the last received."""
ERROR_BODY_LIMIT = 64 * 1024
"""Bytes of the body of an error that are looked at."""


class Interrupted(Unreachable):
    """The connection broke, or was refused: worth asking again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def request_id(self) -> str:
        """What the service calls this request, safe to show."""
        return line(self.headers.get("X-Request-Id", ""), 80)

    @property
    def content_type(self) -> str:
        """As sent."""
        return str(self.headers.get("Content-Type", ""))


def http_client(endpoint: Endpoint, auth: httpx.Auth, ca_bundle: Path | None = None) -> httpx.AsyncClient:
    """Return a client for one origin: redirects off, no proxy to loopback, nothing compressed.

    Raises:
        ConfigError: the CA bundle or the proxy of the environment can't be used.
    """
    try:
        return httpx.AsyncClient(
            base_url=str(endpoint),
            auth=auth,
            verify=_tls(ca_bundle) if endpoint.scheme == "https" else False,
            trust_env=not endpoint.is_loopback,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "kps-tui"},
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigError(
            _("the proxy of the environment can't be used"),
            why=line(str(error), 120),
            next_step=_("check HTTPS_PROXY and ALL_PROXY: http://host:port"),
        ) from None


def _tls(ca_bundle: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_bundle) if ca_bundle else None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            _("--ca-bundle “{path}” can't be used").format(path=line(str(ca_bundle), 200)),
            why=line(error.strerror or error.__class__.__name__, 120),
            next_step=_("name a readable file of PEM certificates"),
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def get(client: httpx.AsyncClient, path: str, params: dict[str, int], body_limit: int) -> Answer:
    """Send one GET and read its answer to the end.

    Raises:
        KpsError: `Interrupted`, `Unreachable`, `DeadlinePassed` or `UnreadableAnswer`; statuses are left to the caller.
    """
    host = client.base_url.netloc.decode("ascii")
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            with translated(host):
                async with client.stream("GET", path, params=params) as response:
                    return await _whole(response, body_limit)
    except TimeoutError:
        raise DeadlinePassed(host, TOTAL_SECONDS) from None


async def _whole(response: httpx.Response, limit: int) -> Answer:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    is_error = response.status_code >= 300
    limit = ERROR_BODY_LIMIT if is_error else limit
    body = bytearray()
    if encoding in ("", "identity"):
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > limit:
                break
    elif not is_error:
        raise UnreadableAnswer(_("it is encoded ({encoding})").format(encoding=line(encoding, 40)))
    if len(body) > limit:
        if not is_error:
            raise UnreadableAnswer(_("it is too large (over {kib:,} KiB)").format(kib=limit // 1024))
        body.clear()
    return Answer(response.status_code, response.headers, bytes(body))


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Turn what httpx raises into a `KpsError`; the text of an exception is shown only where it can't hold a login."""
    try:
        yield
    except httpx.ConnectTimeout:
        why = _("no connection within {seconds:g} s").format(seconds=CONNECT_SECONDS)
        raise Unreachable(host, why, _("check the network and the proxy, then try again")) from None
    except httpx.ProxyError as error:
        why = _("the proxy said: {text}").format(text=line(str(error), 120))
        raise Unreachable(host, why, _("check HTTPS_PROXY and NO_PROXY")) from None
    except httpx.ConnectError as error:
        raise _unconnected(host, error) from None
    except (httpx.ReadError, httpx.WriteError, httpx.CloseError):
        raise Interrupted(host, _("the connection broke")) from None
    except httpx.RemoteProtocolError as error:
        raise _broken_protocol(host, str(error)) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, ValueError) as error:
        raise UnreadableAnswer(_("it breaks the protocol ({kind})").format(kind=type(error).__name__)) from None


def _broken_protocol(host: str, text: str) -> KpsError:
    """`text` is h11's: "peer closed connection …", "Server disconnected …", or it names what is wrong."""
    if "closed connection" in text or "disconnected" in text:
        return Interrupted(host, _("the connection was closed before the whole answer"))
    return UnreadableAnswer(_("it is no HTTP: {text}").format(text=line(text, 80)))


def _unconnected(host: str, error: httpx.ConnectError) -> KpsError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = _("its certificate is not trusted: {why}").format(why=line(cause.verify_message, 120))
            return Unreachable(host, why, _("a company's own CA? name its PEM file with --ca-bundle"))
        if isinstance(cause, ssl.SSLError):
            why = _("no TLS there ({why})").format(why=line(cause.reason or "", 80))
            return Unreachable(host, why, _("check --endpoint"))
        if isinstance(cause, ConnectionRefusedError | ConnectionResetError):
            return Interrupted(host, _("the connection was refused"))
        cause = cause.__cause__ or cause.__context__
    text = str(error)
    if any(word in text for word in ("Name or service", "name resolution", "getaddrinfo", "No address", "nodename")):
        return Unreachable(host, _("its name is not known"), _("check --region, --endpoint and the name server"))
    if "All connection attempts failed" in text:
        return Interrupted(host, _("the connection was refused"))
    return Unreachable(host, line(text, 120))
