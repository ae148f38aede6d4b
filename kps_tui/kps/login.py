"""How a login goes onto a request, to the origin it was made for and nowhere else: a token, or a signature."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx

from kps_tui.i18n import _
from kps_tui.kps.credentials import AccessKey, Token
from kps_tui.kps.errors import Refusal
from kps_tui.kps.signing import signature_headers

Clock = Callable[[], datetime]
_SIGNED = ("Host", "Content-Type", "X-Project-Id", "X-Security-Token")
"""What is signed, besides the date. What a proxy may change (`User-Agent`, `Accept`) is left out."""


def utc_now() -> datetime:
    """Return what our clock says."""
    return datetime.now(UTC)


class Login(httpx.Auth):
    """A login. `ready` and `renewed_after` may ask IAM; putting it onto a request never waits for anything."""

    signs = False
    """Whether our clock goes into the request."""
    advice = ""
    """What to do when the service refuses it."""
    serial = 0
    """Counts the renewals."""

    def __init__(self, origin: str) -> None:
        url = httpx.URL(origin)
        self._origin = (url.scheme, url.netloc)

    async def ready(self) -> None:
        """Get what requests need, or renew what ends soon.

        Raises:
            KpsError: that can't be had.
        """

    async def renewed_after(self, refusal: Refusal, serial: int) -> bool:
        """Return whether a request that was refused (401) with login number `serial` is worth repeating, once.

        Raises:
            KpsError: it would be, but the renewal failed.
        """
        return False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the login onto the request.

        Raises:
            ValueError: the request goes to another origin.
        """
        if (request.url.scheme, request.url.netloc) != self._origin:
            raise ValueError("a request to another origin carries no login")
        self.put_on(request)
        yield request

    def put_on(self, request: httpx.Request) -> None:
        """Add the headers."""
        raise NotImplementedError


class TokenAuth(Login):
    """Sends an IAM token as `X-Auth-Token`."""

    def __init__(self, token: Token, origin: str) -> None:
        super().__init__(origin)
        self._token = token

    def put_on(self, request: httpx.Request) -> None:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token.secret.reveal()


class AccessKeyAuth(Login):
    """Signs with an access key. Without a project id it is a request to IAM that asks for one."""

    signs = True
    requires_request_body = True

    def __init__(self, key: AccessKey, origin: str, project_id: str = "", now: Clock = utc_now) -> None:
        super().__init__(origin)
        self.advice = _("check the access key and its secret; five wrong signatures lock the key for 5 minutes")
        self._key = key
        self._project_id = project_id
        self._now = now

    def put_on(self, request: httpx.Request) -> None:
        """Add project, security token and the signature over them."""
        put_signature(request, self._key, self._project_id, self._now())


def put_signature(request: httpx.Request, key: AccessKey, project_id: str, when: datetime) -> None:
    """Sign `request`: `Host` as httpx sends it, port included, and what says who asks."""
    if project_id:
        request.headers["X-Project-Id"] = project_id
    if key.security_token is not None:
        request.headers["X-Security-Token"] = key.security_token.reveal()
    signature = signature_headers(
        key.access_key,
        key.secret_key,
        request.method,
        request.url.raw_path.decode("ascii"),
        {name: request.headers[name] for name in _SIGNED if name in request.headers},
        request.content,
        when,
    )
    request.headers.update(signature)
