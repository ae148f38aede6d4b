"""The part of IAM that the demo implements: tokens, and projects (api-iam/iam_06_0001, iam_06_0003).

Its errors are nested and have no code, like those of Keystone and as Huawei documents them for the token calls. The
message is the same for every cause. Only the error for a locked user is flat and has a code, so that clients can be
tested with that format too. A wrong signature is refused by the gateway, before the request reaches IAM.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from kps_tui.demo.account import PROJECT_ID, REGION, Account
from kps_tui.demo.attempts import Attempts
from kps_tui.demo.gateway import Gateway
from kps_tui.demo.responses import Request, Response, iam_error, iam_response, is_equal, login_error
from kps_tui.demo.token_request import InvalidTokenRequest, Reference, TokenRequest, parse_token_request
from kps_tui.demo.tokens import TokenRecord, Tokens, iam_time

SUBJECT = "X-Subject-Token"


class Iam:
    """The calls of IAM. `calls` has the functions that respond, by path and by method."""

    def __init__(self, account: Account, tokens: Tokens, gateway: Gateway, now: Callable[[], float]) -> None:
        self._account = account
        self._tokens = tokens
        self._gateway = gateway
        self._attempts = Attempts(now)
        self.calls: Mapping[str, Mapping[str, Callable[[Request], Response]]] = {
            "/v3/auth/tokens": {"GET": self._show, "POST": self._issue},
            "/v3/auth/projects": {"GET": self._own_projects},
            "/v3/projects": {"GET": self._projects},
        }

    def _issue(self, request: Request) -> Response:
        try:
            asked = parse_token_request(request.body)
        except InvalidTokenRequest as error:
            return iam_error(HTTPStatus.BAD_REQUEST, str(error))
        if not self._is_user(asked):
            return _unauthorized()
        right = is_equal(asked.password, self._account.password)
        if self._attempts.is_locked(right):
            body: dict[str, object] = {"error_code": "IAM.0061", "error_msg": "The account is locked."}
            return iam_response(body, HTTPStatus.UNAUTHORIZED)
        if not (right and self._is_passcode(asked) and self._is_project(asked)):
            return _unauthorized()
        text, token = self._tokens.issue(asked.methods, PROJECT_ID if asked.project else "")
        return iam_response({"token": self._described(token)}, HTTPStatus.CREATED, {SUBJECT: text})

    def _show(self, request: Request) -> Response:
        if isinstance(self._gateway.bearer(request), str):
            return _unauthorized()
        if not (text := request.headers.get(SUBJECT.lower(), "")):
            return iam_error(HTTPStatus.BAD_REQUEST, f"Expecting to find {SUBJECT} in the headers")
        token = self._tokens.known(text)
        if token is None or self._tokens.is_expired(token):
            return iam_error(HTTPStatus.NOT_FOUND, "Could not find token")
        return iam_response({"token": self._described(token)}, headers={SUBJECT: text})

    def _own_projects(self, request: Request) -> Response:
        if isinstance(self._gateway.bearer(request), str):
            return _unauthorized()
        return self._listed(request, "")

    def _projects(self, request: Request) -> Response:
        caller = self._gateway.caller(request)
        if isinstance(caller, str):
            return login_error(caller) if request.is_signed else _unauthorized()
        return self._listed(request, dict(parse_qsl(request.query)).get("name", ""))

    def _listed(self, request: Request, name: str) -> Response:
        projects = [self._account.project(request.origin)] if name in ("", REGION) else []
        links = {"self": request.origin + request.path, "previous": None, "next": None}
        return iam_response({"projects": projects, "links": links})

    def _is_user(self, asked: TokenRequest) -> bool:
        account = self._account
        return _refers_to(asked.user, account.user_id, account.user) and self._is_domain(asked.domain)

    def _is_domain(self, domain: Reference | None) -> bool:
        return domain is None or _refers_to(domain, self._account.domain_id, self._account.name)

    def _is_passcode(self, asked: TokenRequest) -> bool:
        if asked.totp is None:
            return True
        user_id, passcode = asked.totp
        return is_equal(user_id, self._account.user_id) and is_equal(passcode, self._account.passcode)

    def _is_project(self, asked: TokenRequest) -> bool:
        return asked.project is None or (
            _refers_to(asked.project, PROJECT_ID, REGION) and self._is_domain(asked.project_domain)
        )

    def _described(self, token: TokenRecord) -> dict[str, object]:
        domain = self._account.domain
        scope = {"project": {"id": PROJECT_ID, "name": REGION, "domain": domain}} if token.project_id else {}
        return {
            "methods": list(token.methods),
            "issued_at": iam_time(token.issued_at),
            "expires_at": iam_time(token.expires_at),
            "user": {"id": self._account.user_id, "name": self._account.user, "domain": domain},
            **(scope or {"domain": domain}),
            "roles": [],
            "catalog": [],
        }


def _refers_to(given: Reference, identity: str, name: str) -> bool:
    return is_equal(given.id, identity) if given.id else is_equal(given.name, name)


def _unauthorized() -> Response:
    return iam_error(HTTPStatus.UNAUTHORIZED, "The request you have made requires authentication.")
