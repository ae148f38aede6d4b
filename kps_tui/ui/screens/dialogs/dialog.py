"""The base of every dialog."""

from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from kps_tui.ui.widgets.task_table.table import TaskTable

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A modal screen that is dismissed only once, even if two keys that dismiss it arrive together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "app.interrupt", show=False, id="dialog.interrupt", priority=True),
        Binding("ctrl+z", "app.to_shell", show=False, id="dialog.suspend", priority=True),
    ]

    @on(events.Mount)
    def _follow_layout(self) -> None:
        self.screen_layout_refresh_signal.subscribe(self, self._keep_cursor_in_sight)

    def _keep_cursor_in_sight(self, _screen: Screen[Any]) -> None:
        """Keep the cursor's row of the table, which is behind the dialog, in sight above it."""
        # The signal may arrive when the dialog has just been dismissed.
        if self.is_current and (table := self._table) is not None:
            table.keep_clear(self.query_one(".box").region.y)

    @property
    def _table(self) -> TaskTable | None:
        """The table behind the dialog, or None if something else is there."""
        stack = self.app.screen_stack
        tables = stack[stack.index(self) - 1].query(TaskTable)
        return next((table for table in tables if table.display and table.size.height), None)

    def answer(self, answer: Answer | None) -> None:
        """Dismiss the dialog with `answer`, unless it was dismissed already."""
        if self.is_current:
            if (table := self._table) is not None:
                table.keep_clear(None)
            self.dismiss(answer)

    def action_close(self) -> None:
        """Dismiss the dialog without an answer."""
        self.answer(None)
