"""One request and its whole answer: limits, deadlines, and what a client may do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from kps_tui.blocking import use_daemon_executor
from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KPS, DeadlinePassed, Service, UnreadableAnswer
from kps_tui.kps.faults import CONNECT_SECONDS, Interrupted, translated
from kps_tui.kps.hiding import hidden, sent_in
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

__all__ = ["Answer", "Body", "Interrupted", "http_client", "send"]

TOTAL_SECONDS = 15.0
"""For one request, from the first byte sent to the last received."""
ERROR_BODY_LIMIT = 64 * 1024
"""Bytes of the body of an error that are looked at."""
HEADER_LIMIT = 64 * 1024
"""Bytes of all headers of an answer; httpx itself stops at 100 KB."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Headers and body are never shown: a new token is in them."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    sent: tuple[Secret, ...] = field(default=(), repr=False)
    """The secrets of the request: nothing shown of the answer may hold them, should the service repeat them."""

    @property
    def request_id(self) -> str:
        """What the service (IAM: by another name) calls this request, safe to show."""
        said = self.headers.get("X-Request-Id") or self.headers.get("X-IAM-Trace-Id") or ""
        return line(hidden(said.encode(errors="replace"), self.sent).decode(), 80)

    @property
    def content_type(self) -> str:
        """As sent."""
        return str(self.headers.get("Content-Type", ""))

    @property
    def date(self) -> datetime | None:
        """What the service's clock said; `None` where it did not say, or nonsense."""
        try:
            at = parsedate_to_datetime(self.headers.get("Date", ""))
        except (ValueError, OverflowError):
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at

    def without_secrets(self) -> "Answer":
        """Return it as it may be shown: with an ellipsis for each secret of the request."""
        fields = [(name, hidden(value, self.sent)) for name, value in self.headers.raw]
        return replace(self, headers=httpx.Headers(fields), body=hidden(self.body, self.sent))


class Body:
    """A body that is written when it is sent: what stays in the frames of a request in flight is not the text."""

    def __init__(self, write: Callable[[], bytes], secrets: tuple[Secret, ...] = ()) -> None:
        self._write = write
        self.length = len(write())
        self.secrets = secrets
        """What is in it and must not be shown, should the service repeat it."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._write()


def http_client(
    endpoint: Endpoint, auth: httpx.Auth | None = None, ca_bundle: Path | None = None, *, direct: bool = False
) -> httpx.AsyncClient:
    """Return a client for one origin: redirects off, no proxy to loopback (`direct`: to nothing), nothing compressed.

    Raises:
        ConfigError: the CA bundle or the proxy of the environment can't be used.
    """
    try:
        return httpx.AsyncClient(
            base_url=str(endpoint),
            auth=auth,
            verify=_tls(ca_bundle) if endpoint.scheme == "https" else False,
            trust_env=not (direct or endpoint.is_loopback),
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "kps-tui"},
            # No cookie is kept: one that is not ASCII would break every request after it.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigError(
            _("the proxy of the environment can't be used"),
            # The text of the error may hold a part of the proxy's password.
            why=type(error).__name__,
            next_step=_("check HTTPS_PROXY and ALL_PROXY: http://host:port"),
        ) from None


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
            _("--ca-bundle “{path}” can't be used").format(path=line(str(ca_bundle), 200)),
            why=line(error.strerror or error.__class__.__name__, 120),
            next_step=_("name a readable file of PEM certificates"),
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def send(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body_limit: int,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Body | None = None,
    auth: httpx.Auth | None = None,
    service: Service = KPS,
    seconds: float = TOTAL_SECONDS,
) -> Answer:
    """Send one request and read its answer to the end; nothing is repeated here.

    Raises:
        KpsError: `Interrupted`, `Unreachable`, `DeadlinePassed` or `UnreadableAnswer`; statuses are left to the caller.
    """
    use_daemon_executor()
    host = client.base_url.netloc.decode("ascii")
    fields = dict(headers or {})
    if body is not None:
        fields["Content-Length"] = str(body.length)
    login = httpx.USE_CLIENT_DEFAULT if auth is None else auth
    try:
        async with asyncio.timeout(seconds):
            with translated(host, service):
                sending = client.stream(method, path, params=params, headers=fields, content=body, auth=login)
                async with sending as response:
                    return await _whole(response, body_limit, service, body.secrets if body is not None else ())
    except TimeoutError:
        advice = "" if service is KPS else _("try again")
        raise DeadlinePassed(host, seconds, advice) from None


async def _whole(response: httpx.Response, limit: int, service: Service, secrets: tuple[Secret, ...]) -> Answer:
    if sum(len(name) + len(value) + len(b": \r\n") for name, value in response.headers.raw) > HEADER_LIMIT:
        why = _("its headers are too large (over {kib:,} KiB)").format(kib=HEADER_LIMIT // 1024)
        raise UnreadableAnswer(why, service=service)
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
        raise UnreadableAnswer(_("it is encoded ({encoding})").format(encoding=line(encoding, 40)), service=service)
    if len(body) > limit:
        if not is_error:
            why = _("it is too large (over {kib:,} KiB)").format(kib=limit // 1024)
            raise UnreadableAnswer(why, service=service)
        body.clear()
    sent = (*secrets, *sent_in(response.request.headers))
    answer = Answer(response.status_code, response.headers, bytes(body), sent)
    return answer.without_secrets() if is_error else answer
