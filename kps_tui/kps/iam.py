"""The client of IAM: exchanges a password for a token, lists projects, and tells who owns a token.

Source of paths, statuses and headers: IAM's API pages ("获取IAM用户Token（使用密码）", "查询项目列表").
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.kps.auth import AccessKeyAuth, Login, TokenAuth
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import IAM, KpsError, PermissionMissing, Refusal, RequestRejected, refused
from kps_tui.kps.iam_answer import Identity, IssuedToken, Project, identity_of, issued_token, projects_in
from kps_tui.kps.login_errors import OtherProject, SignInRefused
from kps_tui.kps.transport import Answer, Body, Request, RequestRecord, Transport, ignore
from kps_tui.problems import ConfigError, NextStep, Setting, step_naming

TOKENS = "/v3/auth/tokens"
BODY_LIMIT = 1024 * 1024
NO_CATALOG = {"nocatalog": "true"}
"""Query that omits the catalogue of services, hundreds of kilobytes, from the answer."""
_JSON = {"Content-Type": "application/json;charset=utf8"}
Scope = dict[str, Any]


def scopes(password: Password, project_id: str | None, region: str, project_name: str = "") -> list[Scope]:
    """Return the forms of the `scope` object, in the order in which they are tried.

    The project is best named by its id. By name (`project_name`, else that of the region), Keystone also requires the
    domain, while Huawei's pages show the name alone.
    """
    forms: list[Scope] = [{"project": {"id": project_id}}] if project_id else []
    if name := project_name or region:
        forms += [{"project": {"name": name, "domain": {"name": password.account}}}, {"project": {"name": name}}]
    return forms


def no_scope() -> ConfigError:
    """Return the error that nothing names the project that a token is wanted for."""
    return ConfigError(
        _("no project is set"),
        next_step=NextStep(
            _("name its region (--region) or id (--project-id)"), _("choose its region, or type its id")
        ),
    )


def login_body(password: Password, scope: Scope) -> bytes:
    """Return the body of a login request; with an MFA code, a second method names the user by id."""
    user = {"name": password.user, "password": password.password.reveal(), "domain": {"name": password.account}}
    identity: dict[str, Any] = {"methods": ["password"], "password": {"user": user}}
    if password.passcode is not None:
        identity["methods"] = ["password", "totp"]
        identity["totp"] = {"user": {"id": password.user_id, "passcode": password.passcode.reveal()}}
    return json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()


def _secrets_of(password: Password) -> tuple[Secret, ...]:
    return (password.password, password.passcode) if password.passcode is not None else (password.password,)


class _SubjectAuth(TokenAuth):
    """Sends a token as its own subject, to ask IAM about it."""

    def add_headers(self, request: Request) -> None:
        super().add_headers(request)
        request.headers["X-Subject-Token"] = request.headers["X-Auth-Token"]


class IamClient:
    """A client of one IAM. Use it as an async context manager, or call `aclose`.

    Nothing is retried, because each wrong password counts.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        ca_bundle: Path | None = None,
        *,
        ended: Callable[[RequestRecord], None] = ignore,
        now: Clock = utc_now,
    ) -> None:
        self.endpoint = endpoint
        self._now = now
        self._transport = Transport(endpoint, IAM, ca_bundle=ca_bundle, ended=ended)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def token_for(
        self, password: Password, project_id: str | None, region: str, project_name: str = ""
    ) -> IssuedToken:
        """Exchange a password for a token with one POST.

        Another form of the request is tried only after a 400, which IAM does not count as an attempt.

        Raises:
            KpsError: `SignInRefused` for a 401; also if no form was accepted, or the token is for another project.
            ConfigError: neither a project nor a region is named.
        """
        forms = scopes(password, project_id, region, project_name)
        if not forms:
            raise no_scope()
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
            if project_name and not project_id and issued.project_name not in ("", project_name):
                raise OtherProject(project_name, issued.project_name)
            return issued
        raise refusals[0]

    async def projects_of(self, credential: Token | AccessKey, region: str, name: str = "") -> list[Project]:
        """Return the projects of `region` (empty: of all regions) that the login has access to, sorted by name.

        With `name`, only the project of that name is returned, in any region. A token lists the projects of its user,
        which needs no permission; an access key has to list those of the account.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        if isinstance(credential, Token):
            login: Login = TokenAuth(credential, str(self.endpoint))
            found = projects_in(await self._get("/v3/auth/projects", login), "" if name else region)
        else:
            login = AccessKeyAuth(credential, str(self.endpoint), now=self._now)
            wanted = name or region
            answer = await self._get("/v3/projects", login, {"name": wanted} if wanted else {})
            found = projects_in(answer, "" if name else region)
        return [project for project in found if not name or project.name == name]

    async def whoami(self, token: Token) -> Identity:
        """Return the owner, the project and the expiry of a token.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        login = _SubjectAuth(token, str(self.endpoint))
        return identity_of(await self._get(TOKENS, login, NO_CATALOG), self._now())

    async def _post(self, body: Body) -> Answer:
        return await self._transport.request(
            "POST",
            TOKENS,
            self._refused,
            limit=BODY_LIMIT,
            params=NO_CATALOG,
            headers=_JSON,
            body=body,
            good=(200, 201),
        )

    async def _get(self, path: str, login: Login, params: dict[str, str] | None = None) -> Answer:
        def refuse(refusal: Refusal, answer: Answer) -> KpsError:
            if refusal.status != 401:
                return self._refused(refusal, answer)
            if login.signs:
                skew = self._now() - answer.date if answer.date else None
                return SignInRefused(refusal, _("the access key or its secret is wrong"), login.advice, skew)
            return SignInRefused(refusal, _("the token is invalid or has expired"), _("log in again"))

        return await self._transport.request(
            "GET", path, refuse, limit=BODY_LIMIT, params=params, headers=_JSON, auth=login
        )

    def _refused(self, refusal: Refusal, answer: Answer) -> KpsError:
        """Return the error for a refused login, or for any status other than 401."""
        if refusal.status == 401:
            return SignInRefused(refusal)
        if refusal.status == 403:
            return PermissionMissing(
                refusal,
                NextStep(
                    _("the user may not ask IAM for this: name the project with --project-id"),
                    _("the user may not ask IAM for this: type the project id"),
                ),
            )
        error = refused(refusal, self.endpoint.netloc, answer.retry_after)
        if isinstance(error, RequestRejected):
            check = step_naming(
                _("check {region}, {project_id} and {endpoint}"),
                region=Setting.REGION,
                project_id=Setting.PROJECT_ID,
                endpoint=Setting.IAM_ENDPOINT,
            )
            return RequestRejected(refusal, self.endpoint.netloc, check)
        return error
