"""Endpoints and proxies that must not be used, and those that must. Rows 20, 21 and 25 to 28."""

import asyncio
import base64
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.demo_app import running, target_at, until
from tests.faults.case import GOOD
from tests.faults.certificates import Authority
from tests.faults.hostile import hangs, head
from tests.faults.matrix import fault, identity
from tests.faults.screens import words
from tests.faults.test_network import list_at, one_line
from tests.loopback import Reply, Request, proxy_to, serving, serving_in_a_thread
from tests.program import run
from tests.terminal.pty_run import INSTALLED, Terminal, environment

SECRET = "canary-proxy-f00d"
LOGIN = f"http://me:{SECRET}@"
FAR = "https://kms.faults.myhuaweicloud.com"
"""A host name that only the proxy resolves."""
NOT_ENCRYPTED = "is not encrypted"
HOLDS = "holds a user name or a password"
NONE = "is not a valid endpoint"
NOT_OF_VENDOR = "is not a Huawei Cloud host: the login will be sent there"

ENDPOINTS = {
    (20, ""): ("http://kms.cn-north-4.myhuaweicloud.com", NOT_ENCRYPTED),
    (20, "short-loopback"): ("http://127.1", NOT_ENCRYPTED),
    (20, "number"): ("http://2130706433", NOT_ENCRYPTED),
    (20, "any"): ("http://0.0.0.0", NOT_ENCRYPTED),
    (20, "looks-local"): ("http://127.0.0.1.example.com", NOT_ENCRYPTED),
    (21, "user-info"): (f"https://me:{SECRET}@kms.example.com", HOLDS),
    (21, "user-info-trick"): (f"https://kms.example.com@{SECRET}.example", HOLDS),
    (21, "fragment"): ("https://kms.example.com/#x", NONE),
    (21, "query"): ("https://kms.example.com/?x=1", NONE),
    (21, "path"): ("https://kms.example.com/v3/../x", NONE),
    (21, "backslash"): ("https://kms.example.com\\.evil.example", NONE),
    (21, "line-end"): ("https://kms.example.com/v3\r\nX-Injected: 1", NONE),
    (21, "escape"): ("https://kms.\x1b[31mexample.com", NONE),
    (21, "scheme"): ("ftp://kms.example.com", NONE),
    (21, "port"): ("https://kms.example.com:99999", NONE),
    (21, "bare"): ("kms.example.com", NONE),
    (21, "zone"): ("https://[fe80::1%25eth0]", NONE),
}


@pytest.mark.parametrize("key", ENDPOINTS, ids=lambda key: identity(*key))
def test_an_endpoint_that_must_not_be_used(key: tuple[int, str], tmp_path: Path) -> None:
    endpoint, said = ENDPOINTS[key]
    ended = list_at(endpoint, tmp_path)
    one_line(ended, 2, "KPS_TUI_ENDPOINT", said)
    assert SECRET not in ended.everything


STRANGERS = ["kms.cn-north-4.myhuaweicloud.com.evil", "kms.cn-north-4.myhuaweicloud.co", "kmsmyhuaweicloud.com"]


@pytest.mark.parametrize("host", STRANGERS)
@fault(21, "suffix")
def test_a_host_with_an_unknown_suffix_is_warned_about(fault_id: str, host: str, tmp_path: Path) -> None:
    # The proxy refuses, so that nothing leaves this machine.
    with serving_in_a_thread(lambda request: head("403 Forbidden")) as proxy:
        ended = list_at(f"https://{host}", tmp_path, HTTPS_PROXY=proxy.endpoint)
        warning, _error = ended.err.splitlines()
        assert warning == f"kps-tui: {host} {NOT_OF_VENDOR}"
        known = list_at("https://kms.cn-north-4.myhuaweicloud.com", tmp_path, HTTPS_PROXY=proxy.endpoint)
        one_line(known, 3, "can't reach kms.cn-north-4.myhuaweicloud.com")
        iam = {"KPS_TUI_IAM_ENDPOINT": f"https://{host.replace('kms', 'iam')}", "HTTPS_PROXY": proxy.endpoint}
        ended = list_at("https://kms.cn-north-4.myhuaweicloud.com", tmp_path, **iam)
        assert ended.err.startswith(f"kps-tui: {host.replace('kms', 'iam')} {NOT_OF_VENDOR}\n")


