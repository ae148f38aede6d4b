"""The kinds of login, each as a specification that keyring items, profiles, sign-in, `login` and doctor are made from.

A new kind changes four files: its credential in `kps/credentials.py`, how that is put on a request in
`kps/auth_factory.py`, its specification in `LOGIN_KINDS`, and in `identity/profiles.py` the profile keys that only it
has.

Texts are functions, so that they are looked up when they are shown.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Secret, Token

Text = Callable[[], str]
LoginValues = Mapping[str, str | Secret]
"""Values by the name of their field."""


def _no_text() -> str:
    return ""


class LoginField(NamedTuple):
    """One value that a kind of login consists of."""

    name: str
    """The key in profiles and keyring items and, with dashes, the option of `login`.

    It is also the attribute of the credential, except for a token, which has its own format in the keyring."""
    label: Text
    """The label on the sign-in screen."""
    hint: Text = _no_text
    """The placeholder of the empty field on the sign-in screen."""
    secret: bool = False
    optional: bool = False
    one_time: bool = False
    """Whether the value can be used only once, and so is never stored."""
    needs: str = ""
    """The plain field that must be given, or `login` does not prompt for this secret."""
    help: Text = _no_text
    """The description of the option of `login`; that for a secret reads it from stdin."""
    metavar: str = "NAME"
    question: Text = _no_text
    """The prompt of `login` for a secret."""
    source: Text = _no_text
    """Where a secret was typed, for errors."""


class LoginKind(NamedTuple):
    """The specification of one kind of login."""

    name: str
    """The value in profiles and keyring items, and of `--kind`."""
    credential: type[Credential]
    title: Text
    description: Text
    """The text of its choice on the sign-in screen."""
    parse: Callable[[LoginValues, str], Credential]
    """Makes the credential from values and from the source of the secret, for errors.

    Raises CredentialError if a value is missing or malformed."""
    fields: tuple[LoginField, ...] = ()
    """In the order of the sign-in form."""
    source: Text = _no_text
    """The source of a login without a secret, for the title line."""

    @property
    def secret(self) -> LoginField | None:
        """The required secret, or None if this kind has none."""
        return next((field for field in self.fields if field.secret and not field.optional), None)

    @property
    def is_stored(self) -> bool:
        """Whether a login of this kind is stored in the keyring."""
        return self.secret is not None

    @property
    def plain_fields(self) -> tuple[LoginField, ...]:
        """The fields that are no secret. A profile has them."""
        return tuple(field for field in self.fields if not field.secret)

    @property
    def stored_fields(self) -> tuple[LoginField, ...]:
        """The fields of a keyring item: all but those that can be used only once."""
        return tuple(field for field in self.fields if not field.one_time)

    def plain_values(self, credential: Credential) -> dict[str, str]:
        """Return the values of `credential` that are no secret."""
        return {field.name: getattr(credential, field.name) for field in self.plain_fields}

    def from_form(self, values: LoginValues) -> Credential:
        """Return the credential that was typed into the sign-in form.

        Raises:
            CredentialError: a value is missing or malformed.
        """
        return self.parse(values, self.secret.source() if self.secret else "")


def _text(values: LoginValues, name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _secret(values: LoginValues, name: str) -> Secret:
    value = values.get(name)
    return value if isinstance(value, Secret) else Secret("")


def _optional(values: LoginValues, name: str) -> Secret | None:
    secret = _secret(values, name)
    return secret if secret != Secret("") else None


def _token(values: LoginValues, source: str) -> Token:
    return Token.parse(_secret(values, "token"), source)


def _password(values: LoginValues, source: str) -> Password:
    return Password.parse(
        _text(values, "user"),
        _text(values, "account"),
        _secret(values, "password"),
        source,
        user_id=_text(values, "user_id"),
        passcode=_optional(values, "passcode"),
    )


def _access_key(values: LoginValues, source: str) -> AccessKey:
    return AccessKey.parse(
        _text(values, "access_key"), _secret(values, "secret_key"), source, _optional(values, "security_token")
    )


def _agency(_values: LoginValues, _source: str) -> Agency:
    return Agency()


TOKEN = LoginKind(
    name="token",
    credential=Token,
    title=lambda: _("token"),
    description=lambda: _("IAM token: valid for 24 hours at most"),
    fields=(
        LoginField(
            name="token",
            label=lambda: _("IAM token"),
            hint=lambda: _("the X-Subject-Token that IAM issued"),
            secret=True,
            help=lambda: _("Read the token from stdin."),
            question=lambda: _("IAM token"),
            source=lambda: _("the token field"),
        ),
    ),
    parse=_token,
)
PASSWORD = LoginKind(
    name="password",
    credential=Password,
    title=lambda: _("user and password"),
    description=lambda: _("IAM user and password: renewed when it expires; also with an MFA code"),
    fields=(
        LoginField(
            name="account",
            label=lambda: _("Account"),
            hint=lambda: _("name of the account (domain) that the user belongs to"),
            help=lambda: _("Account (domain) name of the user."),
        ),
        LoginField(name="user", label=lambda: _("IAM user"), help=lambda: _("IAM user.")),
        LoginField(
            name="password",
            label=lambda: _("Password"),
            secret=True,
            help=lambda: _("Read the password from stdin."),
            question=lambda: _("Password"),
            source=lambda: _("the password field"),
        ),
        LoginField(
            name="user_id",
            label=lambda: _("User id"),
            hint=lambda: _("only with a virtual MFA device"),
            optional=True,
            help=lambda: _("ID of the user; only with a virtual MFA device."),
            metavar="ID",
        ),
        LoginField(
            name="passcode",
            label=lambda: _("MFA code"),
            hint=lambda: _("only with a virtual MFA device"),
            secret=True,
            optional=True,
            one_time=True,
            needs="user_id",
            question=lambda: _("MFA code (empty: none)"),
        ),
    ),
    parse=_password,
)
ACCESS_KEY = LoginKind(
    name="access-key",
    credential=AccessKey,
    title=lambda: _("access key"),
    description=lambda: _("Access key: permanent, or temporary with a security token"),
    fields=(
        LoginField(
            name="access_key",
            label=lambda: _("Access key (AK)"),
            help=lambda: _("Access key id."),
            metavar="AK",
        ),
        LoginField(
            name="secret_key",
            label=lambda: _("Secret key (SK)"),
            secret=True,
            help=lambda: _("Read the secret key from stdin."),
            question=lambda: _("Secret key"),
            source=lambda: _("the secret key field"),
        ),
        LoginField(
            name="security_token",
            label=lambda: _("Security token"),
            hint=lambda: _("only with a temporary access key"),
            secret=True,
            optional=True,
            question=lambda: _("Security token (empty: none)"),
        ),
    ),
    parse=_access_key,
)
AGENCY = LoginKind(
    name="agency",
    credential=Agency,
    title=lambda: _("ECS agency"),
    description=lambda: _("ECS agency: the one of this server, without a secret"),
    parse=_agency,
    source=lambda: _("agency of this ECS"),
)

LOGIN_KINDS = {kind.name: kind for kind in (TOKEN, PASSWORD, ACCESS_KEY, AGENCY)}
"""By name, in the order of the sign-in screen."""


def login_kind_of(credential: Credential) -> LoginKind:
    """Return the kind of login that `credential` belongs to."""
    return next(kind for kind in LOGIN_KINDS.values() if kind.credential is type(credential))


def is_in_keyring(name: str) -> bool:
    """Return whether a profile of the kind `name` has its login in the keyring."""
    return name in LOGIN_KINDS and LOGIN_KINDS[name].is_stored
