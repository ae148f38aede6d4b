"""Credentials. A secret is wrapped, so that it never shows in a traceback, a log, a file or argv."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import final

from kps_tui.i18n import _
from kps_tui.problems import CredentialError, NextStep

_TOKEN = r"[\x21-\x7e]{1,16384}"
_ACCESS_KEY = r"[A-Za-z0-9_-]{1,128}"
_SECRET_KEY = r"[\x21-\x7e]{1,256}"
_USER_ID = r"[A-Za-z0-9_-]{1,64}"
PROJECT_ID = r"[A-Za-z0-9_-]{1,64}"
"""The id of a project: 32 characters at Huawei Cloud, maybe another number at other clouds."""
_PASSCODE = r"[0-9]{6}"
"""IAM's virtual MFA: six digits."""
LONGEST_USER_NAME = 128
"""Characters of a user's or an account's name; IAM allows 64."""
LONGEST_PASSWORD = 1024
"""Characters; IAM allows 32, another cloud more."""


@final
class Secret:
    """A text that is not printed by accident. Call `reveal` only to send or store it."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__text

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not pickled")


@dataclass(frozen=True, slots=True)
class Token:
    """An IAM token (`X-Auth-Token`), scoped to the project."""

    secret: Secret = field(repr=False)
    expires_at: datetime | None = field(default=None, repr=False)
    """None if it is not known."""

    @classmethod
    def parse(cls, secret: Secret, name: str, expires_at: datetime | None = None) -> "Token":
        """Check a token. `name` is its source in errors: a variable, a file, a field; the token itself is not shown.

        Raises:
            CredentialError: it is empty, or contains a character that a header can't carry.
        """
        if not re.fullmatch(_TOKEN, secret.reveal()):
            raise CredentialError(
                _("{name} holds no usable token").format(name=name),
                why=_("a token is one word of visible ASCII characters, without spaces or line ends"),
                next_step=_("set it to the X-Subject-Token header of IAM's answer"),
            )
        return cls(secret, expires_at)


@dataclass(frozen=True, slots=True)
class Password:
    """An IAM user with its password, which IAM exchanges for a token."""

    user: str
    account: str
    """The account that the user belongs to; IAM calls it a domain."""
    password: Secret = field(repr=False)
    user_id: str = ""
    """Needed only with a virtual MFA device: IAM checks its code by the user's id."""
    passcode: Secret | None = field(default=None, repr=False)
    """The code of the virtual MFA device; it can be used for one token."""

    @classmethod
    def parse(
        cls,
        user: str,
        account: str,
        password: Secret,
        name: str,
        *,
        user_id: str = "",
        passcode: Secret | None = None,
    ) -> "Password":
        """Check a user and a password. `name` is the source of the password in errors, which never contain it.

        Raises:
            CredentialError: a part is missing or malformed.
        """
        _check_name(_("the user name"), "--user", user)
        _check_name(_("the account"), "--account", account)
        if not _is_password(password):
            raise CredentialError(
                _("{name} holds no usable password").format(name=name),
                why=_("it is empty, too long, or holds a line end or another control character"),
                next_step=NextStep(_("type it again, or send it alone to --password-stdin"), _("type it again")),
            )
        if user_id and not re.fullmatch(_USER_ID, user_id):
            raise CredentialError(
                _("not a valid user ID"),
                why=_("it consists of letters, digits, “-” and “_”"),
                next_step=NextStep(
                    _("--user-id takes the one that the console shows under My Credentials"),
                    _("use the one that the console shows under My Credentials"),
                ),
            )
        if passcode is not None and not re.fullmatch(_PASSCODE, passcode.reveal()):
            raise CredentialError(
                _("not a valid MFA code"),
                why=_("it has six digits"),
                next_step=_("type the one that your MFA device shows now"),
            )
        if passcode is not None and not user_id:
            raise CredentialError(
                _("an MFA code needs the user's id"),
                why=_("IAM checks the code by id, not by name"),
                next_step=NextStep(
                    _("name it with --user-id (console: My Credentials)"),
                    _("type it above the code (console: My Credentials)"),
                ),
            )
        return cls(user, account, password, user_id, passcode)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key, permanent or temporary, that signs each request."""

    access_key: str
    secret_key: Secret = field(repr=False)
    security_token: Secret | None = field(default=None, repr=False)
    """Present if the key is temporary."""

    @classmethod
    def parse(cls, access_key: str, secret_key: Secret, name: str, security_token: Secret | None = None) -> "AccessKey":
        """Check an access key. `name` is the source of the secret in errors, which contain no part of the key.

        Raises:
            CredentialError: a part is missing or malformed.
        """
        if not re.fullmatch(_ACCESS_KEY, access_key):
            raise CredentialError(
                _("not a valid access key ID"),
                why=_("it consists of letters, digits, “-” and “_”"),
                next_step=NextStep(
                    _("--access-key takes the Access Key Id of the file that the console gave"),
                    _("use the Access Key Id of the file that the console gave"),
                ),
            )
        if not re.fullmatch(_SECRET_KEY, secret_key.reveal()):
            raise CredentialError(
                _("{name} holds no usable secret key").format(name=name),
                why=_("it is one word of visible ASCII characters, without spaces or line ends"),
                next_step=_("use the Secret Access Key of the file that the console gave"),
            )
        if security_token is not None and not re.fullmatch(_TOKEN, security_token.reveal()):
            raise CredentialError(
                _("not a valid security token"),
                why=_("it is one word of visible ASCII characters, without spaces or line ends"),
                next_step=_("use the one that came with this temporary key"),
            )
        return cls(access_key, secret_key, security_token)


@dataclass(frozen=True, slots=True)
class Agency:
    """The agency of this ECS, whose metadata service issues temporary access keys."""


Credential = Token | Password | AccessKey | Agency


def _check_name(what: str, option: str, name: str) -> None:
    if not name or len(name) > LONGEST_USER_NAME or not name.isprintable() or name != name.strip():
        raise CredentialError(
            _("{what} can't be used").format(what=what),
            why=_("it is missing, too long, or holds a control character or a space at an end"),
            next_step=NextStep(
                _("{option} takes the name that the console shows under My Credentials").format(option=option),
                _("use the IAM user name and the account name of the console's My Credentials"),
            ),
        )


def _is_password(password: Secret) -> bool:
    """Return whether the length is allowed, and no character is a control character or a lone surrogate."""
    if not 0 < len(password.reveal()) <= LONGEST_PASSWORD:
        return False
    return not {unicodedata.category(character) for character in password.reveal()} & {"Cc", "Cs"}
