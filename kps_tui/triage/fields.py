"""The fields of a task: one entry for each says how it is named, shown, sorted, matched, copied and exported.

The table, details, sort keys, filters, facets, exports, copies, tickets, the help and the README are made from these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum, auto
from functools import lru_cache
from typing import Literal, NamedTuple

from kps_tui.clock import zone_abbreviation
from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.causes import cause_id
from kps_tui.triage.times import local_time

SortValue = int | str
"""A value that tasks are sorted by. `None` in its place sorts last in both directions."""

NEAR_SECONDS = 180 * 24 * 3600
"""A time less than half a year from now is shown without its year, even if that is another one."""
LATER_SECONDS, EARLIER_SECONDS = -3600, 23 * 3600
"""Between these ages a time of day is shown without its day. They span less than a day, so that it is unambiguous."""


class Match(Enum):
    """How the value of a filter is compared with the text of a field."""

    MOMENT = auto()
    WHOLE = auto()
    PART = auto()
    START = auto()

    @property
    def words(self) -> str:
        """The rule in words, for the README."""
        return {
            Match.MOMENT: _("`since:T` ≤ time < `until:T`, `on:D`; `time:` alone: missing or unreadable"),
            Match.WHOLE: _("the whole word"),
            Match.PART: _("a part"),
            Match.START: _("from its start"),
        }[self]


class Group(Enum):
    """What a field is about. The detail shows these groups in this order."""

    SERVER = auto()
    KEY_PAIR = auto()
    TASK = auto()

    @property
    def title(self) -> str:
        """The heading of the group."""
        return {Group.SERVER: _("Server"), Group.KEY_PAIR: _("Key pair"), Group.TASK: _("Task")}[self]


class Words(NamedTuple):
    """The names of a field, in the language of the user."""

    title: str
    """Above a column: `KEY PAIR`."""
    label: str
    """Before a value, and in sentences: `key pair`."""
    short_title: str = ""
    """Above a column that is too narrow for the title; by default the title is cut."""
    noun: str = ""
    """The name before the value in a one-line description of a task: `server web-01`. Empty: not in such a line."""
    detail_label: str = ""
    """The label in the detail, below the heading of its group; by default `label`."""
    copied: str = ""
    """The name in the menu of what can be copied; by default `label`."""
    copied_of_several: str = ""
    """The name in that menu for several tasks; by default `copied`."""


class ColumnSize(NamedTuple):
    """The room that a field takes in the table on the screen, in cells."""

    widths: Mapping[int, int]
    """Maps the smallest width of a terminal to the width of the column from there on; the first key is 0."""
    takes_rest: bool = False
    """Whether it also takes the room that the other columns leave; its width is then a minimum."""
    cut: Literal["end", "middle"] = "end"
    """Where a text that is too long is cut."""


@dataclass(frozen=True)
class Field:
    """One field of a task, and where it is shown and used."""

    key: str
    """Its name in a sort key, in a filter and in the README."""
    api_name: str
    """The name of the value in the API; empty if the service does not send it."""
    words: Callable[[], Words]
    text: Callable[[FailedTask], str]
    """Returns what is shown: one safe line, empty without a value."""
    sort_value: Callable[[FailedTask], SortValue | None]
    match: Match
    descending_first: bool = False
    """Whether the first press of the sort key sorts in descending order, as for a time."""
    aliases: tuple[str, ...] = ()
    """Other names that people use for it. They are not accepted, only used to suggest the right one."""
    column: ColumnSize = ColumnSize({0: 20})  # noqa: RUF009
    """Its column in the table on the screen."""
    print_rank: int | None = None
    """Its rank in printed tables; those that are too wide leave out the highest rank first, and never rank 0.

    `None`: printed tables don't have it.
    """
    depends_on: tuple[str, ...] = ()
    """The API names of the values that it is computed from, if that is not `api_name` alone."""
    group: Group | None = Group.TASK
    """Its group in the detail; `None`: it is part of the error at the top."""
    copy_letter: str = ""
    """The letter in the copy menu that copies its value; empty: it can't be copied alone."""
    is_facet: bool = False
    """Whether tasks are counted by it."""
    in_ticket: bool = False
    """Whether it is a column of the table in a ticket."""
    in_description: bool = True
    """Whether the description of a single task contains it; False if it repeats a part of another field."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The API names of the values that it depends on."""
        return self.depends_on or (self.api_name,)

    @property
    def title(self) -> str:
        """Its name above a column: `KEY PAIR`."""
        return self.words().title

    @property
    def label(self) -> str:
        """Its name before a value and in sentences: `key pair`."""
        return self.words().label


