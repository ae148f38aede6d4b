"""Commands of marking: marks are ids, so they outlive any order, filter and refresh."""

from typing import TYPE_CHECKING

from kps_tui.ui.widgets.task_table import TaskTable

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


def toggle(screen: "TriageScreen") -> None:
    """Mark the task under the cursor, or take its mark away, and go to the next; a range ends here."""
    table = screen.query_one(TaskTable)
    task = screen.view.at(table.cursor_row)
    if screen.range_from is not None:
        screen.range_from = None
    elif task is not None:
        screen.marked ^= {task.task_id}
        table.go_to_row(table.cursor_row + 1)


def mark_range(screen: "TriageScreen") -> None:
    """Begin a range at the cursor, or end it: all that the cursor passes is marked."""
    task = screen.view.at(screen.query_one(TaskTable).cursor_row)
    if screen.range_from is not None:
        screen.range_from = None
    elif task is not None:
        screen.range_from = (task.task_id, screen.marked)
        screen.marked |= {task.task_id}


def extend_range(screen: "TriageScreen") -> None:
    """Mark what lies between the begin of the range and the cursor."""
    if screen.range_from is None:
        return
    task_id, before = screen.range_from
    begin = screen.view.row_of(task_id)
    if begin is None:
        screen.range_from = None
        return
    cursor = screen.query_one(TaskTable).cursor_row
    tasks, order = screen.view.store.tasks, screen.view.order
    passed = frozenset([tasks[index].task_id for index in order[min(begin, cursor) : max(begin, cursor) + 1]])
    screen.marked = _there(screen, before) | passed


def give_up_range(screen: "TriageScreen") -> None:
    """End the range and forget what it marked."""
    if screen.range_from is not None:
        before = screen.range_from[1]
        screen.range_from = None
        screen.marked = _there(screen, before)


def all_shown(screen: "TriageScreen") -> None:
    """Mark every task that is shown."""
    screen.range_from = None
    screen.marked |= {task.task_id for task in screen.view.tasks()}


def none(screen: "TriageScreen") -> None:
    """Take every mark away."""
    screen.range_from = None
    screen.marked = frozenset()


def _there(screen: "TriageScreen", marked: frozenset[str]) -> frozenset[str]:
    """Return what of `marked` is still there: a refresh may have come meanwhile."""
    return frozenset(task_id for task_id in marked if screen.view.store.get(task_id) is not None)


def has_marks(screen: "TriageScreen") -> bool:
    """Whether anything is marked."""
    return bool(screen.marked)
