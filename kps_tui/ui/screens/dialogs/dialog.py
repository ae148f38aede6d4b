"""The base of every dialog."""

from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from kps_tui.ui.widgets.task_table.lazy_rows import HEADER
from kps_tui.ui.widgets.task_table.table import TaskTable

LEAST_LINES = 3
"""The fewest lines to which what can scroll in a dialog is made lower."""

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
            self._leave_room(table)
            table.keep_clear(self.query_one(".box").region.y)

    def _leave_room(self, table: TaskTable) -> None:
        """Make what can scroll in the dialog lower, if the dialog covers the first row of the table."""
        covered = table.content_region.y + HEADER + 1 - self.query_one(".box").region.y
        for scrolling in self.query(".box.-scrolls, .box OptionList"):
            if covered > 0 and scrolling.size.height - covered >= LEAST_LINES:
                scrolling.styles.max_height = scrolling.outer_size.height - covered

    @on(events.Resize)
    def _use_all_room(self) -> None:
        """Let what was made lower be as high as it fits in the new size."""
        for scrolling in self.query(".box.-scrolls, .box OptionList"):
            scrolling.styles.clear_rule("max_height")

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
