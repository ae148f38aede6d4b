"""Keeps what a login gave: in the keyring, beside the event loop."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kps_tui import blocking
from kps_tui.identity.stored import Stored
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Credential, Password
from kps_tui.problems import CredentialError

if TYPE_CHECKING:
    from kps_tui.kps.iam import IssuedToken


def keeper(vault: Vault, profile: str, credential: Credential) -> "Callable[[IssuedToken], None]":
    """Return what keeps each new token of a password, so that a new process need not send the password again.

    It neither blocks nor raises: a token that could not be kept is asked for again.
    """

    def keep(issued: "IssuedToken") -> None:
        if isinstance(credential, Password):
            blocking.start(partial(write, Stored(credential, issued.token)))

    def write(stored: Stored) -> None:
        with contextlib.suppress(CredentialError):
            vault.write(profile, stored)

    return keep
