"""Endpoints: which are valid, and that the error for an invalid one contains no password."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.regions import REGIONS, endpoint_of, host_mistake, iam_endpoint_of, is_of_vendor
from kps_tui.problems import ConfigError

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe(text: str) -> bool:
    return not any(unicodedata.category(character) in UNSAFE for character in text)


def refusal(text: str, name: str = "--endpoint") -> ConfigError:
    """Return the error for `text`, after checking that it names the option and is safe to show."""
    with pytest.raises(ConfigError) as caught:
        Endpoint.parse(text, name)
    error = caught.value
    assert error.what.startswith(f"{name} ")
    assert "https://" in str(error.next_step)
    assert error.exit_code == 2
    assert safe(str(error))
    return error


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://kms.cn-north-4.myhuaweicloud.com", None),
        ("https://kms.eu-west-101.myhuaweicloud.eu", None),
        ("https://kms.example.com:8443", None),
        ("https://a", None),
        ("https://under_score.example.com", None),
        ("https://kms.example.com.", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
        ("https://[2001:db8::1]:8443", None),
        ("http://127.0.0.1:8099", None),
        ("http://127.8.9.10", None),
        ("http://localhost", None),
        ("http://localhost:80", None),
        ("http://[::1]:8099", None),
        ("https://KMS.Example.COM", "https://kms.example.com"),
        ("HTTPS://kms.example.com", "https://kms.example.com"),
        ("http://LOCALHOST:8099", "http://localhost:8099"),
        ("https://kms.example.com/", "https://kms.example.com"),
        ("https://kms.example.com/v3", "https://kms.example.com"),
        ("https://kms.example.com/v3/", "https://kms.example.com"),
        ("http://[::1]:8099/v3", "http://[::1]:8099"),
        ("  https://kms.example.com \n", "https://kms.example.com"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_taken(text: str, shown: str | None) -> None:
    endpoint = Endpoint.parse(text)
    assert str(endpoint) == (shown or text)
    assert Endpoint.parse(str(endpoint)) == endpoint


def test_its_parts() -> None:
    endpoint = Endpoint.parse("http://[::1]:8099/v3")
    assert (endpoint.scheme, endpoint.host, endpoint.port) == ("http", "[::1]", 8099)
    assert endpoint.netloc == "[::1]:8099"
    assert Endpoint.parse("https://a").netloc == "a"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://KMS.example.com", "https://kms.example.com:443"),
        ("https://kms.example.com:443/v3", "https://kms.example.com:443"),
        ("https://kms.example.com:8443", "https://kms.example.com:8443"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("http://[::1]:8099", "http://[::1]:8099"),
    ],
)
def test_two_endpoints_of_one_origin_are_equal_as_origins(text: str, origin: str) -> None:
    assert Endpoint.parse(text).origin == origin


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("https://localhost", True),
        ("https://127.0.0.1", True),
        ("https://127.255.255.254", True),
        ("https://[::1]", True),
        ("https://[0:0:0:0:0:0:0:1]", True),
        ("https://localhost.example.com", False),
        ("https://127.0.0.1.example.com", False),
        ("https://127.example.com", False),
        ("https://mylocalhost", False),
        ("https://0.0.0.0", False),
        ("https://[::]", False),
        ("https://192.168.0.1", False),
        ("https://169.254.169.254", False),
        ("https://kms.cn-north-4.myhuaweicloud.com", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_like_it(text: str, loopback: bool) -> None:
    assert Endpoint.parse(text).is_loopback is loopback


@pytest.mark.parametrize(
    "host",
    [
        "kms.cn-north-4.myhuaweicloud.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "localhost.",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "2130706433",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[2001:db8::1]:8099",
    ],
)
def test_http_is_for_this_machine_only(host: str) -> None:
    error = refusal(f"http://{host}")
    assert "not encrypted" in error.what
    assert "127.0.0.1" in str(error.next_step)
    assert str(Endpoint.parse(f"https://{host}")) == f"https://{host}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "kms.cn-north-4.myhuaweicloud.com",
        "kms.example.com:443",
        "//kms.example.com",
        "https:",
        "https://",
        "https:///v3",
        "https:kms.example.com",
        "https:/kms.example.com",
        "https://:443",
        "ftp://kms.example.com",
        "file:///etc/passwd",
        "ws://localhost",
        "javascript:alert(1)",
        "https://kms.example.com/v2",
        "https://kms.example.com/V3",
        "https://kms.example.com/v3/projects",
        "https://kms.example.com/v3/..",
        "https://kms.example.com/../v3",
        "https://kms.example.com//v3",
        "https://kms.example.com/v3;x",
        "https://kms.example.com?region=x",
        "https://kms.example.com/v3?x",
        "https://kms.example.com#top",
        "https://kms.example.com/#@other.example.com",
        "https://kms.example.com\\@other.example.com",
        "https://kms.example.com\\.other.example.com",
        "https://kms example.com",
        "https://kms.example.com evil",
        "https://kms..example.com",
        "https://.example.com",
        "https://-",
        "https://*.example.com",
        "https://kms.example.com%2eother",
        "https://kms.example.com%00",
        "https://kms.example.com,other.example.com",
        "https://kms.example.com:port",
        "https://kms.example.com:-1",
        "https://kms.example.com:99999",
        "https://kms.example.com:8_0",
        "https://kms.example.com:８０",
        "https://kms.example.com:1:2",
        "https://2001:db8::1",
        "https://[2001:db8::1",
        "https://2001:db8::1]",
        "https://[2001:db8::g]",
        "https://[kms.example.com]",
        "https://münchen.example.com",
        "https://ｋｍｓ.example.com",
        "https://kms。example.com",
        "https://kms.exаmple.com",  # a Cyrillic а
        "https://kms.example.com\x00",
        "https://kms\x1b[31m.example.com",
        "https://kms\x7f.example.com",
        "https://kms\u202e.example.com",
        "https://kms\u200b.example.com",
        "https://kms\u2028.example.com",
        "https://kms\ud83d.example.com",
        "x" * 100_000,
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    error = refusal(text, "KPS_TUI_ENDPOINT")
    assert len(str(error)) < 1000


def test_what_is_not_encrypted_is_echoed_safely() -> None:
    refusal("http://kms.exa\n\tmple.com")


@pytest.mark.parametrize(
    "text",
    [
        "https://kms.exa\nmple.com",
        "https://kms.exa\rmple.com",
        "ht\ttps://kms.example.com",
        "https://kms.example.com:8\t0",
        "\x00https://kms.example.com",
        "\x1bhttps://kms.example.com",
    ],
)
def test_control_characters_are_refused_where_ever_they_stand(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize("text", ["https://[fe80::1%a\x1b[2Jb]", "https://[fe80::1%a b]", "http://[::1%evil.example]"])
def test_an_ipv6_zone_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text", ["https://[::1]x", "https://[::1]kms.example.com:80", "http://kms.example.com[::1]", "https://[v1.host]"]
)
def test_what_stands_around_brackets_is_not_dropped(text: str) -> None:
    refusal(text)


PASSWORD = "hunter2-canary"


@pytest.mark.parametrize(
    "text",
    [
        f"https://user:{PASSWORD}@kms.example.com",
        f"https://user:{PASSWORD}@kms.example.com:8443/v3",
        f"https://{PASSWORD}@kms.example.com",
        f"https://:{PASSWORD}@kms.example.com",
        f"http://user:{PASSWORD}@127.0.0.1:8099",
        f"//user:{PASSWORD}@kms.example.com",
        f"ftp://user:{PASSWORD}@kms.example.com",
        f"https://user:{PASSWORD}@",
        f"https://user:a@b:{PASSWORD}@kms.example.com",
        f"https://user:{PASSWORD}@kms.example.com?x#y",
        f"https://kms.example.com\\:{PASSWORD}@other.example.com",
    ],
)
def test_user_info_is_refused_without_an_echo(text: str) -> None:
    check_no_echo(text)


@pytest.mark.parametrize(
    "text",
    [
        f"user:{PASSWORD}@kms.example.com",
        f"https:user:{PASSWORD}@kms.example.com",
        f"https:///user:{PASSWORD}@kms.example.com",
        f"https://user:{PASSWORD}@kms.example.com:99999",
        f"https://user:{PASSWORD}@kms.example.com:port",
        f"https://user:{PASSWORD}@[::1",
        f"https://user:{PASSWORD}/x@kms.example.com",
        f"https://user:{PASSWORD}#x@kms.example.com",
    ],
)
def test_user_info_in_what_is_no_url_is_not_echoed_either(text: str) -> None:
    check_no_echo(text)


def check_no_echo(text: str) -> None:
    error = refusal(text)
    assert "user name or a password" in error.what
    assert PASSWORD not in repr((str(error), error.args, error.what, error.why, str(error.next_step)))
    assert error.__cause__ is None


@pytest.mark.parametrize("path", ["", "/", "/v3"])
def test_an_empty_query_or_fragment_is_dropped(path: str) -> None:
    assert str(Endpoint.parse(f"https://kms.example.com{path}?")) == "https://kms.example.com"
    assert str(Endpoint.parse(f"https://kms.example.com{path}#")) == "https://kms.example.com"


@given(
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.sampled_from(["", "https://", "http://", "http://localhost", "https://a.example.com:", "https://["]),
)
def test_any_text_is_an_https_or_loopback_origin_or_refused(text: str, before: str) -> None:
    try:
        endpoint = Endpoint.parse(before + text)
    except ConfigError:
        refusal(before + text)
    else:
        assert endpoint.scheme == "https" or endpoint.is_loopback
        assert Endpoint.parse(str(endpoint)) == endpoint


# Regions


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_of_the_vendors_sdk_has_its_endpoint(region: str) -> None:
    endpoint = endpoint_of(region)
    assert str(endpoint) == f"https://kms.{region}.myhuaweicloud.com"
    assert Endpoint.parse(str(endpoint)) == endpoint
    assert REGIONS[region]


def test_of_the_thirty_regions_of_the_sdk_one_is_of_another_cloud() -> None:
    assert len(REGIONS) == 29
    assert next(iter(REGIONS)) == "cn-north-4"


def test_the_european_regions_have_a_domain_of_their_own() -> None:
    assert endpoint_of("eu-west-101").host == "kms.eu-west-101.myhuaweicloud.eu"
    assert endpoint_of("eu-west-0").host == "kms.eu-west-0.myhuaweicloud.com"


def test_a_region_that_is_not_listed_is_taken_as_it_is() -> None:
    assert endpoint_of("xx-new-7").host == "kms.xx-new-7.myhuaweicloud.com"


@pytest.mark.parametrize(
    "region",
    [
        "",
        " ",
        "cn",
        "CN-NORTH-4",
        "cn-north-4 ",
        "cn-north-4\n",
        "cn_north_4",
        "cn-north-4.evil.com",
        "cn-north-4/..",
        "cn-north-4@evil",
        "cn-north-4:80",
        "cn--4",
        "-cn-north",
        "cn-north-",
        "сn-north-4",  # a Cyrillic с
        "cn-north-４",
        "cn-\x1b[31m-4",
        "cn-" + "a" * 60,
        "x" * 100_000,
    ],
)
def test_what_is_no_region_is_refused(region: str) -> None:
    check_no_region(region)


def check_no_region(region: str) -> None:
    with pytest.raises(ConfigError) as caught:
        endpoint_of(region, "KPS_TUI_REGION")
    error = caught.value
    assert error.what.startswith("KPS_TUI_REGION “")
    assert "cn-north-4" in str(error.next_step)
    assert error.exit_code == 2
    assert safe(str(error))
    assert len(str(error)) < 600


@given(st.text(max_size=20) | st.from_regex(r"[a-z]{2,5}(-[a-z0-9]{1,9}){1,3}", fullmatch=True))
def test_any_region_is_an_endpoint_of_the_vendor_or_refused(region: str) -> None:
    try:
        endpoint = endpoint_of(region)
    except ConfigError:
        check_no_region(region)
    else:
        assert endpoint.scheme == "https"
        assert endpoint.host.startswith(f"kms.{region}.myhuaweicloud.")
        assert Endpoint.parse(str(endpoint)) == endpoint


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-4", "iam.cn-north-4.myhuaweicloud.com"),
        ("cn-north-11", "iam.myhuaweicloud.com"),
        ("cn-southwest-3", "iam.myhuaweicloud.com"),
        ("cn-south-4", "iam.myhuaweicloud.com"),
        ("af-north-1", "iam.myhuaweicloud.com"),
        ("ap-southeast-5", "iam.myhuaweicloud.com"),
        ("eu-west-101", "iam.eu-west-101.myhuaweicloud.eu"),
        ("xx-new-9", "iam.xx-new-9.myhuaweicloud.com"),
    ],
)
def test_iam_is_in_the_region_or_the_global_one(region: str, host: str) -> None:
    assert str(iam_endpoint_of(region)) == f"https://{host}"


@pytest.mark.parametrize("region", ["", "CN-NORTH-4", "cn-north-4.evil.com/", "cn north", "a" * 50])
def test_iam_of_no_region_is_refused(region: str) -> None:
    with pytest.raises(ConfigError) as caught:
        iam_endpoint_of(region, "KPS_TUI_REGION")
    assert "KPS_TUI_REGION" in caught.value.what


def test_24_of_the_29_regions_have_their_own_iam() -> None:
    assert sum(iam_endpoint_of(region).host != "iam.myhuaweicloud.com" for region in REGIONS) == 24


@pytest.mark.parametrize("host_of", [endpoint_of, iam_endpoint_of])
def test_no_host_is_made_of_a_region_of_another_companys_cloud(host_of: Callable[[str, str], Endpoint]) -> None:
    with pytest.raises(ConfigError) as caught:
        host_of("ru-moscow-1", "KPS_TUI_REGION")
    assert "KPS_TUI_REGION “ru-moscow-1” is a region of Cloud.ru, not of Huawei Cloud" in str(caught.value)
    assert "https://kms.ru-moscow-1.hc.sbercloud.ru" in str(caught.value.next_step)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("cn_north_4", "cn-north-4"),
        ("CN-NORTH-4", "cn-north-4"),
        (" cn-north-4\n", "cn-north-4"),
        ("AP-Singapore", "ap-southeast-3"),
        ("CN North-Beijing4", "cn-north-4"),
        ("ap-southest-3 ", "ap-southeast-3"),
    ],
)
def test_what_is_nearly_a_region_suggests_it(given: str, near: str) -> None:
    with pytest.raises(ConfigError) as caught:
        endpoint_of(given)
    assert str(caught.value.next_step).startswith(f"did you mean “{near}”?")


@pytest.mark.parametrize(
    ("host", "mistake"),
    [
        ("kms.cn-noth-4.myhuaweicloud.com", "did you mean the region “cn-north-4”?"),
        ("iam.tr-west1.myhuaweicloud.com", "did you mean the region “tr-west-1”?"),
        ("kms.cn-north-4.myhuaweicloud.com", ""),
        ("kms.xx-new-7.myhuaweicloud.com", ""),
        ("iam.myhuaweicloud.com", ""),
        ("kms.cn-noth-4.example.com", ""),
        ("kps.example.com", ""),
        (
            "kps.cn-north-4.myhuaweicloud.com",
            "the host of the Key Pair Service is kms.cn-north-4.myhuaweicloud.com,"
            " not kps.cn-north-4.myhuaweicloud.com",
        ),
    ],
)
def test_why_the_name_of_a_host_may_be_unknown(host: str, mistake: str) -> None:
    assert host_mistake(Endpoint.parse(f"https://{host}")) == mistake


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("kms.cn-north-4.myhuaweicloud.com", True),
        ("kms.eu-west-101.myhuaweicloud.eu.", True),
        ("kms.cn-north-4.myhuaweicloud.com.evil", False),
        ("myhuaweicloud.com.evil", False),
        ("evilmyhuaweicloud.com", False),
        ("10.0.0.5", False),
        ("[fd00::5]", False),
    ],
)
def test_a_host_of_the_vendor_is_known_by_its_domain(host: str, known: bool) -> None:
    assert is_of_vendor(Endpoint.parse(f"https://{host}")) == known
