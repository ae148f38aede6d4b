"""The columns of the task table and their widths, which never depend on rows. Without any widget.

An operator first needs to know what failed, when and where, so the error and the time are always shown. When the table
gets narrower, it first loses the error code (usually null; an empty column would cost room for the error), then the key
pair, then the seconds of the time (they are in the detail), then two cells of the operation. In terminals below the
minimum size it also loses the server, and finally the operation.

A narrow operation is cut, not abbreviated: in six cells, `bind`, `unbind` and `reset` are whole and `replace` is
`repla…`. So there are no abbreviations to learn, and no two operations look the same, as with their first letters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY, FIELDS, ColumnSize, Field

Cut = Literal["end", "middle"]
Tone = Literal["plain", "dim", "warning"]

GUTTER = 2
"""Cells before the first column: the mark and a space."""
GAP = 2
"""Cells between two columns."""
MARGIN = 1
"""Cells between the last column and the scrollbar."""
ARROW = 3
"""Cells that a title leaves free for a sort arrow such as ` ▼2`."""


@dataclass(frozen=True)
class Column:
    """A column: its field, the text it shows of a task, and the tone of that text."""

    field: Field
    size: ColumnSize
    text: Callable[[FailedTask, int], str]
    """Returns the text of a task for a width in cells. It may be longer than that, and is then cut."""
    tone: Callable[[FailedTask], Tone] = lambda task: "plain"

    @property
    def key(self) -> str:
        """The key of its field."""
        return self.field.key

    @property
    def cut(self) -> Cut:
        """Where a long text is cut."""
        return self.size.cut

    @property
    def most(self) -> int | None:
        """The maximum width in cells; None if the column takes all remaining room."""
        return self.size.most

    def title(self, width: int) -> str:
        """Return the title for `width` cells: the short title if the long one leaves no room for an arrow."""
        title, short = self.field.words().title, self.field.words().short_title
        return short if short and len(title) + ARROW > width else title


class ColumnSlot(NamedTuple):
    """A shown column with its position and width, in cells."""

    column: Column
    x: int
    width: int


def _time(task: FailedTask, width: int) -> str:
    text = BY_KEY["time"].text(task)
    return text[:16] if width < len(text) and task.milliseconds is not None else text


def _operation(task: FailedTask, width: int) -> str:
    """Return the operation, such as `reset`. A state other than `failed`, which is unexpected, is added."""
    name, state = BY_KEY["op"].text(task), task.operation.state
    return f"{name} ({state})" if state not in ("", "failed") else name


_TEXTS: dict[str, Callable[[FailedTask, int], str]] = {"time": _time, "op": _operation}
"""The text of columns that do not show the text of their field."""
_TONES: dict[str, Callable[[FailedTask], Tone]] = {
    "time": lambda task: "dim",
    "op": lambda task: "plain" if task.operation.state in ("", "failed") else "warning",
}


def _column(field: Field, size: ColumnSize) -> Column:
    text = _TEXTS.get(field.key, lambda task, width: field.text(task))
    return Column(field, size, text, _TONES.get(field.key, lambda task: "plain"))


COLUMNS = tuple(_column(field, field.column) for field in FIELDS if field.column)
"""Every column, from left to right."""

BREAKPOINTS: tuple[Mapping[str, int], ...] = tuple(
    {column.key: column.size.least[at] for column in COLUMNS if at < len(column.size.least)}
    for at in range(max(len(column.size.least) for column in COLUMNS))
)
"""The layouts from wide to narrow: columns and their minimum widths. The first layout that fits is used."""


def layout(cells: int) -> tuple[ColumnSlot, ...]:
    """Return the columns of a table of `cells` cells, from left to right."""
    shape = next((shape for shape in BREAKPOINTS if _needed(shape) <= cells), BREAKPOINTS[-1])
    spare = max(0, cells - _needed(shape))
    columns = [column for column in COLUMNS if column.key in shape]
    share = spare // sum(column.cut == "middle" or column.most is None for column in columns)
    widths = dict(shape)
    for column in columns:
        if column.cut == "middle" and column.most is not None:
            widths[column.key] = min(column.most, shape[column.key] + share)
    rest = cells - _needed(widths)
    slots: list[ColumnSlot] = []
    x = GUTTER
    for column in columns:
        width = max(0, widths[column.key] + (rest if column.most is None else 0))
        slots.append(ColumnSlot(column, x, width))
        x += width + GAP
    return tuple(slots)


def nearest(slots: tuple[ColumnSlot, ...], key: str) -> str:
    """Return `key` if its column is shown, else the key of the next shown column to its left, else of the first."""
    shown = {slot.column.key for slot in slots}
    keys = [column.key for column in COLUMNS]
    if key not in keys:
        return slots[0].column.key
    return next((near for near in reversed(keys[: keys.index(key) + 1]) if near in shown), slots[0].column.key)


def _needed(widths: Mapping[str, int]) -> int:
    return GUTTER + sum(widths.values()) + GAP * (len(widths) - 1) + MARGIN
