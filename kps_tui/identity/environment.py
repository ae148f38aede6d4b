"""A credential from the environment."""

from collections.abc import MutableMapping

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret, Token
from kps_tui.problems import CredentialError

TOKEN_VARIABLE = "KPS_TUI_TOKEN"


def take_token(environ: MutableMapping[str, str]) -> Token:
    """Return the token of `KPS_TUI_TOKEN`, and take it out of `environ`: no child process needs it.

    Raises:
        CredentialError: there is none, or it can't be a token.
    """
    if not environ.get(TOKEN_VARIABLE):
        raise CredentialError(
            _("no login"),
            next_step=_("set {name} to an IAM token of the project, or look around with --demo").format(
                name=TOKEN_VARIABLE
            ),
        )
    return Token.parse(Secret(environ.pop(TOKEN_VARIABLE)), TOKEN_VARIABLE)
