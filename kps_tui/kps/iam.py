"""The client of IAM: tokens for a password, projects, and who a token belongs to.

Paths, statuses and headers are those of IAM's API pages ("获取IAM用户Token（使用密码）", "查询项目列表").
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import httpx

from kps_tui.i18n import _
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import IAM, KpsError, PermissionMissing, Refusal, RequestRejected, refused
from kps_tui.kps.exchange import Exchange, Refuse, exchanged, ignore, seconds_asked
from kps_tui.kps.iam_answer import Identity, IssuedToken, Project, identity_of, issued_token, projects_in
from kps_tui.kps.iam_body import login_body, scopes
from kps_tui.kps.login import AccessKeyAuth, Clock, Login, TokenAuth, utc_now
from kps_tui.kps.login_errors import OtherProject, SignInRefused
from kps_tui.kps.transport import Answer, Body, http_client, send
from kps_tui.problems import ConfigError

__all__ = ["IamClient", "Identity", "IssuedToken", "Project"]

TOKENS = "/v3/auth/tokens"
BODY_LIMIT = 1024 * 1024
NO_CATALOG = {"nocatalog": "true"}
"""Leaves the catalogue of services out of the answer: hundreds of kilobytes."""
_JSON = {"Content-Type": "application/json;charset=utf8"}
_REJECTED = _("check --region, --project-id and --iam-endpoint")


def _secrets_of(password: Password) -> tuple[Secret, ...]:
    return (password.password, password.passcode) if password.passcode is not None else (password.password,)


class _SubjectAuth(TokenAuth):
    """A token that asks about itself."""

    def put_on(self, request: httpx.Request) -> None:
        super().put_on(request)
        request.headers["X-Subject-Token"] = request.headers["X-Auth-Token"]


class IamClient:
    """Asks one IAM. Nothing is repeated here: each wrong password counts. Use it as an async context manager."""

    def __init__(
        self,
        endpoint: Endpoint,
        ca_bundle: Path | None = None,
        *,
        ended: Callable[[Exchange], None] = ignore,
        now: Clock = utc_now,
    ) -> None:
        self.endpoint = endpoint
        self._ended = ended
        self._now = now
        self._http = http_client(endpoint, None, ca_bundle)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def token_for(self, password: Password, project_id: str | None, region: str) -> IssuedToken:
        """Log in: one POST, and another form of it only after a 400, for that counts as no attempt.

        Raises:
            KpsError: `SignInRefused` for a 401; also where no form was understood, or the token is for another project.
        """
        forms = scopes(password, project_id, region)
        if not forms:
            raise ConfigError(_("no project is set"), next_step=_("name its region (--region) or id (--project-id)"))
        refusals: list[KpsError] = []
        for scope in forms:
            try:
                answer = await self._post(Body(partial(login_body, password, scope), _secrets_of(password)))
            except RequestRejected as error:
                if error.refusal is None or error.refusal.status != 400:
                    raise
                refusals.append(error)
                continue
            issued = issued_token(answer, self._now())
            if project_id and issued.project_id not in ("", project_id):
                raise OtherProject(project_id, issued.project_id)
            return issued
        raise refusals[0]

    async def projects_of(self, credential: Token | AccessKey, region: str) -> list[Project]:
        """Return the projects of `region` (empty: of all) that the login may use, sub-projects after their region's.

        A token asks for its user's own, which needs no permission; an access key must ask for the account's.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        if isinstance(credential, Token):
            login: Login = TokenAuth(credential, str(self.endpoint))
            return projects_in(await self._get("/v3/auth/projects", login), region)
        login = AccessKeyAuth(credential, str(self.endpoint), now=self._now)
        return projects_in(await self._get("/v3/projects", login, {"name": region} if region else {}), region)

    async def whoami(self, token: Token) -> Identity:
        """Return whose token it is, for which project, until when.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        login = _SubjectAuth(token, str(self.endpoint))
        return identity_of(await self._get(TOKENS, login, NO_CATALOG), self._now())

    async def _post(self, body: Body) -> Answer:
        sending = send(self._http, "POST", TOKENS, BODY_LIMIT, params=NO_CATALOG, headers=_JSON, body=body, service=IAM)
        return await self._exchanged(sending, TOKENS, self._refused, "POST", (200, 201))

    async def _get(self, path: str, login: Login, params: dict[str, str] | None = None) -> Answer:
        def refuse(refusal: Refusal, answer: Answer) -> KpsError:
            if refusal.status != 401:
                return self._refused(refusal, answer)
            if login.signs:
                skew = self._now() - answer.date if answer.date else None
                return SignInRefused(refusal, _("the access key or its secret"), login.advice, skew)
            return SignInRefused(refusal, _("the token is not valid, or has expired"), _("log in again"))

        sending = send(self._http, "GET", path, BODY_LIMIT, params=params, headers=_JSON, auth=login, service=IAM)
        target = f"{path}?{urlencode(params)}" if params else path
        return await self._exchanged(sending, target, refuse, "GET", (200,))

    async def _exchanged(
        self, sending: Awaitable[Answer], target: str, refuse: Refuse, method: str, good: tuple[int, ...]
    ) -> Answer:
        return await exchanged(sending, target, refuse, method=method, good=good, ended=self._ended, service=IAM)

    def _refused(self, refusal: Refusal, answer: Answer) -> KpsError:
        """Return the error of a login, or of any other status than 401."""
        if refusal.status == 401:
            return SignInRefused(refusal)
        if refusal.status == 403:
            return PermissionMissing(
                refusal, _("the user may not ask IAM for this: name the project with --project-id")
            )
        error = refused(refusal, self.endpoint.netloc, seconds_asked(answer))
        if isinstance(error, RequestRejected):
            return RequestRejected(refusal, self.endpoint.netloc, _REJECTED)
        return error