@fault(21, "login")
def test_login_warns_of_an_unknown_suffix_before_it_sends_anything(fault_id: str, tmp_path: Path) -> None:
    host = "kms.cn-north-4.myhuaweicloud.com.evil"
    with serving_in_a_thread(lambda request: head("403 Forbidden")) as proxy:
        ended = run(
            *(tmp_path, "login", "--kind", "agency", "--endpoint", f"https://{host}", "--project-id", "p"),
            environ={"HTTPS_PROXY": proxy.endpoint},
        )
    assert ended.err.startswith(f"kps-tui: {host} {NOT_OF_VENDOR}\n")


@fault(21, "kps")
def test_a_host_that_begins_with_kps_is_told_the_right_one(fault_id: str, tmp_path: Path) -> None:
    with serving_in_a_thread(lambda request: head("403 Forbidden")) as proxy:
        ended = list_at("https://kps.cn-north-4.myhuaweicloud.com", tmp_path, HTTPS_PROXY=proxy.endpoint)
    rest = "cn-north-4.myhuaweicloud.com"
    assert f"kps-tui: kps.{rest}: the host of the Key Pair Service is kms.{rest}, not kps.{rest}" in ended.err


@fault(21, "shown")
def test_the_host_is_shown_before_it_is_asked(fault_id: str) -> None:
    async def go() -> None:
        async with serving(lambda request: hangs) as server, running(target_at(server.endpoint)) as (app, pilot):
            host = urlsplit(server.endpoint).netloc
            await until(pilot, "it names the host", lambda: host in words(app))
            assert "Esc stops" in words(app)

    asyncio.run(go())


@fault(25)
def test_a_proxy_with_a_login_is_used_and_the_login_hidden(fault_id: str, ca: Authority, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD, ca.server()) as server, proxy_to(server.endpoint) as proxy:
        address = f"{LOGIN}{urlsplit(proxy.endpoint).netloc}"
        bundle = ("--ca-bundle", str(ca.bundle))
        ended = list_at(FAR, tmp_path / "list", *bundle, HTTPS_PROXY=address)
        assert (ended.code, ended.err, len(ended.json["tasks"])) == (0, "", 3)
        (asked,) = proxy.requests
        assert (asked.method, asked.target) == ("CONNECT", "kms.faults.myhuaweicloud.com:443")
        assert asked.headers["proxy-authorization"] == f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"
        assert "x-auth-token" not in asked.headers
        assert len(server.requests) == 1
        looked = run(
            *(tmp_path / "doctor", "doctor", "--endpoint", FAR, "--project-id", "p", *bundle),
            environ={"HTTPS_PROXY": address, "KPS_TUI_TOKEN": "x"},
        )
    assert f"http://…@{urlsplit(proxy.endpoint).netloc} · HTTPS_PROXY" in looked.out
    assert SECRET not in looked.everything + ended.everything


@fault(25, "loopback")
def test_this_machine_is_never_asked_through_a_proxy(fault_id: str, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD) as server, serving_in_a_thread(lambda request: b"") as proxy:
        ended = list_at(server.endpoint, tmp_path, HTTP_PROXY=proxy.endpoint, ALL_PROXY=proxy.endpoint)
        assert (ended.code, proxy.connections) == (0, 0)


@fault(26)
def test_no_proxy_is_obeyed(fault_id: str, ca: Authority, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD, ca.server()) as server, serving_in_a_thread(lambda request: b"") as proxy:
        # A spelling of this machine's address that the program does not recognise as loopback.
        endpoint = server.endpoint.replace("127.0.0.1", "127.1")
        variables = {"HTTPS_PROXY": proxy.endpoint, "NO_PROXY": "elsewhere.example,127.1"}
        ended = list_at(endpoint, tmp_path, "--ca-bundle", str(ca.bundle), **variables)
        assert (ended.code, ended.err) == (0, f"kps-tui: {urlsplit(endpoint).netloc} {NOT_OF_VENDOR}\n")
        assert (len(server.requests), proxy.connections) == (1, 0)


