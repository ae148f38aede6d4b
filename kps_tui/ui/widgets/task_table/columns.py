"""The columns of the task table, and how they share its width. Widths never depend on rows. Knows no widget.

An operator first needs *what went wrong, when, where*, so the error and the time are always shown. From wide to narrow,
the code goes first (in practice it is null, and its empty cells would only cut the error), then the key pair, then the
seconds of the time (the detail has them, and names of servers say more), then two cells of the operation. Only where
the screen is too small anyway, the server goes, and at last the operation.

A narrow operation is cut, not abbreviated: in six cells `bind`, `unbind` and `reset` are whole and `replace` is
`repla…`, so there is nothing to learn and no two look alike (one letter can't tell `reset` from `replace`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY, FIELDS, ColumnSize, Field

Cut = Literal["end", "middle"]
Tone = Literal["plain", "dim", "warning"]

GUTTER = 2
"""Cells before the first column, for the mark and a space."""
GAP = 2
"""Cells between two columns."""
MARGIN = 1
"""Cells between the last column and the scrollbar."""
ARROW = 3
"""Cells that a title leaves free for its sort arrow, such as ` ▼2`."""


@dataclass(frozen=True)
class Column:
    """One column: its field, what it shows of a task, and in which tone."""

    field: Field
    size: ColumnSize
    text: Callable[[FailedTask, int], str]
    """The text for a width in cells. It may still be longer, and is then cut."""
    tone: Callable[[FailedTask], Tone] = lambda task: "plain"

    @property
    def key(self) -> str:
        """The key of its field."""
        return self.field.key

    @property
    def cut(self) -> Cut:
        """Where a text that is too long is cut."""
        return self.size.cut

    @property
    def most(self) -> int | None:
        """The largest width in cells; `None`: it takes all the room that is left."""
        return self.size.most

    def title(self, width: int) -> str:
        """Return the title for `width` cells: the short one if the other leaves no room for an arrow."""
        title, short = self.field.words().title, self.field.words().short_title
        return short if short and len(title) + ARROW > width else title


class ColumnSlot(NamedTuple):
    """A column that is shown, and where, in cells."""

    column: Column
    x: int
    width: int


def _time(task: FailedTask, width: int) -> str:
    text = BY_KEY["time"].text(task)
    return text[:16] if width < len(text) and task.milliseconds is not None else text


def _operation(task: FailedTask, width: int) -> str:
    """Return `reset`, followed by the state unless that is `failed`: the list should only hold failed tasks."""
    name, state = BY_KEY["op"].text(task), task.operation.state
    return f"{name} ({state})" if state not in ("", "failed") else name


_TEXTS: dict[str, Callable[[FailedTask, int], str]] = {"time": _time, "op": _operation}
"""Columns that do not simply show the text of their field."""
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
"""The columns of each layout, from wide to narrow, with their smallest widths; the first that fits is taken."""


def layout(cells: int) -> tuple[ColumnSlot, ...]:
    """Return the columns of a table that is `cells` wide, from left to right."""
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
    """Return the key of the shown column nearest to `key`: itself, else the next one to its left, else the first."""
    shown = {slot.column.key for slot in slots}
    keys = [column.key for column in COLUMNS]
    if key not in keys:
        return slots[0].column.key
    return next((near for near in reversed(keys[: keys.index(key) + 1]) if near in shown), slots[0].column.key)


def _needed(widths: Mapping[str, int]) -> int:
    return GUTTER + sum(widths.values()) + GAP * (len(widths) - 1) + MARGIN
