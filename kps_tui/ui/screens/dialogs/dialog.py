"""What lies above the screen and goes away with an answer."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A dialog that can be answered once: of two keys in one read the second finds it gone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "app.interrupt", show=False, id="dialog.interrupt", priority=True),
        Binding("ctrl+z", "app.to_shell", show=False, id="dialog.suspend", priority=True),
    ]

    def answer(self, answer: Answer | None) -> None:
        """Go away with `answer`."""
        if self.is_current:
            self.dismiss(answer)

    def action_close(self) -> None:
        """Go away without an answer."""
        self.answer(None)
