"""Stores each new token of a password in the keyring, so that the next run need not send the password again."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kps_tui.identity.vault import KeyringItem, Vault
from kps_tui.kps.credentials import Password

if TYPE_CHECKING:
    from kps_tui.kps.iam import IssuedToken


def token_cache(vault: Vault, profile: str, kept: KeyringItem) -> "Callable[[IssuedToken], None]":
    """Return a function that stores a new token of a kept login; it does nothing if that is not a password.

    The login stays in its keyring, and bound to its origins. The function neither blocks nor raises: a token that could
    not be stored is requested again by the next run.
    """

    def store(issued: "IssuedToken") -> None:
        if isinstance(kept.stored.credential, Password):
            vault.write_later(profile, replace(kept.stored, token=issued.token), kept.keyring)

    return store
