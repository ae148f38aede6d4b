"""A secret never appears in a text."""

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.credentials import AccessKey, Agency, Password, Secret, Token
from kps_tui.problems import CredentialError

CANARY = "canary-secret-7c1e"

SHOWN: list[Callable[[object], str]] = [
    repr,
    str,
    ascii,
    format,
    lambda value: f"{value}",
    lambda value: f"{value!r}",
    lambda value: f"{value!s}",
    lambda value: f"{value!a}",
    lambda value: f"{value=}",
    lambda value: "{}".format(value),  # noqa: UP032
    lambda value: "%s %r" % (value, value),  # noqa: UP031
    lambda value: repr([value, {value: value}, (value,)]),
    pprint.pformat,
    lambda value: repr(dir(value)),
    lambda value: repr(Exception(value)),
    lambda value: str(KeyError(value)),
    lambda value: logging.makeLogRecord({"msg": "%s %r", "args": (value, value)}).getMessage(),
]
"""Ways to convert a value to text."""


def test_a_secret_is_what_it_was_made_of() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert Token.parse(Secret(CANARY), "a test").secret.reveal() == CANARY


VALUES = {
    "secret": Secret(CANARY),
    "token": Token(Secret(CANARY)),
    "password": Password("u", "a", Secret(CANARY), "id", Secret(CANARY)),
    "access key": AccessKey("AK", Secret(CANARY), Secret(CANARY)),
}


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_text_of_it_holds_the_secret(show: Callable[[object], str], value: object) -> None:
    text = show(value)
    assert text
    assert CANARY not in text


@pytest.mark.parametrize("spec", [">80", "s", "r", "10"])
def test_a_format_with_a_width_shows_nothing_either(spec: str) -> None:
    with pytest.raises(TypeError) as caught:
        format(Secret(CANARY), spec)
    assert CANARY not in str(caught.value)


def test_a_secret_in_a_dataclass_is_hidden_even_where_its_field_is_shown() -> None:
    @dataclasses.dataclass
    class Holder:
        secret: Secret
        token: Token

    assert repr(Token(Secret(CANARY))) == "Token()"
    text = repr(Holder(Secret(CANARY), Token(Secret(CANARY))))
    assert "Secret(…)" in text
    assert CANARY not in text


def test_a_traceback_with_every_local_does_not_show_it() -> None:
    secret = Secret(CANARY)
    token = Token(secret)

    def fail(inner: Secret, held: dict[str, Token]) -> None:
        raise RuntimeError(f"{inner} {held}")

    with pytest.raises(RuntimeError) as caught:
        fail(secret, {"token": token})
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "Secret(…)" in text
    assert CANARY not in text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [Secret(CANARY), Token(Secret(CANARY)), [Secret(CANARY)]], ids=repr)
def test_it_is_not_pickled(value: object, protocol: int) -> None:
    with pytest.raises(TypeError) as caught:
        pickle.dumps(value, protocol)
    assert CANARY not in str(caught.value)


def test_it_is_not_copied_unseen() -> None:
    for copied in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(Secret(CANARY))
    with pytest.raises(TypeError):
        dataclasses.asdict(Token(Secret(CANARY)))


def test_it_is_no_json() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"secret": Secret(CANARY)})
    assert CANARY not in str(caught.value)
    assert CANARY not in json.dumps({"secret": Secret(CANARY)}, default=str)


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(CANARY))
    with pytest.raises(AttributeError):
        setattr(Secret(CANARY), "note", "x")  # noqa: B010


def test_secrets_are_equal_by_what_they_hold_and_never_equal_to_a_text() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    assert Token(Secret(CANARY)) == Token(Secret(CANARY))
    assert Token(Secret(CANARY)) != Token(Secret("other"))


def test_a_token_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Token(Secret(CANARY)).secret = Secret("other")  # type: ignore[misc]


@pytest.mark.parametrize("text", ["x", CANARY, "gAAAA" + "aZ09-_+/=." * 400, "".join(map(chr, range(0x21, 0x7F)))])
def test_a_token_of_visible_ascii_is_taken(text: str) -> None:
    assert Token.parse(Secret(text), "KPS_TUI_TOKEN").secret == Secret(text)


