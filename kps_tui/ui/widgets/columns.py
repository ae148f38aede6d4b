"""The columns of the task table as data, and how they share the width. Knows no widget; widths never depend on rows.

What an operator needs first is *what went wrong, when, where*: the error and the time never leave. So, from wide to
narrow: the code goes first (it is null in practice, its empty cells would only cut the error), then the key pair, then
the seconds of the time (the detail has them; names of servers say more), then two cells of the operation; only where
the screen is too small anyway the server and at last the operation.

A narrow operation is cut, not coded: in six cells `bind`, `unbind` and `reset` are whole and `replace` is `repla…`, so
there is no abbreviation to learn and no two look alike (one letter can't tell `reset` from `replace`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY

Cut = Literal["end", "middle"]
Tone = Literal["plain", "dim", "warning"]

GUTTER = 2
"""Cells before the first column: the mark and a space."""
GAP = 2
"""Cells between two columns."""
MARGIN = 1
"""Cells between the last column and the scrollbar."""
ARROW = 3
"""Cells that a title leaves free for its sort arrow: ` ▼2`."""


@dataclass(frozen=True)
class Column:
    """One column: what it shows of a task, in which tone, and how it is cut."""

    key: str
    """The key of its field."""
    titles: tuple[str, ...]
    """The longest first; the first that fits beside an arrow is shown."""
    text: Callable[[FailedTask, int], str]
    """What is shown in so many cells; still to be fitted to them."""
    tone: Callable[[FailedTask], Tone] = lambda task: "plain"
    cut: Cut = "end"
    most: int | None = None
    """Cells beyond which it does not grow; `None`: it takes what is left."""

    def title(self, width: int) -> str:
        """Return the title for `width` cells."""
        return next((title for title in self.titles if len(title) + ARROW <= width), self.titles[-1])


class Placed(NamedTuple):
    """A column that is shown, and where."""

    column: Column
    x: int
    width: int


def _time(task: FailedTask, width: int) -> str:
    text = BY_KEY["time"].text(task)
    return text[:16] if width < len(text) and task.milliseconds is not None else text


def _operation(task: FailedTask, width: int) -> str:
    """`reset`; with its state where that is not `failed`, for the list is said to hold failed tasks only."""
    name, state = BY_KEY["op"].text(task), task.operation.state
    return f"{name} ({state})" if state not in ("", "failed") else name


def _plain(key: str, cut: Cut = "end", most: int | None = None) -> Column:
    field = BY_KEY[key]
    return Column(key, (field.title,), lambda task, width: field.text(task), cut=cut, most=most)


COLUMNS = (
    Column("time", (BY_KEY["time"].title,), _time, lambda task: "dim", most=19),
    Column(
        "op",
        (BY_KEY["op"].title, _("OP")),
        _operation,
        lambda task: "plain" if task.operation.state in ("", "failed") else "warning",
        most=17,
    ),
    _plain("err"),
    _plain("code", most=10),
    _plain("server", cut="middle", most=28),
    _plain("key", cut="middle", most=20),
)
"""Every column, from left to right."""

SHAPES: tuple[Mapping[str, int], ...] = (
    {"time": 19, "op": 17, "err": 60, "code": 10, "server": 28, "key": 20},
    {"time": 19, "op": 8, "err": 44, "code": 10, "server": 24, "key": 18},
    {"time": 19, "op": 8, "err": 29, "server": 20, "key": 12},
    {"time": 19, "op": 8, "err": 30, "server": 20},
    {"time": 16, "op": 7, "err": 32, "server": 14},
    {"time": 16, "op": 7, "err": 24, "server": 14},
    {"time": 16, "op": 6, "err": 16, "server": 12},
    {"time": 16, "op": 6, "err": 16},
    {"time": 16, "err": 0},
)
"""Which columns are shown and the cells each has at least; the first that fits is taken."""


def layout(cells: int) -> tuple[Placed, ...]:
    """Return the columns shown in `cells` cells, from left to right."""
    shape = next((shape for shape in SHAPES if _needed(shape) <= cells), SHAPES[-1])
    spare = max(0, cells - _needed(shape))
    columns = [column for column in COLUMNS if column.key in shape]
    share = spare // sum(column.cut == "middle" or column.most is None for column in columns)
    widths = dict(shape)
    for column in columns:
        if column.cut == "middle" and column.most is not None:
            widths[column.key] = min(column.most, shape[column.key] + share)
    rest = cells - _needed(widths)
    placed: list[Placed] = []
    x = GUTTER
    for column in columns:
        width = max(0, widths[column.key] + (rest if column.most is None else 0))
        placed.append(Placed(column, x, width))
        x += width + GAP
    return tuple(placed)


def nearest(placed: tuple[Placed, ...], key: str) -> str:
    """Return the key of the shown column nearest to `key`: itself, else the next to its left, else the first."""
    shown = {place.column.key for place in placed}
    keys = [column.key for column in COLUMNS]
    if key not in keys:
        return placed[0].column.key
    return next((near for near in reversed(keys[: keys.index(key) + 1]) if near in shown), placed[0].column.key)


def _needed(widths: Mapping[str, int]) -> int:
    return GUTTER + sum(widths.values()) + GAP * (len(widths) - 1) + MARGIN
