"""Stores each new token of a password in the keyring, so that the next run need not send the password again."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kps_tui.identity.stored import Origins, Stored
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Credential, Password

if TYPE_CHECKING:
    from kps_tui.kps.iam import IssuedToken


def token_cache(
    vault: Vault, profile: str, credential: Credential, origins: Origins
) -> "Callable[[IssuedToken], None]":
    """Return a function that stores a new token of `credential`; it does nothing if that is not a password.

    `origins` are those of the stored login, which stays bound to them.

    The function neither blocks nor raises: a token that could not be stored is requested again by the next run.
    """

    def store(issued: "IssuedToken") -> None:
        if isinstance(credential, Password):
            vault.write_later(profile, Stored(credential, issued.token, origins))

    return store
