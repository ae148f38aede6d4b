"""The fields of one kind of login."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.session.sign_in import Kind, LoginForm
from kps_tui.ui.widgets.secret_input import SecretInput


@dataclass(frozen=True, slots=True)
class FieldOfLogin:
    """One field: its name in `LoginForm.login`, what is asked, whether it is a secret or may be empty."""

    name: str
    label: str
    secret: bool = False
    optional: bool = False


PROJECT = FieldOfLogin("project_id", _("Project id (empty: found by the login)"), optional=True)
FIELDS = {
    Kind.TOKEN: (FieldOfLogin("token", _("Token (X-Subject-Token)"), secret=True), PROJECT),
    Kind.PASSWORD: (
        FieldOfLogin("account", _("Account (domain name)")),
        FieldOfLogin("user", _("IAM user")),
        FieldOfLogin("password", _("Password"), secret=True),
        FieldOfLogin("user_id", _("User id (only with a virtual MFA device)"), optional=True),
        FieldOfLogin("passcode", _("MFA code (only with a virtual MFA device)"), secret=True, optional=True),
        PROJECT,
    ),
    Kind.ACCESS_KEY: (
        FieldOfLogin("access_key", _("Access key (AK)")),
        FieldOfLogin("secret_key", _("Secret key (SK)"), secret=True),
        FieldOfLogin("security_token", _("Security token (only with a temporary key)"), secret=True, optional=True),
        PROJECT,
    ),
    Kind.AGENCY: (PROJECT,),
}


class LoginFields(Vertical):
    """Every field of every kind is there; those of the chosen kind are shown."""

    DEFAULT_KIND: ClassVar[Kind] = Kind.TOKEN

    class Entered(Message):
        """Enter was pressed in the last field that is needed."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = self.DEFAULT_KIND

    def compose(self) -> ComposeResult:
        """A label above each field."""
        for kind, fields in FIELDS.items():
            with Vertical(id=f"kind-{kind}", classes="login-kind"):
                for field in fields:
                    yield Label(field.label, markup=False)
                    name = f"{kind}-{field.name}"
                    yield SecretInput(id=name) if field.secret else Input(id=name)

    def ask(self, answers: LoginForm) -> None:
        """Show the fields of the kind, filled with what is known, and put the cursor into the first empty one."""
        self._kind = answers.kind or self.DEFAULT_KIND
        for kind in FIELDS:
            self.query_one(f"#kind-{kind}").display = kind is self._kind
        for field, widget in self._shown():
            if not field.secret and not widget.value:
                widget.value = answers.known(field.name)
        empty = [widget for field, widget in self._shown() if not widget.value]
        (empty or [widget for _field, widget in self._shown()])[0].focus()

    def _shown(self) -> Iterator[tuple[FieldOfLogin, Input]]:
        for field in FIELDS[self._kind]:
            yield field, self.query_one(f"#{self._kind}-{field.name}", Input)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field that must be filled; with none left it signs in."""
        event.stop()
        shown = [*self._shown()]
        missing = next((widget for field, widget in shown if not field.optional and not widget.value), None)
        if missing is not None:
            missing.focus()
        else:
            self.post_message(self.Entered())

    def answered(self, answers: LoginForm) -> LoginForm:
        """Return `answers` with the login that was typed; its secrets leave the fields.

        Raises:
            Problem: a value can't be used.
        """
        values = {
            field.name: Secret(widget.take()) if isinstance(widget, SecretInput) else widget.value.strip()
            for field, widget in self._shown()
        }
        return answers.with_login(values)
