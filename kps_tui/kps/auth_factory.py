"""Makes the `Login` for each kind of credential, and defines the two that renew themselves."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.kps.auth import AccessKeyAuth, Login, TokenAuth, sign
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import LoginRefused
from kps_tui.kps.login_errors import LoginExpired
from kps_tui.kps.renewal import RenewingLogin
from kps_tui.kps.transport import Request

if TYPE_CHECKING:
    # Only some logins need them.
    from kps_tui.kps.iam import IamClient
    from kps_tui.kps.iam_answer import IssuedToken
    from kps_tui.kps.metadata import Metadata

TOKEN_EARLY = timedelta(minutes=5)
"""How long before its expiry a token is renewed."""
KEYS_EARLY = timedelta(minutes=10)
"""How long before their expiry the keys of an agency are renewed, as the vendor's Terraform provider does."""


class PasswordAuth(RenewingLogin):
    """Exchanges a password for a token at IAM, and sends the token.

    A password that IAM has refused is not sent again: each wrong attempt counts, and five lock the user.
    """

    early = TOKEN_EARLY

    def __init__(
        self,
        password: Password,
        origin: str,
        project_id: str,
        region: str,
        iam: "IamClient",
        *,
        cached: Token | None = None,
        renewed: "Callable[[IssuedToken], None] | None" = None,
        now: Clock = utc_now,
    ) -> None:
        super().__init__(origin, now)
        self._password = password
        self._project_id = project_id
        self._region = region
        self._iam = iam
        self._renewed = renewed
        self._token = cached
        self._code_is_spent = False
        self._refused: LoginRefused | None = None
        if cached is not None:
            self.record_renewal(cached.expires_at, None)

    def add_headers(self, request: Request) -> None:
        """Add the token."""
        if self._token is None:
            raise RuntimeError("the login is not ready")
        request.headers["X-Auth-Token"] = self._token.secret.reveal()

    async def fetch(self) -> None:
        """Ask IAM for a token and pass it to `renewed`, which may store it."""
        if self._refused is not None:
            raise self._refused
        if self._code_is_spent:
            raise LoginExpired(_("a new token needs a new MFA code"))
        self._code_is_spent = self._password.passcode is not None
        try:
            issued = await self._iam.token_for(self._password, self._project_id or None, self._region)
        except LoginRefused as error:
            self._refused = error
            raise
        self._token = issued.token
        self.record_renewal(issued.expires_at, self._now())
        if self._renewed is not None:
            self._renewed(issued)

    async def aclose(self) -> None:
        """Close the connection to IAM."""
        await self._iam.aclose()


class AgencyAuth(RenewingLogin):
    """Signs with temporary keys of the agency that this ECS has."""

    early = KEYS_EARLY
    signs = True
    requires_request_body = True

    def __init__(
        self,
        origin: str,
        project_id: str,
        metadata: "Metadata",
        *,
        now: Clock = utc_now,
    ) -> None:
        super().__init__(origin, now)
        self.advice = _("check the agency of this ECS in the console: is it for this project, may it use KPS?")
        self._project_id = project_id
        self._metadata = metadata
        self._keys: AccessKey | None = None

    def add_headers(self, request: Request) -> None:
        """Add project, security token and signature."""
        if self._keys is None:
            raise RuntimeError("the login is not ready")
        sign(request, self._keys, self._project_id, self._now())

    async def fetch(self) -> None:
        """Ask the metadata service for new keys."""
        issued = await self._metadata.keys()
        self._keys = issued.keys
        self.record_renewal(issued.expires_at, self._now())


def needs_iam(credential: Credential) -> bool:
    """Return whether `auth_for` needs a client of IAM for `credential`."""
    return isinstance(credential, Password)


def auth_for(
    credential: Credential,
    endpoint: Endpoint,
    project_id: str,
    *,
    region: str = "",
    iam: "IamClient | None" = None,
    metadata: "Metadata | None" = None,
    cached: Token | None = None,
    renewed: "Callable[[IssuedToken], None] | None" = None,
    now: Clock = utc_now,
) -> Login:
    """Return the `Login` that authenticates requests to `endpoint` with `credential`.

    A password needs `iam`, which is closed with the login. `cached` is a token that IAM issued for it earlier; each new
    one is passed to `renewed`, which runs on the event loop and must neither block nor raise.

    Raises:
        TypeError: a password without `iam`.
    """
    origin = str(endpoint)
    match credential:
        case Token():
            return TokenAuth(credential, origin)
        case AccessKey():
            return AccessKeyAuth(credential, origin, project_id, now)
        case Agency():
            from kps_tui.kps.metadata import Metadata

            return AgencyAuth(origin, project_id, metadata or Metadata(), now=now)
        case Password():
            if iam is None:
                raise TypeError("a password needs an IAM to ask")
            return PasswordAuth(credential, origin, project_id, region, iam, cached=cached, renewed=renewed, now=now)
