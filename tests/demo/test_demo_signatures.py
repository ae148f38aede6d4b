"""The demo service accepts only correct signatures. The signer in this file shares no code with the product."""

import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kps_tui.demo.account import PROJECT_ID, Account, AccountKey
from kps_tui.demo.gateway import Caller, Gateway
from kps_tui.demo.responses import Request
from kps_tui.demo.server import DemoServer
from kps_tui.demo.tokens import Tokens
from tests.demo.wire import Clock, Reply, exchanged

CLOCK = Clock()
VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "kps" / "signing-vectors.json").read_text("utf-8")
)["vectors"]
VECTOR_TIME = 1_573_789_015.0
BAD = "verify aksk signature fail"


def signed(
    key: tuple[str, str],
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes = b"",
) -> tuple[str, dict[str, str]]:
    """Return target and headers as in the signing guide, with every header signed."""

    def quoted(text: str) -> str:
        return urllib.parse.quote(text, safe="-_.~")

    pairs = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in sorted(query.items()))
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    names = ";".join(sorted(lower))
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    canonical = f"{method}\n{path}/\n{pairs}\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    text = f"SDK-HMAC-SHA256\n{lower['x-sdk-date']}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    proof = hmac.new(key[1].encode(), text.encode(), hashlib.sha256).hexdigest()
    authorization = f"SDK-HMAC-SHA256 Access={key[0]}, SignedHeaders={names}, Signature={proof}"
    return path + ("?" + pairs if pairs else ""), {**headers, "Authorization": authorization}


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(now=CLOCK) as server:
        yield server


def permanent(demo: DemoServer) -> tuple[str, str]:
    return demo.account.permanent.access_key, demo.account.permanent.secret_key


def temporary(demo: DemoServer) -> tuple[str, str]:
    return demo.account.temporary.access_key, demo.account.temporary.secret_key


def date(skew: float = 0.0) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(int(CLOCK.now) + skew))


