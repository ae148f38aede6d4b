"""The place: from flags, then the environment, then the profile, each with its source."""

from pathlib import Path

import pytest

from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.problems import ConfigError
from kps_tui.session.place import place_of, project_id_of
from kps_tui.session.resolve import Context
from kps_tui.settings import Settings, Sourced

FLAG, VARIABLE = "--region", "KPS_TUI_REGION"
HERE = Profile("prod", region="cn-east-3", project_id="of-profile", kind="token")


def context(
    flags: dict[str, str] | None = None,
    environ: dict[str, str] | None = None,
    profile: Profile | None = HERE,
    named: str | None = None,
) -> Context:
    given = {name: Sourced(value, f"--{name}") for name, value in (flags or {}).items()}
    configuration = Configuration(Path("/c.toml"), {profile.name: profile} if profile else {})
    chosen = Chosen(profile, "the only profile") if profile else None
    return Context(Settings(given, profile=named), environ or {}, configuration, chosen)


def test_a_flag_wins_over_a_variable_and_that_over_the_profile() -> None:
    environ = {VARIABLE: "cn-south-1", "KPS_TUI_PROJECT_ID": "of-variable"}
    at = context({"region": "cn-north-4"}, environ).place()
    assert (at.region, at.project_id) == ("cn-north-4", "of-variable")
    assert at.sources == {"region": FLAG, "project_id": "KPS_TUI_PROJECT_ID"}
    assert context(environ=environ).place().region == "cn-south-1"
    at = context().place()
    assert (at.region, at.project_id) == ("cn-east-3", "of-profile")
    assert at.sources["region"] == "profiles.prod.region in /c.toml"


def test_a_profile_named_by_flag_brings_its_own_place() -> None:
    environ = {VARIABLE: "cn-south-1", "KPS_TUI_PROJECT_ID": "of-variable"}
    at = context(environ=environ, named="prod").place()
    assert (at.region, at.project_id) == ("cn-east-3", "of-profile")
    assert context({"region": "cn-north-4"}, environ, named="prod").place().region == "cn-north-4"


def test_several_profiles_and_none_chosen_is_said() -> None:
    configuration = Configuration(Path("/c.toml"), {name: Profile(name) for name in "ab"})
    with pytest.raises(ConfigError, match="there are several profiles") as caught:
        Context(Settings(), {}, configuration, None).place()
    assert "no default: a, b · " in str(caught.value)
    with pytest.raises(ConfigError, match="no region is set"):
        context(profile=None).place()


