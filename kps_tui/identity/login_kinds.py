"""The kinds of login, one spec each. Keyring items, profiles, the sign-in screen, `login` and doctor read them.

A new kind is a change of four files: its credential in `kps/credentials.py`, how that credential goes onto a request in
`kps/auth_factory.py`, its spec in `LOGIN_KINDS`, and in `identity/profiles.py` the profile keys that only it has.

Texts are functions, so that they are looked up when they are shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kps_tui.i18n import _
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Secret, Token

Text = Callable[[], str]
Values = Mapping[str, str | Secret]
"""Values by the name of their field."""


def _no_text() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginField:
    """One value that a kind of login consists of."""

    name: str
    """The key in profile and keyring item and, with dashes, the option of `login`.

    Also the attribute of the credential, except for a token, which has its own form in the keyring."""
    label: Text
    """Stands beside the field on the sign-in screen."""
    hint: Text = _no_text
    """Stands in the field while it is empty: when it is needed."""
    secret: bool = False
    optional: bool = False
    one_time: bool = False
    """Whether the value serves for one login only, and so is never stored."""
    needs: str = ""
    """The name of the plain field without which the command line does not ask for this secret."""
    help: Text = _no_text
    """Describes the option of `login`: the value itself or, for a secret, that it is read from stdin."""
    metavar: str = "NAME"
    question: Text = _no_text
    """Asks for a secret at the prompt of `login`."""
    source: Text = _no_text
    """What an error about a secret calls the place where it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginKind:
    """What the program needs to know of one kind of login."""

    name: str
    """Stands in profiles and keyring items, and after `--kind`."""
    credential: type[Credential]
    title: Text
    description: Text
    """Offers it on the sign-in screen."""
    fields: tuple[LoginField, ...] = ()
    """In the order of the sign-in form."""
    parse: Callable[[Values, str], Credential]
    """Makes the credential of its values; the text names the source of the secret in errors.

    Raises CredentialError if a value is missing or malformed."""
    source: Text = _no_text
    """Where a login without a secret comes from, as the title line shows it."""

    @property
    def secret(self) -> LoginField | None:
        """The secret that this kind can't do without, or None if it has none."""
        return next((field for field in self.fields if field.secret and not field.optional), None)

    @property
    def is_stored(self) -> bool:
        """Whether a login of this kind lies in the keyring."""
        return self.secret is not None

    @property
    def plain_fields(self) -> tuple[LoginField, ...]:
        """The fields that are no secret: a profile holds them."""
        return tuple(field for field in self.fields if not field.secret)

    @property
    def stored_fields(self) -> tuple[LoginField, ...]:
        """The fields of an item in the keyring: the whole login, without what serves only once."""
        return tuple(field for field in self.fields if not field.one_time)

    def plain_values(self, credential: Credential) -> dict[str, str]:
        """Return the values of `credential` that are no secret."""
        return {field.name: getattr(credential, field.name) for field in self.plain_fields}

    def from_form(self, values: Values) -> Credential:
        """Return the credential that was typed.

        Raises:
            CredentialError: a value is missing or malformed.
        """
        return self.parse(values, self.secret.source() if self.secret else "")


def _text(values: Values, name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _secret(values: Values, name: str) -> Secret:
    value = values.get(name)
    return value if isinstance(value, Secret) else Secret("")


def _optional(values: Values, name: str) -> Secret | None:
    secret = _secret(values, name)
    return secret if secret != Secret("") else None


def _token(values: Values, source: str) -> Token:
    return Token.parse(_secret(values, "token"), source)


def _password(values: Values, source: str) -> Password:
    return Password.parse(
        _text(values, "user"),
        _text(values, "account"),
        _secret(values, "password"),
        source,
        user_id=_text(values, "user_id"),
        passcode=_optional(values, "passcode"),
    )


def _access_key(values: Values, source: str) -> AccessKey:
    return AccessKey.parse(
        _text(values, "access_key"), _secret(values, "secret_key"), source, _optional(values, "security_token")
    )


def _agency(_values: Values, _source: str) -> Agency:
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
"""By name, in the order in which they are offered."""


def login_kind_of(credential: Credential) -> LoginKind:
    """Return the kind of a credential."""
    return next(kind for kind in LOGIN_KINDS.values() if kind.credential is type(credential))


def is_in_keyring(name: str) -> bool:
    """Return whether a profile of the kind `name` has its login in the keyring."""
    return name in LOGIN_KINDS and LOGIN_KINDS[name].is_stored