def base(demo: DemoServer, **more: str) -> dict[str, str]:
    """Return the headers that must be signed, and further ones."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Host": demo.endpoint.removeprefix("http://"), "X-Sdk-Date": date()} | named


def asked(demo: DemoServer, key: tuple[str, str], headers: Mapping[str, str], **query: str) -> Reply:
    return exchanged(demo, *signed(key, "GET", f"/v3/{demo.project_id}/failed-tasks", query, headers))


def assert_refused(reply: Reply, why: str = BAD) -> None:
    assert (reply.status, reply.json["error_code"]) == (401, "APIGW.0301")
    assert reply.json["error_msg"] == f"Incorrect IAM authentication information: {why}"
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_what_the_vendors_signer_signed_is_taken(vector: dict[str, Any]) -> None:
    given = vector["request"]
    headers = {name.lower(): value for name, value in vector["sent_headers"].items()}
    key = AccountKey(given["ak"], given["sk"], headers.get("x-security-token", ""))
    clock = Clock()
    clock.now = VECTOR_TIME
    gateway = Gateway(Account(permanent=key), Tokens(1, clock), clock)
    body = (given["body"] or "").encode()
    request = Request(given["method"], vector["request_uri"], headers, body, "http://127.0.0.1:1")
    assert gateway.caller(request) == Caller(headers.get("x-project-id", PROJECT_ID))
    flipped = vector["authorization"][:-1] + chr(ord(vector["authorization"][-1]) ^ 1)
    assert gateway.caller(request._replace(headers=headers | {"authorization": flipped})) == BAD
    assert gateway.caller(request._replace(body=None)) == BAD
    unsigned = headers.get("x-sdk-content-sha256") == "UNSIGNED-PAYLOAD"
    if not unsigned:
        assert gateway.caller(request._replace(body=body + b"x")) == BAD


def test_a_signed_request_is_taken(demo: DemoServer) -> None:
    reply = asked(demo, permanent(demo), base(demo, X_Project_Id=demo.project_id), limit="3", offset="7")
    assert reply.status == 200
    assert (
        reply.json
        == exchanged(demo, f"/v3/{demo.project_id}/failed-tasks?limit=3&offset=7", {"X-Auth-Token": demo.token}).json
    )


def test_whatever_else_is_signed_is_taken(demo: DemoServer) -> None:
    some = {"Content-Type": "application/json", "User-Agent": "someone/1.0 (it; is)", "Accept": "*/*", "X-Empty": ""}
    assert asked(demo, permanent(demo), base(demo)).status == 200
    assert asked(demo, permanent(demo), base(demo) | some, limit="1", other="a b+c&d=é/~").status == 200


def test_what_is_not_signed_may_change(demo: DemoServer) -> None:
    target, headers = signed(permanent(demo), "GET", f"/v3/{demo.project_id}/failed-tasks", {}, base(demo))
    assert exchanged(demo, target, headers | {"Via": "1.1 proxy", "User-Agent": "proxied"}).status == 200


@pytest.mark.parametrize("mask", [1, 32])
@pytest.mark.parametrize("which", ["permanent", "temporary"])
def test_one_flipped_byte_is_refused(demo: DemoServer, which: str, mask: int) -> None:
    key, more = permanent(demo), {"X_Project_Id": demo.project_id, "Content_Type": "application/json"}
    if which == "temporary":
        key, more = temporary(demo), {"X_Security_Token": demo.account.temporary.security_token}
    path = f"/v3/{demo.project_id}/failed-tasks"
    target, headers = signed(key, "GET", path, {"limit": "12", "offset": "100"}, base(demo, **more))
    assert exchanged(demo, target, headers).status == 200
    tried = 0
    for name, value in (*headers.items(), ("", target)):
        first = target.index("?") + 1 if not name else 0
        for i in range(first, len(value), 7 if name == "X-Security-Token" else 1):
            flipped = value[:i] + chr(ord(value[i]) ^ mask) + value[i + 1 :]
            if not flipped.isprintable() or (not name and " " in flipped):
                continue
            reply = exchanged(demo, target, headers | {name: flipped}) if name else exchanged(demo, flipped, headers)
            assert (name, i, reply.status, reply.json["error_code"]) == (name, i, 401, "APIGW.0301")
            tried += 1
    assert tried > 100


def test_a_header_that_is_left_out_or_added_twice_is_refused(demo: DemoServer) -> None:
    target, headers = signed(permanent(demo), "GET", f"/v3/{demo.project_id}/failed-tasks", {}, base(demo, X_A="1"))
    for name in ("Host", "X-Sdk-Date", "X-A"):
        assert_refused(exchanged(demo, target, {n: v for n, v in headers.items() if n != name}))
        assert_refused(exchanged(demo, target, headers | {name.swapcase(): headers[name]}))


@pytest.mark.parametrize("name", ["Host", "X-Sdk-Date"])
def test_host_and_date_must_be_signed(demo: DemoServer, name: str) -> None:
    path, given = f"/v3/{demo.project_id}/failed-tasks", base(demo)
    names = ";".join(sorted(n.lower() for n in given if n != name))
    lines = "".join(f"{n.lower()}:{v}\n" for n, v in given.items() if n != name)
    canonical = f"GET\n{path}/\n\n{lines}\n{names}\n{hashlib.sha256(b'').hexdigest()}"
    text = f"SDK-HMAC-SHA256\n{given['X-Sdk-Date']}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    proof = hmac.new(demo.account.permanent.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    signer = demo.account.permanent.access_key
    authorization = f"SDK-HMAC-SHA256 Access={signer}, SignedHeaders={names}, Signature={proof}"
    assert_refused(exchanged(demo, path, given | {"Authorization": authorization}))


@pytest.mark.parametrize(("skew", "good"), [(-899, True), (900, True), (-900, False), (901, False), (86_400, False)])
def test_the_date_holds_for_a_quarter_of_an_hour(demo: DemoServer, skew: float, good: bool) -> None:
    reply = asked(demo, permanent(demo), base(demo, X_Sdk_Date=date(skew)))
    assert reply.status == (200 if good else 401)
    if not good:
        assert_refused(reply)


@pytest.mark.parametrize("text", ["", "now", "2026-11-18T12:26:40Z", "99999999T999999Z"])
def test_a_date_that_is_none_is_refused(demo: DemoServer, text: str) -> None:
    assert_refused(asked(demo, permanent(demo), base(demo, X_Sdk_Date=text)))


def test_a_wrong_key_is_refused(demo: DemoServer) -> None:
    (key, secret), (_other, other_secret) = permanent(demo), temporary(demo)
    assert_refused(asked(demo, (key, secret + "x"), base(demo)))
    assert_refused(asked(demo, (key, other_secret), base(demo)))
    assert_refused(asked(demo, ("NOBODY", secret), base(demo)), "Get secretKey failed,ak:NOBODY,err:ak not exist")


@pytest.mark.parametrize(
    "authorization",
    ["SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=a", "SDK-HMAC-SHA256 Access=é, SignedHeaders=, Signature="],
)
def test_an_authorization_that_is_none_is_refused(demo: DemoServer, authorization: str) -> None:
    path = f"/v3/{demo.project_id}/failed-tasks"
    assert_refused(exchanged(demo, path, base(demo) | {"Authorization": authorization}))
    assert_refused(exchanged(demo, path, base(demo) | {"Authorization": "Bearer x"}), "x-auth-token not found")


def test_a_temporary_key_needs_its_token_signed(demo: DemoServer) -> None:
    key, token = temporary(demo), demo.account.temporary.security_token
    assert asked(demo, key, base(demo, X_Security_Token=token)).status == 200
    assert_refused(asked(demo, key, base(demo)))
    assert_refused(asked(demo, key, base(demo, X_Security_Token=token[:-1])))
    target, headers = signed(key, "GET", f"/v3/{demo.project_id}/failed-tasks", {}, base(demo))
    assert_refused(exchanged(demo, target, headers | {"X-Security-Token": token}))
    assert_refused(asked(demo, permanent(demo), base(demo, X_Security_Token=token)))


def test_the_project_must_be_that_of_the_path(demo: DemoServer) -> None:
    other = "0" * 32
    assert asked(demo, permanent(demo), base(demo, X_Project_Id=other)).json["error_code"] == "KMS.0321"
    for headers in (base(demo), base(demo, X_Project_Id=other), base(demo, X_Project_Id=demo.project_id)):
        reply = exchanged(demo, *signed(permanent(demo), "GET", f"/v3/{other}/failed-tasks", {}, headers))
        assert (reply.status, reply.json["error_code"]) == (403, "KMS.0321")


def test_a_body_is_signed_too(demo: DemoServer) -> None:
    path, body = f"/v3/{demo.project_id}/failed-tasks", b'{"a":1}'
    target, headers = signed(permanent(demo), "GET", path, {}, base(demo), body)
    assert exchanged(demo, target, headers, body=body).status == 200
    assert_refused(exchanged(demo, target, headers, body=b'{"a":2}'))
    assert_refused(exchanged(demo, target, headers))
    target, headers = signed(permanent(demo), "GET", path, {}, base(demo))
    assert exchanged(demo, target, headers).status == 200
    assert_refused(exchanged(demo, target, headers, body=body))
    assert_refused(exchanged(demo, target, headers | {"Transfer-Encoding": "chunked"}))


def test_a_token_goes_before_a_signature(demo: DemoServer) -> None:
    target, headers = signed(permanent(demo), "GET", f"/v3/{demo.project_id}/failed-tasks", {}, base(demo))
    assert_refused(exchanged(demo, target, headers | {"X-Auth-Token": "x"}), "decrypt token fail")
    assert exchanged(demo, target, headers | {"X-Auth-Token": demo.token, "Authorization": "x"}).status == 200
    assert exchanged(demo, target, headers | {"X-Auth-Token": ""}).status == 200


def test_every_server_has_keys_of_its_own(demo: DemoServer) -> None:
    with DemoServer(now=CLOCK) as other:
        accounts = (demo.account, other.account)
        keys = [key for account in accounts for key in (account.permanent, account.temporary)]
        assert len({key.access_key for key in keys}) == len({key.secret_key for key in keys}) == 4
        assert len({account.temporary.security_token for account in accounts}) == 2
        reply = asked(other, permanent(demo), base(other))
        assert "ak not exist" in reply.json["error_msg"]


def test_a_project_is_found_with_a_key(demo: DemoServer) -> None:
    for key, more in (
        (permanent(demo), {}),
        (temporary(demo), {"X_Security_Token": demo.account.temporary.security_token}),
    ):
        query = {"name": demo.region}
        target, headers = signed(key, "GET", "/v3/projects", query, base(demo, **more))
        reply = exchanged(demo, target, headers)
        assert [project["id"] for project in reply.json["projects"]] == [demo.project_id]
        assert_refused(exchanged(demo, target.replace("cn-", "ap-"), headers))


def test_nobody_waits_for_anybody(demo: DemoServer) -> None:
    replies: list[int] = []
    threads = [
        threading.Thread(target=lambda: replies.append(asked(demo, permanent(demo), base(demo)).status))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert replies == [200] * 4
