"""Reads a secret: all of stdin less one line end, or a prompt of the terminal; never an option."""

import getpass
import sys

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.problems import ConfigError, CredentialError

LONGEST = 64 * 1024
"""Bytes of stdin that are read."""


def from_stdin(option: str) -> Secret:
    """Return all of stdin, as UTF-8, less one line end.

    Raises:
        CredentialError: it is no UTF-8, or far too long.
    """
    data = sys.stdin.buffer.read(LONGEST + 1) if sys.stdin is not None else b""
    if len(data) > LONGEST:
        raise CredentialError(
            _("{option}: too much came").format(option=option), next_step=_("send the secret alone to stdin")
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        problem = CredentialError(
            _("{option}: what came is no UTF-8").format(option=option), next_step=_("send the secret alone, as text")
        )
    else:
        return Secret(text.removesuffix("\n").removesuffix("\r"))
    raise problem


def asked(question: str, option: str, may_ask: bool) -> Secret:
    """Ask on the terminal, without an echo.

    Raises:
        ConfigError: there is no terminal, or nothing may be asked.
    """
    if not may_ask or sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError(
            _("there is no terminal to ask for a secret"),
            next_step=_("send it to stdin with {option}").format(option=option),
        )
    return Secret(getpass.getpass(f"{question}: "))
