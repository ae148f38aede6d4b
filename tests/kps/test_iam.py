"""The IAM client against a real server: requests, their number, and the results of every kind of response."""

import asyncio
import json
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from kps_tui.kps import signing
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import (
    KpsError,
    LoginRefused,
    PermissionMissing,
    Redirected,
    RequestRejected,
    ServiceFailed,
    Throttled,
    Unreachable,
    UnreadableAnswer,
)
from kps_tui.kps.iam import IamClient
from kps_tui.kps.iam_answer import IssuedToken, Project
from kps_tui.kps.login_errors import OtherProject, SignInRefused
from kps_tui.kps.transport import Interrupted, RequestRecord
from kps_tui.problems import ConfigError
from tests.loopback import Loopback, Reply, Request, http, serving

CANARY = "canary-password-81c3"
TOKEN = "canary-token-" + "x" * 600
PROJECT = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BODY: dict[str, Any] = {
    "token": {
        "expires_at": "2026-11-25T12:00:00.000000Z",
        "issued_at": "2026-11-24T12:00:00.000000Z",
        "user": {"id": "u1", "name": "ops", "domain": {"id": "d1", "name": "acme"}},
        "project": {"id": PROJECT, "name": "cn-north-4", "domain": {"id": "d1", "name": "acme"}},
    }
}
UNAUTHORIZED = {"error": {"code": 401, "message": "The request you have made requires authentication."}}
T = TypeVar("T")


def created(body: Any = BODY, token: str = TOKEN, **headers: str) -> bytes:
    return http(body, "201 Created", {"X-Subject-Token": token} | headers)


def answers(*replies: Reply) -> Callable[[Request], Reply]:
    """Reply with each in turn, then always with the last one."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def password(passcode: str = "") -> Password:
    code = Secret(passcode) if passcode else None
    return Password.parse("ops", "acme", Secret(CANARY), "a test", user_id="u1" if passcode else "", passcode=code)


def text_of(error: BaseException) -> str:
    """Everything that a report of `error` could show, including local variables of our and httpx's frames."""
    stack = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in stack.stack if "/tests/" not in frame.filename]
    return repr((str(error), error.args, vars(error), [frame.locals for frame in frames]))


class Outcome:
    """The outcome of one call."""

    def __init__(self) -> None:
        self.error: KpsError | None = None
        self.exchanges: list[RequestRecord] = []
        self.server: Loopback

    @property
    def refusal(self) -> KpsError:
        assert self.error is not None
        return self.error


def asked(reply: Callable[[Request], Reply], call: Callable[[IamClient], Awaitable[T]]) -> tuple[Outcome, T | None]:
    """Make one call to an IAM that responds with `reply`."""
    outcome = Outcome()

    async def go() -> T | None:
        async with serving(reply) as server:
            outcome.server = server
            endpoint = Endpoint.parse(server.endpoint)
            async with IamClient(endpoint, ended=outcome.exchanges.append, now=lambda: NOW) as iam:
                try:
                    return await call(iam)
                except KpsError as error:
                    outcome.error = error
        return None

    value = asyncio.run(go())
    shown = f"{outcome.exchanges} {value!r}" + (text_of(outcome.error) if outcome.error else "")
    assert CANARY not in shown
    assert TOKEN[:20] not in shown
    return outcome, value


def signed_in(
    reply: Callable[[Request], Reply], project_id: str | None = PROJECT, region: str = "cn-north-4", passcode: str = ""
) -> tuple[Outcome, IssuedToken | None]:
    return asked(reply, lambda iam: iam.token_for(password(passcode), project_id, region))


def test_a_password_becomes_a_token() -> None:
    outcome, issued = signed_in(lambda request: created())
    assert issued is not None
    assert issued.token == Token(Secret(TOKEN), NOW + timedelta(days=1))
    assert (issued.user, issued.account, issued.project_id, issued.project_name) == (
        "ops",
        "acme",
        PROJECT,
        "cn-north-4",
    )
    assert issued.expires_at == NOW + timedelta(days=1)
    (request,) = outcome.server.requests
    assert (request.method, request.target) == ("POST", "/v3/auth/tokens?nocatalog=true")
    assert "transfer-encoding" not in request.headers
    assert request.headers["content-type"].startswith("application/json")
    assert request.headers["accept-encoding"] == "identity"
    assert "x-auth-token" not in request.headers
    assert json.loads(request.body) == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "ops", "password": CANARY, "domain": {"name": "acme"}}},
            },
            "scope": {"project": {"id": PROJECT}},
        }
    }
    (exchange,) = outcome.exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/v3/auth/tokens", 201)


