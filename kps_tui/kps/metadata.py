"""The metadata service of an ECS: temporary keys of the agency that the machine was given.

Addresses, headers and statuses as the vendor's SDK has them (huaweicloudsdkcore 3.1.219, `auth/provider`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from kps_tui.i18n import _
from kps_tui.kps.answer import decoded
from kps_tui.kps.credentials import AccessKey, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import DeadlinePassed, KpsError, Refusal, Service, Unreachable, UnreadableAnswer, refused
from kps_tui.kps.exchange import Exchange, exchanged, ignore, seconds_asked
from kps_tui.kps.login_errors import AgencyMissing
from kps_tui.kps.moments import moment
from kps_tui.kps.transport import Answer, http_client, send
from kps_tui.problems import CredentialError

ADDRESS = Endpoint("http", "169.254.169.254")
"""Link-local: it never leaves the machine, so it may be plain `http`; a proxy is never asked."""
SECONDS = 3.0
"""For one request; where nothing answers this is no ECS."""
BODY_LIMIT = 64 * 1024
_TOKEN_PATH, _KEYS_PATH = "/meta-data/latest/api/token", "/openstack/latest/securitykey"
_NO_IMDSV2 = frozenset({404, 405, 503})
"""Statuses that say: no second version here, ask without its token."""
_TTL = "21600"
_SERVICE = Service(_("metadata service"), "--kind")


@dataclass(frozen=True, slots=True)
class IssuedKeys:
    """Temporary keys, and until when they hold (`None`: not known)."""

    keys: AccessKey
    expires_at: datetime | None


class Metadata:
    """Asks the metadata service; each call opens a connection of its own."""

    def __init__(self, address: Endpoint = ADDRESS, ended: Callable[[Exchange], None] = ignore) -> None:
        self._address = address
        self._ended = ended

    async def keys(self) -> IssuedKeys:
        """Return temporary keys of this machine's agency.

        Raises:
            KpsError: this is no ECS, it has no agency, or the answer can't be read.
        """
        async with http_client(self._address, direct=True) as http:
            answer = await self._ask(http, "GET", _KEYS_PATH, await self._session(http))
        return _keys_of(answer)

    async def _session(self, http: httpx.AsyncClient) -> dict[str, str]:
        """Return the header that IMDSv2 asks for; none where it is off."""
        asking = {"X-Metadata-Token-Ttl-Seconds": _TTL}
        try:
            answer = await self._ask(http, "PUT", _TOKEN_PATH, asking)
        except KpsError as error:
            if error.refusal is not None and error.refusal.status in _NO_IMDSV2:
                return {}
            raise
        try:
            session = Token.parse(Secret(answer.body.decode("latin-1").strip()), "")
        except CredentialError:
            raise UnreadableAnswer(_("its session token is none"), service=_SERVICE) from None
        return {"X-Metadata-Token": session.secret.reveal()}

    async def _ask(self, http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]) -> Answer:
        sending = send(http, method, path, BODY_LIMIT, headers=headers, service=_SERVICE, seconds=SECONDS)
        try:
            return await exchanged(sending, path, self._refused, method=method, ended=self._ended, service=_SERVICE)
        except (Unreachable, DeadlinePassed) as error:
            why = error.why or error.what
            raise Unreachable(self._address.netloc, why, _("only an ECS has an agency: log in another way")) from None

    def _refused(self, refusal: Refusal, answer: Answer) -> KpsError:
        if refusal.status in (401, 403, 404):
            return AgencyMissing(refusal)
        return refused(refusal, self._address.netloc, seconds_asked(answer))


def _keys_of(answer: Answer) -> IssuedKeys:
    held = _credential(answer.body)
    try:
        keys = AccessKey.parse(held["access"].reveal(), held["secret"], "", held["securitytoken"])
    except (KeyError, CredentialError):
        raise UnreadableAnswer(_("it holds no usable keys"), service=_SERVICE) from None
    return IssuedKeys(keys, moment(held["expires_at"].reveal() if "expires_at" in held else None))


def _credential(body: bytes) -> dict[str, Secret]:
    """Return what the answer holds; nothing of an unreadable one is shown, for a secret may be in the excerpt."""
    try:
        said = decoded(body)
    except UnreadableAnswer:
        return {}
    held = said.get("credential") if isinstance(said, dict) else None
    pairs = held.items() if isinstance(held, dict) else ()
    return {name: Secret(value) for name, value in pairs if isinstance(value, str)}
