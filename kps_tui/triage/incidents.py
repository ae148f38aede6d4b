"""Finds incidents: runs of tasks that failed at the same operation for the same likely cause, close in time."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from kps_tui.kps.regions import REGIONS
from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import Diagnosis, diagnosis_of
from kps_tui.triage.facets import Counted, Facet, value_of
from kps_tui.triage.fields import BY_KEY, rfc3339
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.store import NO_TIME, TaskStore

GAP = 15 * 60_000
"""The longest time between two tasks of one incident, in milliseconds."""
SMALLEST = 3
"""The fewest tasks of an incident."""
RECENT = 24 * 60 * 60_000
"""How long after its last task an incident counts as recent, in milliseconds."""

_UNKNOWN = -1
_SEPARATOR = re.compile("([-_. ]+)")
_DIGITS_AT_END = re.compile("(?<=[^0-9])[0-9]+$")


@dataclass(frozen=True, slots=True)
class Incident:
    """A run of tasks with the same operation and likely cause, each at most `GAP` after the one before.

    Tasks without a known cause are grouped by their normalised message instead.
    """

    operation: str
    message: str
    """The normalised message of its last task."""
    diagnosis: Diagnosis | None
    """The likely cause of its last task."""
    tasks: Sequence[int]
    """Its tasks by their index in the store, the newest first."""
    first: int
    """The time of its first task, in milliseconds since the epoch."""
    last: int
    servers: int
    """On how many servers it happened."""

    def goes_on(self, now: int) -> bool:
        """Return whether another task could still belong to it at `now`, in milliseconds since the epoch."""
        return now - self.last <= GAP


@dataclass(frozen=True, slots=True)
class Spread:
    """When and where some tasks failed."""

    first: int | None
    """The time of the first task in milliseconds since the epoch; `None` if no time can be read."""
    last: int | None
    servers: int
    families: tuple[Counted, ...]
    """The number of servers in each family, see `family`; the largest first."""
    key_pairs: tuple[Counted, ...]
    """The number of tasks of each key pair, the largest first; an empty value for tasks without one."""
    messages: tuple[Counted, ...]
    """The number of tasks with each normalised message, the largest first."""


class IncidentSearch:
    """Searches tasks of a store for incidents, in steps, so that a screen can do it while it is idle.

    To search again after the store has changed, call `begin` again: what was found out about a row is kept.
    """

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._revision = store.revision
        self._groups: array[int] = array("i")
        """The group of each row of the store, or `_UNKNOWN`."""
        self._numbers: dict[tuple[str, str], int] = {}
        """The number of each group, by cause or message and by operation."""
        self._newest_first: Sequence[int] = ()
        self._done = 0
        self._runs: dict[int, list[int]] = {}
        """The tasks of the latest run of each group, the newest first."""
        self._found: list[Incident] = []

    def begin(self, newest_first: Sequence[int]) -> None:
        """Begin to search these tasks, by their index in the store.

        Args:
            newest_first: indices in the order of `View.newest_first` or `View.matching`.
        """
        if self._store.revision[1] != self._revision[1]:
            self._groups = array("i")
        self._revision = self._store.revision
        self._groups.extend([_UNKNOWN] * (len(self._store) - len(self._groups)))
        self._newest_first = newest_first
        self._done = 0
        self._runs = {}
        self._found = []

    def advance(self, rows: int) -> bool:
        """Search the next `rows` tasks, and return whether all have been searched."""
        times, groups, runs = self._store.times, self._groups, self._runs
        for index in islice(self._newest_first, self._done, self._done + rows):
            time = times[index]
            if time == NO_TIME:
                continue
            group = groups[index]
            if group == _UNKNOWN:
                group = groups[index] = self._group(self._store[index])
            run = runs.get(group)
            if run is not None and times[run[-1]] - time <= GAP:
                run.append(index)
                continue
            if run is not None:
                self._close(run)
            runs[group] = [index]
        self._done = min(self._done + rows, len(self._newest_first))
        if self._done < len(self._newest_first):
            return False
        for run in runs.values():
            self._close(run)
        runs.clear()
        return True

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What has been found so far, in no particular order."""
        return tuple(self._found)

    def _group(self, task: FailedTask) -> int:
        diagnosis = diagnosis_of(task)
        what = f"cause:{diagnosis.cause.id}" if diagnosis else f"message:{value_of(task, 'err').casefold()}"
        return self._numbers.setdefault((what, task.operation.name.casefold()), len(self._numbers))

    def _close(self, run: list[int]) -> None:
        if len(run) < SMALLEST:
            return
        tasks = self._store.tasks
        last = tasks[run[0]]
        self._found.append(
            Incident(
                BY_KEY["op"].text(last),
                value_of(last, "err"),
                diagnosis_of(last),
                array("i", run),
                tasks[run[-1]].milliseconds or 0,
                last.milliseconds or 0,
                len({server_of(tasks[index]) for index in run} - {""}),
            )
        )


