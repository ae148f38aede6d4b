"""Renders the lines of the task table from columns and styles, without any widget."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_text
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kps_tui.kps.task import FailedTask
from kps_tui.triage.query import SortKey
from kps_tui.ui.widgets.task_table.columns import GAP, GUTTER, ColumnSlot, Cut, Tone

MARK, NEW, ACKED, RUNNING = "●", "+", "✓", "↻"
"""Signs in the first cell of the gutter: a marked, a new, an acknowledged task, one whose server is being worked on."""
INCIDENT = "▌"
"""Sign in the second cell of the gutter for a task of the incident in the band."""


class TableStyles(NamedTuple):
    """The styles of a table. Each is complete, so that they need not be combined."""

    tones: Mapping[Tone, Style]
    mark: Style
    incident: Style
    """For the sign of the incident, which is that of the band."""
    cursor: Style
    """For the whole line under the cursor, in place of the tones, which might be unreadable there."""
    header: Style
    active: Style
    """For the title of the active column."""


@lru_cache(maxsize=4096)
def fit(text: str, width: int, cut: Cut = "end") -> str:
    """Return `text` in exactly `width` cells, padded or cut with an ellipsis; wide characters are not split."""
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    if width <= 1:
        return "…"[:width]
    tail = (width - 1) // 2 if cut == "middle" else 0
    start = split_text(text, width - 1 - tail)[0].rstrip()
    end = split_text(text, length - tail)[1].lstrip() if tail else ""
    shown = f"{start}…{end}"
    return shown + " " * (width - cell_len(shown))


def body(
    task: FailedTask,
    slots: Sequence[ColumnSlot],
    styles: TableStyles,
    width: int,
    now: datetime,
    *,
    cursor: bool = False,
    sign: str = "",
    dim: bool = False,
    common: bool = False,
) -> Strip:
    """Return the line of a task.

    Args:
        task: the task.
        slots: the columns that are shown.
        styles: the styles of the table.
        width: the width of the line in cells.
        now: the time from which the times of tasks are seen.
        cursor: whether the cursor is on the line.
        sign: the sign in the first cell of the gutter; empty for none.
        dim: whether the line is dim, except for the signs of a mark and of the incident.
        common: whether the task belongs to the incident in the band, so that the second cell has its sign.
    """
    is_marked = sign in (MARK, NEW)
    plain: Style = styles.tones["dim" if dim else "plain"]
    runs: list[tuple[Style, str]] = [(styles.mark if is_marked else plain, fit(sign, 1))]
    second = (styles.incident, INCIDENT) if common else (runs[0][0], " ")
    runs = [(second[0], fit(sign, 1) + second[1])] if runs[0][0] == second[0] else [*runs, second]
    for slot in slots:
        column = slot.column
        text = fit(column.text(task, slot.width, now), slot.width, column.cut) + " " * GAP
        style = plain if dim else styles.tones[column.tone(task)]
        if runs[-1][0] == style:
            text = runs.pop()[1] + text
        runs.append((style, text))
    if cursor:
        runs = [(styles.cursor, "".join(text for _, text in runs))]
    return _line(runs, width, styles.cursor if cursor else styles.tones["plain"])


def header(
    slots: Sequence[ColumnSlot], styles: TableStyles, width: int, *, active: str, sort: Sequence[SortKey]
) -> Strip:
    """Return the header line. Sorted columns have an arrow, followed by their rank if there are several."""
    runs: list[tuple[Style, str]] = [(styles.header, " " * GUTTER)]
    for slot in slots:
        key = slot.column.key
        title = _title(slot, _arrow(key, sort))
        style = styles.active if key == active else styles.header
        runs += [(style, title), (styles.header, " " * (slot.width + GAP - cell_len(title)))]
    return _line(runs, width, styles.header)


def _title(slot: ColumnSlot, arrow: str) -> str:
    """Return the title of a column with its arrow, which may take the first cell of the gap."""
    room = slot.width + 1 if arrow else slot.width
    title = slot.column.title(slot.width)
    for joined in (f"{title} {arrow}", f"{title}{arrow}") if arrow else (title,):
        if cell_len(joined) <= room:
            return joined
    return fit(title, max(0, room - len(arrow))).rstrip() + arrow


def column_at(slots: Sequence[ColumnSlot], x: int) -> str | None:
    """Return the key of the column at cell `x`, or None. The gap to the right of a column belongs to it."""
    return next((slot.column.key for slot in slots if slot.x <= x < slot.x + slot.width + GAP), None)


def _arrow(key: str, sort: Sequence[SortKey]) -> str:
    for rank, sorted_by in enumerate(sort, 1):
        if sorted_by.field == key:
            return ("▼" if sorted_by.descending else "▲") + (str(rank) if len(sort) > 1 else "")
    return ""


def _line(runs: Sequence[tuple[Style, str]], width: int, fill: Style) -> Strip:
    return Strip([Segment(text, style) for style, text in runs]).adjust_cell_length(width, fill)
