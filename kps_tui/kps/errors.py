"""Errors of the service and of the connection to it. Status and code decide, not the text of a message.

The one exception is the advice for a 401: one code stands for a wrong clock, a refused address and a wrong key.

KpsError
├── Unreachable          no response: name lookup, connection, TLS, proxy                      exit 3
│   └── Interrupted      refused or broken connection (`kps_tui.kps.transport`)                exit 3
├── DeadlinePassed       no complete response before the deadline of a request                 exit 3
├── Throttled            429                                                                   exit 3
├── ServiceFailed        5xx                                                                   exit 3
├── LoginRefused         401                                                                   exit 4
│   └── …                errors of logging in (`kps_tui.kps.login_errors`)                     exit 4
├── PermissionMissing    403                                                                   exit 5
├── RequestRejected      400, 404 and every other 4xx                                          exit 1
├── OtherProject         the login is for another project (`kps_tui.kps.login_errors`)         exit 1
├── Redirected           3xx: never followed, because the login would be sent along            exit 1
└── UnreadableAnswer     a response that is not what the API page describes                    exit 1
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from kps_tui.i18n import _
from kps_tui.problems import NextStep, Problem, Setting, step_naming
from kps_tui.sanitize import line

LIST_ACTION = "kps:domainKeypairs:getfailtask"
"""The permission to list failed tasks."""
RUNNING_ACTION = "kps:domainKeypairs:getrunningtask"
"""The permission to list running tasks."""
MESSAGE_LIMIT = 200
"""The most characters of a service's message that an error shows."""
LARGE_BODY = 64 * 1024
"""If a request times out after so many bytes of its body, the advice is to request fewer rows."""
LARGEST_SKEW = timedelta(minutes=5)
"""A larger clock skew is reported as the likely cause; the service accepts a signature for 15 minutes."""

_EXPIRED_SIGNATURE = r"signature expired(?:.*?signature time:\s*(\d{8}T\d{6}Z).*?server time:\s*(\d{8}T\d{6}Z))?"
"""Matches in the message of a 401; the times are those of our clock and of the service's."""
_REFUSED_ADDRESS = r"current ip:\s*(\S*)"
"""Matches in the message of a 401 if IAM's access control list does not allow the address of this machine."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, as error messages name it."""

    name: str
    setting: Setting
    """What sets its address."""


KPS = Service("KPS", Setting.ENDPOINT)
IAM = Service("IAM", Setting.IAM_ENDPOINT)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The content of an error response. Every text is one line that is safe to show."""

    status: int
    code: str = ""
    message: str = ""
    request_id: str = ""

    def __str__(self) -> str:
        said = " ".join(part for part in (self.code, self.message) if part)
        identity = _("request id {id}").format(id=self.request_id) if self.request_id else ""
        return " · ".join(part for part in (said, identity) if part)


class KpsError(Problem):
    """The service or the connection to it failed."""

    exit_code: ClassVar[int] = 3
    refusal: Refusal | None = None
    """The error response, if one arrived."""
    retry_after: float | None = None
    """Seconds that the service asked to wait, or None."""


class Unreachable(KpsError):
    """No response arrived."""

    def __init__(self, host: str, why: str, next_step: NextStep | str = "") -> None:
        super().__init__(
            _("can't reach {host}").format(host=host),
            why=why,
            next_step=next_step or _("check the network, the region and the endpoint, then try again"),
        )


class DeadlinePassed(KpsError):
    """No complete response arrived in time; `received` bytes of its body did."""

    def __init__(self, host: str, seconds: float, next_step: NextStep | str = "", received: int = 0) -> None:
        if received:
            said = _("only {kib:,} KiB of the answer of {host} arrived within {seconds:g} s")
        else:
            said = _("{host} did not answer within {seconds:g} s")
        if received >= LARGE_BODY:
            next_step = next_step or NextStep(_("try again with a smaller --page-size"), _("try again"))
        super().__init__(
            said.format(host=host, seconds=seconds, kib=-(-received // 1024)), next_step=next_step or _("try again")
        )


class _Refused(KpsError):
    """The service responded with an error status."""

    def __init__(self, what: str, refusal: Refusal, next_step: NextStep | str) -> None:
        super().__init__(what, why=str(refusal), next_step=next_step)
        self.refusal = refusal


class Throttled(_Refused):
    """429: too many requests."""

    def __init__(self, refusal: Refusal, retry_after: float | None = None) -> None:
        super().__init__(_("the service asks to slow down (429)"), refusal, _("wait a little, then try again"))
        self.retry_after = retry_after


class ServiceFailed(_Refused):
    """5xx: the service failed."""

    def __init__(self, refusal: Refusal, retry_after: float | None = None) -> None:
        super().__init__(
            _("the service failed ({status})").format(status=refusal.status),
            refusal,
            _("try again; if it persists, open a ticket with the request ID"),
        )
        self.retry_after = retry_after


class LoginRefused(_Refused):
    """401: the login is missing, wrong or expired."""

    exit_code = 4

    def __init__(self, refusal: Refusal, next_step: NextStep | str = "", skew: timedelta | None = None) -> None:
        """`skew` is how far our clock is ahead of the service's, if its answer had a date and our request a signature.

        What the message says about the clock or our address replaces `next_step`.
        """
        self.skew = skew if skew is not None and abs(skew) > LARGEST_SKEW else None
        """How far our clock is ahead of the service's, or None if that is not the likely cause."""
        if expired := re.search(_EXPIRED_SIGNATURE, refusal.message, re.IGNORECASE):
            next_step = _("signatures are valid for 15 min: check this machine's clock (timedatectl)")
            self.skew = _between(expired[2], expired[1]) or self.skew
        if self.skew is not None:
            minutes = round(abs(self.skew).total_seconds() / 60)
            side = _("fast") if self.skew > timedelta() else _("slow")
            next_step = _(
                "your clock is {minutes:,} min {side}, and signatures are valid for 15 min: set the clock"
            ).format(minutes=minutes, side=side)
        elif address := re.search(_REFUSED_ADDRESS, refusal.message, re.IGNORECASE):
            next_step = _(
                "IAM's access control list does not allow the address {address}: have it added, in the console under"
                " Security Settings > Access Control"
            ).format(address=line(address[1], 60) or _("of this machine"))
        # The screen always names the key that logs in.
        log_in = NextStep(_("log in again with a fresh token"), "")
        super().__init__(_("the service rejected the login (401)"), refusal, next_step or log_in)


