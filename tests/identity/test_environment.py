"""The login in the environment: complete, from one family of variables, never of another cloud."""

import copy
import itertools
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.env_families import FAMILIES, host_of
from kps_tui.identity.environment import credential_in, iam_host_of, place_in, pop_secrets
from kps_tui.identity.secret_env import SecretEnv
from kps_tui.kps.credentials import AccessKey, Credential, Password, Secret, Token
from kps_tui.kps.regions import iam_endpoint_of
from kps_tui.problems import CredentialError
from kps_tui.settings import Sourced

IAM = "iam.cn-north-4.myhuaweicloud.com"
URL = f"https://{IAM}/v3"
CANARY = "canary-3fa2"

TOKEN = {"KPS_TUI_TOKEN": "token-of-ours"}
SDK = {"HUAWEICLOUD_SDK_AK": "SDKAK", "HUAWEICLOUD_SDK_SK": "sdk-sk", "HUAWEICLOUD_SDK_PROJECT_ID": "p-sdk"}
HW = {"HW_ACCESS_KEY": "HWAK", "HW_SECRET_KEY": "hw-sk", "HW_AUTH_URL": URL, "HW_PROJECT_ID": "p-hw"}
OS = {
    "OS_USERNAME": "ops",
    "OS_PASSWORD": "os-password",
    "OS_USER_DOMAIN_NAME": "example",
    "OS_AUTH_URL": URL,
    "OS_PROJECT_ID": "p-os",
}
WHOLE: list[tuple[dict[str, str], Credential, str, str]] = [
    (TOKEN, Token(Secret("token-of-ours")), "KPS_TUI_TOKEN", ""),
    (
        SDK,
        AccessKey("SDKAK", Secret("sdk-sk")),
        "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_PROJECT_ID",
    ),
    (HW, AccessKey("HWAK", Secret("hw-sk")), "HW_ACCESS_KEY and HW_SECRET_KEY", "HW_PROJECT_ID"),
    (OS, Password("ops", "example", Secret("os-password")), "OS_USERNAME and OS_PASSWORD", "OS_PROJECT_ID"),
]


@pytest.mark.parametrize(("environ", "credential", "source", "project"), WHOLE)
def test_each_family_alone(environ: dict[str, str], credential: Credential, source: str, project: str) -> None:
    found = credential_in(environ, IAM)
    assert (found.credential, found.source, found.remarks) == (credential, source, ())
    place = place_in({**environ, "KPS_TUI_REGION": "cn-north-4"})
    assert place.get("project_id") == (Sourced(environ[project], project) if project else None)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_first_family_wins_whole_whatever_stands_beside_it(count: int) -> None:
    for families in itertools.combinations(WHOLE, count):
        together = {name: value for environ, *_rest in reversed(families) for name, value in environ.items()}
        found = credential_in(together, IAM)
        assert (found.credential, found.source) == families[0][1:3]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "https://keystone.example.org:5000/v3",
        "https://iam.cn-north-1.myhuaweicloud.com/v3",
        f"https://{IAM}.example.org/v3",
        f"https://{IAM}@example.org/v3",
        f"https://example.org/{IAM}",
        f"https://example.org#{IAM}",
        f"https://example.org\\@{IAM}/v3",
        f"https://{IAM}\\.example.org",
        f"https://{IAM}:8443/v3",
        f"ftp://{IAM}/v3",
        f"//{IAM}/v3",
        IAM,
        f"https://{IAM}\n.example.org/v3",
        f"https://{IAM}\t/v3",
        "https://ıam.cn-north-4.myhuaweicloud.com/v3",
        "https://[::1/v3",
        f"https://{IAM}:port/v3",
        f"https://user:pass@{IAM}/v3",
        "https:///v3",
    ],
)
@pytest.mark.parametrize("prefix", ["OS", "HW"])
def test_another_clouds_login_is_never_used(prefix: str, url: str | None) -> None:
    environ = {
        "OS": {**OS, "OS_TOKEN": "os-token", "OS_ACCESS_KEY": "OSAK", "OS_SECRET_KEY": "os-sk"},
        "HW": {**HW, "HW_AUTH_TOKEN": "hw-token", "HW_USER_NAME": "u", "HW_USER_PASSWORD": "p", "HW_DOMAIN_NAME": "d"},
    }[prefix]
    environ = {name: value for name, value in environ.items() if not name.endswith("AUTH_URL")}
    if url is not None:
        environ[f"{prefix}_AUTH_URL"] = url
    found = credential_in(environ, IAM)
    assert (found.credential, found.source) == (None, "")
    assert place_in({**environ, "KPS_TUI_REGION": "cn-north-4"}).keys() == {"region"}
    (remark,) = found.remarks
    assert remark.startswith(f"{prefix}_* is not used: {prefix}_AUTH_URL ")
    assert remark.isprintable()
    assert not any(secret in remark for secret in ("os-", "hw-", "pass"))
    assert place_in({**environ, f"{prefix}_REGION_NAME": "cn-north-4"}) == {}
    assert credential_in({**SDK, **environ}, IAM).source.startswith("HUAWEICLOUD_SDK_AK")


