"""Errors of the system keyring. Their texts never contain a secret.

Backends raise many exceptions that are not a `KeyringError`, so they are told apart by the names of their classes.
"""

from kps_tui.i18n import _
from kps_tui.problems import CredentialError, ExitCode, not_loadable

_LOCKED = frozenset({"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"})
"""`InitError` is raised if the keyring was not unlocked in this session and nothing can show its prompt."""


def other_ways() -> str:
    """Return the advice for a user without a usable keyring."""
    return _(
        "sign in for this run only, or set KPS_TUI_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; "
        "an ECS can use its agency"
    )


class NoKeyring(CredentialError):
    """There is no keyring that can be used, or it failed."""


class NotAllowed(NoKeyring):
    """The user chose a keyring that stores nothing, stores secrets in the clear, or is unknown."""


class Absent(NoKeyring):
    """The keyring with a certain title does not exist here."""


class KeyringFull(NoKeyring):
    """The keyring has no room for a secret."""


class KeyringLocked(CredentialError):
    """The keyring exists and is locked."""


class KeyringHung(CredentialError):
    """The keyring did not answer in time."""


class NotKept(CredentialError):
    """The keyring accepted a secret, but does not return it."""

    exit_code = ExitCode.USAGE


class NotForgotten(CredentialError):
    """The keyring still returns an item that it has deleted."""


class ItemUnreadable(CredentialError):
    """The keyring item of a profile is damaged, or written by another version."""


def for_writing(error: NoKeyring) -> NoKeyring:
    """Return `error` as it is raised by a write, with exit code 2 (no place for a secret), not 4 (no login)."""
    return (NotAllowedForWriting if isinstance(error, NotAllowed) else NoKeyringForWriting)(
        error.what, why=error.why, next_step=error.next_step
    )


class NoKeyringForWriting(NoKeyring):
    """There is no keyring to store a secret in."""

    exit_code = ExitCode.USAGE


class NotAllowedForWriting(NotAllowed):
    """The user chose a keyring that may not store a secret."""

    exit_code = ExitCode.USAGE


def hung(backend: str, seconds: float) -> KeyringHung:
    """Return the error for a keyring that did not answer within `seconds`."""
    return KeyringHung(
        _("the keyring ({backend}) did not answer in {seconds:g} s").format(backend=backend, seconds=seconds),
        why=_("it hangs, or asks for its password in another window"),
        next_step=_("unlock or restart it and try again; or {instead}").format(instead=other_ways()),
    )


def unreadable(profile: str, why: str) -> ItemUnreadable:
    """Return the error for an item that can't be parsed."""
    return ItemUnreadable(
        _("the keyring item of profile “{profile}” can't be read").format(profile=profile),
        why=why,
        next_step=_("log in to this profile again to replace it; until then it stays unchanged"),
    )


def meaning(error: BaseException, backend: str) -> CredentialError:
    """Return our error for an exception of a backend, without its text, which may contain the secret."""
    if isinstance(error, CredentialError):
        return error
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _LOCKED:
        return KeyringLocked(
            _("the keyring ({backend}) is locked").format(backend=backend),
            why=_("it has not been unlocked in this session"),
            next_step=_("unlock it and try again; or {instead}").format(instead=other_ways()),
        )
    what = _("the keyring ({backend}) can't be used").format(backend=backend)
    if isinstance(error, ImportError):
        problem = not_loadable(error)
        return NoKeyring(what, why=problem.what_and_why, next_step=problem.next_step)
    return NoKeyring(
        what,
        why=_("it failed with {kind}").format(kind=type(error).__name__),
        next_step=other_ways(),
    )