def _between(earlier: str | None, later: str | None) -> timedelta | None:
    """Return the time between two moments as a signature writes them, or None if one is missing or malformed."""
    try:
        first, second = (datetime.strptime(text or "", "%Y%m%dT%H%M%S%z") for text in (earlier, later))
    except ValueError:
        return None
    return second - first


class PermissionMissing(_Refused):
    """403: the login is valid, but lacks the permission."""

    exit_code = 5

    def __init__(self, refusal: Refusal, next_step: NextStep | str = "", action: str = LIST_ACTION) -> None:
        by_code: dict[str, NextStep | str] = {
            "KPS.9004": _("the account is frozen: pay what is owed, then try again"),
            "KPS.9005": _("the account is restricted: ask its owner"),
            "KMS.0321": step_naming(
                _("the token is for another project: check {project_id}"), project_id=Setting.PROJECT_ID
            ),
            "0310": step_naming(_("the project is not available: check {project_id}"), project_id=Setting.PROJECT_ID),
            "0802": step_naming(_("the user may not use this region: check {region}"), region=Setting.REGION),
        }
        advice = by_code.get(refusal.code) or by_code.get(refusal.code.rpartition(".")[2])
        super().__init__(
            _("the service denies permission (403)"),
            refusal,
            advice
            or next_step
            or _("needs {action} (policy DEW KeypairReadOnlyAccess) on this project").format(action=action),
        )


class RequestRejected(_Refused):
    """Any other 4xx: the request itself was rejected."""

    exit_code = 1

    def __init__(self, refusal: Refusal, where: str, next_step: NextStep | str = "") -> None:
        missing = refusal.status == 404
        super().__init__(
            _("the service does not know {where} (404)").format(where=where)
            if missing
            else _("the service rejected the request ({status})").format(status=refusal.status),
            refusal,
            next_step
            or step_naming(
                _("check {region}, {project_id} and {endpoint}"),
                region=Setting.REGION,
                project_id=Setting.PROJECT_ID,
                endpoint=Setting.ENDPOINT,
            ),
        )


class Redirected(KpsError):
    """3xx: a redirect. It is not followed, because the login would be sent along."""

    exit_code = 1

    def __init__(self, status: int, target: str, service: Service = KPS) -> None:
        super().__init__(
            _("the service redirects to {target} ({status})").format(target=target or "?", status=status),
            why=_("not followed, because that would send the login there"),
            next_step=step_naming(_("check {setting}"), setting=service.setting),
        )


class UnreadableAnswer(KpsError):
    """The response is not what the API page describes."""

    exit_code = 1

    def __init__(self, why: str, request_id: str = "", service: Service = KPS) -> None:
        if request_id:
            why = _("{why} · request id {id}").format(why=why, id=request_id)
        advice = step_naming(
            _("check {setting}: does {name} answer there?"), setting=service.setting, name=service.name
        )
        super().__init__(_("the response can't be read"), why=why, next_step=advice)


def refused(refusal: Refusal, where: str, retry_after: float | None = None, action: str = LIST_ACTION) -> KpsError:
    """Return the error for a 4xx or 5xx response.

    Args:
        refusal: the response.
        where: names region, project and host.
        retry_after: seconds that the response names.
        action: the permission that the call needs.
    """
    if refusal.status == 401:
        return LoginRefused(refusal)
    if refusal.status == 403:
        return PermissionMissing(refusal, action=action)
    if refusal.status == 429:
        return Throttled(refusal, retry_after)
    if refusal.status >= 500:
        return ServiceFailed(refusal, retry_after)
    return RequestRejected(refusal, where)


def refusal_of(status: int, body: Any, request_id: str) -> Refusal:
    """Parse an error body. Those of KPS and the gateway are flat, those of IAM and KMS may be nested one level."""
    said: dict[str, Any] = body if isinstance(body, dict) else {}
    code = message = ""
    for holder in (said, *(inner for inner in said.values() if isinstance(inner, dict))):
        code = code or _first(holder, "error_code", "errorCode", "code")
        message = message or _first(holder, "error_msg", "errorMsg", "message")
    identity = request_id or _first(said, "request_id")
    return Refusal(status, line(code, 60), line(message, MESSAGE_LIMIT), line(identity, 80))


def _first(holder: dict[str, Any], *keys: str) -> str:
    return next((str(holder[key]) for key in keys if isinstance(holder.get(key), str | int) and holder[key]), "")
