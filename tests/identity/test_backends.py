"""Which keyring is chosen: with real classes of this test in place of those of the library."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from kps_tui.identity.backends import KERNEL, VARIABLE, OpenKeyring, open_by_title, open_keyring
from kps_tui.identity.keyring_errors import Absent, NoKeyring
from kps_tui.problems import CredentialError
from tests.identity.kernel import needs_kernel_keyring

pytestmark = [needs_kernel_keyring, pytest.mark.usefixtures("service")]
CHOSEN = {VARIABLE: "keyring.backends.chainer.ChainerBackend"}
"""The best of all, whatever a file on this machine chooses."""


class Service:
    """What takes the place of the Secret Service: it works, or raises `error`."""

    error: BaseException | None = None


class _Priority:
    def __get__(self, instance: object, owner: object) -> float:
        if Service.error is not None:
            raise Service.error
        return 5


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = ModuleType("keyring.backends.SecretService")
    module.Keyring = type("Keyring", (), {"priority": _Priority()})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring.backends.SecretService", module)
    yield
    Service.error = None


def test_the_kernel_comes_after_a_service() -> None:
    assert open_keyring(environ=CHOSEN).title == "Secret Service"
    assert open_keyring(KERNEL, {VARIABLE: ""}).title == KERNEL, "the profile names it"


@pytest.mark.parametrize(
    "error", [RuntimeError("no bus"), FileNotFoundError(), ConnectionRefusedError(), PermissionError(), ImportError()]
)
def test_where_no_service_is_there_it_is_the_kernel(error: Exception) -> None:
    Service.error = error
    assert open_keyring(environ=CHOSEN).title == KERNEL
    with pytest.raises(Absent):
        open_by_title("Secret Service", CHOSEN)


@pytest.mark.parametrize("error", [TimeoutError(), LookupError("canary: an answer that is none"), AssertionError()])
def test_where_a_service_is_there_and_does_not_answer_it_is_not_the_kernel(error: Exception) -> None:
    Service.error = error
    calls: list[Callable[[], OpenKeyring]] = [
        lambda: open_keyring(environ=CHOSEN),
        lambda: open_by_title("Secret Service", CHOSEN),
    ]
    for call in calls:
        with pytest.raises(CredentialError) as caught:
            call()
        assert caught.value.exit_code == 4
        assert not isinstance(caught.value, Absent)
        assert "Secret Service" in str(caught.value)
        assert "canary" not in str(caught.value)


def test_a_chosen_one_counts_before_the_profile_s() -> None:
    chosen = {VARIABLE: "kps_tui.identity.kernel_keyring.KernelKeyring"}
    assert open_keyring("Secret Service", chosen).title == KERNEL
    Service.error = RuntimeError("no bus")
    with pytest.raises(NoKeyring, match="there is no keyring"):
        open_keyring(KERNEL, {VARIABLE: "keyring.backends.SecretService.Keyring"})


def test_where_its_library_can_not_be_loaded_a_service_that_may_be_there_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "secretstorage", None)
    named = r"Secret Service.*the library “secretstorage” can't be loaded"
    for nowhere in ({}, {"XDG_RUNTIME_DIR": "/" + "x" * 300}):
        assert open_keyring(environ=CHOSEN | nowhere).title == KERNEL, "there is no session bus"
    with pytest.raises(Absent, match=named):
        open_by_title("Secret Service", CHOSEN)
    with pytest.raises(NoKeyring, match=named):
        open_keyring(environ=CHOSEN | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/0/bus"})