@pytest.mark.parametrize(
    ("given", "service", "iam"),
    [
        ({"region": "cn-north-4"}, "https://kms.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com"),
        ({"region": "cn-north-11"}, "https://kms.cn-north-11.myhuaweicloud.com", "https://iam.myhuaweicloud.com"),
        ({"region": "eu-west-101"}, "https://kms.eu-west-101.myhuaweicloud.eu", "https://iam.eu-west-101.myhuaweicloud.eu"),
        ({"endpoint": "https://kms.r.other.example:8443/v3"}, "https://kms.r.other.example:8443", "https://iam.r.other.example:8443"),
        ({"endpoint": "https://keys.example"}, "https://keys.example", "https://keys.example"),
        ({"endpoint": "http://127.0.0.1:1"}, "http://127.0.0.1:1", "http://127.0.0.1:1"),
        ({"endpoint": "https://kms.x.example", "region": "cn-north-4"}, "https://kms.x.example", "https://iam.x.example"),
        ({"endpoint": "https://kms.x.example", "iam_endpoint": "https://id.example"}, "https://kms.x.example", "https://id.example"),
        ({"region": "cn-north-4", "iam_endpoint": "https://id.example"}, "https://kms.cn-north-4.myhuaweicloud.com", "https://id.example"),
    ],
)  # fmt: skip
def test_the_iam_is_that_of_the_service_never_of_another_cloud(given: dict[str, str], service: str, iam: str) -> None:
    at = place_of({name: Sourced(value, name) for name, value in given.items()})
    assert (str(at.endpoint), str(at.iam_endpoint)) == (service, iam)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no region is set"),
        ({"project_id": "p"}, "no region is set"),
        ({"region": "../x"}, "the source “../x” is not a region ID"),
        ({"region": "../x", "endpoint": "https://kms.example"}, "is not a region ID"),
        ({"endpoint": "http://kms.example"}, "not encrypted"),
        ({"region": "cn-north-4", "iam_endpoint": "http://iam.example"}, "not encrypted"),
        ({"region": "cn-north-4", "project_id": "a/b"}, "the source “a/b” is not a project ID"),
        ({"region": "cn-north-4", "project_id": "x" * 65}, "is not a project ID"),
    ],
)
def test_what_can_not_be_a_place_is_said_with_its_source(given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        place_of({name: Sourced(value, "the source") for name, value in given.items()})
    assert said in str(caught.value)


def test_a_project_that_is_not_named_is_empty() -> None:
    assert project_id_of(None) == ""


def test_a_place_is_named_after_its_region_else_its_host() -> None:
    assert place_of({"region": Sourced("cn-north-4", "")}).name == "cn-north-4"
    assert place_of({"endpoint": Sourced("https://kms.x.example", "")}).name == "kms.x.example"


def test_what_overrides_a_profile_is_named_beside_it() -> None:
    assert context().place().arguments("prod") == ("--profile", "prod")
    place = context({"region": "cn-north-4"}, {"KPS_TUI_PROJECT_ID": "of-variable"}).place()
    assert place.arguments("prod") == ("--profile", "prod", "--region", "cn-north-4", "--project-id", "of-variable")
    assert place.arguments() == ("--region", "cn-north-4", "--project-id", "of-variable")


FAMILY = {"OS_AUTH_URL": "https://iam.cn-east-3.myhuaweicloud.com/v3", "OS_PROJECT_NAME": "cn-east-3_team"}


def test_a_project_that_a_variable_names_replaces_that_of_the_profile() -> None:
    at = context(environ=FAMILY).place()
    assert (at.project_id, at.project_name) == ("", "cn-east-3_team")
    assert at.sources["project_name"] == "OS_PROJECT_NAME"
    at = context({"project_id": "of-flag"}, FAMILY).place()
    assert (at.project_id, at.project_name) == ("of-flag", "")
    at = context(environ=FAMILY, named="prod").place()
    assert (at.project_id, at.project_name) == ("of-profile", "")


@pytest.mark.parametrize("name", ["a\x1b[2J", "x" * 200])
def test_a_project_name_that_is_none_is_said(name: str) -> None:
    with pytest.raises(ConfigError, match=r"OS_PROJECT_NAME .* is not a project name"):
        context(environ=FAMILY | {"OS_PROJECT_NAME": name}).place()


def test_a_region_of_another_cloud_goes_with_its_endpoint() -> None:
    given = {"region": Sourced("ru-moscow-1", "r"), "endpoint": Sourced("https://kms.ru-moscow-1.example", "e")}
    at = place_of(given)
    assert (at.region, str(at.iam_endpoint)) == ("ru-moscow-1", "https://iam.ru-moscow-1.example")
    with pytest.raises(ConfigError, match="is a region of Cloud"):
        place_of({"region": Sourced("ru-moscow-1", "r")})


def test_a_host_that_a_profile_names_is_not_warned_about_again() -> None:
    profile = Profile("prod", endpoint="https://kms.cloud.example", kind="token")
    assert context(profile=profile).place().warnings({}) == ()
    named = context({"endpoint": "https://kms.cloud.example"}, profile=None).place()
    assert len(named.warnings({})) == 1
    assert len([*context(profile=profile).place().host_warnings()]) == 1


def test_a_region_that_is_probably_misspelt_is_noticed_before_a_secret_is_asked_for() -> None:
    [warning] = place_of({"region": Sourced("cn-nroth-4", "r")}).host_warnings()
    assert warning == "kms.cn-nroth-4.myhuaweicloud.com: did you mean the region “cn-north-4”?"
    assert [*place_of({"region": Sourced("cn-north-4", "r")}).host_warnings()] == []
