"""Stores the secret of a profile as one item in a keyring of the system: service `kps-tui`, user = the profile's name.

Every call, including the import of `keyring`, runs in a daemon thread with a deadline: a stopped keyring daemon never
answers, and a locked one may wait for a password in a window that nobody sees. Cancel the awaiting task to stop
waiting. Every change is verified: a written item is read back, and a deleted one is looked up again.

What a backend prints is caught by the screen, and its log records are dropped. File descriptors are not redirected,
because the screen is drawn through them; `backends.ALLOWED` has no backend that writes to them.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from kps_tui.blocking import TimedOut, is_abandoned, run_async, start
from kps_tui.i18n import N_, _
from kps_tui.identity import backends
from kps_tui.identity.keyring_errors import (
    Absent,
    KeyringFull,
    KeyringHung,
    KeyringLocked,
    NoKeyring,
    NotAllowed,
    NotForgotten,
    NotKept,
    for_writing,
    hung,
    meaning,
    other_ways,
)
from kps_tui.identity.stored import Stored, from_json, to_json
from kps_tui.kps.credentials import Token
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "kps-tui"
READ_SECONDS = 3.0
WRITE_SECONDS = 60.0
"""Long enough for the user to type the password of the keyring."""
_NOBODY = "-"
"""A user without an item: the name of a profile never begins with a dash."""
_COPIES = 8
"""How often a delete is repeated: a keyring may have several items with one name, and deletes one at a time."""

LONGEST_TOKEN = timedelta(hours=24)
"""The longest life of a token of IAM, for a token whose expiry is not known."""

T = TypeVar("T")
Opener = Callable[[], backends.OpenKeyring]
Condition = Literal["reachable", "locked", "none", "hung", "not allowed"]
CONDITIONS = (N_("reachable"), N_("locked"), N_("none"), N_("hung"), N_("not allowed"))
"""The conditions, marked for translation."""


@dataclass(frozen=True, slots=True)
class KeyringState:
    """The state of the keyring, for doctor."""

    backend: str
    """Its title; empty if there is none."""
    condition: Condition
    milliseconds: int
    problem: CredentialError | None = None
    lifetime: str = ""
    """How long it keeps an item; see `backends.OpenKeyring`."""


@dataclass(frozen=True, slots=True)
class KeyringItem:
    """An item, and the keyring that holds it."""

    stored: Stored
    keyring: str
    """Its title."""
    lifetime: str = ""
    """How long it keeps an item; see `backends.OpenKeyring`."""


@dataclass(frozen=True, slots=True)
class KeyringOutcomes:
    """The outcomes of an action on every keyring of the system."""

    done: frozenset[str] = frozenset()
    """The titles of the keyrings that had the item."""
    problems: Mapping[str, CredentialError] = field(default_factory=dict)
    """The errors of the keyrings that may still have it, by title."""

    @property
    def exit_code(self) -> int:
        """The exit code of the first problem; 0 if there is none."""
        return next((problem.exit_code for problem in self.problems.values()), 0)


class Vault:
    """Reads, writes and deletes items, each call within its deadline."""

    def __init__(
        self,
        opened: Callable[[], backends.OpenKeyring] | None = None,
        *,
        read_seconds: float = READ_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._opened = opened
        """Opens the only keyring, in tests; None for those of the system."""
        self._read_seconds = read_seconds
        self._write_seconds = write_seconds

    async def read(self, profile: str, kept_in: str = "") -> KeyringItem | None:
        """Return the item of `profile`, or None. `kept_in` is the title of the keyring in the profile.

        Raises:
            CredentialError: there is no keyring, it is locked or hangs, or the item can't be read; see
                `keyring_errors`.
        """

        def work(keyring: backends.OpenKeyring) -> KeyringItem | None:
            text = keyring.backend.get_password(SERVICE, profile)
            return None if text is None else KeyringItem(from_json(text, profile), keyring.title, keyring.lifetime)

        return await self._call(work, self._read_seconds, self._opener(kept_in))

    async def write(self, profile: str, stored: Stored, *, replace_unreadable: bool = False) -> KeyringItem:
        """Write `stored` as the item of `profile`, read it back, and return it with its keyring.

        If there is no room, it is stored without the token that IAM issued for a password. Nothing is written after the
        deadline or a cancellation, even if the keyring is unlocked later.

        Raises:
            CredentialError: as for `read`; `NotKept` if the keyring does not return the same; `ItemUnreadable` if the
                existing item can't be read, unless `replace_unreadable`: a newer version may have written it.
        """
        try:
            work = partial(_write, profile, stored, replace_unreadable)
            return await self._call(work, self._write_seconds, self._opener())
        except NoKeyring as error:
            problem = for_writing(error)
        raise problem

    def write_later(self, profile: str, stored: Stored, kept_in: str = "") -> None:
        """Start writing `stored` as the item of `profile`. Neither wait for the end nor report an error."""
        work = partial(_write, profile, stored, False)
        start(partial(_attempt, work, self._opener(kept_in), []), deadline=self._write_seconds)

    async def copy(self, profile: str, new_name: str) -> KeyringOutcomes:
        """Copy the item of `profile` to another name in every keyring that has it.

        Raises:
            CredentialError: there is no keyring.
        """

        def work(keyring: backends.OpenKeyring) -> bool:
            text = keyring.backend.get_password(SERVICE, profile)
            if text is not None:
                _write(new_name, from_json(text, profile), False, keyring)
            return text is not None

        return await self._everywhere(work, [])

    async def delete(self, profile: str, kept_in: str = "") -> KeyringOutcomes:
        """Delete the item of `profile` from every keyring, and verify that it is gone.

        If the keyring titled `kept_in` does not exist here, that is a problem.

        Raises:
            CredentialError: there is no keyring.
        """
        return await self._everywhere(partial(_delete, profile), [kept_in])

    async def delete_all(self, profiles: Mapping[str, str]) -> tuple[list[str], KeyringOutcomes]:
        """Delete the items of `profiles` from every keyring, and return the names of those that had one.

        `profiles` maps each name to the title of its keyring, or to an empty text. All items of one keyring share a
        deadline, so that one that hangs is waited for only once.

        Raises:
            CredentialError: there is no keyring.
        """
        removed: list[str] = []

        def work(keyring: backends.OpenKeyring) -> bool:
            before, stuck = len(removed), None
            for name in profiles:
                try:
                    if _delete(name, keyring):
                        removed.append(name)
                except NotForgotten as error:
                    stuck = stuck or error
            if stuck is not None:
                raise stuck
            return len(removed) > before

        everywhere = await self._everywhere(work, profiles.values())
        deleted = set(removed)
        return [name for name in profiles if name in deleted], everywhere

    async def state(self, kept_in: str = "") -> KeyringState:
        """Return the state of the keyring. It is found by reading an item that does not exist; no error is raised."""
        name: list[str] = []

        def work(keyring: backends.OpenKeyring) -> str:
            keyring.backend.get_password(SERVICE, _NOBODY)
            return keyring.lifetime

        began = time.monotonic()
        condition: Condition = "reachable"
        problem: CredentialError | None = None
        lifetime = ""
        try:
            lifetime = await self._call(work, self._read_seconds, self._opener(kept_in), name)
        except CredentialError as error:
            condition, problem = _condition(error), error
        milliseconds = round((time.monotonic() - began) * 1000)
        return KeyringState("".join(name), condition, milliseconds, problem, lifetime)

    def _opener(self, kept_in: str = "") -> Opener:
        return self._opened or partial(backends.open_keyring, kept_in)

    async def _everywhere(
        self, work: Callable[[backends.OpenKeyring], bool], needed: Collection[str]
    ) -> KeyringOutcomes:
        """Run `work`, which returns whether there was an item, on every keyring at once.

        A keyring that does not exist here is skipped, unless its title is in `needed`.
        """
        openers: dict[str, Opener] = {title: partial(backends.open_by_title, title) for title in backends.titles()}
        if self._opened is not None:
            openers = {next(iter(needed), ""): self._opened}
        calls = [self._call(work, self._write_seconds, opener) for opener in openers.values()]
        outcomes = dict(zip(openers, await asyncio.gather(*calls, return_exceptions=True), strict=True))
        problems: dict[str, CredentialError] = {}
        for title, outcome in outcomes.items():
            if isinstance(outcome, CredentialError):
                if title in needed or not isinstance(outcome, Absent):
                    problems[title] = outcome
            elif isinstance(outcome, BaseException):
                raise outcome
        refused = next((problem for problem in problems.values() if isinstance(problem, NotAllowed)), None)
        if refused is not None:
            raise refused
        if not problems and all(isinstance(outcome, Absent) for outcome in outcomes.values()):
            raise NoKeyring(_("there is no keyring"), next_step=other_ways())
        return KeyringOutcomes(frozenset(title for title, outcome in outcomes.items() if outcome is True), problems)

    async def _call(
        self, work: "Callable[[backends.OpenKeyring], T]", seconds: float, opener: Opener, name: list[str] | None = None
    ) -> T:
        """Open a keyring and run `work` on it, within `seconds`. Append its title to `name` as soon as it is known."""
        known = name if name is not None else []
        try:
            outcome = await run_async(partial(_attempt, work, opener, known), deadline=seconds)
        except TimedOut:
            outcome = hung(_shown(known), seconds)
        if isinstance(outcome, CredentialError):
            raise outcome
        return outcome[0]


def _attempt(
    work: "Callable[[backends.OpenKeyring], T]", opener: Opener, name: list[str]
) -> tuple[T] | CredentialError:
    """Open a keyring and run `work` on it, in the thread. An error is returned, so that it carries no traceback."""
    try:
        keyring = opener()
        name.append(keyring.title)
        return (work(keyring),)
    except BaseException as error:
        return _without_frames(meaning(error, _shown(name)))


def _shown(name: list[str]) -> str:
    return name[0] if name else _("session bus")


def _write(profile: str, stored: Stored, replace_unreadable: bool, keyring: backends.OpenKeyring) -> KeyringItem:
    # The read unlocks the keyring, which may take long, so check afterwards whether the caller still waits.
    before = keyring.backend.get_password(SERVICE, profile)
    if before is not None and not replace_unreadable:
        from_json(before, profile)
    kept = KeyringItem(stored, keyring.title, keyring.lifetime)
    if is_abandoned():
        return kept
    try:
        _put(profile, stored, keyring.backend)
    except KeyringFull:
        if stored.token is None:
            raise
        kept = replace(kept, stored=replace(stored, token=None))
        _put(profile, kept.stored, keyring.backend)
    return kept


def _put(profile: str, stored: Stored, backend: "KeyringBackend") -> None:
    text = to_json(stored)
    backend.set_password(SERVICE, profile, text)
    if isinstance(stored.credential, Token) and isinstance(backend, backends.Expiring):
        backend.expire(SERVICE, profile, _seconds_left(stored.credential))
    if backend.get_password(SERVICE, profile) != text:
        raise NotKept(
            _("the login was not saved"),
            why=_("the keyring accepted it but does not return it"),
            next_step=other_ways(),
        )


def _seconds_left(token: Token) -> int:
    """Return for how many seconds a token may still be valid."""
    if token.expires_at is None:
        return int(LONGEST_TOKEN.total_seconds())
    return int((token.expires_at - datetime.now(UTC)).total_seconds())


def _delete(profile: str, keyring: backends.OpenKeyring) -> bool:
    """Delete the item of `profile`, and verify that it is gone. Return whether there was one.

    Raises:
        NotForgotten: it is still there.
    """
    backend = keyring.backend
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
        why=_("the keyring reported it as deleted but still returns it"),
        next_step=_("delete the item “{service}” with the keyring's own program").format(service=SERVICE),
    )


def _without_frames(error: CredentialError) -> CredentialError:
    """Return `error` without traceback and context, whose frames may hold the secret."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _condition(error: CredentialError) -> Condition:
    if isinstance(error, KeyringHung):
        return "hung"
    if isinstance(error, KeyringLocked):
        return "locked"
    return "not allowed" if isinstance(error, NotAllowed) else "none"
