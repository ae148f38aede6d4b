"""Logins survive storing and reading, and no error contains a part of a stored one."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.keyring_errors import ItemUnreadable
from kps_tui.identity.stored import SCHEMA, Origins, Stored, from_json, to_json
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token

visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=80)
times = st.none() | st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=8))))
tokens = st.builds(Token, visible.map(Secret), times)
keys = st.builds(
    AccessKey,
    st.text("ABCXYZ0189", min_size=1, max_size=40),
    visible.map(Secret),
    st.none() | visible.map(Secret),
)
printable = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text == text.strip())
passwords = st.builds(Password, printable, printable, printable.map(Secret), st.just("") | st.just("0a1b"))
origins = st.none() | st.builds(Origins, printable, printable)
kept = st.builds(Stored, tokens | keys, origins=origins) | st.builds(Stored, passwords, st.none() | tokens, origins)


@given(kept)
def test_it_comes_back_as_it_was_in_plain_ascii(stored: Stored) -> None:
    text = to_json(stored)
    assert text.isascii()
    assert from_json(text, "prod") == stored


def test_the_code_of_an_mfa_device_is_not_kept() -> None:
    text = to_json(Stored(Password("ops", "example", Secret("p"), "u1", Secret("123456"))))
    assert "123456" not in text
    assert from_json(text, "prod").credential == Password("ops", "example", Secret("p"), "u1")


def test_a_time_without_a_zone_is_utc() -> None:
    text = json.dumps({"schema": 1, "kind": "token", "token": {"token": "t", "expires_at": "2026-11-24T01:02:03"}})
    assert from_json(text, "p").credential == Token(Secret("t"), datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC))


def test_an_item_of_the_first_version_has_no_origins() -> None:
    text = json.dumps({"schema": 1, "kind": "token", "token": {"token": "t"}})
    assert from_json(text, "p") == Stored(Token(Secret("t")), origins=None)


def test_nothing_of_it_shows() -> None:
    stored = Stored(
        Password("ops", "example", Secret("canary-1"), passcode=Secret("canary-2")), Token(Secret("canary-3"))
    )
    assert "canary" not in repr(stored)


def check_read_or_said(text: str) -> None:
    said: ItemUnreadable | None = None
    try:
        from_json(text, "prod")
    except ItemUnreadable as error:
        said = error
    if said is not None:
        assert said.why
        assert (said.__context__, said.__cause__) == (None, None)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = ["token", "password", "user", "account", "user_id", "access_key", "secret_key", "security_token", "expires_at"]
PARTS += ["origins"]


@given(
    st.fixed_dictionaries(
        {"schema": st.just(SCHEMA) | values, "kind": st.sampled_from(["token", "password", "access-key", "x"])},
        optional={part: values | st.just({"token": "t"}) | st.just("x") for part in PARTS},
    )
    | values
)
def test_whatever_lies_there_is_read_or_said(value: object) -> None:
    check_read_or_said(json.dumps(value))


@given(st.text(max_size=40))
def test_any_text_is_read_or_said(text: str) -> None:
    check_read_or_said(text)


@pytest.mark.parametrize("schema", [SCHEMA + 1, 10**9, 10**400], ids=["next", "10^9", "10^400"])
def test_an_item_of_a_newer_version_is_named_as_such(schema: int) -> None:
    with pytest.raises(ItemUnreadable) as caught:
        from_json(json.dumps({"schema": schema, "kind": "quantum", "secret": "canary-4"}), "prod")
    assert "newer kps-tui" in caught.value.why
    assert "canary" not in str(caught.value)
