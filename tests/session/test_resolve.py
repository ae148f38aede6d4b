"""The login of a profile: found in its keyring, and bound to the origins it was given for."""

import asyncio
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import Chosen, Configuration, Profile
from kps_tui.identity.stored import Origins, Stored, from_json, to_json
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Password, Secret, Token
from kps_tui.kps.iam_answer import IssuedToken
from kps_tui.problems import CredentialError
from kps_tui.session.resolve import Context, target_of
from kps_tui.session.target import Target
from kps_tui.settings import Settings, Sourced

KMS, IAM = "https://kms.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com"
ORIGINS = Origins(f"{KMS}:443", f"{IAM}:443")
PASSWORD = Password("ops", "acme", Secret("canary"))


class Keyring:
    """A keyring in memory, with the item of one profile."""

    def __init__(self, stored: Stored | None = None) -> None:
        self.text = to_json(stored) if stored else None
        self.is_written = threading.Event()

    def get_password(self, service: str, user: str) -> str | None:
        return self.text

    def set_password(self, service: str, user: str, text: str) -> None:
        self.text = text
        self.is_written.set()


def found(keyring: Keyring, profile: Profile, place: Mapping[str, str] = {}, environ: Mapping[str, str] = {}) -> Target:
    """Return the target of a run that names `place` by options."""
    settings = Settings({key: Sourced(text, f"--{key}") for key, text in place.items()})
    configuration = Configuration(Path("/c.toml"), {profile.name: profile})
    context = Context(settings, environ, configuration, Chosen(profile, "the only profile"))
    return asyncio.run(target_of(context, Vault(lambda: OpenKeyring("memory", keyring))))  # type: ignore[arg-type]


TOKEN = Profile("prod", region="cn-north-4", project_id="p")


def test_a_login_is_found_where_it_belongs_however_the_place_is_written() -> None:
    keyring = Keyring(Stored(Token(Secret("canary")), origins=ORIGINS))
    assert found(keyring, TOKEN).credential == Token(Secret("canary"))
    assert found(keyring, TOKEN, {"endpoint": f"{KMS}:443/v3", "iam_endpoint": IAM}).credential == Token(
        Secret("canary")
    )


@pytest.mark.parametrize(
    ("place", "other", "given"),
    [
        ({"region": "cn-south-1"}, "https://kms.cn-south-1.myhuaweicloud.com:443", f"{KMS}:443"),
        ({"endpoint": f"{KMS}:8443", "iam_endpoint": IAM}, f"{KMS}:8443", f"{KMS}:443"),
        ({"endpoint": f"{KMS}.evil.example"}, f"{KMS}.evil.example:443", f"{KMS}:443"),
        ({"iam_endpoint": "https://iam.evil.example"}, "https://iam.evil.example:443", f"{IAM}:443"),
    ],
)
def test_another_origin_is_named_and_so_is_what_named_it(place: dict[str, str], other: str, given: str) -> None:
    with pytest.raises(CredentialError) as caught:
        found(Keyring(Stored(PASSWORD, origins=ORIGINS)), TOKEN, place)
    assert caught.value.exit_code == 4
    for text in (f"is not sent to {other}", given, f"--{next(iter(place))}"):
        assert text in str(caught.value)


@pytest.mark.parametrize("variable", ["KPS_TUI_ENDPOINT", "KPS_TUI_IAM_ENDPOINT"])
def test_a_variable_is_named_as_the_source(variable: str) -> None:
    with pytest.raises(CredentialError, match=f"{variable} names another"):
        found(Keyring(Stored(PASSWORD, origins=ORIGINS)), TOKEN, environ={variable: "https://evil.example"})


def test_the_machine_s_own_login_goes_where_its_profile_says() -> None:
    agency = Profile("ecs", region="cn-north-4", project_id="p", kind="agency")
    assert found(Keyring(), agency).profile == "ecs"
    with pytest.raises(CredentialError, match=r"is not sent to https://evil\.example"):
        found(Keyring(), agency, {"endpoint": "https://evil.example"})
    with pytest.raises(CredentialError, match=r"is not sent to https://iam\.evil\.example"):
        found(Keyring(), agency, environ={"KPS_TUI_IAM_ENDPOINT": "https://iam.evil.example"})
    anywhere = Profile("ecs", project_id="p", kind="agency")
    assert found(Keyring(), anywhere, {"region": "cn-south-1"}).place.region == "cn-south-1"


def test_the_machine_s_own_login_without_a_place_goes_to_the_vendor_alone() -> None:
    anywhere = Profile("ecs", project_id="p", kind="agency")
    assert found(Keyring(), anywhere, {"endpoint": KMS}).place.endpoint.origin == f"{KMS}:443"
    assert found(Keyring(), anywhere, {"endpoint": "http://127.0.0.1:9"}).profile == "ecs"
    with pytest.raises(CredentialError, match=r"is not sent to https://evil\.example:443.*leave out --endpoint"):
        found(Keyring(), anywhere, {"endpoint": "https://evil.example"})
    with pytest.raises(CredentialError, match=r"leave out KPS_TUI_ENDPOINT, or create a profile"):
        found(Keyring(), anywhere, environ={"KPS_TUI_ENDPOINT": f"{KMS}.evil.example"})
    with pytest.raises(CredentialError, match=r"is not sent to https://iam\.evil\.example:443"):
        found(Keyring(), anywhere, {"endpoint": KMS, "iam_endpoint": "https://iam.evil.example"})
    its_own = Profile("ecs", iam_endpoint="https://iam.other.example", project_id="p", kind="agency")
    assert found(Keyring(), its_own, {"region": "cn-south-1"}).place.region == "cn-south-1"


def test_a_login_stays_bound_to_its_origins_when_its_token_is_renewed() -> None:
    keyring = Keyring(Stored(PASSWORD, origins=ORIGINS))
    target = found(keyring, TOKEN)
    ends = datetime.now(UTC) + timedelta(hours=1)
    renewed = Token(Secret("renewed"), ends)
    target.cache_token(
        IssuedToken(user="", account="", project_id="p", project_name="", expires_at=ends, token=renewed)
    )
    assert keyring.is_written.wait(30)
    assert from_json(str(keyring.text), "prod") == Stored(PASSWORD, renewed, ORIGINS)


def test_an_item_without_origins_is_not_used_whatever_its_version() -> None:
    keyring = Keyring(Stored(PASSWORD))
    for schema in (1, 2):
        keyring.text = json.dumps(json.loads(str(keyring.text)) | {"schema": schema})
        with pytest.raises(CredentialError, match=r"saved by an older version.*log in again"):
            found(keyring, TOKEN)
