"""The table of failed tasks: shows a `View`, one line per task, and posts messages about what the user does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from kps_tui.clock import utc_now
from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.triage.fields import COLUMNS
from kps_tui.triage.running import NOTHING_RUNNING, RunningTasks
from kps_tui.triage.standings import Standing
from kps_tui.triage.view import View
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.incident_finder import Incidents
from kps_tui.ui.widgets.task_table.columns import COLUMN_OF, ColumnSlot, Tone, fields_in_order, layout
from kps_tui.ui.widgets.task_table.lazy_rows import HEADER, LazyRows
from kps_tui.ui.widgets.task_table.render import ACKED, MARK, NEW, RUNNING, TableStyles, body, column_at, header

PARTS = ("cursor", "header", "active", "mark", "incident", "dim", "warning")
"""The parts that have a style, `task-table--cursor` for example."""

SAME_TIME = timedelta(minutes=1)
"""For so long, what is in sight is not drawn again only because times are abbreviated by their age."""


class TaskTable(LazyRows):
    """Assign `view`, `bench`, `active_column`; listen to `Highlighted`, `Chosen`, `SortAsked`, `Moved`.

    The arrows in the header come from `view.query.sort`, so that they always agree with the order shown.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"task-table--{part}" for part in PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        *LazyRows.BINDINGS,
        Binding("h,left", "cursor_left", "Column to the left", show=False, id="table.left"),
        Binding("l,right", "cursor_right", "Column to the right", show=False, id="table.right"),
        Binding("enter", "select_cursor", "Open", show=False, id="table.choose"),
    ]

    view: reactive[View] = reactive(View, repaint=False)
    bench: reactive[Bench] = reactive(Bench, repaint=False)
    """The marks, which have a sign in the gutter, as new and acknowledged tasks have."""
    running: reactive[RunningTasks] = reactive(NOTHING_RUNNING, repaint=False)
    incidents: reactive[Incidents] = reactive(Incidents)
    active_column: reactive[str] = reactive(COLUMNS[0], repaint=False)
    """The key of the field that commands such as sort apply to; if it is no column, it is shown as the last one."""

    @dataclass
    class Highlighted(Message):
        """Posted when another task, or none, is under the cursor, also because the view changed."""

        row_key: RowKey | None

    @dataclass
    class Chosen(Message):
        """Posted when the task under the cursor is chosen by Enter or by a click."""

        row_key: RowKey

    @dataclass
    class SortAsked(Message):
        """Posted when the title of a column is clicked."""

        field: str

    @dataclass
    class Moved(Message):
        """Posted when the user moves the cursor or scrolls, even at the end; not when the view changes."""

        rows_below: int
        """Number of shown rows below the last visible one."""
        near_end: bool
        """Whether these are at most one screen, or a third of all shown rows."""

    def __init__(
        self,
        now: Callable[[], datetime] = utc_now,
        columns: Sequence[str] = COLUMNS,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Create a table with a column for each field in `columns`.

        How a time is abbreviated depends on the time that `now` returned when the lines were last drawn.
        """
        self._now = now
        self._seen_at = now()
        self._columns = tuple(columns)
        self.columns_shown: tuple[ColumnSlot, ...] = layout(80, chosen=self._columns)
        """The columns that are shown, from left to right."""
        self._cached_styles: TableStyles | None = None
        self._posted: RowKey | None = None
        self.chosen: RowKey | None = None
        """The key of the task that the user moved the cursor to last; None before the first move."""
        self._anchor = View(), 0
        """Where the cursor was last, not counting filters that were only typed: a view and a row."""
        self._is_at_first = True
        """Whether the cursor was on the first row after the user's last move."""
        self._was_hidden = False
        self._page_before = 0
        """Number of visible rows before the last resize."""
        super().__init__(id=id, classes=classes)
        self.set_reactive(TaskTable.active_column, self._columns[0])

    @property
    def row_count(self) -> int:
        """Number of tasks in the view."""
        return len(self.view)

    @property
    def task_at_cursor(self) -> FailedTask | None:
        """The task under the cursor, or None if the table is empty."""
        return self.view.at(self.cursor_row)

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of all fields in the order in which the active column moves over them, the shown ones first."""
        return fields_in_order(self.scrollable_content_region.width, self.app.size.width, self._columns)

    def key_of_row(self, row: int) -> str:
        """Return a text that identifies the task in `row`."""
        task = self.view.at(row)
        assert task is not None, row
        return f"{task.task_id}\n{task.task_time}"

    def get_row_at(self, row_index: int) -> list[str]:
        """Return the uncut texts of the columns in a row."""
        task = self.view.at(row_index)
        return [] if task is None else [COLUMN_OF[key].text(task, 1024, self._seen_at) for key in self._columns]

    # Following the view

    def watch_view(self, old: View, new: View) -> None:
        """Keep the cursor on its task, and the task on its line of the screen."""
        now, top = self._now(), self.scroll_offset.y
        cursor = self.validate_cursor_coordinate(Coordinate(self._row_in(new), 0))
        if self._is_at_first and top == 0 and new.store is not old.store:
            # After a refresh, new rows above the first one come into sight, as long as the cursor stays in sight. If it
            # was never moved, it gives way to more of them: they are what the user came for.
            shift = max(0, cursor.row - self.page + 1)
            if shift and self.chosen is None:
                shift, cursor = 0, Coordinate(0, 0)
        elif top <= self.cursor_row < top + self.page:
            shift = cursor.row - self.cursor_row
        elif old.query == new.query:
            shift = new.row_after(old, top) - top
        else:
            shift = 0
        is_in_place = not shift and cursor == self.cursor_coordinate and now - self._seen_at < SAME_TIME
        self.set_reactive(TaskTable.cursor_coordinate, cursor)
        if new.store is not self._anchor[0].store:
            self._anchor = new, cursor.row
        self.measure()
        # Most pages that arrive change nothing in sight.
        if not (is_in_place and new.shows_same(old, slice(top, top + self.page))):
            self._seen_at = now
            self._refresh_lines()
        if shift:
            self.scroll_to(y=self.scroll_y + shift, animate=False, force=True)
        if not self.display or not self.size.height:
            self._was_hidden = True
        self._post_highlighted()

    def _row_in(self, new: View) -> int:
        """Return the cursor's row in `new`: that of the task the user moved to, even if it was hidden meanwhile.

        Which filters were shown while one was typed does not matter: that depends on how fast it was typed.
        """
        if self.chosen is not None and (row := new.row_of(self.chosen)) is not None:
            return row
        return new.row_after(*self._anchor)

    def on_show(self) -> None:
        """Show the cursor, which changes may have moved while the table was hidden."""
        self._reveal()

    def _reveal(self) -> None:
        """Scroll to the cursor, if it was visible before the table was hidden or made lower."""
        top, row, before = self.scroll_offset.y, self.cursor_row, self._page_before
        if not self.size.height:
            return
        was_hidden, self._was_hidden, self._page_before = self._was_hidden, False, self.page
        if top <= row < top + self.page:
            return
        if was_hidden:
            self.scroll_to(y=max(0, row - self.page // 2), animate=False, force=True)
        elif top <= row < top + before:
            self.scroll_to(y=row - self.page + 1, animate=False, force=True)

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Redraw the two lines, keep the cursor visible, and post the task under it."""
        super().watch_cursor_coordinate(old_coordinate, new_coordinate)
        self._is_at_first = new_coordinate.row == 0
        task = self.view.at(new_coordinate.row)
        self.chosen = task.row_key if task else None
        self._anchor = self.view, new_coordinate.row
        self._post_highlighted()

    def watch_bench(self, old: Bench, new: Bench) -> None:
        """Redraw the visible lines whose sign in the gutter changed. Typing a filter does not change the history."""
        if old.history is not new.history:
            self._anchor = self.view, self.cursor_row
        if old.marked is new.marked:
            return
        for row in range(self.scroll_offset.y, self.scroll_offset.y + self.page):
            task = self.view.at(row)
            if task is not None and self._sign(old, task) != self._sign(new, task):
                self.refresh_row(row)

    def watch_running(self) -> None:
        """Redraw the visible lines."""
        self._refresh_lines()

    def _sign(self, bench: Bench, task: FailedTask) -> str:
        """Return the sign of a task in the gutter; empty if it has none."""
        standing = self.view.standing_of(task.row_key)
        if task.row_key in bench.marked:
            return MARK
        if Standing.ACKED in standing:
            return ACKED
        return NEW if Standing.NEW in standing else RUNNING if self.running.on(task) else ""

    def validate_active_column(self, key: str) -> str:
        """Return `key`, or the key of the first column if there is no such field."""
        return key if key in COLUMN_OF else self._columns[0]

    def watch_active_column(self) -> None:
        """Redraw the header, or all lines if another field scrolls in or out."""
        self._refresh_lines(None if self._lay_out() else HEADER)

    def on_resize(self) -> None:
        """Lay the columns out for the new width."""
        self._lay_out()
        self.measure()
        self._refresh_lines()
        self._reveal()

    def _lay_out(self) -> bool:
        """Compute the columns. Return whether they changed."""
        before, width = self.columns_shown, self.scrollable_content_region.width
        self.columns_shown = layout(width, self.app.size.width, self._columns, self.active_column)
        return self.columns_shown != before

    def notify_style_update(self) -> None:
        """Discard the cached styles: the theme, the focus or a style sheet changed."""
        super().notify_style_update()
        self._cached_styles = None

    def _refresh_lines(self, count: int | None = None) -> None:
        """Repaint the first `count` lines, or all lines, but not the scrollbar."""
        region = self.scrollable_content_region
        self.refresh(Region(0, 0, region.width, region.height if count is None else count))

    def _post_highlighted(self) -> None:
        task = self.view.at(self.cursor_row)
        row_key = task.row_key if task else None
        if row_key != self._posted:
            self._posted = row_key
            self.post_message(self.Highlighted(row_key))

    # Input of the user

    def action_cursor_left(self) -> None:
        """Make the field to the left the active one."""
        self._step_column(-1)

    def action_cursor_right(self) -> None:
        """Make the field to the right the active one."""
        self._step_column(1)

    def action_select_cursor(self) -> None:
        """Choose the task under the cursor."""
        if (task := self.view.at(self.cursor_row)) is not None:
            self.post_message(self.Chosen(task.row_key))

    def user_moved(self, rows_below: int) -> None:
        """Post `Moved`."""
        self.post_message(self.Moved(rows_below, rows_below <= max(self.page, self.row_count // 3)))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a click on the line under the cursor chooses its task.

        A click on a title posts `SortAsked`.
        """
        x, y = event.get_content_offset_capture(self)
        if y < HEADER:
            if (key := column_at(self.columns_shown, x)) is not None:
                self.post_message(self.SortAsked(key))
            return
        row = y - HEADER + self.scroll_offset.y
        if row == self.cursor_row:
            self.action_select_cursor()
        elif self.is_valid_row_index(row):
            self.go_to_row(row)

    def _step_column(self, step: int) -> None:
        at = self.fields.index(self.active_column) + step
        self.active_column = self.fields[max(0, min(at, len(self.fields) - 1))]

    # Rendering

    def render_line(self, y: int) -> Strip:
        """Render line `y` of the widget."""
        styles, width = self._table_styles(), self.size.width
        if y < HEADER:
            return header(self.columns_shown, styles, width, active=self.active_column, sort=self.view.query.sort)
        row = y - HEADER + self.scroll_offset.y
        if (task := self.view.at(row)) is None:
            return Strip.blank(width, styles.tones["plain"])
        sign, is_acked = self._sign(self.bench, task), Standing.ACKED in self.view.standing_of(task.row_key)
        is_cursor, common, now = row == self.cursor_row, self.incidents.has(task), self._seen_at
        return body(
            task, self.columns_shown, styles, width, now, cursor=is_cursor, sign=sign, dim=is_acked, common=common
        )

    def _table_styles(self) -> TableStyles:
        if self._cached_styles is None:
            base = self.rich_style
            part = {name: base + self.get_component_rich_style(f"task-table--{name}", partial=True) for name in PARTS}
            tones: dict[Tone, Style] = {"plain": base, "dim": part.pop("dim"), "warning": part.pop("warning")}
            self._cached_styles = TableStyles(tones, **part)
        return self._cached_styles