@fault(26, "bad-entry")
def test_a_bad_entry_of_no_proxy_is_passed_over(fault_id: str, ca: Authority, tmp_path: Path) -> None:
    with serving_in_a_thread(GOOD, ca.server()) as server, proxy_to(server.endpoint) as proxy:
        for entry in ("[::1", "10.0.0.5:http", "10.0.0.0/99"):
            variables = {"HTTPS_PROXY": proxy.endpoint, "NO_PROXY": f"localhost,{entry}", "ALL_PROXY": "socks5://x:1"}
            ended = list_at(FAR, tmp_path, "--ca-bundle", str(ca.bundle), **variables)
            assert (ended.code, len(ended.json["tasks"])) == (0, 3)
            assert ended.err.startswith(f"kps-tui: NO_PROXY: “{entry}” can't be parsed")
            assert ended.err.count("\n") == 1


PROXIES = {
    "scheme": f"ftp://me:{SECRET}@proxy:1",
    "socks": f"socks5://me:{SECRET}@proxy:1",
    "port": f"http://me:{SECRET}@proxy:99999",
    "bracket": f"http://me:{SECRET}@[",
}


@pytest.mark.parametrize("variant", PROXIES, ids=lambda variant: identity(27, variant))
def test_a_proxy_that_can_not_be_used(variant: str, tmp_path: Path) -> None:
    ended = list_at(FAR, tmp_path, HTTPS_PROXY=PROXIES[variant])
    one_line(ended, 2, "can't be used", "http://host:port")
    assert SECRET not in ended.everything


@fault(27, "screen")
def test_the_screen_does_not_open_with_a_proxy_that_can_not_be_used(fault_id: str) -> None:
    variables = {"KPS_TUI_ENDPOINT": FAR, "KPS_TUI_PROJECT_ID": "p", "KPS_TUI_TOKEN": "t"}
    with Terminal([INSTALLED], env=environment(HTTPS_PROXY=PROXIES["socks"], **variables)) as terminal:
        assert terminal.ended()[0] == 2
        assert b"HTTPS_PROXY names a proxy that can't be used" in terminal.data
        assert b"\x1b" not in terminal.data
        assert SECRET.encode() not in terminal.data


REFUSALS: dict[str, tuple[Reply, str]] = {
    "407": (head("407 Proxy Authentication Required"), "the proxy answered: 407"),
    "502": (head("502 Bad Gateway \x1b[31m"), "the proxy answered: 502"),
    "closed": (b"", "closed before the end of the response"),
}


@pytest.mark.parametrize("variant", REFUSALS, ids=lambda variant: identity(28, variant))
def test_a_proxy_that_refuses_is_not_taken_for_the_service(variant: str, tmp_path: Path) -> None:
    reply, said = REFUSALS[variant]

    def refuse(request: Request) -> Reply:
        return reply

    with serving_in_a_thread(refuse) as proxy:
        ended = list_at(FAR, tmp_path, HTTPS_PROXY=f"{LOGIN}{urlsplit(proxy.endpoint).netloc}")
    one_line(ended, 3, said)
    assert "the service" not in ended.err
    assert SECRET not in ended.everything


DOWN = {
    "down": ("http://127.0.0.1:9", "the connection was refused"),
    "unknown": ("http://proxy.faults.invalid:3128", "host name not found"),
}


@pytest.mark.parametrize("variant", DOWN, ids=lambda variant: identity(28, variant))
def test_a_proxy_that_is_not_there_is_named_as_a_cause(variant: str, tmp_path: Path) -> None:
    proxy, said = DOWN[variant]
    one_line(list_at(FAR, tmp_path, HTTPS_PROXY=proxy), 3, said, "the proxy may be unreachable", "HTTPS_PROXY")
