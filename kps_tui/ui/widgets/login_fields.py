"""The form fields for each kind of login, and the input for a secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label

from kps_tui.i18n import _
from kps_tui.identity.login_kinds import LOGIN_KINDS, TOKEN, LoginField, LoginKind
from kps_tui.kps.credentials import Secret
from kps_tui.session.sign_in import LoginForm
from kps_tui.ui.widgets.line_input import LineInput, paste_lines

PROJECT = LoginField(
    name="project_id",
    label=lambda: _("Project id"),
    hint=lambda: _("if empty, the project of the login"),
    optional=True,
)
"""The last field of every kind of login."""


class SecretInput(Input):
    """A masked input whose value can't be copied or cut."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id, select_on_focus=False)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Join the pasted lines: a terminal may have wrapped the secret."""
        paste_lines(self, event, "")

    def action_copy(self) -> None:
        """Do nothing: a secret does not belong in the clipboard of a terminal."""

    def action_cut(self) -> None:
        """Do nothing, as for `action_copy`."""


class LoginFields(Vertical):
    """The fields of every kind of login; those of the chosen kind are displayed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False, id="sign-in.next-field"),
        Binding("up", "app.focus_previous", show=False, id="sign-in.previous-field"),
    ]
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

    def compose(self) -> ComposeResult:
        """Put a label beside each field."""
        for kind in LOGIN_KINDS.values():
            with Vertical(id=f"kind-{kind.name}", classes="login-kind"):
                for field in kind.fields:
                    yield from _row(field, f"{kind.name}-{field.name}")
        yield from _row(PROJECT, PROJECT.name)

    def ask(self, form: LoginForm) -> None:
        """Display the fields of the form's kind, fill in the known values, and focus the first required empty field."""
        self._kind = form.kind or self.DEFAULT_KIND
        for kind in LOGIN_KINDS.values():
            self.query_one(f"#kind-{kind.name}").display = kind is self._kind
        for field, widget in self._shown():
            if not field.secret and not widget.value:
                widget.value = form.known(field.name)
        shown = [*self._shown()]
        next((widget for field, widget in shown if not field.optional and not widget.value), shown[0][1]).focus()

    def _shown(self) -> Iterator[tuple[LoginField, Input]]:
        for field in self._kind.fields:
            yield field, self.query_one(f"#{self._kind.name}-{field.name}", Input)
        yield PROJECT, self.query_one(f"#{PROJECT.name}", Input)

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
        """Return `form` with the login that was typed.

        Raises:
            Problem: a value is missing or malformed.
        """
        return form.with_login(
            {
                field.name: Secret(widget.value) if field.secret else widget.value.strip()
                for field, widget in self._shown()
            }
        )

    def typed_texts(self) -> dict[str, str]:
        """Return all values that were typed, except secrets, by the name of the field, of every kind of login."""
        fields = [
            (field.name, f"{kind.name}-{field.name}") for kind in LOGIN_KINDS.values() for field in kind.plain_fields
        ]
        values = {name: self.query_one(f"#{id}", Input).value for name, id in (*fields, (PROJECT.name, PROJECT.name))}
        return {name: value for name, value in values.items() if value}

    def correct_secret(self) -> None:
        """Focus the last secret that is filled in, and select it, so that typing replaces it."""
        filled = [widget for field, widget in self._shown() if field.secret and widget.value]
        if filled:
            filled[-1].focus()
            filled[-1].select_all()

    def correct_project(self) -> None:
        """Focus the project id."""
        self.query_one(f"#{PROJECT.name}").focus()


def _row(field: LoginField, id: str) -> ComposeResult:
    with Horizontal(classes="login-field"):
        yield Label(field.label(), markup=False)
        if field.secret:
            yield SecretInput(field.hint(), id=id)
        else:
            yield LineInput(placeholder=field.hint(), select_on_focus=False, id=id)
