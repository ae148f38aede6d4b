"""All values of one task: the error first, then the server, the key pair and the task."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import block, line
from kps_tui.terminal.width import padded
from kps_tui.triage.fields import ERROR_FIRST, Field, Group, time_text
from kps_tui.ui.age import age

LABEL_CELLS = 10
BETWEEN = "  ·  "


class Row(NamedTuple):
    """A label and a value of the detail."""

    label: str
    value: str
    unit: str = ""
    """Suffix of the value in the compact layout, which has no labels, such as ` UTC`."""


def error_text(task: FailedTask) -> str:
    """Return the whole error message; if there is an error code, it follows on its own line."""
    said = block(task.task_error_msg) if task.task_error_msg else _("no error given")
    return f"{said}\n{line(task.task_error_code)}" if task.task_error_code else said


def groups(task: FailedTask, now: datetime, zone: tzinfo | None = None) -> Iterator[tuple[str, list[Row]]]:
    """Yield the groups below the error, each as a title and rows. A missing value is shown as `—`."""
    for group in Group:
        fields = [field for field in ERROR_FIRST if field.group is group]
        yield group.title, [row for field in fields for row in _rows(field, task, now, zone)]
    if others := _others(task):
        yield _("Also sent"), others


def _rows(field: Field, task: FailedTask, now: datetime, zone: tzinfo | None) -> Iterator[Row]:
    label = field.words().in_group or field.label
    if field.key == "time" and task.milliseconds is not None:
        yield Row(label, time_text(task, zone))
        yield Row(_("age"), age(task.milliseconds, now))
        yield Row(_("UTC"), time_text(task, UTC), _(" UTC"))
    elif field.key == "task" and task.has_own_id:
        yield Row(label, _("(none sent; ours: {id})").format(id=task.task_id))
    else:
        yield Row(label, field.text(task) or "—")


def _others(task: FailedTask) -> list[Row]:
    """Return the fields that the service sent besides the documented ones."""
    from kps_tui.triage.export import as_json

    served = task.served or {}
    return [Row(line(key, 40), line(as_json(value), 400)) for key, value in served.items() if key not in API_FIELDS]


def stacked(task: FailedTask, width: int, now: datetime, zone: tzinfo | None = None) -> Content:
    """Return the detail as a column of `width` cells. A value that does not fit beside its label is put below it."""
    lines = [_error(task)]
    for title, rows in groups(task, now, zone):
        lines += [Content(""), Content.styled(title, "bold underline")]
        for label, value, _unit in rows:
            beside = cell_len(label) < LABEL_CELLS and LABEL_CELLS + cell_len(value) <= width
            name = Content.styled(padded(label, LABEL_CELLS) if beside else label, "dim")
            lines += [name + Content(value)] if beside else [name, Content(value)]
    return Content("\n").join(lines)


def compact(task: FailedTask, width: int, now: datetime, zone: tzinfo | None = None) -> Content:
    """Return the detail for a wide and low pane: the values of a group side by side, as many on a line as fit."""
    lines = [_error(task)]
    for title, rows in groups(task, now, zone):
        label = padded(title, LABEL_CELLS)
        for values in _side_by_side([row.value + row.unit for row in rows], width - LABEL_CELLS):
            lines.append(Content.styled(label, "dim") + Content.styled(BETWEEN, "dim").join(map(Content, values)))
            label = " " * LABEL_CELLS
    return Content("\n").join(lines)


def _side_by_side(values: list[str], width: int) -> list[list[str]]:
    lines: list[list[str]] = []
    room = 0
    for value in values:
        needed = cell_len(BETWEEN) + cell_len(value)
        if lines and needed <= room:
            lines[-1].append(value)
            room -= needed
        else:
            lines.append([value])
            room = width - cell_len(value)
    return lines


def _error(task: FailedTask) -> Content:
    return Content.styled(error_text(task), "bold $text-error")


BESIDE_COLUMNS = 180
"""Columns of the terminal from which on the pane is beside the table. Below it, the pane is wide and low."""


class TaskDetail(VerticalScroll):
    """Shows the highlighted task, or a text if there is none."""

    can_focus = False

    highlighted: reactive[FailedTask | None] = reactive(None)
    full_detail: reactive[bool] = reactive(False)
    """Whether it has the whole width of the screen."""

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now

    def compose(self) -> ComposeResult:
        """Yield the widget whose text is updated for each task."""
        yield Static(markup=False)

    def watch_highlighted(self) -> None:
        """Show the task from its top."""
        self._draw()
        self.scroll_home(animate=False)

    def watch_full_detail(self) -> None:
        """Show the task in the other layout."""
        self._draw()

    def on_resize(self) -> None:
        """Lay out the task for the new width."""
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        width, task = self.scrollable_content_region.width, self.highlighted
        text = self.query_one(Static)
        if task is None:
            text.update(Content.styled(_("no task chosen"), "dim"))
        elif not self.full_detail and self.app.size.width < BESIDE_COLUMNS:
            text.update(compact(task, width, self._now()))
        else:
            text.update(stacked(task, width, self._now()))
