"""What the loaded rows tell about one failed task: the other failures on its server, with its key pair and its error.

Everything is counted from the rows of one store; no request is sent.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import compress

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import runbook_in_use
from kps_tui.triage.explanation import Explanation, explain_task
from kps_tui.triage.facets import Counted, facet_value, most_frequent_first
from kps_tui.triage.pieces import PIECE
from kps_tui.triage.runbook import Need
from kps_tui.triage.store import NO_TIME, Derived, Tasks, TaskStore, Values
from kps_tui.triage.times import HOUR, day_of, midnight, milliseconds_of

DAYS = 30
"""The number of days for which failures are counted day by day."""
USUAL_FROM = 7
"""The fewest days that show what number of failures is usual."""
ATTEMPTS = 200
"""The most attempts on one server that a story holds."""
SHORTLY_BEFORE = HOUR
"""How long before a task, in milliseconds, an earlier one on its server is compared with it."""
UNKNOWN_TEXT = 100
"""How many rows a text counts as whose value is not computed yet: computing it takes that long."""
SUMMARIES_KEPT = 64
"""How many summaries an index keeps."""
_NONE = -1
_SERVER = Derived("server", ("server_id", "server_name"), lambda task: task.server_id or task.server_name or "")
"""What identifies a server: its id, else its name."""


@dataclass(frozen=True, slots=True)
class Summary:
    """When and where the tasks failed that have one value in common: a server, a key pair, or an error."""

    failures: int
    servers: int
    """The number of servers; tasks without a server's id and name are left out."""
    first: int | None
    """The time of the first failure in milliseconds since the epoch; None if no time can be read."""
    last: int | None
    today: int
    servers_today: int
    this_week: int
    """Failures since Monday."""
    days: tuple[int, ...]
    """The failures of each of `DAYS` local days; the last day is today if there were failures on these days."""
    last_day: int
    """The ordinal of the last of `days`."""
    errors: tuple[Counted, ...]
    """The failures with each normalised error, the most frequent first."""
    operations: tuple[Counted, ...]
    """The failures of each operation, the most frequent first."""

    def usual(self, today: int) -> tuple[int, int] | None:
        """Return the usual number of failures a day, as the range of the middle half of the days before today.

        None if there are too few days since the first failure. `today` is the ordinal of a local day.
        """
        if self.last_day != today:
            return None
        before = self.days[:-1]
        first = next((place for place, count in enumerate(before) if count), len(before))
        days = sorted(before[first:])
        if len(days) < USUAL_FROM:
            return None
        return days[len(days) // 4], days[(3 * len(days) - 1) // 4]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An earlier task on the same server that needs the opposite of what this task needs."""

    need: Need
    """What this task needs, according to the vendor."""
    other: FailedTask
    other_need: Need
    before: int
    """How long before this task, in milliseconds."""


@dataclass(frozen=True, slots=True)
class TaskStory:
    """One failed task, and what the loaded rows tell about it. A part is None if it is not known."""

    task: FailedTask
    explanation: Explanation | None = None
    """The likely cause, and the checks of the vendor."""
    attempts: Sequence[FailedTask] = ()
    """Tasks on the same server, including this one; the newest first, those without a readable time last."""
    more_attempts: int = 0
    """Tasks on the same server beyond `attempts`."""
    contradiction: Contradiction | None = None
    server: Summary | None = None
    key_pair: Summary | None = None
    error: Summary | None = None
    today: int = 0
    """The ordinal of the local day that the summaries call today."""


class StoryIndex:
    """Finds the tasks that have a server, a key pair or an error in common, in a store that grows.

    It takes 12 bytes a task. Counts are kept, so that only new rows are looked at. Only one thread may use it at a
    time; another one may extend the store meanwhile.
    """

    def __init__(self, store: TaskStore, zone: tzinfo | None = None) -> None:
        """Create an index; `zone` is the zone of days, None for the local one."""
        self.store = store
        self._zone = zone
        self._replaced = 0
        """The number of replacements in the store that the index has followed."""
        self._clear()

    def _clear(self) -> None:
        self._server = _Chains(_SERVER)
        self._key_pair = _Chains(facet_value("key"))
        self._error = _Chains(facet_value("err"))
        self._chains = (self._server, self._key_pair, self._error)
        self._tallies: dict[tuple[_Chains, int], _Tally] = {}

    def rows_to_read(self, task: FailedTask) -> int:
        """Return about how many rows the story of `task` has to look at, to estimate how long that takes."""
        size, replaced = self.store.revision
        known = len(self._server) if replaced == self._replaced else 0
        rows = sum(UNKNOWN_TEXT * self.store.unknown_texts(each.derived) + size - known for each in self._chains)
        for chains in self._chains:
            if (group := chains.group_of(task)) is not None:
                tally = self._tallies.get((chains, group))
                rows += chains.sizes[group] - (tally.failures if tally else 0)
        server = self._server.group_of(task)
        return rows if server is None else rows + self._server.sizes[server]

    def story(self, task: FailedTask, now: datetime) -> TaskStory:
        """Return the story of a task of the store."""
        self._follow()
        today = day_of(milliseconds_of(now), self._zone)
        server = self._server.group_of(task)
        rows = self._newest_first(server) if server is not None else array("i")
        shown = self._around(rows, task)
        return TaskStory(
            task,
            explain_task(task, self.store),
            Tasks(self.store, shown),
            len(rows) - len(shown),
            self._contradiction(task, rows),
            self._summary(self._server, task, today),
            self._summary(self._key_pair, task, today),
            self._summary(self._error, task, today),
            today,
        )

    def _follow(self) -> None:
        """Add the rows that are new. After a replacement, all rows are read again."""
        size, replaced = self.store.revision
        if replaced != self._replaced:
            self._replaced = replaced
            self._clear()
        if size > len(self._server):
            for chains in self._chains:
                chains.follow(self.store.values(chains.derived), size)

    def _newest_first(self, server: int) -> "array[int]":
        rows = self._server.rows(server)
        return array("i", sorted(rows, key=self.store.times.__getitem__, reverse=True))

    def _around(self, rows: "array[int]", task: FailedTask) -> "array[int]":
        """Return at most `ATTEMPTS` of `rows`, around the row of `task`."""
        if len(rows) <= ATTEMPTS:
            return rows
        index = self.store.index_of(task.row_key)
        place = rows.index(index) if index is not None else 0
        start = max(0, min(place - ATTEMPTS // 2, len(rows) - ATTEMPTS))
        return rows[start : start + ATTEMPTS]

    def _contradiction(self, task: FailedTask, rows: "array[int]") -> Contradiction | None:
        """Return the latest task shortly before `task` whose operation needs the opposite of what `task` needs."""
        needs, moment = _needs(task), task.milliseconds
        if not needs or moment is None:
            return None
        for row in rows:
            time = self.store.times[row]
            if time < moment - SHORTLY_BEFORE:
                break
            if time >= moment:
                continue
            other = self.store[row]
            if opposite := next((need for need in _needs(other) if need.opposite in needs), None):
                return Contradiction(opposite.opposite, other, opposite, moment - time)
        return None

    def _summary(self, chains: "_Chains", task: FailedTask, today: int) -> Summary | None:
        group = chains.group_of(task)
        if group is None:
            return None
        tally = self._tallies.pop((chains, group), None)
        rows = chains.rows(group, tally.newest_row if tally else -1)
        last = max(tally.last if tally else NO_TIME, _last(self.store, rows))
        last_day = today
        if last != NO_TIME and last < midnight(today - DAYS + 1, self._zone):
            last_day = day_of(last, self._zone)
        if tally is None or (tally.today, tally.last_day) != (today, last_day):
            tally = _Tally(today, last_day, self._zone)
            rows = chains.rows(group)
        tally.add(rows, self.store, self._server, self._error)
        self._tallies[chains, group] = tally
        if len(self._tallies) > SUMMARIES_KEPT:
            del self._tallies[next(iter(self._tallies))]
        return tally.summary(self._error)


class _Chains:
    """Groups of rows with the same value, as linked lists: for each row the previous one of its group, in 4 bytes.

    Values that only differ in case are one group. Rows without a value are in no group.
    """

    def __init__(self, derived: Derived[str]) -> None:
        self.derived = derived
        self.names: list[str] = []
        """The value of each group, as it first occurred."""
        self.sizes = array("i")
        """The number of rows of each group."""
        self._groups: dict[str, int] = {}
        """The number of each group by its value, casefolded."""
        self._group_of_text = array("i")
        """The group of each text, by its number in the store; `_NONE` if it has no value."""
        self._last = array("i")
        """The last row of each group."""
        self._before = array("i")
        """By row, the row before it in its group; `_NONE` if there is none."""

    def __len__(self) -> int:
        return len(self._before)

    def group_of(self, task: FailedTask) -> int | None:
        """Return the group of a task; None if it has no value, or one that no row of the index has."""
        return self._groups.get(self.derived.of(task).casefold())

    def groups(self, values: Values[str]) -> "array[int]":
        """Return the group of each text, by its number in `values`."""
        known, distinct = self._group_of_text, values.distinct
        for number in range(len(known), len(distinct)):
            value = distinct[number]
            group = self._groups.setdefault(value.casefold(), len(self.names)) if value else _NONE
            if group == len(self.names):
                self.names.append(value)
                self.sizes.append(0)
                self._last.append(_NONE)
            known.append(group)
        return known

    def follow(self, values: Values[str], size: int) -> None:
        """Add the rows up to `size`."""
        groups, numbers, before = self.groups(values), values.numbers, self._before
        last, sizes = self._last, self.sizes
        for row in range(len(before), size):
            group = groups[numbers[row]]
            if group == _NONE:
                before.append(_NONE)
                continue
            before.append(last[group])
            last[group] = row
            sizes[group] += 1

    def rows(self, group: int, after: int = _NONE) -> "array[int]":
        """Return the rows of a group behind the row `after`, the last one first."""
        rows, before = array("i"), self._before
        row = self._last[group]
        while row > after:
            rows.append(row)
            row = before[row]
        return rows


class _Tally:
    """Counts the rows of one group. Rows are only added."""

    def __init__(self, today: int, last_day: int, zone: tzinfo | None) -> None:
        self.today = today
        self.last_day = last_day
        self.failures = 0
        self.newest_row = _NONE
        """The last row of the store that was counted."""
        self.first = self.last = NO_TIME
        self._edges = _edges(last_day, zone)
        self._servers: set[int] = set()
        self._servers_today: set[int] = set()
        self._days: Counter[int] = Counter()
        """By the position of a day in `_edges`, counted from 1."""
        self._errors: Counter[int] = Counter()
        self._operations: Counter[str] = Counter()

    def add(self, rows: "array[int]", store: TaskStore, servers: _Chains, errors: _Chains) -> None:
        """Count `rows`, of which the last one in the store comes first."""
        if not rows:
            return
        self.newest_row = rows[0]
        self.failures += len(rows)
        server, error, operation = (store.values(each) for each in (servers.derived, errors.derived, facet_value("op")))
        group_of_server, group_of_error = servers.groups(server), errors.groups(error)
        today = DAYS if self.last_day == self.today else _NONE
        for start in range(0, len(rows), PIECE):
            piece = rows[start : start + PIECE]
            times = [*map(store.times.__getitem__, piece)]
            known = [time for time in times if time != NO_TIME]
            if known:
                first = min(known)
                self.first = first if self.first == NO_TIME else min(self.first, first)
                self.last = max(self.last, max(known))
            days = [0 if time == NO_TIME else bisect_right(self._edges, time) for time in times]
            self._days.update(days)
            numbers = [*map(server.numbers.__getitem__, piece)]
            self._servers.update(map(group_of_server.__getitem__, set(numbers)))
            on_today = (day == today for day in days)
            self._servers_today.update(map(group_of_server.__getitem__, compress(numbers, on_today)))
            for number, count in Counter(map(error.numbers.__getitem__, piece)).items():
                self._errors[group_of_error[number]] += count
            for number, count in Counter(map(operation.numbers.__getitem__, piece)).items():
                self._operations[operation.distinct[number]] += count

    def summary(self, errors: _Chains) -> Summary:
        """Return what was counted."""
        days = tuple(self._days[place] for place in range(1, DAYS + 1))
        is_now = self.last_day == self.today
        weekday = date.fromordinal(self.today).weekday()
        return Summary(
            self.failures,
            len(self._servers - {_NONE}),
            None if self.first == NO_TIME else self.first,
            None if self.last == NO_TIME else self.last,
            days[-1] if is_now else 0,
            len(self._servers_today - {_NONE}),
            sum(days[-1 - weekday :]) if is_now else 0,
            days,
            self.last_day,
            most_frequent_first(
                {errors.names[group] if group != _NONE else "": count for group, count in self._errors.items()}
            ),
            most_frequent_first(self._operations),
        )


def _needs(task: FailedTask) -> tuple[Need, ...]:
    procedure = runbook_in_use().procedures.get(task.operation.name)
    return procedure.needs if procedure else ()


def _last(store: TaskStore, rows: "array[int]") -> int:
    """Return the latest time of `rows`, or `NO_TIME`."""
    pieces = (rows[start : start + PIECE] for start in range(0, len(rows), PIECE))
    return max((max(map(store.times.__getitem__, piece)) for piece in pieces), default=NO_TIME)


@lru_cache(maxsize=16)
def _edges(last_day: int, zone: tzinfo | None) -> tuple[int, ...]:
    """Return when each of `DAYS` days begins, and when the last one ends, in milliseconds since the epoch."""
    return tuple(midnight(day, zone) for day in range(last_day - DAYS + 1, last_day + 2))