def _as_sent(api_name: str) -> tuple[Callable[[FailedTask], str], Callable[[FailedTask], SortValue | None]]:
    """Return `text` and `sort_value` of a field that shows one text of the API unchanged."""

    def text(task: FailedTask) -> str:
        value: str | None = getattr(task, api_name)
        return line(value) if value else ""

    def sort_value(task: FailedTask) -> str | None:
        value: str | None = getattr(task, api_name)
        return value.casefold() if value else None

    return text, sort_value


def _family(task: FailedTask) -> str:
    from kps_tui.triage.families import family

    return family(line(task.server_name)) if task.server_name else ""


def time_text(task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return the task's time as `2026-11-23 08:00:12` in `zone` (`None`: the local zone).

    A time that can't be read is returned as it was sent, followed by `?`.
    """
    if task.milliseconds is not None:
        return text_of_second(task.milliseconds // 1000, zone)
    return f"{line(task.task_time)}?" if task.task_time else ""


@lru_cache(maxsize=4096)
def text_of_second(second: int, zone: tzinfo | None) -> str:
    """Return a second since the epoch as `2026-11-23 08:00:12` in `zone` (`None`: the local zone)."""
    return local_time(second * 1000, zone).strftime("%Y-%m-%d %H:%M:%S")


def narrow_time(task: FailedTask, width: int, now: datetime, zone: tzinfo | None = None) -> str:
    """Return the task's time in `width` cells, shortened as `now` allows; see `time_text` if it is unreadable.

    A near time loses its year (`11-23 08:00:12`), then its seconds (`11-23 08:00`); of any other only the date is left
    (`2026-11-23`). Below 11 cells, a time of the last hours loses its day (`08:00`), another near one its hour
    (`11-23`), and any other all but its year (`2026`).
    """
    text = time_text(task, zone)
    if task.milliseconds is None or width >= len(text):
        return text
    age = now.timestamp() - task.milliseconds / 1000
    is_near = text.startswith(f"{now.astimezone(zone).year}-") or abs(age) < NEAR_SECONDS
    if width >= len("11-23 08:00"):
        return text[5:] if is_near and width >= len(text[5:]) else text[5:16] if is_near else text[:10]
    if LATER_SECONDS < age < EARLIER_SECONDS:
        return text[11:16]
    return text[5:10] if is_near else text[:4]


def zoned_time(task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return the task's time with its offset from UTC, `2026-11-23 16:00:12+08:00`; see `time_text` if unreadable."""
    if task.milliseconds is None:
        return time_text(task)
    return local_time(task.milliseconds, zone).isoformat(" ", "seconds")


def time_rfc3339(task: FailedTask) -> str | None:
    """Return the task's time as `2026-11-23T08:00:12.345Z` (UTC), or `None` if it can't be read."""
    return rfc3339(task.milliseconds)


def rfc3339(milliseconds: int | None) -> str | None:
    """Return a time in milliseconds since the epoch as `2026-11-23T08:00:12.345Z`, or `None` for `None`."""
    if milliseconds is None:
        return None
    seconds, rest = divmod(milliseconds, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03}Z" if rest else f"{text}Z"


def service_id(task: FailedTask) -> str:
    """Return the id that the service gave the task; empty if it gave none, because no one else knows a generated id."""
    return "" if task.has_generated_id else line(task.task_id)


def portable_text(field: Field, task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return what a field shows in a text for use elsewhere: a time with its offset from UTC, no generated id."""
    if field.key == "time":
        return zoned_time(task, zone)
    return service_id(task) if field.key == "task" else field.text(task)


FIELDS = (
    Field(
        "time",
        "task_time",
        lambda: Words(
            " ".join(filter(None, (_("TIME"), zone_abbreviation(only_named=True)))), _("time"), short_title=_("TIME")
        ),
        time_text,
        lambda task: task.milliseconds,
        Match.MOMENT,
        descending_first=True,
        # `09:57`, `11-26 09:57`, `11-26 09:57:18`
        column=ColumnSize({0: 5, 80: 11, 180: 14}),
        print_rank=0,
    ),
    Field(
        "op",
        "operate_type",
        lambda: Words(_("OPERATION"), _("operation"), short_title=_("OP")),
        lambda task: line(task.operation.name),
        lambda task: task.operation.name.casefold() or None,
        Match.WHOLE,
        aliases=("operate_type", "action", "type"),
        column=ColumnSize({0: 7}),
        print_rank=0,
        is_facet=True,
        in_ticket=True,
    ),
    Field(
        "state",
        "operate_type",
        lambda: Words(_("STATE"), _("state")),
        lambda task: task.operation.state,
        lambda task: task.operation.state or None,
        Match.WHOLE,
        aliases=("status", "result"),
        column=ColumnSize({0: 8}),
    ),
    Field(
        "err",
        "task_error_msg",
        lambda: Words(_("ERROR"), _("error")),
        *_as_sent("task_error_msg"),
        Match.PART,
        aliases=("message", "msg", "reason"),
        column=ColumnSize({0: 18, 80: 26, 99: 27}, takes_rest=True),
        print_rank=0,
        group=None,
        is_facet=True,
    ),
    Field(
        "code",
        "task_error_code",
        lambda: Words(_("CODE"), _("code")),
        *_as_sent("task_error_code"),
        Match.WHOLE,
        column=ColumnSize({0: 10}),
        print_rank=2,
        group=None,
        is_facet=True,
    ),
    Field(
        "cause",
        "",
        lambda: Words(_("LIKELY CAUSE"), _("likely cause")),
        cause_id,
        lambda task: cause_id(task).casefold() or None,
        Match.WHOLE,
        aliases=("why",),
        column=ColumnSize({0: 24}),
        depends_on=("task_error_msg", "task_error_code", "operate_type"),
        group=None,
        is_facet=True,
    ),
    Field(
        "server",
        "server_name",
        lambda: Words(
            _("SERVER"), _("server"), "", _("server"), _("name"), _("server name"), _("server names, once each")
        ),
        *_as_sent("server_name"),
        Match.PART,
        aliases=("host", "vm", "ecs", "instance", "name"),
        column=ColumnSize({0: 20, 66: 22, 72: 24, 78: 26, 180: 28}, cut="middle"),
        print_rank=0,
        group=Group.SERVER,
        copy_letter="n",
        is_facet=True,
        in_ticket=True,
    ),
    Field(
        "sid",
        "server_id",
        lambda: Words(
            _("SERVER ID"), _("server id"), detail_label=_("id"), copied_of_several=_("server ids, a line each")
        ),
        *_as_sent("server_id"),
        Match.START,
        column=ColumnSize({0: 36}, cut="middle"),
        group=Group.SERVER,
        copy_letter="s",
        in_ticket=True,
    ),
    Field(
        "family",
        "",
        lambda: Words(_("SERVER FAMILY"), _("server family")),
        _family,
        lambda task: _family(task).casefold() or None,
        Match.WHOLE,
        aliases=("role",),
        depends_on=("server_name",),
        group=None,
        is_facet=True,
        in_description=False,
    ),
    Field(
        "key",
        "keypair_name",
        lambda: Words(
            _("KEY PAIR"),
            _("key pair"),
            noun=_("key pair"),
            detail_label=_("name"),
            copied_of_several=_("key pairs, once each"),
        ),
        *_as_sent("keypair_name"),
        Match.PART,
        aliases=("pair",),
        column=ColumnSize({0: 17, 200: 20}, cut="middle"),
        print_rank=1,
        group=Group.KEY_PAIR,
        copy_letter="k",
        is_facet=True,
        in_ticket=True,
    ),
    Field(
        "task",
        "task_id",
        lambda: Words(
            _("TASK ID"),
            _("task id"),
            noun=_("task"),
            detail_label=_("id"),
            copied_of_several=_("task ids, a line each"),
        ),
        *_as_sent("task_id"),
        Match.START,
        aliases=("id",),
        column=ColumnSize({0: 36}, cut="middle"),
        print_rank=3,
        copy_letter="t",
        in_ticket=True,
    ),
)
"""Every field, in the order of tables, sort keys and the README."""

BY_KEY = {field.key: field for field in FIELDS}

COLUMNS = ("time", "op", "server", "key", "err")
"""The fields that the table on the screen has as columns, from left to right, unless the user chose others."""


def mistake_in_columns(keys: Sequence[str]) -> str:
    """Return why a user's list of fields can't be the columns of a table; empty if it can."""
    if not keys:
        return _("the list is empty; columns are {columns}").format(columns=", ".join(BY_KEY))
    for at, key in enumerate(keys):
        if key not in BY_KEY:
            return _no_column(key)
        if key in keys[:at]:
            return _("“{name}” is listed twice").format(name=key)
    return ""


def _no_column(name: str) -> str:
    from difflib import get_close_matches

    shown, folded = line(name, 40), name[:40].casefold()
    meant = {alias: field.key for field in FIELDS for alias in field.aliases}
    near = meant.get(folded) or next(iter(get_close_matches(folded, BY_KEY, n=1)), "")
    if near:
        return _("“{name}” is not a column; did you mean “{near}”?").format(name=shown, near=near)
    return _("“{name}” is not a column; columns are {columns}").format(name=shown, columns=", ".join(BY_KEY))


_FIRST = ("err", "code", "cause", "op", "state", "time")
ERROR_FIRST = (
    *(BY_KEY[key] for key in _FIRST),
    *(field for field in FIELDS if field.key not in _FIRST and field.in_description),
)
"""The fields in the order in which one task is described: what went wrong, what was done and when, then the rest."""