def test_with_a_code_the_second_method_names_the_user_by_id() -> None:
    outcome, _ = signed_in(lambda request: created(), passcode="123456")
    identity = json.loads(outcome.server.requests[0].body)["auth"]["identity"]
    assert identity["methods"] == ["password", "totp"]
    assert identity["totp"] == {"user": {"id": "u1", "passcode": "123456"}}


SCOPES = [
    {"id": PROJECT},
    {"name": "cn-north-4", "domain": {"name": "acme"}},
    {"name": "cn-north-4"},
]


def scopes_sent(outcome: Outcome) -> list[Any]:
    return [json.loads(request.body)["auth"]["scope"]["project"] for request in outcome.server.requests]


@pytest.mark.parametrize(
    ("project_id", "region", "sent"),
    [(PROJECT, "cn-north-4", SCOPES), (None, "cn-north-4", SCOPES[1:]), (PROJECT, "", SCOPES[:1])],
)
def test_only_a_400_is_followed_by_the_next_form(project_id: str | None, region: str, sent: list[Any]) -> None:
    bad = http({"error": {"code": 400, "message": "Expecting to find domain in project"}}, "400 Bad Request")
    outcome, issued = signed_in(answers(*[bad] * (len(sent) - 1), created()), project_id, region)
    assert scopes_sent(outcome) == sent
    assert issued is not None
    first = http({"error_code": "IAM.1109", "error_msg": "no such project"}, "400 Bad Request")
    outcome, issued = signed_in(answers(first, bad), project_id, region)
    assert scopes_sent(outcome) == sent
    assert isinstance(outcome.error, RequestRejected)
    assert outcome.error.exit_code == 1
    assert "--iam-endpoint" in str(outcome.error.next_step)
    assert "IAM.1109" in str(outcome.error)


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        ("401 Unauthorized", SignInRefused, 4),
        ("403 Forbidden", PermissionMissing, 5),
        ("404 Not Found", RequestRejected, 1),
        ("409 Conflict", RequestRejected, 1),
        ("429 Too Many Requests", Throttled, 3),
        ("500 Internal Server Error", ServiceFailed, 3),
        ("502 Bad Gateway", ServiceFailed, 3),
        ("503 Service Unavailable", ServiceFailed, 3),
        ("302 Found", Redirected, 1),
        ("204 No Content", UnreadableAnswer, 1),
    ],
)
def test_every_other_answer_ends_it_after_one_post(status: str, kind: type[KpsError], exit_code: int) -> None:
    outcome, _ = signed_in(lambda request: http(UNAUTHORIZED, status, {"X-IAM-Trace-Id": "trace-1"}))
    assert type(outcome.error) is kind
    assert outcome.error.exit_code == exit_code
    assert len(outcome.server.requests) == 1
    if kind is not Redirected:
        assert "trace-1" in str(outcome.error)
    assert "--endpoint" not in str(outcome.error.next_step)
    assert "kps:" not in str(outcome.error.next_step)


def cut(data: bytes) -> Reply:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.transport.abort()

    return send


@pytest.mark.parametrize("broken", [b"", created()[:-4], cut(b""), cut(created()[:-4])])
def test_a_broken_connection_does_not_send_the_password_twice(broken: Reply) -> None:
    outcome, _ = signed_in(lambda request: broken)
    assert isinstance(outcome.error, Interrupted)
    assert len(outcome.server.requests) == 1


def test_a_401_alone_blames_no_one_and_a_code_tells_more() -> None:
    outcome, _ = signed_in(lambda request: http(UNAUTHORIZED, "401 Unauthorized"))
    assert isinstance(outcome.error, LoginRefused)
    assert outcome.error.what == "IAM rejected the login (account, user, password or project; or the user is locked)"
    for code, word in [("IAM.0061", "locked"), ("IAM.0062", "wrong"), ("IAM.0066", "expired"), ("IAM.0067", "valid")]:
        body = {"error_code": code, "error_msg": "no \x1b[31m"}
        outcome, _ = signed_in(lambda request, body=body: http(body, "401 Unauthorized"))  # type: ignore[misc]
        assert word in outcome.refusal.what
        assert code in str(outcome.error)
        assert "\x1b" not in str(outcome.error)


@pytest.mark.parametrize("token", ["", " ", "a b", "tok\xe9n", "t" * 32_768], ids=ascii)
def test_a_token_that_is_none_is_refused_without_an_echo(token: str) -> None:
    outcome, _ = signed_in(lambda request: created(token=token))
    assert isinstance(outcome.error, UnreadableAnswer)
    if token.strip():
        assert token not in text_of(outcome.error)
    assert "--iam-endpoint" in str(outcome.error.next_step)


