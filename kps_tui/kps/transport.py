"""HTTP to one origin, with limits, deadlines and redaction. Errors of httpx are raised as `KpsError`.

This is the only module that imports httpx; the rest of the package takes `Auth`, `Request`, `Response` and `Headers`
from here.
"""

import asyncio
import os
import ssl
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from kps_tui.blocking import use_daemon_executor
from kps_tui.files import reason
from kps_tui.i18n import _
from kps_tui.kps.answer import decoded
from kps_tui.kps.credentials import Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import (
    KPS,
    DeadlinePassed,
    KpsError,
    Redirected,
    Refusal,
    Service,
    Unreachable,
    UnreadableAnswer,
    refusal_of,
)
from kps_tui.kps.proxy import Proxy, route_to, unusable
from kps_tui.kps.rate_limit import AT_ONCE
from kps_tui.kps.redact import redacted, redacted_text, secrets_in_headers
from kps_tui.kps.regions import host_mistake
from kps_tui.problems import ConfigError, NextStep, Setting, step_naming
from kps_tui.sanitize import line

# httpx imports its command line, with click, rich and pygments, unless that is missing; this takes 40 % of its import.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
import httpx  # noqa: E402

if sys.modules.get("httpx._main") is None:
    del sys.modules["httpx._main"]

Auth = httpx.Auth
Headers = httpx.Headers
Request = httpx.Request
Response = httpx.Response

TOTAL_SECONDS = 15.0
"""Deadline of one request, from the first byte sent to the last received."""
CONNECT_SECONDS = 5.0
"""Deadline of each step of connecting: TCP, then TLS."""
ERROR_BODY_LIMIT = 64 * 1024
"""Bytes; a larger body of an error response is dropped."""
HEADER_LIMIT = 64 * 1024
"""Bytes of all response headers; httpx itself stops at 100 KB."""
LONGEST_RETRY_AFTER = 60.0
"""Seconds; a longer `Retry-After` is cut to this."""
_OUT_OF_TIME = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID, …_CERT_HAS_EXPIRED."""
_OF_ANOTHER_HOST = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH."""


class Interrupted(Unreachable):
    """The connection broke or was refused: the request is worth repeating."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response. Headers and body are kept out of `repr`: they may hold a new token."""

    status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    sent: tuple[Secret, ...] = field(default=(), repr=False)
    """The secrets of the request, which the service may repeat: redact them before showing any of the answer."""

    @property
    def request_id(self) -> str:
        """The request id of the service (IAM uses another header), redacted and safe to show."""
        said = self.headers.get("X-Request-Id") or self.headers.get("X-IAM-Trace-Id") or ""
        return line(redacted_text(said, self.sent), 80)

    @property
    def content_type(self) -> str:
        """The `Content-Type` header as sent, or an empty string."""
        return str(self.headers.get("Content-Type", ""))

    @property
    def date(self) -> datetime | None:
        """The time in the `Date` header, or None if it is missing or can't be parsed."""
        try:
            at = parsedate_to_datetime(self.headers.get("Date", ""))
        except (ValueError, OverflowError):
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait according to the `Retry-After` header, or None if there is none."""
        return retry_after(self.headers.get("Retry-After"), datetime.now(UTC))

    def without_secrets(self) -> "Answer":
        """Return a copy in which each secret of the request is replaced by an ellipsis."""
        fields = [(name, redacted(value, self.sent)) for name, value in self.headers.raw]
        return replace(self, headers=Headers(fields), body=redacted(self.body, self.sent))


def retry_after(header: str | None, now: datetime) -> float | None:
    """Parse a `Retry-After` header, in seconds or as a date.

    Returns 0 to `LONGEST_RETRY_AFTER` seconds, or None if the header is missing or can't be parsed.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), LONGEST_RETRY_AFTER)


class Body:
    """A request body that is built when it is sent, so that no frame of a request in flight holds its text."""

    def __init__(self, write: Callable[[], bytes], secrets: tuple[Secret, ...] = ()) -> None:
        self._write = write
        self.length = len(write())
        self.secrets = secrets
        """The secrets in the body, which the service may repeat."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._write()


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One finished request, for the log: no headers, no body, no login."""

    path: str
    """The path; for a GET, with its query."""
    milliseconds: int
    status: int | None
    """None if no response arrived."""
    request_id: str
    error: str
    """What went wrong, empty if nothing did."""
    method: str = "GET"