def find_incidents(store: TaskStore, newest_first: Sequence[int]) -> tuple[Incident, ...]:
    """Return all incidents in these tasks, which are indices in the order of `View.newest_first`."""
    search = IncidentSearch(store)
    search.begin(newest_first)
    search.advance(len(newest_first))
    return search.incidents


def by_importance(incidents: Iterable[Incident], now: int) -> list[Incident]:
    """Return `incidents` with the one that matters most first.

    An incident that goes on, or whose last task failed in the `RECENT` time before `now` (milliseconds since the
    epoch), comes before older ones. Among these, the one on the most servers comes first, then the one with the most
    tasks, then the latest.
    """

    def rank(incident: Incident) -> tuple[bool, int, int, int]:
        return (now - incident.last <= RECENT, incident.servers, len(incident.tasks), incident.last)

    return sorted(incidents, key=rank, reverse=True)


def spread(tasks: Sequence[FailedTask]) -> Spread:
    """Return when and where `tasks` failed."""
    times = [task.milliseconds for task in tasks if task.milliseconds is not None]
    servers = {server: task for task in tasks if (server := server_of(task))}
    return Spread(
        min(times, default=None),
        max(times, default=None),
        len(servers),
        _most_first(family(BY_KEY["server"].text(task)) for task in servers.values()),
        _most_first(BY_KEY["key"].text(task) for task in tasks),
        _most_first(group_of_error(BY_KEY["err"].text(task)) for task in tasks),
    )


def spread_by_value(store: TaskStore, order: Sequence[int], facet: Facet) -> Iterator[Spread]:
    """Yield the spread of each value of `facet`, which was counted over `order`, in the order of its values."""
    tasks: dict[str, list[FailedTask]] = {each.value.casefold(): [] for each in facet.values}
    for index in order:
        tasks[value_of(store[index], facet.field).casefold()].append(store[index])
    return (spread(tasks[each.value.casefold()]) for each in facet.values)


def spread_document(found: Spread) -> dict[str, Any]:
    """Return when and where tasks failed as a JSON object; times in RFC 3339, UTC."""
    return {
        "first": rfc3339(found.first),
        "last": rfc3339(found.last),
        "servers": found.servers,
        "server_families": {each.value: each.count for each in found.families},
        "key_pairs": {each.value: each.count for each in found.key_pairs},
    }


def server_of(task: FailedTask) -> str:
    """Return what tells servers apart: the id, else the name, else an empty text."""
    return task.server_id or task.server_name or ""


@lru_cache(maxsize=4096)
def family(name: str) -> str:
    """Return the name of a server without what numbers it: `api-gateway` for `api-gateway-cn-north-4b-08`.

    The name ends before an availability zone, or before the first part of digits alone. If it has neither, digits at
    its end are left out.
    """
    zone = _zone().search(name)
    begin = name[: zone.start()] if zone else name
    parts = _SEPARATOR.split(begin)
    kept = next((number for number, part in enumerate(parts) if number and _is_number(part)), len(parts))
    begin = "".join(parts[:kept]).rstrip("-_. ")
    return begin if begin and begin != name else _DIGITS_AT_END.sub("", name).rstrip("-_. ") or name


@cache
def _zone() -> re.Pattern[str]:
    """Return the pattern of a region or an availability zone at the end of a word, such as `-cn-north-4b`."""
    regions = "|".join(sorted(map(re.escape, REGIONS), key=len, reverse=True))
    return re.compile(f"[-_. ](?:{regions})[a-z]?(?![0-9A-Za-z])")


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _most_first(values: Iterable[str]) -> tuple[Counted, ...]:
    counts = Counter(values)
    return tuple(Counted(value, counts[value]) for value in sorted(counts, key=lambda value: (-counts[value], value)))
