"""Authenticates requests with a token or a signature, and only those to the origin that the login is for."""

from collections.abc import Generator
from datetime import datetime

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.kps.credentials import AccessKey, Token
from kps_tui.kps.errors import Refusal
from kps_tui.kps.signing import signature_headers
from kps_tui.kps.transport import Auth, Request, Response, is_for

_SIGNED = ("Host", "Content-Type", "X-Project-Id", "X-Security-Token")
"""Headers that are signed, besides the date. Those that a proxy may change (`User-Agent`, `Accept`) are left out."""


class Login(Auth):
    """Authenticates requests to one origin.

    `ready` and `renewed_after` may ask IAM; authenticating a request never waits for anything.
    """

    signs = False
    """Whether requests are signed, so that the clock of this machine has to be right."""
    advice = ""
    """What to do when the service refuses the login."""
    serial = 0
    """The number of renewals so far."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    async def ready(self) -> None:
        """Obtain what requests need, or renew it if it expires soon.

        Raises:
            KpsError: it can't be obtained.
        """

    async def renewed_after(self, refusal: Refusal, serial: int) -> bool:
        """Return whether a request that got a 401 is worth repeating once; `serial` is that of the login it used.

        Raises:
            KpsError: it would be, but the renewal failed.
        """
        return False

    async def aclose(self) -> None:
        """Close the connections that only this login uses."""

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """Authenticate the request.

        Raises:
            ValueError: the request goes to another origin.
        """
        if not is_for(request, self._origin):
            raise ValueError("a request to another origin carries no login")
        self.add_headers(request)
        yield request

    def add_headers(self, request: Request) -> None:
        """Add the headers of the login to `request`."""
        raise NotImplementedError


class TokenAuth(Login):
    """Sends an IAM token as `X-Auth-Token`."""

    def __init__(self, token: Token, origin: str) -> None:
        super().__init__(origin)
        self._token = token

    def add_headers(self, request: Request) -> None:
        """Add the token."""
        request.headers["X-Auth-Token"] = self._token.secret.reveal()


class AccessKeyAuth(Login):
    """Signs requests with an access key. The project id is empty for the IAM calls that list the projects."""

    signs = True
    requires_request_body = True

    def __init__(self, key: AccessKey, origin: str, project_id: str = "", now: Clock = utc_now) -> None:
        super().__init__(origin)
        self.advice = _("check the access key and its secret; five wrong signatures lock the key for 5 minutes")
        self._key = key
        self._project_id = project_id
        self._now = now

    def add_headers(self, request: Request) -> None:
        """Add project, security token and signature."""
        sign(request, self._key, self._project_id, self._now())


def sign(request: Request, key: AccessKey, project_id: str, when: datetime) -> None:
    """Add project, security token and signature to `request`. `Host` is signed as httpx sends it, with its port."""
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
