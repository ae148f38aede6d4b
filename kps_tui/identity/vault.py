"""Stores the secret of a profile as one item in the system's keyring: service `kps-tui`, user = the profile's name.

Every call, including the import of `keyring`, runs in a daemon thread with a deadline: a stopped keyring daemon never
answers, and a locked one may wait for a password in a window that nobody sees. Cancel the awaiting task to stop
waiting. Every change is verified: a written item is read back, a deleted one is looked up again.

Python output of a backend is caught by the screen, and its log records are dropped. File descriptors are not
redirected, because the screen is drawn through them; backends that write to them are kept out by `backends.ALLOWED`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from kps_tui.blocking import TimedOut, is_abandoned, run_async, start
from kps_tui.i18n import _
from kps_tui.identity import backends
from kps_tui.identity.keyring_errors import (
    KeyringHung,
    KeyringLocked,
    NoKeyring,
    NotAllowed,
    NotForgotten,
    NotKept,
    hung,
    meaning,
    no_place,
    other_ways,
)
from kps_tui.identity.stored import Stored, from_json, to_json
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "kps-tui"
READ_SECONDS = 3.0
WRITE_SECONDS = 60.0
"""Long enough for the user to type the password of the keyring."""
_NOBODY = "-"
"""A user that no item has: the name of a profile never begins with a dash."""
_COPIES = 8
"""How often a delete is tried: a keyring may have several items of one name, and deletes one at a time."""

T = TypeVar("T")
Condition = Literal["reachable", "locked", "none", "hung", "not allowed"]


@dataclass(frozen=True, slots=True)
class KeyringState:
    """The state of the keyring, for doctor."""

    backend: str
    """Its title; empty if there is none."""
    condition: Condition
    milliseconds: int
    problem: CredentialError | None = None


class Vault:
    """Reads, writes and deletes items, each call within its deadline."""

    def __init__(
        self,
        opened: Callable[[], backends.Opened] = backends.opened,
        *,
        read_seconds: float = READ_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._opened = opened
        self._read_seconds = read_seconds
        self._write_seconds = write_seconds

    async def read(self, profile: str) -> Stored | None:
        """Return the item of `profile`, or None.

        Raises:
            CredentialError: one of `keyring_errors`: no keyring, locked, hung, or the item is unreadable.
        """

        def work(backend: "KeyringBackend") -> Stored | None:
            text = backend.get_password(SERVICE, profile)
            return None if text is None else from_json(text, profile)

        return await self._call(work, self._read_seconds)

    async def write(self, profile: str, stored: Stored, *, replace_unreadable: bool = False) -> None:
        """Replace the item of `profile` by `stored`, and read it back.

        Nothing is written after the deadline or once the task is cancelled, even if the keyring is unlocked later.

        Raises:
            CredentialError: as for `read`; `NotKept` if the keyring does not return the same; `ItemUnreadable` if
                the present item can't be read: a newer version may have written it, so the user is asked first.
        """
        try:
            await self._call(partial(_write, profile, stored, replace_unreadable), self._write_seconds)
        except NoKeyring as error:
            problem = no_place(error)
        else:
            return
        raise problem

    def write_later(self, profile: str, stored: Stored) -> None:
        """Start to replace the item of `profile` by `stored`; neither wait for it nor report an error."""
        start(partial(self._attempt, partial(_write, profile, stored, False), []), deadline=self._write_seconds)

    async def delete(self, profile: str) -> bool:
        """Delete the item of `profile`, and verify that it is gone. Return whether there was one.

        Raises:
            CredentialError: as for `read`; `NotForgotten` if it is still there.
        """

        def work(backend: "KeyringBackend") -> bool:
            for count in range(_COPIES):
                if backend.get_password(SERVICE, profile) is None:
                    return count > 0
                if is_abandoned():
                    break
                try:
                    backend.delete_password(SERVICE, profile)
                except Exception:
                    # Another process may have deleted it meanwhile.
                    if backend.get_password(SERVICE, profile) is not None:
                        raise
            raise NotForgotten(
                _("the login of profile “{profile}” is still in the keyring").format(profile=line(profile, 80)),
                why=_("the keyring said it was deleted, and still gives it back"),
                next_step=_("delete the item “{service}” with the keyring's own program").format(service=SERVICE),
            )

        return await self._call(work, self._write_seconds)

    async def state(self) -> KeyringState:
        """Return the state of the keyring, by reading an item that does not exist. Never raises a CredentialError."""
        name: list[str] = []

        def work(backend: "KeyringBackend") -> None:
            backend.get_password(SERVICE, _NOBODY)

        began = time.monotonic()
        condition: Condition = "reachable"
        problem: CredentialError | None = None
        try:
            await self._call(work, self._read_seconds, name)
        except CredentialError as error:
            condition, problem = _condition(error), error
        return KeyringState("".join(name), condition, round((time.monotonic() - began) * 1000), problem)

    async def _call(self, work: "Callable[[KeyringBackend], T]", seconds: float, name: list[str] | None = None) -> T:
        """Open the keyring and run `work` with it. The title of the backend is appended to `name` once it is known."""
        known = name if name is not None else []
        try:
            outcome = await run_async(partial(self._attempt, work, known), deadline=seconds)
        except TimedOut:
            outcome = hung(_shown(known), seconds)
        if isinstance(outcome, CredentialError):
            raise outcome
        return outcome[0]

    def _attempt(self, work: "Callable[[KeyringBackend], T]", name: list[str]) -> tuple[T] | CredentialError:
        """Open the keyring and run `work` with it, in the thread. An error is returned, not raised."""
        try:
            title, backend = self._opened()
            name.append(title)
            return (work(backend),)
        except BaseException as error:
            return _without_frames(meaning(error, _shown(name)))


def _shown(name: list[str]) -> str:
    return name[0] if name else _("session bus")


def _write(profile: str, stored: Stored, replace_unreadable: bool, backend: "KeyringBackend") -> None:
    # Reading first unlocks the keyring, which may take long; whether anybody still waits is checked after that.
    before = backend.get_password(SERVICE, profile)
    if before is not None and not replace_unreadable:
        from_json(before, profile)
    if is_abandoned():
        return
    text = to_json(stored)
    backend.set_password(SERVICE, profile, text)
    if backend.get_password(SERVICE, profile) != text:
        raise NotKept(
            _("the login was not kept"),
            why=_("the keyring took it and does not give it back"),
            next_step=other_ways(),
        )


def _without_frames(error: CredentialError) -> CredentialError:
    """Return `error` without the frames and exceptions behind it: their variables may hold what was to be stored."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _condition(error: CredentialError) -> Condition:
    if isinstance(error, KeyringHung):
        return "hung"
    if isinstance(error, KeyringLocked):
        return "locked"
    return "not allowed" if isinstance(error, NotAllowed) else "none"