def test_a_letter_that_only_looks_like_the_one_of_the_host_is_another_host() -> None:
    kelvin = {**OS, "OS_AUTH_URL": "https://\u212aeystone.example.org"}
    assert credential_in(kelvin, "keystone.example.org").credential is None


def test_an_unknown_iam_is_nobodys() -> None:
    assert credential_in(OS, "").credential is None
    assert credential_in({**OS, "OS_AUTH_URL": ""}, "").credential is None
    assert credential_in({**OS, "OS_AUTH_URL": "https://"}, "").credential is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (f"https://{IAM}", IAM),
        (f"HTTPS://{IAM.upper()}/v3/", IAM),
        (f"https://{IAM}:443/v3", IAM),
        (f"https://{IAM}/identity/v3?x=y", IAM),
        (URL, f"{IAM}:443"),
        ("http://127.0.0.1:8099/v3", "127.0.0.1:8099"),
        ("http://[::1]:8099", "[::1]:8099"),
    ],
)
def test_its_own_clouds_login_is_used_however_the_url_is_written(url: str, host: str) -> None:
    assert credential_in({**OS, "OS_AUTH_URL": url}, host).source == "OS_USERNAME and OS_PASSWORD"


@pytest.mark.parametrize(
    ("environ", "remark"),
    [
        ({"HUAWEICLOUD_SDK_AK": "A"}, "HUAWEICLOUD_SDK_AK without HUAWEICLOUD_SDK_SK: not used"),
        ({"HUAWEICLOUD_SDK_SK": CANARY}, "HUAWEICLOUD_SDK_SK without HUAWEICLOUD_SDK_AK: not used"),
        (
            {"HUAWEICLOUD_SDK_SECURITY_TOKEN": CANARY},
            "HUAWEICLOUD_SDK_SECURITY_TOKEN without an access key: not used",
        ),
        ({"HW_ACCESS_KEY": "A", "HW_AUTH_URL": URL}, "HW_ACCESS_KEY without HW_SECRET_KEY: not used"),
        ({"OS_SECRET_KEY": CANARY, "OS_AUTH_URL": URL}, "OS_SECRET_KEY without OS_ACCESS_KEY: not used"),
        (
            {"OS_PASSWORD": CANARY, "OS_AUTH_URL": URL},
            "OS_PASSWORD without OS_USERNAME and OS_USER_DOMAIN_NAME: not used",
        ),
    ],
)
def test_half_a_login_is_passed_over_and_said(environ: dict[str, str], remark: str) -> None:
    found = credential_in(environ, IAM)
    assert (found.credential, found.remarks) == (None, (remark,))
    beside = credential_in({**environ, **OS}, IAM)
    assert beside.source == "OS_USERNAME and OS_PASSWORD" or environ.keys() & OS.keys()
    assert CANARY not in repr(found)


def test_halves_of_two_families_are_no_whole() -> None:
    found = credential_in(
        {"HUAWEICLOUD_SDK_AK": "A", "HW_SECRET_KEY": "s", "HW_AUTH_URL": URL, "OS_ACCESS_KEY": "A"}, IAM
    )
    assert found.credential is None
    assert len(found.remarks) == 3


def test_within_a_family_the_token_comes_before_the_key_and_the_key_before_the_password() -> None:
    whole = {**OS, "OS_ACCESS_KEY": "A", "OS_SECRET_KEY": "s", "OS_SECURITY_TOKEN": "sts", "OS_TOKEN": "t"}
    assert credential_in(whole, IAM).credential == Token(Secret("t"))
    del whole["OS_TOKEN"]
    assert credential_in(whole, IAM).credential == AccessKey("A", Secret("s"), Secret("sts"))
    del whole["OS_ACCESS_KEY"]
    found = credential_in(whole, IAM)
    assert isinstance(found.credential, Password)
    assert found.remarks == ("OS_SECRET_KEY without OS_ACCESS_KEY: not used",)


