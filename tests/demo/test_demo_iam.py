"""The demo's IAM over a real socket: tokens, login forms, projects, the locked user."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from kps_tui.demo.server import DemoServer
from tests.demo.wire import START, UNAUTHORIZED, Clock, Reply, exchanged, listed

TOKENS = "/v3/auth/tokens"
DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock) -> Iterator[DemoServer]:
    with DemoServer(tasks=5, now=clock) as server:
        yield server


def form(demo: DemoServer, *, passcode: str = "", **changes: Any) -> dict[str, Any]:
    """Return the body of a request for a token as Huawei documents it, with `changes` applied."""
    user = {"name": demo.account.user, "password": demo.account.password, "domain": {"name": demo.account.name}}
    identity: dict[str, Any] = {"methods": ["password"], "password": {"user": changes.get("user", user)}}
    if passcode:
        identity["methods"] = ["password", "totp"]
        identity["totp"] = {"user": {"id": changes.get("totp_id", demo.account.user_id), "passcode": passcode}}
    auth: dict[str, Any] = {"identity": identity, "scope": changes.get("scope", {"project": {"name": demo.region}})}
    if auth["scope"] is None:
        del auth["scope"]
    return {"auth": auth}


def posted(demo: DemoServer, body: object, target: str = TOKENS) -> Reply:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Host": "127.0.0.1", "Content-Type": "application/json;charset=utf8"}
    return exchanged(demo, target, headers, method="POST", body=text)


def token_of(reply: Reply) -> str:
    assert reply.status == 201, reply.body
    return str(reply.headers["X-Subject-Token"])


def wrong(demo: DemoServer, password: str = "wrong") -> Reply:
    user = {"name": demo.account.user, "password": password, "domain": {"name": demo.account.name}}
    return posted(demo, form(demo, user=user))


def test_what_it_says_of_itself(demo: DemoServer) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", demo.account.user_id)
    assert re.fullmatch(r"[0-9]{6}", demo.account.passcode)
    assert re.fullmatch(r"[A-Z0-9]{20}", demo.account.permanent.access_key)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", demo.account.permanent.secret_key)
    with DemoServer() as other:
        assert demo.token != other.token
        for name in ("name", "user", "user_id", "password"):
            assert getattr(demo.account, name) != getattr(other.account, name)


def test_a_password_gives_a_token(demo: DemoServer) -> None:
    reply = posted(demo, form(demo))
    token = token_of(reply)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1000,4000}", token)
    assert reply.headers["Content-Type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-IAM-Trace-Id"])
    said = reply.json["token"]
    assert datetime.fromisoformat(said["issued_at"]) == datetime.fromtimestamp(START, UTC)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", said["expires_at"])
    assert datetime.fromisoformat(said["expires_at"]).timestamp() == START + DAY
    assert said["methods"] == ["password"]
    project, user = said["project"], said["user"]
    assert (project["id"], project["name"]) == (demo.project_id, demo.region)
    assert (user["id"], user["name"]) == (demo.account.user_id, demo.account.user)
    assert project["domain"] == user["domain"]
    assert user["domain"]["name"] == demo.account.name
    assert listed(demo, token).status == 200


def test_the_catalog_may_be_left_out(demo: DemoServer) -> None:
    assert token_of(posted(demo, form(demo), f"{TOKENS}?nocatalog=true"))


@pytest.mark.parametrize("how", ["id", "name", "name, domain name", "name, domain id", "both scopes"])
def test_the_project_is_named_in_any_way(demo: DemoServer, how: str) -> None:
    domain = posted(demo, form(demo)).json["token"]["user"]["domain"]
    project: dict[str, Any] = {"id": demo.project_id} if how == "id" else {"name": demo.region}
    if "domain" in how:
        part = how.split()[-1]
        project["domain"] = {part: domain[part]}
    scope = {"project": project} | ({"domain": {"name": demo.account.name}} if how == "both scopes" else {})
    assert listed(demo, token_of(posted(demo, form(demo, scope=scope)))).status == 200


def test_the_user_is_named_in_any_way(demo: DemoServer) -> None:
    domain = posted(demo, form(demo)).json["token"]["user"]["domain"]
    by_id = {"id": demo.account.user_id, "password": demo.account.password}
    by_domain_id = {"name": demo.account.user, "password": demo.account.password, "domain": {"id": domain["id"]}}
    for user in (by_id, by_domain_id):
        assert token_of(posted(demo, form(demo, user=user)))


def test_a_passcode_goes_with_the_password(demo: DemoServer) -> None:
    reply = posted(demo, form(demo, passcode=demo.account.passcode))
    assert listed(demo, token_of(reply)).status == 200
    assert reply.json["token"]["methods"] == ["password", "totp"]
    for form_ in (form(demo, passcode="12345x"), form(demo, passcode=demo.account.passcode, totp_id=demo.account.user)):
        refused = posted(demo, form_)
        assert (refused.status, refused.json) == (401, UNAUTHORIZED)
    assert posted(demo, form(demo, passcode=demo.account.passcode, scope=None)).status == 400


def test_a_token_of_the_account_is_not_for_the_project(demo: DemoServer) -> None:
    scopes: list[dict[str, Any] | None] = [None, {}, {"domain": {"name": demo.account.name}}]
    for scope in scopes:
        reply = posted(demo, form(demo, scope=scope))
        assert "project" not in reply.json["token"]
        refused = listed(demo, token_of(reply))
        assert (refused.status, refused.json["error_code"]) == (403, "KMS.0321")


def test_whatever_is_wrong_gets_the_same_answer(demo: DemoServer) -> None:
    user = {"name": demo.account.user, "password": demo.account.password, "domain": {"name": demo.account.name}}
    forms = [
        form(demo, user=user | {"password": demo.account.password + " "}),
        form(demo, user=user | {"password": ""}),
        form(demo, user=user | {"name": "nobody"}),
        form(demo, user=user | {"name": demo.account.user.upper()}),
        form(demo, user=user | {"domain": {"name": "other"}}),
        form(demo, user={"id": "0" * 32, "password": demo.account.password}),
        form(demo, user=user | {"name": "\ud800", "password": "密码"}),
        form(demo, scope={"project": {"name": "ap-southeast-1"}}),
        form(demo, scope={"project": {"id": "0" * 32}}),
        form(demo, scope={"project": {"name": demo.region, "domain": {"name": "other"}}}),
    ]
    for form_ in forms:
        reply = posted(demo, form_)
        assert (reply.status, reply.json) == (401, UNAUTHORIZED)
        assert "X-Subject-Token" not in reply.headers


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"\xff", b"null", b"[]", b"{}", b"[" * 60_000, b'{"auth":' + b"9" * 5000 + b"}", b'{"auth":[]}',
        b'{"auth":{"identity":{}}}', b'{"auth":{"identity":{"methods":"password"}}}',
        b'{"auth":{"identity":{"methods":["token"],"token":{"id":"x"}}}}',
    ],
)  # fmt: skip
def test_what_is_no_form_is_a_bad_request(demo: DemoServer, body: bytes) -> None:
    assert_bad(posted(demo, body))


def assert_bad(reply: Reply) -> None:
    assert reply.status == 400
    assert reply.json.keys() == {"error"}
    assert (reply.json["error"]["code"], reply.json["error"]["title"]) == (400, "Bad Request")
    assert 0 < len(reply.json["error"]["message"]) < 100


def test_a_form_with_a_part_missing_is_a_bad_request_that_repeats_nothing(demo: DemoServer) -> None:
    user = {"name": demo.account.user, "password": demo.account.password, "domain": {"name": demo.account.name}}
    forms = [
        form(demo, user={key: value for key, value in user.items() if key != left_out})
        for left_out in ("name", "password", "domain")
    ]
    forms += [form(demo, user=user | {key: 5}) for key in user]
    forms += [form(demo, user=user | {"domain": {}}), form(demo, user=[user])]
    scopes: list[Any] = [[], {"project": {}}, {"project": None}, {"x": 1}, {"domain": 1}]
    forms += [form(demo, scope=scope) for scope in scopes]
    forms.append(form(demo, passcode=demo.account.passcode))
    forms[-1]["auth"]["identity"]["totp"] = {"user": {"id": demo.account.user_id}}
    for methods in ([], ["token"], ["totp"], ["password", "password"], [["password"]], {"password": 1}):
        forms.append(form(demo))
        forms[-1]["auth"]["identity"]["methods"] = methods
    for form_ in forms:
        reply = posted(demo, form_)
        assert_bad(reply)
        assert demo.account.password.encode() not in reply.body
    assert token_of(posted(demo, form(demo)))


def test_a_body_that_is_too_large_is_a_bad_request(demo: DemoServer) -> None:
    assert_bad(posted(demo, json.dumps(form(demo)).encode() + b" " * 65536))


def test_tokens_live_until_their_own_end(demo: DemoServer, clock: Clock) -> None:
    first = posted(demo, form(demo))
    clock.now += 3600
    second = posted(demo, form(demo))
    assert token_of(first) != token_of(second)
    clock.now = START + DAY - 0.5
    assert [listed(demo, token_of(reply)).status for reply in (first, second)] == [200, 200]
    clock.now = START + DAY
    expired = listed(demo, token_of(first))
    assert (expired.status, expired.json["error_code"]) == (401, "APIGW.0301")
    end = first.json["token"]["expires_at"]
    assert expired.json["error_msg"] == f"Incorrect IAM authentication information: token expires, expires_at:{end}"
    assert listed(demo, token_of(second)).status == 200
    clock.now += 3600
    assert listed(demo, token_of(second)).status == 401
    assert listed(demo, demo.token).status == 200


def test_how_long_a_token_lives_can_be_chosen(clock: Clock) -> None:
    with DemoServer(token_seconds=3, now=clock) as demo:
        token = token_of(posted(demo, form(demo)))
        assert listed(demo, token).status == 200
        clock.now += 3
        assert listed(demo, token).status == 401
    with pytest.raises(ValueError, match="negative"):
        DemoServer(token_seconds=-1)


def test_a_token_of_another_server_is_none(demo: DemoServer) -> None:
    token = token_of(posted(demo, form(demo)))
    with DemoServer() as other:
        assert "decrypt token fail" in listed(other, token).json["error_msg"]
    for changed in (token[:-1], token + "A", token.swapcase()):
        assert "decrypt token fail" in listed(demo, changed).json["error_msg"]


def test_five_wrong_passwords_lock_the_user(demo: DemoServer, clock: Clock) -> None:
    token = token_of(posted(demo, form(demo)))
    for _ in range(5):
        assert wrong(demo).json == UNAUTHORIZED
    for reply in (wrong(demo), posted(demo, form(demo))):
        assert (reply.status, reply.json["error_code"]) == (401, "IAM.0061")
    assert listed(demo, token).status == 200
    clock.now += 15 * 60 - 1
    assert posted(demo, form(demo)).json["error_code"] == "IAM.0061"
    clock.now += 1
    assert wrong(demo).json == UNAUTHORIZED
    assert token_of(posted(demo, form(demo)))


def test_only_wrong_passwords_in_a_row_count(demo: DemoServer) -> None:
    nobody = {"name": "nobody", "password": "wrong", "domain": {"name": demo.account.name}}
    for _ in range(2):
        for _ in range(4):
            assert wrong(demo).status == 401
        for other in (form(demo, user=nobody), {}, form(demo, scope=5)):
            assert posted(demo, other).status in (400, 401)
        assert token_of(posted(demo, form(demo)))


def test_wrong_passwords_at_once_are_all_counted(demo: DemoServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: wrong(demo).json, range(20)))
    assert replies.count(UNAUTHORIZED) == 5


def test_a_token_is_shown(demo: DemoServer, clock: Clock) -> None:
    issued = posted(demo, form(demo))
    token = token_of(issued)
    for asking in (token, demo.token):
        reply = exchanged(demo, TOKENS, {"X-Auth-Token": asking, "X-Subject-Token": token})
        assert reply.status == 200
        assert reply.json == issued.json
        assert reply.headers["X-Subject-Token"] == token
    own = exchanged(demo, TOKENS, {"X-Auth-Token": demo.token, "X-Subject-Token": demo.token}).json["token"]
    assert own["project"]["id"] == demo.project_id
    assert datetime.fromisoformat(own["expires_at"]).timestamp() == START + DAY
    for headers, status in (
        ({}, 401),
        ({"X-Subject-Token": token}, 401),
        ({"X-Auth-Token": "x", "X-Subject-Token": token}, 401),
        ({"X-Auth-Token": token}, 400),
        ({"X-Auth-Token": token, "X-Subject-Token": "x"}, 404),
    ):
        refused = exchanged(demo, TOKENS, headers)
        assert (refused.status, refused.json["error"]["code"]) == (status, status)
    clock.now += DAY
    assert exchanged(demo, TOKENS, {"X-Auth-Token": demo.token, "X-Subject-Token": token}).status == 404
    assert exchanged(demo, TOKENS, {"X-Auth-Token": token, "X-Subject-Token": demo.token}).json == UNAUTHORIZED


@pytest.mark.parametrize("target", ["/v3/auth/projects", "/v3/projects", "/v3/projects?name=cn-north-4"])
def test_projects_are_listed(demo: DemoServer, target: str) -> None:
    token = token_of(posted(demo, form(demo, scope=None)))
    reply = exchanged(demo, target, {"X-Auth-Token": token})
    assert reply.status == 200
    (project,) = reply.json["projects"]
    assert (project["id"], project["name"], project["enabled"]) == (demo.project_id, demo.region, True)
    assert project["domain_id"] == project["parent_id"]
    assert project["links"]["self"].startswith(f"{demo.endpoint}/")
    assert reply.json["links"]["self"] == demo.endpoint + target.partition("?")[0]
    for headers in ({}, {"X-Auth-Token": "x"}):
        refused = exchanged(demo, target, headers)
        assert (refused.status, refused.json) == (401, UNAUTHORIZED)


def test_a_project_of_another_name_is_not_found(demo: DemoServer) -> None:
    assert exchanged(demo, "/v3/projects?name=ap-southeast-1", {"X-Auth-Token": demo.token}).json["projects"] == []


@pytest.mark.parametrize(
    ("target", "allow"), [(TOKENS, "GET, POST"), ("/v3/projects", "GET"), ("/v3/auth/projects", "GET")]
)
def test_another_method_is_not_allowed(demo: DemoServer, target: str, allow: str) -> None:
    reply = exchanged(demo, target, {}, method="PUT")
    assert (reply.status, reply.headers["Allow"]) == (405, allow)
