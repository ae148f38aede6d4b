"""The vault with fake keyrings that fail in ways that a real one rarely does."""

import asyncio
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.keyring_errors import (
    ItemUnreadable,
    KeyringHung,
    KeyringLocked,
    NoKeyring,
    NoKeyringForWriting,
    NotForgotten,
    NotKept,
)
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import KeyringItem, KeyringState, Vault
from kps_tui.kps.credentials import AccessKey, Password, Secret, Token
from kps_tui.problems import CredentialError

CANARY = "canary-5b7e"
STORED = Stored(Password("ops", "example", Secret(CANARY)), Token(Secret(CANARY + "-token")))


class Keyring:
    """A keyring in memory that works correctly."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], list[str]] = {}
        self.writes = 0

    def get_password(self, service: str, user: str) -> str | None:
        found = self.items.get((service, user), [])
        return found[0] if found else None

    def set_password(self, service: str, user: str, text: str) -> None:
        self.writes += 1
        self.items[service, user] = [text]

    def delete_password(self, service: str, user: str) -> None:
        self.items[service, user].pop(0)


def opened_vault(keyring: Any, seconds: float = 30) -> Vault:
    return Vault(lambda: OpenKeyring("Test Keyring", keyring), read_seconds=seconds, write_seconds=seconds)


def vault_of(keyring: Any, seconds: float = 30) -> "Waiting":
    return Waiting(opened_vault(keyring, seconds))


class Waiting:
    """A vault with blocking methods, for tests without an event loop."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self, profile: str) -> Stored | None:
        kept = asyncio.run(self._vault.read(profile))
        return kept.stored if kept else None

    def write(self, profile: str, stored: Stored, *, replace_unreadable: bool = False) -> None:
        asyncio.run(self._vault.write(profile, stored, replace_unreadable=replace_unreadable))

    def delete(self, profile: str) -> bool:
        """Return whether there was an item; raise the problem of the only keyring."""
        everywhere = asyncio.run(self._vault.delete(profile))
        for problem in everywhere.problems.values():
            raise problem
        return bool(everywhere.done)

    def state(self) -> KeyringState:
        return asyncio.run(self._vault.state())


CALLS: dict[str, Callable[[Waiting], object]] = {
    "read": lambda vault: vault.read("prod"),
    "write": lambda vault: vault.write("prod", STORED),
    "delete": lambda vault: vault.delete("prod"),
}


def everything_of(error: BaseException) -> str:
    """Everything that a crash report could show of the error, with local variables of our frames."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [repr(frame.locals) for frame in found.stack if frame.filename != __file__]
    return repr((str(error), error.args, vars(error), error.__cause__, error.__context__, frames))


def test_one_item_for_each_profile_under_one_service() -> None:
    keyring = Keyring()
    vault = vault_of(keyring)
    vault.write("prod", STORED)
    vault.write("test", Stored(AccessKey("AK", Secret("SK"))))
    assert sorted(keyring.items) == [("kps-tui", "prod"), ("kps-tui", "test")]
    assert vault.read("prod") == STORED
    assert vault.read("lost") is None


class ForgetsAll(Keyring):
    def set_password(self, service: str, user: str, text: str) -> None:
        self.writes += 1


class CutsOff(Keyring):
    def set_password(self, service: str, user: str, text: str) -> None:
        super().set_password(service, user, text[:20])


@pytest.mark.parametrize("kind", [ForgetsAll, CutsOff])
def test_a_keyring_that_does_not_give_back_what_it_took_is_found_out(kind: type[Keyring]) -> None:
    with pytest.raises(NotKept) as caught:
        vault_of(kind()).write("prod", STORED)
    assert caught.value.exit_code == 2
    assert CANARY not in everything_of(caught.value)


class HoldsOn(Keyring):
    def delete_password(self, service: str, user: str) -> None:
        pass


def test_a_delete_that_did_not_happen_is_found_out() -> None:
    vault = vault_of(HoldsOn())
    vault.write("prod", STORED)
    with pytest.raises(NotForgotten) as caught:
        vault.delete("prod")
    assert CANARY not in everything_of(caught.value)


class HoldsOnToOne(Keyring):
    def delete_password(self, service: str, user: str) -> None:
        if user != "stuck":
            super().delete_password(service, user)


def test_one_item_that_stays_keeps_no_other_from_being_deleted() -> None:
    keyring = HoldsOnToOne()
    vault = opened_vault(keyring)
    for name in ("first", "stuck", "last"):
        keyring.set_password("kps-tui", name, "item")
    names = {"first": "", "stuck": "", "absent": "", "last": ""}
    removed, everywhere = asyncio.run(vault.delete_all(names))
    assert removed == ["first", "last"]
    assert [type(problem) for problem in everywhere.problems.values()] == [NotForgotten]
    assert everywhere.exit_code == NotForgotten.exit_code


class LocksAgain(Keyring):
    """Deletes one item, then is locked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get_password(self, service: str, user: str) -> str | None:
        self.asked.append(user)
        if user != "first":
            raise KeyringLocked("the keyring is locked")
        return super().get_password(service, user)


