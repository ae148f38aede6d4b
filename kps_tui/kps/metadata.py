"""The metadata service of an ECS: temporary keys of the agency that was assigned to the machine.

Source of addresses, headers and statuses: the vendor's SDK (huaweicloudsdkcore 3.1.219, `auth/provider`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kps_tui.i18n import _
from kps_tui.kps.answer import decoded
from kps_tui.kps.credentials import AccessKey, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import DeadlinePassed, KpsError, Refusal, Service, Unreachable, UnreadableAnswer, refused
from kps_tui.kps.iam_answer import parse_time
from kps_tui.kps.login_errors import AgencyMissing
from kps_tui.kps.transport import Answer, RequestRecord, Transport, ignore
from kps_tui.problems import CredentialError, Setting

ADDRESS = Endpoint("http", "169.254.169.254")
"""Link-local: requests never leave the machine, so plain `http` is safe and no proxy is used."""
SECONDS = 3.0
"""Deadline of one request, in seconds. Without an answer by then, this machine is not an ECS."""
BODY_LIMIT = 64 * 1024
_TOKEN_PATH, _KEYS_PATH = "/meta-data/latest/api/token", "/openstack/latest/securitykey"
_NO_IMDSV2 = frozenset({404, 405, 503})
"""Statuses of a service without IMDSv2: go on without a session token."""
_TTL = "21600"


def _service() -> Service:
    return Service(_("metadata service"), Setting.LOGIN_KIND)


@dataclass(frozen=True, slots=True)
class IssuedKeys:
    """Temporary keys and their expiry, None if it is not known."""

    keys: AccessKey
    expires_at: datetime | None


class Metadata:
    """A client of the metadata service; each call opens its own connection."""

    def __init__(self, address: Endpoint = ADDRESS, ended: Callable[[RequestRecord], None] = ignore) -> None:
        self._address = address
        self._ended = ended

    async def keys(self) -> IssuedKeys:
        """Return temporary keys of this machine's agency.

        Raises:
            KpsError: this machine is not an ECS, it has no agency, or the answer can't be read.
        """
        async with Transport(self._address, _service(), environ={}, ended=self._ended) as transport:
            answer = await self._request(transport, "GET", _KEYS_PATH, await self._session(transport))
        return _keys_of(answer)

    async def _session(self, transport: Transport) -> dict[str, str]:
        """Return the header that IMDSv2 requires, or none if the service has no IMDSv2."""
        try:
            answer = await self._request(transport, "PUT", _TOKEN_PATH, {"X-Metadata-Token-Ttl-Seconds": _TTL})
        except KpsError as error:
            if error.refusal is not None and error.refusal.status in _NO_IMDSV2:
                return {}
            raise
        try:
            session = Token.parse(Secret(answer.body.decode("latin-1").strip()), "")
        except CredentialError:
            raise UnreadableAnswer(_("its session token is not valid"), service=_service()) from None
        return {"X-Metadata-Token": session.secret.reveal()}

    async def _request(self, transport: Transport, method: str, path: str, headers: dict[str, str]) -> Answer:
        try:
            return await transport.request(
                method, path, self._refused, limit=BODY_LIMIT, headers=headers, seconds=SECONDS
            )
        except (Unreachable, DeadlinePassed) as error:
            why = error.why or error.what
            raise Unreachable(self._address.netloc, why, _("only an ECS has an agency: log in another way")) from None

    def _refused(self, refusal: Refusal, answer: Answer) -> KpsError:
        if refusal.status in (401, 403, 404):
            return AgencyMissing(refusal)
        return refused(refusal, self._address.netloc, answer.retry_after)


def _keys_of(answer: Answer) -> IssuedKeys:
    held = _credential(answer.body)
    try:
        keys = AccessKey.parse(held["access"].reveal(), held["secret"], "", held["securitytoken"])
    except (KeyError, CredentialError):
        raise UnreadableAnswer(_("it has no usable keys"), service=_service()) from None
    return IssuedKeys(keys, parse_time(held["expires_at"].reveal() if "expires_at" in held else None))


def _credential(body: bytes) -> dict[str, Secret]:
    """Return the fields of the credential. Of an unreadable body nothing is shown: an excerpt may hold a secret."""
    try:
        said = decoded(body)
    except UnreadableAnswer:
        return {}
    held = said.get("credential") if isinstance(said, dict) else None
    pairs = held.items() if isinstance(held, dict) else ()
    return {name: Secret(value) for name, value in pairs if isinstance(value, str)}
