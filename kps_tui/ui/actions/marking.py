"""Commands that mark tasks."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _, counted
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle(screen: "TriageScreen") -> None:
    """Mark or unmark the task under the cursor, and go to the next one. While a range is open, close it instead."""
    task = screen.table.task_at_cursor
    if screen.bench.range is not None:
        toggle_range(screen)
    elif task is not None:
        screen.bench = screen.bench.toggled(task.row_key)
        screen.table.go_to_row(screen.table.cursor_row + 1)


def toggle_range(screen: "TriageScreen") -> None:
    """Begin a range of marks at the cursor, or end the range."""
    task = screen.table.task_at_cursor
    screen.bench = screen.bench.range_toggled(task.row_key if task else None)


def all_shown(screen: "TriageScreen") -> None:
    """Mark every task that is shown. If a part of the filter is ignored, ask first: more tasks are shown than meant."""

    def mark(wanted: bool | None) -> None:
        if wanted:
            screen.bench = screen.bench.all_marked(screen.view)

    if not (ignored := screen.filter_bar.ignored):
        mark(True)
        return
    from kps_tui.ui.screens.dialogs.question import Question

    title = counted(len(screen.view), "Mark the task shown?", "Mark all {count} tasks shown?")
    question = _("A part of the filter is ignored, so more tasks may be shown than you meant: {part}")
    question = question.format(part=line(ignored[0].part, 80))
    screen.app.push_screen(Question(title, question, _("Enter marks them")), mark)


def none(screen: "TriageScreen") -> None:
    """Clear all marks."""
    screen.bench = screen.bench.unmarked()
