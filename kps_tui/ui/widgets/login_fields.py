"""The form fields for each kind of login, and the input for a secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label

from kps_tui.i18n import _
from kps_tui.identity.login_kinds import LOGIN_KINDS, TOKEN, LoginField, LoginKind
from kps_tui.kps.credentials import Secret
from kps_tui.session.sign_in import LoginForm
from kps_tui.ui.widgets.line_input import LineInput, paste_lines

PROJECT = LoginField(name="project_id", label=lambda: _("Project id (empty: found by the login)"), optional=True)
"""The last field of every kind."""


class SecretInput(Input):
    """A masked input whose value can't be copied or cut."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(password=True, id=id)

    def on_paste(self, event: events.Paste) -> None:
        """Insert every pasted line: a terminal may have wrapped the secret."""
        paste_lines(self, event, "")

    def action_copy(self) -> None:
        """Do nothing: a secret does not belong in the clipboard of a terminal."""

    def action_cut(self) -> None:
        """Do nothing, as for `action_copy`."""

    def take(self) -> str:
        """Return the value and empty the field."""
        value = self.value
        self.value = ""
        return value


class LoginFields(Vertical):
    """The fields of every kind of login; those of the chosen kind are displayed."""

    DEFAULT_KIND: ClassVar[LoginKind] = TOKEN

    class Entered(Message):
        """Posted when Enter is pressed and no required field is empty."""

    @dataclass
    class Missing(Message):
        """Posted when Enter is pressed in a required field that is empty."""

        label: str

    def __init__(self) -> None:
        super().__init__()
        self._kind = self.DEFAULT_KIND
        self._taken: dict[SecretInput, Secret] = {}
        """The secrets of the last form, until it is known whether they are the fault."""

    def compose(self) -> ComposeResult:
        """Put a label above each field."""
        for kind in LOGIN_KINDS.values():
            with Vertical(id=f"kind-{kind.name}", classes="login-kind"):
                for field in (*kind.fields, PROJECT):
                    yield Label(field.label(), markup=False)
                    name = f"{kind.name}-{field.name}"
                    yield SecretInput(id=name) if field.secret else LineInput(id=name)

    def ask(self, form: LoginForm) -> None:
        """Display the fields of the form's kind, fill in its known values, and focus the first empty field."""
        self._kind = form.kind or self.DEFAULT_KIND
        for kind in LOGIN_KINDS.values():
            self.query_one(f"#kind-{kind.name}").display = kind is self._kind
        for field, widget in self._shown():
            if not field.secret and not widget.value:
                widget.value = form.known(field.name)
        widgets = [widget for _field, widget in self._shown()]
        next((widget for widget in widgets if not widget.value), widgets[0]).focus()

    def _shown(self) -> Iterator[tuple[LoginField, Input]]:
        for field in (*self._kind.fields, PROJECT):
            yield field, self.query_one(f"#{self._kind.name}-{field.name}", Input)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Focus the first required field that is empty; if there is none, the form is complete."""
        event.stop()
        required = ((field.label(), widget) for field, widget in self._shown() if not field.optional)
        missing = next(((label, widget) for label, widget in required if not widget.value), None)
        if missing is not None:
            label, widget = missing
            if widget is event.input:
                self.post_message(self.Missing(label))
            widget.focus()
        else:
            self.post_message(self.Entered())

    def filled_in(self, form: LoginForm) -> LoginForm:
        """Return `form` with the login that was typed, and empty the fields that hold a secret.

        Raises:
            Problem: a value is missing or malformed.
        """
        self._taken = {
            widget: Secret(widget.take()) for _field, widget in self._shown() if isinstance(widget, SecretInput)
        }
        values = {
            field.name: self._taken[widget] if isinstance(widget, SecretInput) else widget.value.strip()
            for field, widget in self._shown()
        }
        return form.with_login(values)

    def give_back_secrets(self) -> None:
        """Put the secrets of the last form back into their fields: they were not what was refused."""
        for widget, secret in self._taken.items():
            widget.value = secret.reveal()
        self._taken = {}