def test_a_keyring_that_locks_meanwhile_is_asked_once_more_and_what_was_deleted_is_told() -> None:
    keyring = LocksAgain()
    keyring.set_password("kps-tui", "first", "item")
    removed, everywhere = asyncio.run(opened_vault(keyring).delete_all({"first": "", "second": "", "third": ""}))
    assert removed == ["first"]
    assert [type(problem) for problem in everywhere.problems.values()] == [KeyringLocked]
    assert keyring.asked.count("second") == 1
    assert "third" not in keyring.asked


def test_every_copy_of_an_item_is_deleted() -> None:
    keyring = Keyring()
    keyring.items["kps-tui", "prod"] = ["a", "b", "c"]
    assert vault_of(keyring).delete("prod") is True
    assert keyring.items["kps-tui", "prod"] == []


class DeletedByAnother(Keyring):
    def delete_password(self, service: str, user: str) -> None:
        self.items.clear()
        raise LookupError("no such password")


def test_what_another_process_deleted_meanwhile_is_deleted() -> None:
    vault = vault_of(DeletedByAnother())
    vault.write("prod", STORED)
    assert vault.delete("prod") is True


class Fails(Keyring):
    error: ClassVar[type[BaseException]] = RuntimeError

    def get_password(self, service: str, user: str) -> str | None:
        text = f"{CANARY}-local"
        raise self.error(text)

    set_password = get_password  # type: ignore[assignment]
    delete_password = get_password  # type: ignore[assignment]


class PanicException(BaseException):
    """An error like those that the cryptography library raises from Rust."""


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [RuntimeError, OSError, EOFError, SystemExit, KeyboardInterrupt, PanicException])
def test_whatever_a_keyring_raises_is_no_keyring_and_its_text_is_not_shown(
    call: str, error: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    keyring = type("Raises", (Fails,), {"error": error})()
    with pytest.raises(NoKeyring) as caught:
        CALLS[call](vault_of(keyring))
    assert error.__name__ in caught.value.why
    assert isinstance(caught.value, NoKeyringForWriting) == (call == "write")
    assert CANARY not in everything_of(caught.value)
    assert capfd.readouterr() == ("", "")


class ExplainsItself(Keyring):
    """Raises one of our errors, with another error as its cause."""

    def get_password(self, service: str, user: str) -> str | None:
        try:
            raise LookupError(CANARY)
        except LookupError as error:
            raise KeyringLocked("locked") from error


def test_what_stands_behind_an_error_is_dropped() -> None:
    with pytest.raises(KeyringLocked) as caught:
        vault_of(ExplainsItself()).read("prod")
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


class FailsToWrite(Keyring):
    def set_password(self, service: str, user: str, text: str) -> None:
        raise UnicodeEncodeError("ascii", text, 0, 1, "no")


def test_a_write_that_fails_shows_nothing_of_what_was_written() -> None:
    with pytest.raises(NoKeyring) as caught:
        vault_of(FailsToWrite()).write("prod", STORED)
    assert CANARY not in everything_of(caught.value)


@pytest.mark.parametrize("name", ["KeyringLocked", "InitError", "LockedException", "PromptDismissedException"])
def test_the_errors_of_a_locked_keyring_are_known_by_their_names(name: str) -> None:
    keyring = type("Raises", (Fails,), {"error": type(name, (Exception,), {})})()
    with pytest.raises(KeyringLocked):
        vault_of(keyring).read("prod")
    assert vault_of(keyring).state().condition == "locked"


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '"x"', "1", "\x00", "[" * 100_000, "9" * 5000, '{"schema": true}']
)
def test_a_damaged_item_is_said_and_stays(text: str) -> None:
    keyring = Keyring()
    keyring.items["kps-tui", "prod"] = [text]
    vault = vault_of(keyring)
    with pytest.raises(ItemUnreadable):
        vault.read("prod")
    with pytest.raises(ItemUnreadable):
        vault.write("prod", STORED)
    assert (keyring.writes, keyring.items["kps-tui", "prod"]) == (0, [text])
    vault.write("prod", STORED, replace_unreadable=True)
    assert vault.read("prod") == STORED


