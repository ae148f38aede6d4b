"""From the login form to a verified login, and what is stored of it."""

import pytest

from kps_tui.identity.login_kinds import ACCESS_KEY, AGENCY, PASSWORD, TOKEN, LoginKind
from kps_tui.identity.profiles import Profile
from kps_tui.identity.vault import KeyringState
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Secret, Token
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.place import place_of
from kps_tui.session.sign_in import LoginForm, SeveralProjects, profile_of, storage_sentence
from kps_tui.session.target import Target
from kps_tui.settings import Sourced

SECRET = Secret("canary-secret")
NORTH = {"region": Sourced("cn-north-4", "--region"), "project_id": Sourced("p1", "--project-id")}


def test_another_place_takes_the_old_endpoints_away_and_keeps_the_project() -> None:
    before = LoginForm({**NORTH, "iam_endpoint": Sourced("https://id.example", "")})
    elsewhere = before.at("https://kms.other.example")
    assert elsewhere.where == "https://kms.other.example"
    assert set(elsewhere.place) == {"endpoint", "project_id"}
    assert str(elsewhere.checked_place().iam_endpoint) == "https://iam.other.example"
    back = elsewhere.at("cn-east-3")
    assert (back.where, set(back.place)) == ("cn-east-3", {"region", "project_id"})
    assert before.where == "cn-north-4", "a form is not changed in place"


@pytest.mark.parametrize("text", ["", "../x", "http://kms.example", "https://me:pw@kms.example", "ftp://x"])
def test_what_can_not_be_a_place_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LoginForm().at(text)
    assert "pw@" not in str(caught.value)


def test_what_is_known_of_a_field() -> None:
    form = LoginForm(NORTH, hints={"user": "ops"})
    assert [form.known(name) for name in ("project_id", "user", "account")] == ["p1", "ops", ""]
    assert LoginForm().known("project_id") == LoginForm().where == ""


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (TOKEN, {"token": SECRET}, Token(SECRET)),
        (
            PASSWORD,
            {"user": "ops", "account": "acme", "password": SECRET, "user_id": "", "passcode": Secret("")},
            Password("ops", "acme", SECRET),
        ),
        (
            PASSWORD,
            {"user": "ops", "account": "acme", "password": SECRET, "user_id": "u1", "passcode": Secret("123456")},
            Password("ops", "acme", SECRET, "u1", Secret("123456")),
        ),
        (
            ACCESS_KEY,
            {"access_key": "AK", "secret_key": SECRET, "security_token": Secret("")},
            AccessKey("AK", SECRET),
        ),
        (
            ACCESS_KEY,
            {"access_key": "AK", "secret_key": SECRET, "security_token": Secret("sts")},
            AccessKey("AK", SECRET, Secret("sts")),
        ),
        (AGENCY, {}, Agency()),
    ],
)
def test_a_login_of_each_kind(kind: LoginKind, values: dict[str, str | Secret], expected: Credential) -> None:
    form = LoginForm(NORTH).with_kind(kind).with_login({**values, "project_id": "p2"})
    assert form.credential == expected
    assert form.checked_place().project_id == "p2"
    assert LoginForm(NORTH).with_kind(kind).with_login(values).checked_place().project_id == "", "the field was emptied"
    assert "canary" not in repr(form)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (TOKEN, {}),
        (TOKEN, {"token": Secret("canary secret")}),
        (TOKEN, {"token": "canary-as-a-plain-text"}),
        (PASSWORD, {"user": "ops", "account": "acme", "password": Secret("")}),
        (PASSWORD, {"user": "", "account": "acme", "password": SECRET}),
        (PASSWORD, {"user": "ops", "account": "a", "password": SECRET, "passcode": Secret("123456")}),
        (ACCESS_KEY, {"access_key": "A K", "secret_key": SECRET}),
        (ACCESS_KEY, {"access_key": "AK", "secret_key": Secret("canary\n")}),
    ],
)
def test_what_can_not_be_a_login_is_refused_without_an_echo(kind: LoginKind, values: dict[str, str | Secret]) -> None:
    with pytest.raises(CredentialError) as caught:
        LoginForm(NORTH, kind).with_login(values)
    assert "canary" not in str(caught.value)


def test_a_project_id_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not a project ID"):
        LoginForm(NORTH, AGENCY).with_login({"project_id": "a b"})


@pytest.mark.parametrize(
    ("credential", "rest"),
    [
        (Token(SECRET), {"kind": "token"}),
        (
            Password("ops", "acme", SECRET, "u1", Secret("123456")),
            {"kind": "password", "user": "ops", "account": "acme", "user_id": "u1"},
        ),
        (AccessKey("AK", SECRET, SECRET), {"kind": "access-key", "access_key": "AK"}),
        (Agency(), {"kind": "agency"}),
    ],
)
def test_a_profile_holds_everything_but_the_secret(credential: Credential, rest: dict[str, str]) -> None:
    profile = profile_of("prod", Target(place_of(NORTH), credential, "login"))
    assert profile == Profile("prod", region="cn-north-4", project_id="p1", **rest)
    assert "canary" not in repr(profile)
    assert "123456" not in repr(profile)


def test_a_profile_names_only_the_endpoints_that_were_named() -> None:
    token = Token(SECRET)
    given = {"endpoint": Sourced("https://kms.x.example/v3", "")}
    profile = profile_of("a", Target(place_of(given), token, "login"))
    assert (profile.endpoint, profile.iam_endpoint, profile.region) == ("https://kms.x.example", "", "")
    given["iam_endpoint"] = Sourced("https://id.example", "")
    assert profile_of("a", Target(place_of(given), token, "login")).iam_endpoint == "https://id.example"


def test_where_a_login_will_be_kept_is_said() -> None:
    assert "kept in the keyring of this system (Secret Service)" in storage_sentence(
        KeyringState("Secret Service", "reachable", 1)
    )
    said = storage_sentence(KeyringState("", "none", 1, CredentialError("there is no keyring", why="no bus")))
    assert said == "An accepted login is kept in memory until you quit: there is no keyring."


def test_several_projects_are_named_and_can_not_forge_a_line() -> None:
    error = SeveralProjects([("p1", "cn-north-4"), ("p2", "a\nb\x1b[31m")])
    assert "cn-north-4 (p1)" in str(error)
    assert str(error).isprintable()
    assert error.exit_code == 2
