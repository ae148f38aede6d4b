"""Check of the login: its kind and source, its owner, and its expiry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding
from kps_tui.i18n import _
from kps_tui.identity.login_kinds import login_kind_of
from kps_tui.kps.credentials import Password, Token
from kps_tui.kps.errors import KpsError
from kps_tui.problems import ExitCode
from kps_tui.session.resolve import target_of
from kps_tui.session.target import Target

SOON = timedelta(hours=1)


async def login(examination: Examination) -> list[Finding]:
    """Find the login, and ask IAM for its owner. An error of IAM is only a warning, because the list does not need it.

    A password is sent once, and no later check sends it again.

    Raises:
        Problem: there is no login, or IAM refuses the password.
    """
    if examination.place is None:
        return []
    target = examination.given
    if target is None:
        target = await target_of(examination.context, examination.vault)
    says = f"{login_kind_of(target.credential).title()} · {target.source}"
    if examination.route is None:
        return [Finding("login", "ok", _("{login} · not tried").format(login=says))]
    now = datetime.now(UTC)
    known = target.credential.expires_at if isinstance(target.credential, Token) else None
    ends: datetime | None = known
    if known is not None and known <= now:
        return [Finding("login", "problem", f"{says} · {_until(known, now)}", _("log in again"), ExitCode.LOGIN)]
    try:
        target, whose, ends = await _whose(examination, target)
    except KpsError as error:
        if isinstance(target.credential, Password) and not _holds(target.cached_token, now):
            raise
        examination.target = target
        says = _("{login} · account unknown: {why}").format(login=says, why=error.what_and_why)
        return [Finding("login", "warning", says, error.next_step)]
    examination.target = target
    ends = ends or known
    says = " · ".join(part for part in (says, whose, _until(ends, now) if ends else "") if part)
    if ends is not None and ends - now < SOON and isinstance(target.credential, Token):
        return [Finding("login", "warning", says, _("get a new token soon"))]
    return [Finding("login", "ok", says)]


async def _whose(examination: Examination, target: Target) -> tuple[Target, str, datetime | None]:
    from kps_tui.kps.iam import IamClient
    from kps_tui.kps.iam_answer import Identity
    from kps_tui.session.request_log import log_request

    credential, cached = target.credential, target.cached_token
    if not isinstance(credential, Token | Password):
        return target, "", None
    async with IamClient(target.place.iam_endpoint, target.place.ca_bundle, ended=log_request) as iam:
        if isinstance(credential, Token):
            who: Identity = await iam.whoami(credential)
        elif cached is not None and _holds(cached, datetime.now(UTC)):
            who = await iam.whoami(cached)
        else:
            place = target.place
            issued = await iam.token_for(credential, place.project_id or None, place.region, place.project_name)
            target.cache_token(issued)
            target, who = replace(target, cached_token=issued.token), issued
    examination.token_project = who.project_id
    whose = _("{user} of account {account}").format(user=who.user or "?", account=who.account or "?")
    return target, whose if who.user or who.account else "", who.expires_at


def _holds(token: Token | None, now: datetime) -> bool:
    return token is not None and (token.expires_at is None or token.expires_at > now)


def _until(ends: datetime, now: datetime) -> str:
    text = ends.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return _("until {time}").format(time=text) if ends > now else _("ended {time}").format(time=text)
