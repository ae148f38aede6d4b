"""Which proxy variable applies, and which endpoints are exempt, compared with httpx."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.credentials import Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.proxy import Exemption, Route, route_to, secrets_in
from kps_tui.problems import ConfigError

SERVICE = Endpoint.parse("https://kms.cn-north-4.myhuaweicloud.com")


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example/", "http://proxy.example:80"),
        ("http://user:hunter2@proxy.example:3128", "http://…@proxy.example:3128"),
        ("http://us%40er:hu%2Fnter2@[::1]:3128/", "http://…@[::1]:3128"),
    ],
)
def test_a_proxy_is_shown_without_its_login(proxy: str, shown: str) -> None:
    found = route_to(SERVICE, {"HTTPS_PROXY": proxy}).proxy
    assert found is not None
    assert found.shown == shown
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "proxy",
    ["http://user:hun#ter2@proxy:1", "http://user:hun/ter2@proxy:1", "http://user:hunter2", "x\x1b[2J", "socks5://h:1"],
)
def test_a_proxy_that_can_not_be_used_is_an_error_that_shows_nothing_of_it(proxy: str) -> None:
    with pytest.raises(ConfigError, match="https_proxy names a proxy that can't be used") as caught:
        route_to(SERVICE, {"https_proxy": proxy})
    assert caught.value.exit_code == 2
    for part in ("user", "ter2", "\x1b"):
        assert part not in str(caught.value)


@pytest.mark.parametrize("name", ["all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    "no_proxy",
    [
        "",
        "*",
        "myhuaweicloud.com",
        ".myhuaweicloud.com",
        "huaweicloud.com",
        "kms.cn-north-4.myhuaweicloud.com",
        ".kms.cn-north-4.myhuaweicloud.com",
        "other.example, KMS.cn-north-4.myhuaweicloud.com",
        "kms.cn-north-4.myhuaweicloud.com:443",
        "https://kms.cn-north-4.myhuaweicloud.com:443",
        "kms.cn-north-4.myhuaweicloud.com:8443",
        "https://kms.cn-north-4.myhuaweicloud.com",
        "http://kms.cn-north-4.myhuaweicloud.com",
        "127.0.0.1,localhost,::1",
    ],
)
def test_the_proxy_is_the_one_that_httpx_would_ask(name: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {name: "http://127.0.0.1:9"} | ({"NO_PROXY": no_proxy} if no_proxy else {})
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    client = httpx.Client(verify=False)
    direct = client._transport_for_url(httpx.URL(f"{SERVICE}/v3")) is client._transport
    client.close()
    exempted_by_others = {".kms.cn-north-4.myhuaweicloud.com": "curl", "kms.cn-north-4.myhuaweicloud.com:443": "Go"}
    assert (route_to(SERVICE, environ).proxy is None) == (direct or no_proxy in exempted_by_others)


@pytest.mark.parametrize(
    ("entry", "endpoint", "matches"),
    [
        ("*", "https://kms.example.com", True),
        ("example.com", "https://example.com", True),
        ("example.com", "https://kms.example.com", True),
        ("example.com", "https://notexample.com", False),
        ("Example.COM.", "https://kms.example.com", True),
        ("example.com", "https://kms.example.com.", True),
        (".example.com", "https://kms.example.com", True),
        (".example.com", "https://example.com", True),
        ("*.example.com", "https://kms.example.com", True),
        ("*.example.com", "https://a.b.example.com", True),
        ("*.example.com", "https://example.com", False),
        ("*.example.com", "https://notexample.com", False),
        ("kms.example.com:443", "https://kms.example.com", True),
        ("kms.example.com:443", "https://kms.example.com:8443", False),
        ("kms.example.com:8443", "https://kms.example.com:8443", True),
        ("kms.example.com:8443", "https://kms.example.com", False),
        ("https://kms.example.com", "https://kms.example.com", True),
        ("https://example.com", "https://kms.example.com", False),
        ("http://kms.example.com", "https://kms.example.com", False),
        ("all://kms.example.com", "https://kms.example.com", True),
        ("10.0.0.5", "https://10.0.0.5", True),
        ("10.0.0.5:8443", "https://10.0.0.5:8443", True),
        ("10.0.0.5:8443", "https://10.0.0.5", False),
        ("10.0.0.0/8", "https://10.1.2.3:8443", True),
        ("10.1.2.3/8", "https://10.9.9.9", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.0.0.0/8", "https://kms.example.com", False),
        ("0.0.0.0/0", "https://[fd00::5]", False),
        ("[fd00::5]", "https://[fd00::5]", True),
        ("fd00::5", "https://[fd00::5]", True),
        ("FD00:0::5", "https://[fd00::5]", True),
        ("[fd00::5]:8443", "https://[fd00::5]:8443", True),
        ("[fd00::5]:8443", "https://[fd00::5]", False),
        ("fd00::/8", "https://[fd12::1]", True),
        ("[fd00::]/8", "https://[fd12::1]", True),
        ("[::1]", "https://kms.example.com", False),
        ("::1/128", "https://kms.example.com", False),
        ("localhost", "https://kms.example.com", False),
        ("10.0.0.5:http", "https://kms.example.com", None),
        ("10.0.0.0/33", "https://10.0.0.5", None),
        ("[::1", "https://kms.example.com", None),
        ("[kms.example.com]", "https://kms.example.com", None),
        ("*kms*", "https://kms.example.com", None),
        ("ftp://kms.example.com", "https://kms.example.com", None),
        ("kms.example.com/v3", "https://kms.example.com", None),
        ("\x1b[2J", "https://kms.example.com", None),
        (":", "https://kms.example.com", None),
    ],
)
def test_an_entry_of_no_proxy_is_read_as_widely_as_any_tool_does(
    entry: str, endpoint: str, matches: bool | None
) -> None:
    for text in (entry, f"other.invalid,{entry}", f"other.invalid {entry}"):
        route = route_to(Endpoint.parse(endpoint), {"HTTPS_PROXY": "http://a:1", "NO_PROXY": text})
        assert route.exemptions[-1] == Exemption(entry, matches)
        assert (route.proxy is None) == bool(matches)


def test_a_bad_entry_of_no_proxy_is_passed_over_with_a_warning() -> None:
    environ = {"NO_PROXY": "10.0.0.5:http,\x1b[2J", "HTTPS_PROXY": "http://a:1"}
    route = route_to(SERVICE, environ)
    assert route.proxy is not None
    assert [warning.partition(" can't")[0] for warning in route.warnings] == [
        "NO_PROXY: “10.0.0.5:http”",
        "NO_PROXY: “␛[2J”",
    ]
    assert route_to(SERVICE, environ | {"HTTPS_PROXY": ""}).warnings == ()
    assert route_to(SERVICE, environ | {"NO_PROXY": "[,*"}).warnings == ()


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_PROXY": "socks5://127.0.0.1:7890"},
        {"ALL_PROXY": "socks5://127.0.0.1:7890", "NO_PROXY": ".myhuaweicloud.com"},
        {"HTTPS_PROXY": "nonsense://", "NO_PROXY": "[::1] .myhuaweicloud.com"},
    ],
)
def test_a_variable_that_does_not_count_for_the_endpoint_is_not_looked_at(environ: dict[str, str]) -> None:
    assert route_to(SERVICE, environ).proxy is None


@given(st.text(max_size=40), st.sampled_from(["https://kms.example.com", "https://[fd00::5]:8443", "https://10.0.0.5"]))
def test_no_entry_of_no_proxy_stops_the_program(text: str, endpoint: str) -> None:
    route_to(Endpoint.parse(endpoint), {"NO_PROXY": text, "HTTPS_PROXY": "http://a:1"})


def test_loopback_asks_no_proxy() -> None:
    for endpoint in ("http://127.0.0.1:1", "https://localhost", "https://[::1]:8443"):
        assert route_to(Endpoint.parse(endpoint), {"ALL_PROXY": "http://proxy:1"}) == Route()
        assert route_to(Endpoint.parse(endpoint), {"ALL_PROXY": "ftp://proxy:1"}) == Route()


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"HTTPS_PROXY": "http://a:1", "ALL_PROXY": "http://b:1"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"}, "https_proxy"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "http://b:1"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "http://a:1", "ALL_PROXY": "ftp://b:1"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_counts_is_named(environ: dict[str, str], variable: str) -> None:
    found = route_to(SERVICE, environ).proxy
    assert found is not None
    assert found.variable == variable


def test_an_empty_lower_case_variable_switches_the_upper_case_one_off() -> None:
    assert route_to(SERVICE, {"https_proxy": "", "HTTPS_PROXY": "http://a:1"}) == Route()


def test_the_entry_that_exempts_the_endpoint_is_named() -> None:
    environ = {"HTTPS_PROXY": "http://a:1", "no_proxy": "other.example, .myhuaweicloud.com,*"}
    route = route_to(SERVICE, environ)
    assert (route.proxy, route.no_proxy, route.exempted_by) == (None, "no_proxy", ".myhuaweicloud.com")
    route = route_to(SERVICE, {"HTTPS_PROXY": "ftp://a:1", "NO_PROXY": "*"})
    assert (route.proxy, route.no_proxy, route.exempted_by) == (None, "NO_PROXY", "*")


def test_a_login_is_unescaped() -> None:
    found = route_to(SERVICE, {"HTTPS_PROXY": "http://us%40er:hu%2Fnter2@proxy:1"}).proxy
    assert found is not None
    assert (found.user, found.password) == ("us@er", Secret("hu/nter2"))


def test_the_secrets_of_every_variable_are_known() -> None:
    environ = {"http_proxy": "http://a:hun#ter2@proxy:1", "ALL_PROXY": "socks5://b:other@proxy:1", "HOME": "x@y"}
    assert {"hun#ter2", "ter2", "hun", "other"} <= {*secrets_in(environ)}
    assert "x" not in {*secrets_in(environ)}
