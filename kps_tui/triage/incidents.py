"""Finds incidents: runs of tasks that failed at the same operation for the same likely cause, close in time."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import Diagnosis, diagnosis_of
from kps_tui.triage.facets import Counted, Facet, facet_value, value_of
from kps_tui.triage.families import family
from kps_tui.triage.fields import BY_KEY, rfc3339
from kps_tui.triage.store import NO_TIME, Derived, TaskStore, Values

GAP = 15 * 60_000
"""The longest time between two tasks of one incident, in milliseconds."""
SMALLEST = 3
"""The fewest tasks of an incident."""
NEW_FAILURE = 50
"""How many rows a row counts as whose message, code and operation are seen for the first time: it takes that long."""
RECENT = 24 * 60 * 60_000
"""How long after its last task an incident counts as recent, in milliseconds."""

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Incident:
    """A run of tasks with the same operation and likely cause, each at most `GAP` after the one before.

    Tasks without a known cause are grouped by their normalised message instead.
    """

    operation: str
    diagnosis: Diagnosis | None
    """The likely cause; `None` if its tasks have the same normalised message instead."""
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

    To search again after the store has changed, call `begin` again: what was found out about messages is kept.
    """

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._failures: Values[FailedTask] = Values((), [])
        """A task with the message, code and operation of each task, and nothing else."""
        self._servers: Values[tuple[str, str]] = Values((), [])
        self._groups = array("i")
        """The group of each failure, by its number in `_failures`, or `_UNKNOWN`."""
        self._numbers: dict[tuple[str, str], int] = {}
        """The number of each group, by cause or message and by operation."""
        self._diagnoses: list[Diagnosis | None] = []
        """The likely cause of each group, by its number."""
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
        self._failures = self._store.values(Derived("failure", BY_KEY["cause"].sources, lambda task: task))
        self._servers = _servers(self._store)
        self._groups.extend([_UNKNOWN] * (len(self._failures.distinct) - len(self._groups)))
        self._newest_first = newest_first
        self._done = 0
        self._runs = {}
        self._found = []

    def advance(self, rows: int) -> bool:
        """Search the next tasks, and return whether all have been searched.

        Args:
            rows: how many at most; a task whose failure is seen for the first time counts as `NEW_FAILURE`. A million
                tasks that were searched before take about a second.
        """
        times, failures, groups, runs = self._store.times, self._failures.numbers, self._groups, self._runs
        end = self._done + rows
        for index in islice(self._newest_first, self._done, end):
            if self._done >= end:
                break
            self._done += 1
            time = times[index]
            if time == NO_TIME:
                continue
            number = failures[index]
            group = groups[number]
            if group == _UNKNOWN:
                group = groups[number] = self._group(self._failures.distinct[number])
                end -= NEW_FAILURE - 1
            run = runs.get(group)
            if run is not None and times[run[-1]] - time <= GAP:
                run.append(index)
                continue
            if run is not None:
                self._close(group, run)
            runs[group] = [index]
        if self._done < len(self._newest_first):
            return False
        for group, run in runs.items():
            self._close(group, run)
        runs.clear()
        return True

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What has been found so far, in no particular order."""
        return tuple(self._found)

    def _group(self, failure: FailedTask) -> int:
        diagnosis = diagnosis_of(failure)
        what = f"cause:{diagnosis.cause.id}" if diagnosis else f"message:{value_of(failure, 'err').casefold()}"
        number = self._numbers.setdefault((what, failure.operation.name.casefold()), len(self._numbers))
        if number == len(self._diagnoses):
            self._diagnoses.append(diagnosis)
        return number

    def _close(self, group: int, run: list[int]) -> None:
        if len(run) < SMALLEST:
            return
        failure = self._failures.distinct[self._failures.numbers[run[0]]]
        servers = {self._servers.distinct[number][0] for number in map(self._servers.numbers.__getitem__, run)}
        times = self._store.times
        self._found.append(
            Incident(
                BY_KEY["op"].text(failure),
                self._diagnoses[group],
                array("i", run),
                times[run[-1]],
                times[run[0]],
                len(servers - {""}),
            )
        )


def find_incidents(store: TaskStore, newest_first: Sequence[int]) -> tuple[Incident, ...]:
    """Return all incidents in these tasks, which are indices in the order of `View.newest_first`."""
    search = IncidentSearch(store)
    search.begin(newest_first)
    search.advance(NEW_FAILURE * len(newest_first))
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


def spread(store: TaskStore, tasks: Sequence[int]) -> Spread:
    """Return when and where tasks failed, which are indices in the store."""
    times = store.times_of(tasks)
    servers = _servers(store)
    families = dict(servers.distinct[number] for number in set(map(servers.numbers.__getitem__, tasks)))
    families.pop("", None)
    return Spread(
        min(times, default=None),
        max(times, default=None),
        len(families),
        _most_first(Counter(families.values())),
        _counted(store.values(facet_value("key")), tasks),
        _counted(store.values(facet_value("err")), tasks),
    )


def spread_by_value(store: TaskStore, order: Sequence[int], facet: Facet) -> Iterator[Spread]:
    """Yield the spread of each value of `facet`, which was counted over `order`, in the order of its values."""
    counted = store.values(facet_value(facet.field))
    tasks: dict[str, array[int]] = {each.value.casefold(): array("i") for each in facet.values}
    folded = [value.casefold() for value in counted.distinct]
    for index in order:
        tasks[folded[counted.numbers[index]]].append(index)
    return (spread(store, tasks[each.value.casefold()]) for each in facet.values)


def spread_document(found: Spread) -> dict[str, Any]:
    """Return when and where tasks failed as a JSON object; times in RFC 3339, UTC."""
    return {
        "first": rfc3339(found.first),
        "last": rfc3339(found.last),
        "servers": found.servers,
        "server_families": {each.value: each.count for each in found.families},
        "key_pairs": {each.value: each.count for each in found.key_pairs},
    }


def _servers(store: TaskStore) -> Values[tuple[str, str]]:
    """Return the server and its family of every task: the server's id, else its name, else an empty text."""

    def server(task: FailedTask) -> tuple[str, str]:
        return task.server_id or task.server_name or "", family(BY_KEY["server"].text(task))

    return store.values(Derived("server and family", ("server_id", "server_name"), server))


def _counted(of: Values[str], tasks: Sequence[int]) -> tuple[Counted, ...]:
    counts: Counter[str] = Counter()
    for number, count in Counter(map(of.numbers.__getitem__, tasks)).items():
        counts[of.distinct[number]] += count
    return _most_first(counts)


def _most_first(counts: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(value, counts[value]) for value in sorted(counts, key=lambda value: (-counts[value], value)))