def ignore(record: RequestRecord) -> None:
    """Discard a record."""


Refuse = Callable[[Refusal, Answer], KpsError]
"""Makes the error for a response with a 4xx or 5xx status."""
Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Called with the name of an event on the connection, such as `connection.start_tls.complete`, and its values.

Names and values are those of the `trace` extension of httpcore.
"""


class Transport:
    """An HTTP client for one origin: no redirects, no cookies, no compression, and no proxy to loopback.

    Use it as an async context manager, or call `aclose`.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        service: Service = KPS,
        *,
        auth: Auth | None = None,
        ca_bundle: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        ended: Callable[[RequestRecord], None] = ignore,
    ) -> None:
        """`environ` is read for the proxy variables; `ended` is called with each finished request.

        Raises:
            ConfigError: the CA bundle or the proxy of the environment can't be used.
        """
        self._endpoint = endpoint
        self._ca_bundle = ca_bundle
        self._service = service
        self._ended = ended
        self._proxy = route_to(endpoint, environ).proxy
        self._http = _client(endpoint, auth, ca_bundle, self._proxy)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        refuse: Refuse,
        *,
        limit: int,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        auth: Auth | None = None,
        good: Collection[int] = (200,),
        seconds: float = TOTAL_SECONDS,
    ) -> Answer:
        """Send one request, record it, and return the response if its status is one of `good`. Nothing is repeated.

        `limit` is the largest accepted body in bytes, `seconds` the deadline; `auth` replaces the client's own.

        Raises:
            KpsError: no response arrived, or one with another status, for which `refuse` makes the error.
        """
        started = time.monotonic()
        answer: Answer | None = None
        said = ""
        try:
            answer = await self.send(
                method, path, limit=limit, params=params, headers=headers, body=body, auth=auth, seconds=seconds
            )
            if answer.status not in good:
                raise self._error_of(answer, refuse)
        except KpsError as error:
            said = str(error)
            raise
        finally:
            spent = round((time.monotonic() - started) * 1000)
            status, request_id = (answer.status, answer.request_id) if answer is not None else (None, "")
            target = f"{path}?{urlencode(params)}" if params and method == "GET" else path
            self._ended(RequestRecord(target, spent, status, request_id, said, method))
        return answer

    async def send(
        self,
        method: str,
        path: str,
        *,
        limit: int,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        auth: Auth | None = None,
        seconds: float = TOTAL_SECONDS,
        trace: Trace | None = None,
    ) -> Answer:
        """Send one request and return its complete response, whatever the status. It is not recorded.

        `trace` is called with each event on the connection.

        Raises:
            KpsError: `Interrupted`, `Unreachable`, `DeadlinePassed` or `UnreadableAnswer`.
        """
        use_daemon_executor()
        fields = dict(headers or {})
        if body is not None:
            fields["Content-Length"] = str(body.length)
        login = httpx.USE_CLIENT_DEFAULT if auth is None else auth
        received = bytearray()
        try:
            async with asyncio.timeout(seconds):
                with _translated(self._endpoint, self._service, self._proxy, body, self._ca_bundle):
                    sending = self._http.stream(
                        method,
                        path,
                        params=params,
                        headers=fields,
                        content=body,
                        auth=login,
                        extensions={"trace": trace} if trace is not None else None,
                    )
                    async with sending as response:
                        secrets = body.secrets if body is not None else ()
                        return await self._read_response(response, limit, secrets, received)
        except TimeoutError:
            advice = "" if self._service is KPS else _("try again")
            raise DeadlinePassed(self._endpoint.netloc, seconds, advice, len(received)) from None

    async def _read_response(
        self, response: Response, limit: int, secrets: tuple[Secret, ...], body: bytearray
    ) -> Answer:
        """Return the answer. Its body is read into `body`, so that a timeout can tell how much arrived."""
        if sum(len(name) + len(value) + len(b": \r\n") for name, value in response.headers.raw) > HEADER_LIMIT:
            why = _("its headers are too large (over {kib:,} KiB)").format(kib=HEADER_LIMIT // 1024)
            raise UnreadableAnswer(why, service=self._service)
        sent = (*secrets, *secrets_in_headers(response.request.headers))
        encoding = response.headers.get("Content-Encoding", "identity").strip()
        is_error = response.status_code >= 300
        limit = ERROR_BODY_LIMIT if is_error else limit
        if encoding.lower() in ("", "identity"):
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > limit:
                    break
        elif not is_error:
            why = _("it is compressed ({encoding})").format(encoding=line(redacted_text(encoding, sent), 40))
            raise UnreadableAnswer(why, service=self._service)
        if len(body) > limit:
            if not is_error:
                why = _("it is too large (over {kib:,} KiB)").format(kib=limit // 1024)
                raise UnreadableAnswer(why, service=self._service)
            body.clear()
        answer = Answer(response.status_code, response.headers, bytes(body), sent)
        return answer.without_secrets() if is_error else answer

    def _error_of(self, answer: Answer, refuse: Refuse) -> KpsError:
        if answer.status < 300:
            why = _("status {status} without the expected content").format(status=answer.status)
            return UnreadableAnswer(why, answer.request_id, self._service)
        if answer.status < 400:
            return Redirected(answer.status, _host_of(answer.headers.get("Location", "")), self._service)
        try:
            body = decoded(answer.body)
        except UnreadableAnswer:
            body = None
        return refuse(refusal_of(answer.status, body, answer.request_id), answer)


def is_for(request: Request, origin: str) -> bool:
    """Whether `request` goes to `origin` (`scheme://host[:port]`)."""
    url = httpx.URL(origin)
    return (request.url.scheme, request.url.netloc) == (url.scheme, url.netloc)


def _client(endpoint: Endpoint, auth: Auth | None, ca_bundle: Path | None, proxy: Proxy | None) -> httpx.AsyncClient:
    verify = _tls(ca_bundle) if endpoint.scheme == "https" else False
    try:
        return httpx.AsyncClient(
            base_url=str(endpoint),
            auth=auth,
            verify=verify,
            proxy=_proxy_of_httpx(proxy) if proxy is not None else None,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "kps-tui"},
            # No cookie is kept: one that is not ASCII would break every request after it.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
    except httpx.InvalidURL:
        raise ConfigError(
            _("“{endpoint}” is not a valid endpoint").format(endpoint=line(str(endpoint), 100)),
            next_step=step_naming(_("check {region} and {endpoint}"), region=Setting.REGION, endpoint=Setting.ENDPOINT),
        ) from None


def _proxy_of_httpx(proxy: Proxy) -> httpx.Proxy:
    password = proxy.password.reveal() if proxy.password is not None else ""
    try:
        url = f"{proxy.scheme}://{proxy.netloc}"
        return httpx.Proxy(
            url,
            auth=(proxy.user, password) if proxy.user or password else None,
            ssl_context=_tls(None) if proxy.scheme == "https" else None,
        )
    except httpx.InvalidURL:
        raise unusable(proxy.variable) from None


def _tls(ca_bundle: Path | None) -> ssl.SSLContext:
    try:
        # Not `create_default_context`: that writes the keys of every connection to the file SSLKEYLOGFILE names.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if ca_bundle:
            context.load_verify_locations(cafile=str(ca_bundle))
        else:
            context.load_default_certs()
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            _("the CA bundle “{path}” can't be used").format(path=line(str(ca_bundle), 200)),
            why=line(reason(error), 120),
            next_step=_("use a readable file of PEM certificates"),
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _host_of(location: str) -> str:
    try:
        return line(urlsplit(location).hostname or location, 100)
    except ValueError:
        return line(location, 100)


@contextmanager
def _translated(
    endpoint: Endpoint, service: Service, proxy: Proxy | None, body: Body | None, ca_bundle: Path | None
) -> Iterator[None]:
    """Raise errors of httpx as `KpsError`. The text of an exception may repeat bytes of an answer, so it is redacted.

    `body` is that of the request, whose secrets may be repeated.
    """
    host = endpoint.netloc
    try:
        yield
    except httpx.ConnectTimeout:
        why = _("no connection within {seconds:g} s").format(seconds=CONNECT_SECONDS)
        raise Unreachable(host, why, _("check the network and the proxy, then try again")) from None
    except httpx.ProxyError as error:
        text = redacted_text(str(error), _secrets_of(proxy) if proxy is not None else ())
        why = _("the proxy answered: {text}").format(text=line(text, 120))
        named = f"{proxy.variable} ({line(proxy.netloc, 80)})" if proxy is not None else "HTTPS_PROXY"
        advice = _("check {proxy} and NO_PROXY").format(proxy=named)
        raise Unreachable(host, why, advice) from None
    except httpx.ConnectError as error:
        raise _unconnected(endpoint, error, service, proxy, ca_bundle) from None
    except (httpx.ReadError, httpx.WriteError, httpx.CloseError):
        raise Interrupted(host, _("the connection broke")) from None
    except httpx.RemoteProtocolError as error:
        secrets = (*(body.secrets if body is not None else ()), *secrets_in_headers(error.request.headers))
        raise _broken_protocol(host, redacted_text(str(error), secrets), service) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        why = _("it violates HTTP ({kind})").format(kind=type(error).__name__)
        raise UnreadableAnswer(why, service=service) from None


def _broken_protocol(host: str, text: str, service: Service) -> KpsError:
    """`text` is that of h11: "peer closed connection …", "Server disconnected …", or a description of what is wrong."""
    if "closed connection" in text or "disconnected" in text:
        # No response at all: a busy server that gave up, or one that speaks another protocol.
        silent = "without sending a response" in text
        advice = step_naming(
            _("check {setting}: does {name} answer there? Then try again"), setting=service.setting, name=service.name
        )
        return Interrupted(
            host, _("the connection was closed before the end of the response"), advice if silent else ""
        )
    # Only a status line is shown, because it names the protocol that is spoken; a header line may be part of a login.
    said = text if text.startswith("illegal status line") else text.partition(": ")[0]
    return UnreadableAnswer(_("it is not HTTP: {text}").format(text=line(said, 80)), service=service)


def _secrets_of(proxy: Proxy) -> tuple[Secret, ...]:
    """Return the password of a proxy, and the header that sends it."""
    if proxy.password is None:
        return ()
    login = f"{proxy.user}:{proxy.password.reveal()}".encode()
    return proxy.password, Secret(b64encode(login).decode())


def _advice_on(verify_code: int, service: Service, ca_bundle: Path | None) -> NextStep | str:
    """Return what to do about a certificate that OpenSSL rejects with `verify_code`."""
    if verify_code in _OUT_OF_TIME:
        return _("check this machine's clock; if it is right, tell the operator of the endpoint")
    if verify_code in _OF_ANOTHER_HOST:
        return step_naming(_("check {setting}: the certificate is for another host"), setting=service.setting)
    from kps_tui.kps.authorities import advice_on_authorities

    return advice_on_authorities(ca_bundle)


def _unconnected(
    endpoint: Endpoint,
    error: httpx.ConnectError,
    service: Service,
    proxy: Proxy | None,
    ca_bundle: Path | None = None,
) -> KpsError:
    host = endpoint.netloc
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = _("its certificate is not trusted: {why}").format(why=line(cause.verify_message, 120))
            return Unreachable(host, why, _advice_on(cause.verify_code, service, ca_bundle))
        if isinstance(cause, ssl.SSLError):
            why = _("no TLS there ({why})").format(why=line(cause.reason or "", 80))
            return Unreachable(host, why, step_naming(_("check {setting}"), setting=service.setting))
        if isinstance(cause, ConnectionRefusedError | ConnectionResetError):
            return Interrupted(host, _("the connection was refused"), _advice_on_proxy(proxy))
        cause = cause.__cause__ or cause.__context__
    text = str(error)
    if any(word in text for word in ("Name or service", "name resolution", "getaddrinfo", "No address", "nodename")):
        check = _("check {region}, {setting} and DNS")
        if mistake := host_mistake(endpoint):
            check = f"{{mistake}} · {check}"
        advice = step_naming(check, mistake=mistake, region=Setting.REGION, setting=service.setting)
        return Unreachable(host, _("host name not found"), _advice_on_proxy(proxy) or advice)
    if "All connection attempts failed" in text:
        return Interrupted(host, _("the connection was refused"), _advice_on_proxy(proxy))
    return Unreachable(host, line(text, 120))


def _advice_on_proxy(proxy: Proxy | None) -> NextStep | str:
    """Return what to check if a proxy was asked in place of the host; empty if there is none."""
    if proxy is None:
        return ""
    return step_naming(
        _("the proxy may be unreachable: check {variable} ({proxy}), NO_PROXY and {endpoint}, then try again"),
        variable=proxy.variable,
        proxy=line(proxy.netloc, 80),
        endpoint=Setting.ENDPOINT,
    )