def test_no_token_at_all_is_said() -> None:
    outcome, _ = signed_in(lambda request: http(BODY, "201 Created"))
    assert isinstance(outcome.error, UnreadableAnswer)


@pytest.mark.parametrize(
    "ends", [None, "", "soon", 5, "2026-11-24T11:59:59.000000Z", "9999-12-31T23:59:59-10:00", "2026-13-01T00:00:00Z"]
)
def test_an_end_that_is_missing_unreadable_or_past_is_unknown(ends: object) -> None:
    _, issued = signed_in(lambda request: created({"token": BODY["token"] | {"expires_at": ends}}))
    assert issued is not None
    assert issued.expires_at is None
    assert issued.token.expires_at is None


@pytest.mark.parametrize(
    "body", [{}, {"token": None}, {"token": {"user": "x", "project": []}}, {"token": {"user": {}}}]
)
def test_what_is_not_said_is_unknown(body: object) -> None:
    _, issued = signed_in(lambda request: created(body))
    assert issued is not None
    assert (issued.user, issued.account, issued.project_id, issued.project_name) == ("", "", "", "")


def test_names_are_safe_to_show_and_an_odd_project_id_is_none() -> None:
    said = {"user": {"name": "\x1b[31mops"}, "project": {"id": "../x", "name": "n" * 5000}}
    _, issued = signed_in(lambda request: created({"token": said}))
    assert issued is not None
    assert "\x1b" not in issued.user
    assert len(issued.project_name) < 200
    assert issued.project_id == ""


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"\xff", b"[" * 200_000])
def test_a_body_that_is_no_object_is_said(body: bytes) -> None:
    outcome, _ = signed_in(lambda request: created(body))
    assert isinstance(outcome.error, UnreadableAnswer)
    assert "--iam-endpoint" in str(outcome.error.next_step)


def test_a_body_without_end_is_cut() -> None:
    outcome, _ = signed_in(lambda request: created(b"{" + b" " * 2_000_000))
    assert isinstance(outcome.error, UnreadableAnswer)
    assert "too large" in str(outcome.error)


def test_a_token_for_another_project_is_not_taken() -> None:
    bad = http({}, "400 Bad Request")
    outcome, _ = signed_in(answers(bad, created()), project_id="f" * 32)
    assert isinstance(outcome.error, OtherProject)
    assert "f" * 32 in str(outcome.error)
    assert PROJECT in str(outcome.error)


def test_a_redirect_is_not_followed_and_the_password_stays_here() -> None:
    async def go() -> tuple[Loopback, Outcome]:
        async with serving(lambda request: created()) as sink:
            answer = http({}, "307 Temporary Redirect", {"Location": f"{sink.endpoint}/v3/auth/tokens"})
            outcome, _ = await asyncio.to_thread(signed_in, lambda request: answer)
            return sink, outcome

    sink, outcome = asyncio.run(go())
    assert isinstance(outcome.error, Redirected)
    assert sink.connections == 0


def test_an_unknown_host_names_the_option() -> None:
    async def go() -> KpsError:
        async with IamClient(Endpoint.parse("https://iam.no-such-region.invalid")) as iam:
            with pytest.raises(KpsError) as caught:
                await iam.token_for(password(), PROJECT, "")
            assert CANARY not in text_of(caught.value)
            return caught.value

    error = asyncio.run(go())
    assert isinstance(error, Unreachable)
    assert "--iam-endpoint" in str(error)


def test_without_project_and_region_nothing_is_sent() -> None:
    async def go() -> None:
        async with serving(lambda request: created()) as server, IamClient(Endpoint.parse(server.endpoint)) as iam:
            with pytest.raises(ConfigError):
                await iam.token_for(password(), None, "")
            assert server.connections == 0

    asyncio.run(go())


ROWS: list[Any] = [
    {"id": "c" * 32, "name": "cn-north-4_test", "enabled": True},
    {"id": PROJECT, "name": "cn-north-4", "enabled": True},
    {"id": "d" * 32, "name": "cn-north-4_old", "enabled": False},
    {"id": "e" * 32, "name": "cn-north-40"},
    {"id": "../../x", "name": "cn-north-4"},
    {"name": "cn-north-4"},
    None,
]
KEY = AccessKey.parse("AKEXAMPLE", Secret(CANARY), "a test", Secret(TOKEN))


