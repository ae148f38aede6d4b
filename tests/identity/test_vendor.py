"""Logins in the vendor's files, whatever these contain."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kps_tui.identity.profiles import Profile, check_name
from kps_tui.identity.vendor import importable_logins
from kps_tui.kps.credentials import AccessKey, Agency, Secret

AK, SK = "ABCDEFGHIJ0123456789", "abcdefghij0123456789ABCDEFGHIJ0123456789"


def sdk(home: Path, text: str) -> None:
    (home / ".huaweicloud").mkdir(exist_ok=True)
    (home / ".huaweicloud" / "credentials").write_text(text)


def koocli(home: Path, value: object) -> None:
    (home / ".hcloud").mkdir(exist_ok=True)
    (home / ".hcloud" / "config.json").write_text(json.dumps(value))


def test_nothing_there_is_nothing_offered(tmp_path: Path) -> None:
    assert importable_logins(tmp_path) == []
    assert importable_logins(tmp_path / "no") == []
    assert list(tmp_path.iterdir()) == []


def test_what_the_sdk_keeps(tmp_path: Path) -> None:
    sdk(
        tmp_path,
        "[basic]\nak = AKBASIC\nsk = canary-1%s\nproject_id = 0a1b\niam_endpoint = https://iam.example.org\n"
        "[global]\nak = x\nsk = y\n[basic-ops team]\nAK = AKOPS\nSK: canary-2\nsecurity_token = canary-3\n",
    )
    first, second = importable_logins(tmp_path)
    assert first.credential == AccessKey("AKBASIC", Secret("canary-1%s"))
    assert first.profile == Profile(
        "sdk-basic", project_id="0a1b", iam_endpoint="https://iam.example.org", kind="access-key", access_key="AKBASIC"
    )
    assert first.title == f"SDK ({tmp_path}/.huaweicloud/credentials), [basic]"
    assert second.credential == AccessKey("AKOPS", Secret("canary-2"), Secret("canary-3"))
    assert second.profile.name == "sdk-basic-ops-team"
    assert "canary" not in repr([first, second])


def test_what_was_written_twice_counts_as_it_was_written_last(tmp_path: Path) -> None:
    sdk(tmp_path, "[basic]\nak = A\nak = B\nsk = s\n[basic]\nsk = t\n")
    assert [offer.credential for offer in importable_logins(tmp_path)] == [AccessKey("B", Secret("t"))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[basic]\nak = x\n", "it has no complete access key (ak and sk)"),
        ("[basic]\nsk = canary\n", "it has no complete access key (ak and sk)"),
        ("[basic]\nak = x\nsk = can ary\n", "sk holds no usable secret key"),
        (
            "[basic]\nidp_id = x\nid_token_file = y\n",
            "it is a federated login; kps-tui reads only access keys from this file",
        ),
        (
            "[basic]\nak = x\nsk = canary\niam_endpoint = http://example.org\n",
            "iam_endpoint “http://example.org” is not enc",
        ),
        ("no section", "it is not an INI file"),
        ("[basic\nak=canary", "it is not an INI file"),
    ],
)
def test_what_the_sdk_keeps_and_cannot_be_used_has_a_reason(tmp_path: Path, text: str, reason: str) -> None:
    sdk(tmp_path, text)
    (offer,) = importable_logins(tmp_path)
    assert offer.credential is None
    assert offer.reason.startswith(reason)
    assert "canary" not in repr(offer)


def test_what_koocli_keeps(tmp_path: Path) -> None:
    koocli(
        tmp_path,
        {
            "current": "deploy",
            "authEncrypt": "false",
            "profiles": [
                {
                    "name": "deploy",
                    "mode": "AKSK",
                    "accessKeyId": "AKX",
                    "secretAccessKey": "c/x+=",
                    "region": "cn-north-4",
                },
                {
                    "name": "",
                    "mode": "AKSK",
                    "accessKeyId": AK,
                    "secretAccessKey": SK,
                    "securityToken": "sts",
                    "projectId": "p",
                },
                {"name": "部署", "mode": "ecsAgency", "agencyName": "a", "region": "cn-north-1"},
                {"name": "sso", "mode": "SSO", "ssoAuth": {"stsToken": {"secretAccessKey": "canary"}}},
                {"name": "half", "mode": "AKSK", "accessKeyId": AK},
                "no profile",
            ],
        },
    )
    deploy, unnamed, agency, sso, half = importable_logins(tmp_path)
    assert deploy.credential == AccessKey("AKX", Secret("c/x+="))
    assert deploy.profile == Profile("koocli-deploy", region="cn-north-4", kind="access-key", access_key="AKX")
    assert unnamed.credential == AccessKey(AK, Secret(SK), Secret("sts"))
    assert (unnamed.profile.name, unnamed.profile.project_id) == ("koocli", "p")
    assert (agency.credential, agency.profile) == (Agency(), Profile("koocli-部署", region="cn-north-1", kind="agency"))
    assert (sso.credential, sso.reason) == (None, "it logs in by SSO; kps-tui can use access keys and agencies")
    assert (half.credential, half.reason) == (None, "it has no complete access key")
    assert "canary" not in repr(importable_logins(tmp_path))


@pytest.mark.parametrize(
    ("encrypted", "access_key", "secret_key", "usable"),
    [
        ("true", AK, SK, False),
        (True, AK, SK, False),
        (None, AK, SK, True),
        (None, "kQ9v/Zt4T1mX8b2c+A==", "c2VjcmV0IHRoYXQgaXMgZW5jcnlwdGVk/w==", False),
        (None, AK, "c2VjcmV0IHRoYXQgaXMgZW5jcnlwdGVk/w==", False),
        ("false", "kQ9vZt4T1mX8b2cA", "anything", True),
        (False, AK, SK, True),
    ],
)
def test_encrypted_secrets_are_recognised_and_explained(
    tmp_path: Path, encrypted: object, access_key: str, secret_key: str, usable: bool
) -> None:
    profile = {"name": "a", "mode": "AKSK", "accessKeyId": access_key, "secretAccessKey": secret_key}
    koocli(tmp_path, {"profiles": [profile], **({} if encrypted is None else {"authEncrypt": encrypted})})
    (offer,) = importable_logins(tmp_path)
    assert (offer.credential is not None) == usable
    assert ("--cli-auth-encrypt=false" in offer.reason) != usable
    assert secret_key not in repr(offer)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[]", b"3", b'{"profiles": 3}', b"[" * 200_000, b"\0" * 10]
)
def test_a_file_that_koocli_never_wrote_has_a_reason(tmp_path: Path, content: bytes) -> None:
    koocli(tmp_path, {})
    (tmp_path / ".hcloud" / "config.json").write_bytes(content)
    (offer,) = importable_logins(tmp_path)
    assert offer.credential is None
    assert offer.reason


def test_what_is_no_file_or_too_large_is_said_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".hcloud").mkdir()
    os.mkfifo(tmp_path / ".hcloud" / "config.json")
    sdk(tmp_path, "#" * (1024 * 1024 + 1))
    assert [offer.reason for offer in importable_logins(tmp_path)] == [
        "it is larger than 1 MiB",
        "it is not a regular file",
    ]


SOMETHING = st.binary(max_size=80) | st.text(st.sampled_from("[]basic=:\n %()#;\"'{},x\\"), max_size=80).map(str.encode)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
KEYS = st.sampled_from(["name", "mode", "accessKeyId", "secretAccessKey", "securityToken", "region", "projectId"])
some_profiles = st.dictionaries(KEYS, scalars | st.sampled_from(["AKSK", "SSO", "ecsAgency", AK, SK]), max_size=7)
some_json = st.fixed_dictionaries(
    {"profiles": st.lists(some_profiles | scalars, max_size=3)}, optional={"authEncrypt": scalars}
).map(lambda value: json.dumps(value).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOMETHING, SOMETHING | some_json)
def test_any_bytes_are_read_or_explained(tmp_path: Path, first: bytes, second: bytes) -> None:
    for name, content in ((".huaweicloud/credentials", first), (".hcloud/config.json", second)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    for offer in importable_logins(tmp_path):
        assert (offer.credential is None) == bool(offer.reason)
        assert offer.title.isprintable()
        assert offer.reason.isprintable()
        check_name(offer.profile.name)
