"""Reads a secret from stdin or at a prompt. No option takes one: other processes can see the command line."""

import sys

from kps_tui.cli.messages import print_message
from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.terminal.secret_prompt import TooLong, ask_secret

LONGEST = 64 * 1024
"""The largest secret that is read from stdin, in bytes."""


def read_secret(option: str) -> Secret:
    """Read stdin to its end and return it, decoded as UTF-8 and without one line break at the end.

    Args:
        option: the option to name in errors.

    Raises:
        CredentialError: stdin is not UTF-8, or longer than `LONGEST`.
    """
    data = sys.stdin.buffer.read(LONGEST + 1) if sys.stdin is not None else b""
    if len(data) > LONGEST:
        raise CredentialError(
            _("{option}: the input is too long").format(option=option), next_step=_("send only the secret to stdin")
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        problem = CredentialError(
            _("{option}: the input is not UTF-8").format(option=option), next_step=_("send only the secret, as text")
        )
    else:
        return Secret(text.removesuffix("\n").removesuffix("\r"))
    raise problem


def ask_for_secret(question: str, option: str, may_ask: bool, *, optional: bool = False) -> Secret:
    """Prompt for a secret on the terminal, without echo. Ask again after an empty answer, unless it is `optional`.

    Args:
        question: the prompt.
        option: the option that reads the secret from stdin instead; errors name it.
        may_ask: whether prompts are allowed.
        optional: whether an empty answer is accepted.

    Raises:
        ConfigError: there is no terminal, or `may_ask` is false.
        CredentialError: what was typed can't be a secret, or the terminal was closed.
    """
    if not may_ask or sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError(
            _("no terminal here to ask for the secret"),
            next_step=_("pipe it to stdin with {option}").format(option=option),
        )
    while True:
        try:
            text = ask_secret(question)
        except EOFError:
            problem = CredentialError(_("nothing was typed"), next_step=_("run login again"))
        except TooLong:
            problem = CredentialError(_("the input is too long"), next_step=_("paste only the secret"))
        except UnicodeDecodeError:
            problem = CredentialError(_("the input is not UTF-8"), next_step=_("paste only the secret, as text"))
        else:
            if text or optional:
                return Secret(text)
            print_message(_("nothing was typed · paste the secret and press Enter; Ctrl+C cancels"))
            continue
        # Raised outside the handler: as context of this error, the first one would hold what was typed.
        raise problem
