"""Reads a secret from stdin or at a prompt; a command line option would show it to other processes."""

import getpass
import sys

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.problems import ConfigError, CredentialError

LONGEST = 64 * 1024
"""The most that is read from stdin, in bytes."""


def from_stdin(option: str) -> Secret:
    """Return all of stdin, decoded as UTF-8, without one line end.

    `option` is named in errors.

    Raises:
        CredentialError: it is not UTF-8, or longer than `LONGEST`.
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
    """Prompt on the terminal, without echoing what is typed. `option` is the way to send the secret without a terminal.

    Raises:
        ConfigError: there is no terminal, or `may_ask` is false.
    """
    if not may_ask or sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError(
            _("there is no terminal to ask for a secret"),
            next_step=_("send it to stdin with {option}").format(option=option),
        )
    return Secret(getpass.getpass(f"{question}: "))