@pytest.mark.parametrize(
    "environ",
    [
        {"KPS_TUI_TOKEN": f"{CANARY}\n"},
        {"HUAWEICLOUD_SDK_AK": "A", "HUAWEICLOUD_SDK_SK": f"{CANARY} x"},
        {"HUAWEICLOUD_SDK_AK": "A b", "HUAWEICLOUD_SDK_SK": CANARY},
        {**OS, "OS_PASSWORD": f"{CANARY}\x1b"},
    ],
)
def test_a_login_that_cannot_be_one_is_an_error_and_no_other_is_tried(environ: dict[str, str]) -> None:
    with pytest.raises(CredentialError) as caught:
        credential_in(SecretEnv({**OS, **environ}), IAM)
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert CANARY not in repr([frame.locals for frame in found.stack if frame.filename != __file__])
    assert CANARY not in repr((caught.value.args, vars(caught.value)))


def test_an_empty_variable_is_not_set() -> None:
    environ = dict.fromkeys([*TOKEN, *SDK, *HW, *OS], "")
    assert credential_in(environ, IAM) == credential_in({}, IAM)
    assert place_in(dict.fromkeys(["KPS_TUI_REGION", "HW_REGION_NAME"], "")) == {}


def test_the_secrets_are_taken_out_of_the_environment_and_can_still_be_looked_up() -> None:
    environ = {**TOKEN, **SDK, **HW, **OS, "PATH": "/bin", "OS_CACERT": "/x", "KPS_TUI_REGION": "cn-north-4"}
    before = credential_in(environ, IAM), place_in(environ)
    held = pop_secrets(environ)
    assert (credential_in(held, IAM), place_in(held)) == before
    left = {"PATH", "OS_CACERT", "KPS_TUI_REGION", "OS_USERNAME", "OS_AUTH_URL", "HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"}
    assert left <= environ.keys()
    assert not {name for family in FAMILIES for name in family.secrets} & environ.keys()
    assert credential_in(environ, IAM).credential is None
    assert "os-password" not in repr(held) + str(held) + f"{held}"
    assert "PATH" not in held
    with pytest.raises(TypeError):
        pickle.dumps(held)
    with pytest.raises(TypeError):
        copy.copy(held)