class Hangs(Keyring):
    """Responds only when a test allows it, like a keyring that waits for its password."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.let = threading.Event()
        self.answered = threading.Event()

    def get_password(self, service: str, user: str) -> str | None:
        self.asked.set()
        self.let.wait(60)
        return super().get_password(service, user)

    def set_password(self, service: str, user: str, text: str) -> None:
        super().set_password(service, user, text)
        self.answered.set()


@pytest.mark.parametrize("call", CALLS)
def test_a_keyring_that_hangs_is_given_up_in_a_thread_that_nobody_waits_for(call: str) -> None:
    keyring = Hangs()
    before = set(threading.enumerate())
    with pytest.raises(KeyringHung) as caught:
        CALLS[call](vault_of(keyring, 0.2))
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    assert caught.value.what == "the keyring (Test Keyring) did not answer in 0.2 s"
    assert CANARY not in everything_of(caught.value)
    keyring.let.set()
    thread.join(30)
    assert keyring.writes == 0, "unlocked later, it must not keep what we said was not kept"


def test_the_state_of_a_keyring_that_hangs() -> None:
    keyring = Hangs()
    state = vault_of(keyring, 0.2).state()
    assert (state.condition, state.backend) == ("hung", "Test Keyring")
    assert state.milliseconds >= 200
    keyring.let.set()


def given_up(keyring: Hangs, give_up: Callable[["asyncio.Task[KeyringItem]"], object]) -> None:
    """Start a write, cancel it after the keyring has been called, then let the keyring respond."""

    async def go() -> None:
        writing = asyncio.create_task(opened_vault(keyring, 60).write("prod", STORED))
        assert await asyncio.to_thread(keyring.asked.wait, 30)
        give_up(writing)
        await writing

    before = set(threading.enumerate())
    try:
        asyncio.run(go())
    finally:
        (thread,) = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
        keyring.let.set()
        thread.join(30)


def test_the_user_may_stop_waiting_and_then_nothing_is_written() -> None:
    keyring = Hangs()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        given_up(keyring, lambda writing: writing.cancel())
    assert time.monotonic() - began < 30
    assert keyring.writes == 0


def test_an_interrupt_while_waiting_ends_the_write_too() -> None:
    keyring = Hangs()
    with pytest.raises(KeyboardInterrupt):
        given_up(keyring, lambda writing: signal.raise_signal(signal.SIGINT))
    assert keyring.writes == 0


def test_a_token_is_written_without_waiting_for_it() -> None:
    keyring = Hangs()
    before = set(threading.enumerate())
    opened_vault(keyring).write_later("prod", STORED)
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    keyring.let.set()
    thread.join(30)
    assert vault_of(keyring).read("prod") == STORED


def test_a_token_is_not_written_after_the_deadline_nor_is_an_error_shown(capfd: pytest.CaptureFixture[str]) -> None:
    keyring, broken = Hangs(), Fails()
    before = set(threading.enumerate())
    opened_vault(keyring, -1).write_later("prod", STORED)
    opened_vault(broken).write_later("prod", STORED)
    keyring.let.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert keyring.writes == 0
    assert capfd.readouterr() == ("", "")


def test_state_says_nothing_of_a_keyring_that_cannot_be_opened() -> None:
    def opened() -> OpenKeyring:
        raise NoKeyring("there is no keyring")

    state = asyncio.run(Vault(opened).state())
    assert (state.backend, state.condition) == ("", "none")
    assert isinstance(state.problem, CredentialError)
