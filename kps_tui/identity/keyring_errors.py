"""What can go wrong with the keyring of the system, as sentences for people. None of them ever holds a secret.

Which of its exceptions mean what was measured: reliability.md §1.1 (KeyringError is not the only one, by far).
"""

from kps_tui.i18n import _
from kps_tui.problems import CredentialError

INSTEAD = _(
    "sign in for this run only, or set KPS_TUI_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; "
    "on an ECS its agency works too"
)
_LOCKED = frozenset({"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"})
"""`InitError` comes from a keyring that was never unlocked in this session: nobody is there to answer its prompt."""


class NoKeyring(CredentialError):
    """There is no keyring that may be used, or it failed."""


class NotAllowed(NoKeyring):
    """A keyring was chosen that keeps nothing, keeps it readable, or that we know nothing of."""


class KeyringLocked(CredentialError):
    """The keyring is there and stays locked."""


class KeyringHung(CredentialError):
    """The keyring did not answer in time."""


class KeyringCancelled(CredentialError):
    """The user stopped waiting for the keyring."""


class NotKept(CredentialError):
    """The keyring took a secret, and does not give back the same."""

    exit_code = 2


class NotForgotten(CredentialError):
    """The keyring still holds what was deleted."""


class ItemUnreadable(CredentialError):
    """What the keyring holds for a profile is not what this version writes."""


def no_place(error: NoKeyring) -> NoKeyring:
    """Return `error` for a secret that was to be kept: then no login is missing, a place for it is (exit code 2)."""
    return (NotAllowedHere if isinstance(error, NotAllowed) else NoPlace)(
        error.what, why=error.why, next_step=error.next_step
    )


class NoPlace(NoKeyring):
    """There is no keyring to keep a secret in."""

    exit_code = 2


class NotAllowedHere(NotAllowed):
    """The chosen keyring is not one to keep a secret in."""

    exit_code = 2


def hung(backend: str, seconds: float) -> KeyringHung:
    """Return the error for a keyring that did not answer within `seconds`."""
    return KeyringHung(
        _("the keyring ({backend}) did not answer in {seconds:g} s").format(backend=backend, seconds=seconds),
        why=_("it hangs, or waits for its password in a window elsewhere"),
        next_step=_("unlock or restart it and try again; or {instead}").format(instead=INSTEAD),
    )


def cancelled(backend: str) -> KeyringCancelled:
    """Return the error for a user who stopped waiting."""
    return KeyringCancelled(
        _("you stopped waiting for the keyring ({backend})").format(backend=backend), next_step=INSTEAD
    )


def unreadable(profile: str, why: str) -> ItemUnreadable:
    """Return the error for an item that can't be understood."""
    return ItemUnreadable(
        _("what the keyring holds for profile “{profile}” can't be read").format(profile=profile),
        why=why,
        next_step=_("log in to this profile again and let it be replaced; until then it stays as it is"),
    )


def meaning(error: BaseException, backend: str) -> CredentialError:
    """Return what `error` of a backend means. Its own text is not shown: it may hold what was to be stored."""
    if isinstance(error, CredentialError):
        return error
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _LOCKED:
        return KeyringLocked(
            _("the keyring ({backend}) is locked").format(backend=backend),
            why=_("nobody unlocked it in this session"),
            next_step=_("unlock it and try again; or {instead}").format(instead=INSTEAD),
        )
    return NoKeyring(
        _("the keyring ({backend}) can't be used").format(backend=backend),
        why=_("it failed with {kind}").format(kind=type(error).__name__),
        next_step=INSTEAD,
    )