def test_a_token_asks_for_its_own_projects() -> None:
    token = Token.parse(Secret(TOKEN), "a test")
    reply = answers(http({"projects": ROWS}))
    outcome, projects = asked(reply, lambda iam: iam.projects_of(token, "cn-north-4"))
    assert projects == [Project(PROJECT, "cn-north-4"), Project("c" * 32, "cn-north-4_test")]
    (request,) = outcome.server.requests
    assert (request.method, request.target) == ("GET", "/v3/auth/projects")
    assert request.headers["x-auth-token"] == TOKEN
    _, projects = asked(reply, lambda iam: iam.projects_of(token, ""))
    assert projects is not None
    assert len(projects) == 3


def test_an_access_key_signs_without_a_project() -> None:
    outcome, projects = asked(answers(http({"projects": ROWS[1:2]})), lambda iam: iam.projects_of(KEY, "cn-north-4"))
    assert projects == [Project(PROJECT, "cn-north-4")]
    (request,) = outcome.server.requests
    assert (request.method, request.target) == ("GET", "/v3/projects?name=cn-north-4")
    assert "x-project-id" not in request.headers
    proof = signing.parse_authorization(request.headers["authorization"])
    assert proof is not None
    assert proof.signed_headers == ("content-type", "host", "x-sdk-date", "x-security-token")
    assert signing.is_signed(CANARY, proof, "GET", request.target, request.headers, b"")
    assert signing.signed_at(request.headers) == NOW
    assert (outcome.exchanges[0].path, outcome.exchanges[0].status) == (request.target, 200)


def test_a_key_asks_for_the_project_of_a_name() -> None:
    rows = [{"id": "c" * 32, "name": "cn-north-4_team"}, {"id": "d" * 32, "name": "cn-north-4_team2"}]
    reply = answers(http({"projects": rows}))
    outcome, projects = asked(reply, lambda iam: iam.projects_of(KEY, "cn-south-1", "cn-north-4_team"))
    assert projects == [Project("c" * 32, "cn-north-4_team")]
    (request,) = outcome.server.requests
    assert request.target == "/v3/projects?name=cn-north-4_team"


def test_the_scope_of_a_token_is_the_named_project() -> None:
    outcome, _ = asked(lambda request: created(), lambda iam: iam.token_for(password(), None, "cn-south-1", "other"))
    assert isinstance(outcome.error, OtherProject)
    assert "IAM does not know project other: the login is for project cn-north-4" in str(outcome.error)
    (request,) = outcome.server.requests
    assert json.loads(request.body)["auth"]["scope"] == {"project": {"name": "other", "domain": {"name": "acme"}}}


@pytest.mark.parametrize("body", [{}, {"projects": None}, {"projects": {}}, [], b"<html>"])
def test_a_list_of_projects_that_is_none_is_said(body: Any) -> None:
    outcome, _ = asked(answers(http(body)), lambda iam: iam.projects_of(KEY, "cn-north-4"))
    assert isinstance(outcome.error, UnreadableAnswer)


def test_a_refused_key_is_told_from_a_clock_that_is_off() -> None:
    refused = http(UNAUTHORIZED, "401 Unauthorized", {"Date": "Tue, 24 Nov 2026 12:00:20 GMT"})
    outcome, _ = asked(answers(refused), lambda iam: iam.projects_of(KEY, "cn-north-4"))
    assert isinstance(outcome.error, SignInRefused)
    assert outcome.error.skew is None
    assert "access key" in outcome.error.what
    refused = http(UNAUTHORIZED, "401 Unauthorized", {"Date": "Tue, 24 Nov 2026 12:16:00 GMT"})
    outcome, _ = asked(answers(refused), lambda iam: iam.projects_of(KEY, "cn-north-4"))
    assert isinstance(outcome.error, SignInRefused)
    assert outcome.error.skew == timedelta(minutes=-16)
    assert "your clock is 16 min slow" in str(outcome.error.next_step)


def test_whose_a_token_is() -> None:
    token = Token.parse(Secret(TOKEN), "a test")
    outcome, who = asked(answers(http(BODY)), lambda iam: iam.whoami(token))
    assert who is not None
    assert (who.user, who.account, who.project_id) == ("ops", "acme", PROJECT)
    assert who.expires_at == NOW + timedelta(days=1)
    (request,) = outcome.server.requests
    assert (request.method, request.target) == ("GET", "/v3/auth/tokens?nocatalog=true")
    assert request.headers["x-auth-token"] == request.headers["x-subject-token"] == TOKEN
    outcome, _ = asked(answers(http(UNAUTHORIZED, "401 Unauthorized")), lambda iam: iam.whoami(token))
    assert "invalid or has expired" in outcome.refusal.what
