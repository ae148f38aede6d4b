"""A field for a secret: masked, and nothing of it can be taken out again."""

from textual.widgets import Input


class SecretInput(Input):
    """Copy and cut do nothing, and what it says of its changes holds no value."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id)

    def action_copy(self) -> None:
        """Do nothing: the clipboard of a terminal is no place for a secret."""

    def action_cut(self) -> None:
        """Do nothing."""

    def take(self) -> str:
        """Return the value and empty the field."""
        value = self.value
        self.value = ""
        return value
