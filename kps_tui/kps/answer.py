"""Parses the answers of `failed-tasks`. Pure; raises nothing but `UnreadableAnswer`, whatever the bytes."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from kps_tui.i18n import _
from kps_tui.kps.errors import UnreadableAnswer
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line

LONGEST_INTEGER = 400
"""The most digits of a JSON integer; a longer one is kept as text, because it would overflow a float."""
LARGEST_TOTAL = 10**15
"""A larger `total` counts as unknown."""
MOST_VALUES = 256 * 1024
"""The most JSON values in an answer; a thousand rows have 9,000. A tiny value takes a hundred times its bytes."""
DEEPEST_ROW = 32
"""The most levels of nesting in a row. A deeper row counts as unreadable: recursive code would run out of stack."""
_FLAT = frozenset({str, type(None)})
EXCERPT = 80
"""The most characters of an unreadable answer that an error shows."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list."""

    offset: int
    total: int | None
    """None if the service sent none, or one that is not a count."""
    tasks: tuple[FailedTask | None, ...]
    """Every row of the answer; None for a row that is not an object, or is nested too deeply."""
    first: str = ""
    """Identifies the first row on another page: its id and time, else a hash of its content. Empty without rows."""
    last: str = ""
    """Identifies the last row in the same way."""

    @property
    def rows(self) -> int:
        """The number of rows in the answer, readable or not."""
        return len(self.tasks)

    @property
    def unreadable(self) -> int:
        """The number of rows that can't be parsed; they are skipped and counted."""
        return self.tasks.count(None)


def decoded(body: bytes, content_type: str = "", request_id: str = "") -> Any:
    """Parse `body` as JSON in strict UTF-8; a byte order mark is allowed.

    A number that Python can't hold (5,000 digits, `1e400`, `NaN`) becomes its text.

    Raises:
        UnreadableAnswer: it is not JSON, or holds too many values.
    """
    if not body:
        raise UnreadableAnswer(_("it is empty"), request_id)
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise UnreadableAnswer(_("it holds too many values (over {most:,})").format(most=MOST_VALUES), request_id)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableAnswer(_("it is not UTF-8 (byte {at})").format(at=error.start), request_id) from None
    try:
        return json.loads(text, parse_int=_integer, parse_float=_decimal, parse_constant=str)
    except RecursionError:
        raise UnreadableAnswer(_("it is nested too deeply"), request_id) from None
    except json.JSONDecodeError as error:
        kind = line(content_type.partition(";")[0].strip(), 60) or _("no content type")
        start = line(text[: 4 * EXCERPT].strip(), EXCERPT)
        why = _("it is not JSON ({kind}, character {at}): {start}").format(kind=kind, at=error.pos, start=start)
        raise UnreadableAnswer(why, request_id) from None


def page_of(body: bytes, offset: int, content_type: str = "", request_id: str = "") -> Page:
    """Parse the body of a response with status 200. A null `tasks` is an empty list only if `total` is 0.

    Raises:
        UnreadableAnswer: it is not the list that the API page describes.
    """
    answer = decoded(body, content_type, request_id)
    if not isinstance(answer, dict):
        raise UnreadableAnswer(_("it is not a JSON object, but {kind}").format(kind=_kind(answer)), request_id)
    total = answer.get("total")
    if isinstance(total, bool) or not isinstance(total, int) or not 0 <= total <= LARGEST_TOTAL:
        total = None
    rows = answer.get("tasks")
    if rows is None and total == 0:
        rows = []
    if not isinstance(rows, list):
        raise UnreadableAnswer(_("“tasks” is not a list, but {kind}").format(kind=_kind(rows)), request_id)
    tasks = tuple(FailedTask.from_json(row) if _is_readable(row) else None for row in rows)
    first, last = (_identifier(rows[0], tasks[0]), _identifier(rows[-1], tasks[-1])) if rows else ("", "")
    return Page(offset, total, tasks, first, last)


def _is_readable(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    # Most rows hold only strings and nulls, which is checked much faster.
    return _FLAT.issuperset(map(type, row.values())) or not any(_is_deep(each, DEEPEST_ROW) for each in row.values())


def _is_deep(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if not levels:
        return True
    return any(_is_deep(inner, levels - 1) for inner in (value.values() if isinstance(value, dict) else value))


def _identifier(row: Any, task: FailedTask | None) -> str:
    """Return what identifies a row: its key, else a hash of its content. `task` is the row, if it is readable."""
    if task is not None and task.task_id:
        return json.dumps(task.row_key)
    held = (type(row).__name__ if task is None else json.dumps(row, sort_keys=True)).encode()
    return "~" + hashlib.blake2b(held, digest_size=12).hexdigest()


def _kind(value: object) -> str:
    names = {dict: _("an object"), list: _("a list"), str: _("a text"), bool: _("true or false"), type(None): _("null")}
    return names.get(type(value), _("a number"))


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_INTEGER else text


def _decimal(text: str) -> float | str:
    value = float(text)
    return text if value in (float("inf"), float("-inf")) else value
