"""The columns of the task table and their widths, which never depend on rows. Without any widget.

The server follows the operation, so that one glance tells what happened to which server. The error is the last column:
it alone has no natural width, and its end is its least useful part. A narrow terminal first loses the seconds of the
times (they are in the detail), then the key pair, then the day of times in the last hours and some cells of the server.

A wider terminal never shows less: no column disappears, and no server or key pair gets narrower. Only the error gives
way, where another column or the detail needs the room.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from kps_tui.clock import zone_abbreviation
from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY, COLUMNS, FIELDS, Field, mistake_in_columns, narrow_time

Cut = Literal["end", "middle"]
Tone = Literal["plain", "dim", "warning"]

GUTTER = 2
"""Cells before the first column: the mark and a space."""
GAP = 2
"""Cells between two columns."""
MARGIN = 1
"""Cells between the last column and the scrollbar."""
ARROW = 1
"""Cells that a title leaves free for a sort arrow such as `▼2`, which also takes the first cell of the gap."""
LEAST_REST = 12
"""The fewest cells that the error keeps beside a column that scrolled in; with fewer it is left out."""

LEAST_SCROLLED = 18
"""Other columns are left out until a column that scrolled in has this many cells, or as many as it needs."""


@dataclass(frozen=True)
class Column:
    """A column: its field, the text it shows of a task, and the tone of that text."""

    field: Field
    text: Callable[[FailedTask, int, datetime], str]
    """Returns the text of a task for a width in cells, seen from a time. It may be longer, and is then cut."""
    tone: Callable[[FailedTask], Tone] = lambda task: "plain"

    @property
    def key(self) -> str:
        """The key of its field."""
        return self.field.key

    @property
    def cut(self) -> Cut:
        """Where a long text is cut."""
        return self.field.column.cut

    def title(self, width: int) -> str:
        """Return the title for `width` cells: the short title if the long one leaves no room for an arrow."""
        words = self.field.words()
        # On the screen, the local zone is named even if the user did not choose it: it is that of a jump host.
        title = f"{words.short_title} {zone_abbreviation()}" if self.key == "time" else words.title
        return words.short_title if words.short_title and len(title) + ARROW > width else title

    def width(self, terminal: int) -> int:
        """Return its width in a terminal of `terminal` columns; the smallest one if it takes the rest."""
        widths = self.field.column.widths
        return widths[max(least for least in widths if least <= terminal)]


class ColumnSlot(NamedTuple):
    """A shown column with its position and width, in cells."""

    column: Column
    x: int
    width: int


def _time(task: FailedTask, width: int, now: datetime) -> str:
    return narrow_time(task, width, now)


def _operation(task: FailedTask, width: int, now: datetime) -> str:
    """Return the operation, such as `reset`. A state other than `failed`, which is unexpected, is added."""
    name, state = BY_KEY["op"].text(task), task.operation.state
    return f"{name} ({state})" if state not in ("", "failed") else name


def _error(task: FailedTask, width: int, now: datetime) -> str:
    """Return the error after its code, as in `[Ecs.0001] Insufficient quota`. Most errors have no code."""
    code, error = BY_KEY["code"].text(task), BY_KEY["err"].text(task)
    return f"[{code}] {error}".rstrip() if code else error


_TEXTS: dict[str, Callable[[FailedTask, int, datetime], str]] = {"time": _time, "op": _operation, "err": _error}
"""The text of columns that do not show the text of their field."""
_TONES: dict[str, Callable[[FailedTask], Tone]] = {
    "time": lambda task: "dim",
    "op": lambda task: "plain" if task.operation.state in ("", "failed") else "warning",
}


def _column(field: Field) -> Column:
    text = _TEXTS.get(field.key, lambda task, width, now: field.text(task))
    return Column(field, text, _TONES.get(field.key, lambda task: "plain"))


COLUMN_OF: Mapping[str, Column] = {field.key: _column(field) for field in FIELDS}
"""A column for each field, by its key."""


def chosen_columns(written: Sequence[str] | None, place: str) -> tuple[tuple[str, ...], str]:
    """Return the columns that the user wrote, and a warning, which is empty if they can be shown.

    If they can't be shown, return the usual ones. `place` is the file, line and key for the warning.
    """
    if written is None or not (why := mistake_in_columns(written)):
        return tuple(COLUMNS if written is None else written), ""
    return COLUMNS, _("{place}: {why}; the usual columns are shown").format(place=place, why=why)


def layout(
    cells: int, terminal: int | None = None, chosen: Sequence[str] = COLUMNS, scrolled: str = ""
) -> tuple[ColumnSlot, ...]:
    """Return the columns of a table, from left to right. Columns that do not fit are left out, the last first.

    Args:
        cells: the width of the table.
        terminal: the width of the terminal, of which the detail may have a share; by default the table has it all.
        chosen: the keys of the columns.
        scrolled: the key of a column that is shown in any case: as the last one, if it would not be shown otherwise.
    """
    terminal = cells + 1 if terminal is None else terminal
    widths = {key: COLUMN_OF[key].width(terminal) for key in chosen}
    resting = next((key for key in chosen if COLUMN_OF[key].field.column.takes_rest), None)
    for key in [key for key in chosen if key != resting][:0:-1]:
        if _needed(widths) > cells:
            del widths[key]
    rest = cells - _needed(widths)
    if resting is not None:
        widths[resting] = max(0, widths[resting] + rest)
        rest = 0
    if scrolled and scrolled not in widths:
        _scroll_in(widths, COLUMN_OF[scrolled], resting, terminal, rest)
    slots: list[ColumnSlot] = []
    x = GUTTER
    for key, width in widths.items():
        slots.append(ColumnSlot(COLUMN_OF[key], x, width))
        x += width + GAP
    return tuple(slots)


def _scroll_in(widths: dict[str, int], column: Column, resting: str | None, terminal: int, rest: int) -> None:
    """Add `column` as the last one.

    The column that takes the rest makes room, in part or entirely; if there is none, the last columns do.
    """
    wanted = column.width(terminal)
    if resting is None:
        while rest < min(wanted, LEAST_SCROLLED) + GAP and len(widths) > 1:
            rest += widths.popitem()[1] + GAP
        widths[column.key] = max(0, min(wanted, rest - GAP))
    elif widths[resting] - GAP - wanted >= LEAST_REST:
        widths[resting] -= GAP + wanted
        widths[column.key] = wanted
    else:
        widths[column.key] = min(wanted, widths.pop(resting))


def fields_in_order(cells: int, terminal: int, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of all fields in the order in which the active column moves over them.

    First the columns that are shown, from left to right, then the others of `chosen`, then the remaining fields.
    """
    shown = [slot.column.key for slot in layout(cells, terminal, chosen)]
    return tuple(dict.fromkeys([*shown, *chosen, *COLUMN_OF]))


def _needed(widths: Mapping[str, int]) -> int:
    return GUTTER + sum(widths.values()) + GAP * (len(widths) - 1) + MARGIN