def test_every_secret_variable_of_every_family_is_taken() -> None:
    names = {"KPS_TUI_TOKEN", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"}
    names |= {"HW_AUTH_TOKEN", "HW_SECRET_KEY", "HW_SECURITY_TOKEN", "HW_USER_PASSWORD"}
    names |= {"OS_AUTH_TOKEN", "OS_TOKEN", "OS_SECRET_KEY", "OS_SECURITY_TOKEN", "OS_PASSWORD"}
    environ = dict.fromkeys(names, CANARY)
    assert {*pop_secrets(environ)} == names
    assert environ == {}


def test_the_place_is_that_of_the_login_then_in_the_order_of_the_families() -> None:
    environ = {
        "KPS_TUI_REGION": "cn-north-4",
        "KPS_TUI_PROJECT_ID": "p-ours",
        "KPS_TUI_ENDPOINT": "https://kms.example.org",
        "HUAWEICLOUD_SDK_PROJECT_ID": "p-sdk",
        **HW,
        "HW_REGION_NAME": "cn-north-4",
        **OS,
        "OS_REGION_NAME": "cn-north-4",
    }
    sources = []
    while place := place_in(environ):
        sources.append({field: source for field, (_value, source) in place.items()})
        for _value, source in place.values():
            del environ[source]
    assert sources == [
        {"region": "KPS_TUI_REGION", "project_id": "KPS_TUI_PROJECT_ID", "endpoint": "KPS_TUI_ENDPOINT"},
        {"region": "HW_REGION_NAME", "project_id": "HW_PROJECT_ID"},
        {"region": "OS_REGION_NAME", "project_id": "OS_PROJECT_ID"},
        {"project_id": "HUAWEICLOUD_SDK_PROJECT_ID"},
    ]


def test_a_familys_place_counts_where_its_auth_url_is_the_iam_of_that_place() -> None:
    family = {"OS_REGION_NAME": "cn-north-4", "OS_TENANT_ID": "p", "OS_AUTH_URL": URL}
    both = {"region": Sourced("cn-north-4", "OS_REGION_NAME"), "project_id": Sourced("p", "OS_TENANT_ID")}
    assert place_in(family) == both
    assert place_in(family, above={"iam_endpoint": Sourced("https://iam.example.org", "flag")}) == {}
    other = {"iam_endpoint": Sourced("https://iam.example.org:5000", "flag")}
    assert place_in({**family, "OS_AUTH_URL": "https://iam.example.org:5000/v3"}, above=other) == both
    assert place_in({**family, "OS_AUTH_URL": "https://iam.example.org:5000/v3"}, below=other) == both
    assert place_in({**family, "KPS_TUI_REGION": "cn-north-1"}).keys() == {"region"}
    assert place_in({**family, "KPS_TUI_IAM_ENDPOINT": "https://iam.example.org"}).keys() == {"iam_endpoint"}
    assert place_in({**family, "OS_REGION_NAME": "no region"}) == {}


@pytest.mark.parametrize(
    ("names", "field", "source"),
    [
        (("OS_PROJECT_NAME",), "project_name", "OS_PROJECT_NAME"),
        (("OS_TENANT_NAME",), "project_name", "OS_TENANT_NAME"),
        (("OS_TENANT_NAME", "OS_PROJECT_NAME"), "project_name", "OS_PROJECT_NAME"),
        (("HW_PROJECT_NAME",), "project_name", "HW_PROJECT_NAME"),
        (("OS_PROJECT_NAME", "OS_PROJECT_ID"), "project_id", "OS_PROJECT_ID"),
        (("OS_PROJECT_NAME", "KPS_TUI_PROJECT_ID"), "project_id", "KPS_TUI_PROJECT_ID"),
        # The login is of HW_*, so the project of OS_* is another one's.
        (("OS_PROJECT_ID", "HW_PROJECT_NAME"), "project_name", "HW_PROJECT_NAME"),
    ],
)
def test_a_family_names_its_project_by_id_or_by_name(names: tuple[str, ...], field: str, source: str) -> None:
    login = {"HW_ACCESS_KEY": "HWAK", "HW_SECRET_KEY": "hw-sk", "HW_AUTH_URL": URL, "OS_AUTH_URL": URL}
    place = place_in({**login, "KPS_TUI_REGION": "cn-north-4", **{name: f"of {name}" for name in names}})
    project = {key: value for key, value in place.items() if key != "region"}
    assert project == {field: Sourced(f"of {source}", source)}


@pytest.mark.parametrize("name", ["KPS_TUI_ENDPOINT", "KPS_TUI_IAM_ENDPOINT", "endpoint of a flag"])
def test_a_family_whose_login_is_used_brings_its_region(name: str) -> None:
    environ = {**OS, "OS_REGION_NAME": "cn-north-4", "OS_AUTH_URL": "http://127.0.0.1:8771/v3"}
    here = "http://127.0.0.1:8771"
    above = {"endpoint": Sourced(here, "--endpoint")} if " " in name else {}
    place = place_in({**environ, name: here}, above=above)
    assert place["region"] == Sourced("cn-north-4", "OS_REGION_NAME")
    assert credential_in(environ, "127.0.0.1:8771").credential is not None
    assert "region" not in place_in({**environ, "KPS_TUI_ENDPOINT": "https://kms.example.org"})


def test_the_region_is_that_of_the_family_whose_login_is_used() -> None:
    environ = {**OS, "OS_REGION_NAME": "cn-north-4", "HW_REGION_NAME": "cn-north-1", "HW_AUTH_URL": URL}
    assert place_in(environ)["region"] == Sourced("cn-north-4", "OS_REGION_NAME")


def test_the_iam_of_a_region_is_the_one_that_would_be_called() -> None:
    assert iam_host_of("cn-north-4") == IAM
    assert iam_host_of("eu-west-101") == iam_endpoint_of("eu-west-101").netloc
    assert iam_host_of("") == iam_host_of("no region") == ""


NAMES = sorted(
    {name for family in FAMILIES for name in (*family.secrets, *family.access_key, *family.user, *family.account)}
)
URLS = ["", URL, "https://example.org/v3"]


@given(
    st.sets(st.sampled_from(NAMES)),
    st.fixed_dictionaries({"HW_AUTH_URL": st.sampled_from(URLS), "OS_AUTH_URL": st.sampled_from(URLS)}),
)
def test_a_login_never_joins_two_families_and_never_leaves_its_cloud(names: set[str], urls: dict[str, str]) -> None:
    environ = {**{name: name for name in names}, **urls}
    found = credential_in(environ, IAM)
    match found.credential:
        case Token(secret):
            parts = [secret.reveal()]
        case AccessKey(access_key, secret_key, security_token):
            parts = [access_key, secret_key.reveal(), *([security_token.reveal()] if security_token else [])]
        case Password(user, account, password):
            parts = [user, account, password.reveal()]
        case _:
            parts = []
    prefixes = {part.partition("_")[0] for part in parts}
    assert len(prefixes) <= 1
    for prefix in prefixes & {"HW", "OS"}:
        assert urls[f"{prefix}_AUTH_URL"] == URL
    complete = {
        "KPS_TUI_TOKEN": True,
        "HW_AUTH_TOKEN": urls["HW_AUTH_URL"] == URL,
        "OS_TOKEN": urls["OS_AUTH_URL"] == URL,
    }
    if any(usable for name, usable in complete.items() if name in names):
        assert parts


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_as_a_url_is_a_host_or_none(url: str) -> None:
    assert host_of(url).isascii()
