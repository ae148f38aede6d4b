"""Commands of taking away: a copy, a ticket, a file."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _, counted, number
from kps_tui.kps.task import FailedTask
from kps_tui.triage.copies import copies
from kps_tui.triage.ticket import TicketHeading, ticket
from kps_tui.ui.actions.command_line import command_line
from kps_tui.ui.screens.copy_menu import Choice, CopyMenu
from kps_tui.ui.widgets.task_table import TaskTable

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def copy_menu(screen: "TriageScreen") -> None:
    """Choose what to copy of the task under the cursor, or this view as a command line."""
    task = _under_cursor(screen)
    heading = screen.heading
    offered = copies(heading.region, heading.project_id, demo=heading.demo)
    choices = [Choice(copy.key, copy.title, copy.text(task) if task else "") for copy in offered]
    choices.append(Choice("q", _("this view"), command_line(screen.asked, heading)))

    def chosen(choice: Choice | None) -> None:
        if choice is not None:
            screen.deliver(choice.title, lambda: choice.text)

    screen.app.push_screen(CopyMenu(choices), chosen)


def copy_ticket(screen: "TriageScreen") -> None:
    """Copy a ticket in Markdown of the marked tasks, or of the one under the cursor."""
    marked = marked_tasks(screen)
    task = _under_cursor(screen)
    tasks = marked or ([task] if task else [])
    if not tasks:
        screen.notify(_("there is no task to write about"), markup=False)
        return
    heading = screen.heading
    at = screen.load.answered_at
    base = screen.load.base
    if marked:
        base = f"{marked_words(screen)}, {base}"
    where = TicketHeading(heading.region, heading.project_id, base, at, heading.demo, heading.host)
    name = counted(len(tasks), _("ticket of 1 task"), _("ticket of {count} tasks"))
    screen.deliver(name, lambda: ticket(tasks, where))


def marked_words(screen: "TriageScreen") -> str:
    """Return how many tasks are marked, and how many of them nobody sees now: `3 marked, 2 of them hidden`."""
    words = counted(len(screen.marked), _("1 marked"), _("{count} marked"))
    if hidden := screen.view.hidden(screen.marked):
        words = _("{marked}, {count} of them hidden by the filter").format(marked=words, count=number(hidden))
    return words


def marked_tasks(screen: "TriageScreen") -> list[FailedTask]:
    """Return the marked tasks: those shown in their order, then those that the filter hides."""
    marked = screen.marked
    if not marked:
        return []
    shown = [task for task in screen.view.tasks() if task.task_id in marked]
    seen = {task.task_id for task in shown}
    hidden = [task for task in screen.view.store.tasks if task.task_id in marked and task.task_id not in seen]
    return shown + hidden


def _under_cursor(screen: "TriageScreen") -> FailedTask | None:
    return screen.view.at(screen.query_one(TaskTable).cursor_row)
