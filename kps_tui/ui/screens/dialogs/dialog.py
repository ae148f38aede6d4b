"""The base of every dialog."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A modal screen that is dismissed once, even if two keys that dismiss it arrive together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "app.interrupt", show=False, id="dialog.interrupt", priority=True),
        Binding("ctrl+z", "app.to_shell", show=False, id="dialog.suspend", priority=True),
    ]

    def answer(self, answer: Answer | None) -> None:
        """Dismiss the dialog with `answer`, unless it was dismissed already."""
        if self.is_current:
            self.dismiss(answer)

    def action_close(self) -> None:
        """Dismiss the dialog without an answer."""
        self.answer(None)
