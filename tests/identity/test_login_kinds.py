"""Each kind of login is consistent with its credential, its profile and its keyring item."""

from dataclasses import fields
from typing import get_args

import pytest

from kps_tui.identity.login_kinds import LOGIN_KINDS, LoginKind, is_in_keyring, login_kind_of
from kps_tui.identity.profiles import ENVIRONMENT, KINDS, PROFILE_FIELDS
from kps_tui.identity.stored import Stored, from_json, to_json
from kps_tui.kps.credentials import Credential, Secret, Token

EXAMPLES: dict[str, str | Secret] = {"user_id": "u1", "passcode": Secret("123456")}
"""Values of fields that do not accept every text."""


def filled(kind: LoginKind) -> dict[str, str | Secret]:
    default: dict[str, str | Secret] = {
        field.name: Secret("canary") if field.secret else "name" for field in kind.fields
    }
    return {name: EXAMPLES.get(name, value) for name, value in default.items()}


def test_every_credential_has_a_kind_and_every_kind_is_one_of_a_profile() -> None:
    assert {kind.credential for kind in LOGIN_KINDS.values()} == set(get_args(Credential))
    assert (*LOGIN_KINDS, ENVIRONMENT) == KINDS
    assert [name for name in KINDS if is_in_keyring(name)] == ["token", "password", "access-key"]


@pytest.mark.parametrize("kind", LOGIN_KINDS.values(), ids=LOGIN_KINDS)
def test_a_filled_form_makes_a_credential_that_gives_its_values_back(kind: LoginKind) -> None:
    values = filled(kind)
    credential = kind.from_form(values)
    assert login_kind_of(credential) is kind
    if not isinstance(credential, Token):
        assert {name: getattr(credential, name) for name in values} == values
        assert {field.name for field in fields(credential)} == set(values)
    assert kind.plain_values(credential) == {name: text for name, text in values.items() if isinstance(text, str)}
    assert {field.name for field in kind.plain_fields} <= set(PROFILE_FIELDS), "a profile has a key for it"
    assert "canary" not in repr(credential)


@pytest.mark.parametrize("kind", [kind for kind in LOGIN_KINDS.values() if kind.is_stored], ids=lambda kind: kind.name)
def test_the_item_of_each_kind_is_read_back_without_what_serves_once(kind: LoginKind) -> None:
    values = filled(kind)
    once = {field.name for field in kind.fields if field.one_time}
    expected = kind.from_form({name: value for name, value in values.items() if name not in once})
    assert from_json(to_json(Stored(kind.from_form(values))), "prod").credential == expected


@pytest.mark.parametrize("kind", LOGIN_KINDS.values(), ids=LOGIN_KINDS)
def test_every_field_says_what_the_form_and_the_command_line_ask(kind: LoginKind) -> None:
    assert kind.title()
    assert kind.description()
    for field in kind.fields:
        assert field.label()
        assert field.question() if field.secret else field.help()
        assert not field.needs or field.needs in {other.name for other in kind.plain_fields}
    assert (kind.secret.help() and kind.secret.source()) if kind.secret else kind.source()