@pytest.mark.parametrize(
    "text",
    [
        f" {CANARY}",
        f"{CANARY} ",
        f"{CANARY}\n",
        f"{CANARY}\r\nX-Other: 1",
        f"{CANARY}\x00",
        f"{CANARY}\t",
        f"{CANARY}\x1b[31m",
        f"{CANARY}\x7f",
        f"{CANARY}\x85",
        f"{CANARY}\xa0",
        f"{CANARY} {CANARY}",
        f"{CANARY}é",
        f"{CANARY}\u200b",
        f"\ufeff{CANARY}",
        f"{CANARY}\ud83d",
        f"{CANARY}令牌",
    ],
    ids=ascii,
)
def test_a_token_that_a_header_cannot_carry_is_refused_without_an_echo(text: str) -> None:
    with pytest.raises(CredentialError) as caught:
        Token.parse(Secret(text), "KPS_TUI_TOKEN")
    error = caught.value
    assert error.what.startswith("KPS_TUI_TOKEN ")
    assert error.why
    assert str(error.next_step)
    assert error.exit_code == 4
    assert CANARY not in repr((str(error), error.args, vars(error)))
    stack = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    ours = [frame for frame in stack if frame.filename != __file__]
    assert ours
    assert all(CANARY not in repr(frame.locals) for frame in ours)
    assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_token_is_refused(text: str) -> None:
    with pytest.raises(CredentialError):
        Token.parse(Secret(text), "KPS_TUI_TOKEN")


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_a_token_that_is_taken_fits_a_header_line(text: str) -> None:
    try:
        token = Token.parse(Secret(text), "a test")
    except CredentialError:
        assert not text or any(not "!" <= character <= "~" for character in text)
    else:
        assert token.secret.reveal() == text
        assert text
        assert all("!" <= character <= "~" for character in text)


def refused(parse: Callable[[], object]) -> CredentialError:
    """Return the error for invalid input, after checking that it does not contain the input."""
    with pytest.raises(CredentialError) as caught:
        parse()
    error = caught.value
    assert error.what
    assert error.why
    assert str(error.next_step)
    assert error.exit_code == 4
    assert CANARY not in repr((str(error), error.args, vars(error)))
    assert str(error).isprintable()
    stack = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    assert all(CANARY not in repr(frame.locals) for frame in stack if frame.filename != __file__)
    return error


@pytest.mark.parametrize(
    "text", [CANARY, "with space", " at the ends ", "p\u00e4ss\u5bc6\u7801", "\u00a0", "\U0001f511"]
)
def test_a_password_may_hold_whatever_can_be_typed(text: str) -> None:
    password = Password.parse("ops", "acme", Secret(text), "a test")
    assert password.password.reveal() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{CANARY}\n",
        f"{CANARY}\r\n",
        f"{CANARY}\x00",
        f"{CANARY}\x7f",
        f"{CANARY}\x85",
        f"{CANARY}\ud83d",
        CANARY * 99,
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_a_password_that_is_none_is_refused_without_an_echo(text: str) -> None:
    error = refused(lambda: Password.parse("ops", "acme", Secret(text), "--password-stdin"))
    assert "--password-stdin" in error.what


@pytest.mark.parametrize("name", ["", " ", " ops", "ops ", "o\nps", "o\x1b[31mps", "o\u202eps", "o\ud83dps", "n" * 129])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    user = refused(lambda: Password.parse(name, "acme", Secret(CANARY), "a test"))
    account = refused(lambda: Password.parse("ops", name, Secret(CANARY), "a test"))
    assert ("user name" in user.what, "--user" in str(user.next_step)) == (True, True)
    assert ("account" in account.what, "--account" in str(account.next_step)) == (True, True)


def test_a_code_is_six_digits_and_goes_with_the_user_s_id() -> None:
    def parse(code: str, user_id: str = "u1") -> Password:
        return Password.parse("ops", "acme", Secret(CANARY), "a test", user_id=user_id, passcode=Secret(code))

    assert parse("012345").passcode == Secret("012345")
    for code in ("", "12345", "1234567", "12 456", "12345\n", "\u0661\u0662\u0663\u0664\u0665\u0666", f"{CANARY}"):
        assert "MFA code" in refused(lambda code=code: parse(code)).what  # type: ignore[misc]
    assert "--user-id" in str(refused(lambda: parse("012345", "")).next_step)
    for user_id in ("a b", "a\n", "../x", "i" * 65):
        error = refused(lambda user_id=user_id: parse("012345", user_id))  # type: ignore[misc]
        assert ("user ID" in error.what, "--user-id" in str(error.next_step)) == (True, True)


@pytest.mark.parametrize("text", ["", " ", f"{CANARY} ", f"{CANARY}\n", f"{CANARY}\u00e9", f"{CANARY}\x1b", "s" * 257])
def test_an_access_key_that_is_none_is_refused_without_an_echo(text: str) -> None:
    assert AccessKey.parse("AK", Secret(CANARY), "a test", Secret("t")).secret_key == Secret(CANARY)
    assert "a test" in refused(lambda: AccessKey.parse("AK", Secret(text), "a test")).what
    if len(text) < 200:
        refused(lambda: AccessKey.parse("AK", Secret(CANARY), "a test", Secret(text)))


@pytest.mark.parametrize("text", ["", " ", "AK EXAMPLE", "AK,", "AK=", "AK\n", "\u00e9", "A" * 129])
def test_an_id_of_an_access_key_that_is_none_is_refused(text: str) -> None:
    error = refused(lambda: AccessKey.parse(text, Secret(CANARY), "a test"))
    assert ("access key ID" in error.what, "--access-key" in str(error.next_step)) == (True, True)
    assert not text.strip() or text not in str(error)


def test_an_agency_holds_nothing() -> None:
    assert Agency() == Agency()
    assert repr(Agency()) == "Agency()"
