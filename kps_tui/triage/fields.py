"""One table of fields: what a task has, how each is named, shown, sorted and matched.

Columns, `--sort`, filters, exports and the README read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum
from functools import lru_cache

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line

SortValue = int | str
"""What tasks are ordered by; `None` beside it means: last, in both directions."""


class Match(Enum):
    """How a value of a filter is compared with what a field shows; the value says it to people."""

    MOMENT = _("`since:T` ≤ time < `until:T`, `on:D`; `time:` alone: missing or unreadable")
    WHOLE = _("the whole word")
    PART = _("a part")
    START = _("from its start")


@dataclass(frozen=True)
class Field:
    """One field of a task."""

    key: str
    """Its name in a sort key, a filter, the README."""
    api_name: str
    """The API's name of the value it shows."""
    title: str
    text: Callable[[FailedTask], str]
    """What is shown: one safe line; empty where there is nothing."""
    sort_value: Callable[[FailedTask], SortValue | None]
    match: Match
    descending_first: bool = False
    """Whether the first press of the sort key puts the largest first, as for a time."""


def _plain(key: str, api_name: str, title: str, match: Match) -> Field:
    """A field that shows one value of the API as it is."""

    def text(task: FailedTask) -> str:
        value: str | None = getattr(task, api_name)
        return line(value) if value else ""

    def sort_value(task: FailedTask) -> str | None:
        value: str | None = getattr(task, api_name)
        return value.casefold() if value else None

    return Field(key, api_name, title, text, sort_value, match)


def time_text(task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return the task's time as `2026-11-23 08:00:12` in `zone` (`None`: the local one).

    One that can't be read is shown as given, with a `?`.
    """
    if task.milliseconds is not None:
        return _time_of_second(task.milliseconds // 1000, zone)
    return f"{line(task.task_time)}?" if task.task_time else ""


@lru_cache(maxsize=4096)
def _time_of_second(second: int, zone: tzinfo | None) -> str:
    try:
        return datetime.fromtimestamp(second, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError):
        # The last hours of the year 9999, in a zone east of Greenwich.
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def time_rfc3339(task: FailedTask) -> str | None:
    """Return the task's time as `2026-11-23T08:00:12.345Z` (UTC), or `None` where it can't be read."""
    if task.milliseconds is None:
        return None
    seconds, rest = divmod(task.milliseconds, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03}Z" if rest else f"{text}Z"


FIELDS = (
    Field("time", "task_time", _("TIME"), time_text, lambda task: task.milliseconds, Match.MOMENT, True),
    Field(
        "op",
        "operate_type",
        _("OPERATION"),
        lambda task: line(task.operation.name),
        lambda task: task.operation.name.casefold() or None,
        Match.WHOLE,
    ),
    Field(
        "state",
        "operate_type",
        _("STATE"),
        lambda task: task.operation.state,
        lambda task: task.operation.state or None,
        Match.WHOLE,
    ),
    _plain("err", "task_error_msg", _("ERROR"), Match.PART),
    _plain("code", "task_error_code", _("CODE"), Match.WHOLE),
    _plain("server", "server_name", _("SERVER"), Match.PART),
    _plain("sid", "server_id", _("SERVER ID"), Match.START),
    _plain("key", "keypair_name", _("KEY PAIR"), Match.PART),
    _plain("task", "task_id", _("TASK ID"), Match.START),
)
"""Every field, in the order of the design's table."""

BY_KEY = {field.key: field for field in FIELDS}
