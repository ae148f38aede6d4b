"""Finds incidents: runs of tasks, close in time, with the same operation and the same likely cause."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import Diagnosis, diagnosis_of
from kps_tui.triage.facets import Counted, Facet, facet_value, most_frequent_first, value_of
from kps_tui.triage.families import family
from kps_tui.triage.fields import BY_KEY, rfc3339
from kps_tui.triage.store import NO_TIME, Derived, TaskStore, Values
from kps_tui.triage.times import DAY, MINUTE

GAP = 15 * MINUTE
"""The longest time between two tasks of one incident, in milliseconds."""
SMALLEST = 3
"""The fewest tasks of an incident."""
NEW_FAILURE = 50
"""How many rows a row counts as whose message, code and operation are new: diagnosing it takes that long."""
RECENT = DAY
"""How long after its last task an incident counts as recent, in milliseconds."""

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Incident:
    """A run of tasks with the same operation and likely cause, each at most `GAP` after the one before.

    Tasks without a known cause are grouped by their normalised message instead.
    """

    operation: str
    diagnosis: Diagnosis | None
    """The likely cause, with the lowest certainty of its tasks; `None` if no cause is known for its message."""
    tasks: Sequence[int]
    """Its tasks by their index in the store, the newest first."""
    first: int
    """The time of its first task, in milliseconds since the epoch."""
    last: int
    servers: int
    """The number of servers on which its tasks failed."""
    message: str = ""
    """The normalised message of its tasks, if no cause is known; may be empty even then."""

    def goes_on(self, now: int) -> bool:
        """Return whether a task that failed at `now`, in milliseconds since the epoch, would still belong to it."""
        return now - self.last <= GAP

    def has(self, task: FailedTask) -> bool:
        """Return whether a task, which must be one of those searched, belongs to it."""
        time = task.milliseconds
        return time is not None and self.first <= time <= self.last and _key(_group(task)) == self._key

    @property
    def _key(self) -> "_Key":
        return _key(_Group(self.operation, self.diagnosis, self.message))


class _Key(NamedTuple):
    """What the tasks of an incident have in common."""

    has_cause: bool
    what: str
    """The id of the likely cause, else the normalised message, casefolded."""
    operation: str
    """Casefolded."""


class _Group(NamedTuple):
    """What the tasks with one key have in common, as shown for the first of them."""

    operation: str
    diagnosis: Diagnosis | None
    message: str


class _Run:
    """The last run of tasks of one group that are close in time."""

    __slots__ = ("certainty", "servers", "tasks")

    def __init__(self) -> None:
        self.tasks = array("i")
        """The newest first."""
        self.servers: set[int] = set()
        """The numbers of their servers."""
        self.certainty = 0
        """The position in `Certainty` of the least certain one."""


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


class IncidentSearch:
    """Searches tasks of a store for incidents, in steps, so that a screen can do it while it is idle.

    To search again after the store has changed, call `begin` again: the diagnoses of messages are kept, and if tasks
    were only added behind those that were searched, only these are searched.
    """

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._failures: Sequence[int] = ()
        """The number of the message, code and operation of each task."""
        self._servers: Values[tuple[str, str]] = Values((), [])
        self._groups = array("i")
        """The group of each failure, by its number in `_failures`, or `_UNKNOWN`."""
        self._certainties = bytearray()
        """The position in `Certainty` of each failure."""
        self._numbers: dict[_Key, int] = {}
        """The number of each group."""
        self._members: list[_Group] = []
        self._counts: list[int] = []
        """The number of tasks of each group that were searched."""
        self._newest_first: Sequence[int] = ()
        self._replaced = 0
        self._done = 0
        self._runs: dict[int, _Run] = {}
        """The latest run of each group."""
        self._found: list[Incident] = []

    def prepare(self, values: int) -> bool:
        """Compute at most `values` of the values that `begin` needs, and return whether all are computed."""
        return all(self._store.prepare(derived, values) for derived in (_FAILURE, _SERVER, facet_value("key")))

    def begin(self, newest_first: Sequence[int]) -> None:
        """Begin to search these tasks, by their index in the store.

        Args:
            newest_first: indices in the order of `View.newest_first` or `View.matching`.
        """
        replaced = self._store.revision[1]
        values = self._store.values(_FAILURE)
        self._failures = values.numbers
        self._servers = _servers(self._store)
        new = len(values.distinct) - len(self._groups)
        self._groups.extend([_UNKNOWN] * new)
        self._certainties.extend(bytes(new))
        done = self._done
        if replaced != self._replaced or newest_first[:done] != self._newest_first[:done]:
            self._done = 0
            self._counts = [0] * len(self._counts)
            self._runs = {}
            self._found = []
        self._newest_first, self._replaced = newest_first, replaced

    def advance(self, rows: int) -> bool:
        """Search the next tasks, and return whether all have been searched.

        Args:
            rows: how many at most; a task whose failure is new counts as `NEW_FAILURE`. A million tasks whose failures
                are known take about a second.
        """
        times, failures, groups, runs = self._store.times, self._failures, self._groups, self._runs
        servers, certainties, counts = self._servers.numbers, self._certainties, self._counts
        end = self._done + rows
        # Not `islice`, which would pass over the rows before it one by one.
        for index in self._newest_first[self._done : end]:
            if self._done >= end:
                break
            self._done += 1
            number = failures[index]
            group = groups[number]
            if group == _UNKNOWN:
                group = groups[number] = self._group(index, number)
                end -= NEW_FAILURE - 1
            counts[group] += 1
            time = times[index]
            if time == NO_TIME:
                continue
            run = runs.get(group)
            if run is None or times[run.tasks[-1]] - time > GAP:
                if run is not None:
                    self._found += self._incidents(group, run)
                run = runs[group] = _Run()
            run.tasks.append(index)
            run.servers.add(servers[index])
            run.certainty = max(run.certainty, certainties[number])
        return self._done >= len(self._newest_first)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents found so far, in no particular order."""
        latest = (self._incidents(group, run) for group, run in self._runs.items())
        return (*self._found, *chain.from_iterable(latest))

    def others(self, incident: Incident) -> tuple[Counted, ...]:
        """Count the tasks that were searched and are not in `incident` by the ids of their likely causes.

        The most frequent comes first. The id is empty for tasks without a known cause.
        """
        counts: Counter[str] = Counter()
        for group, count in zip(self._members, self._counts, strict=True):
            counts[_cause_id(group.diagnosis)] += count
        counts[_cause_id(incident.diagnosis)] -= len(incident.tasks)
        return most_frequent_first(+counts)

    def _group(self, index: int, failure: int) -> int:
        group = _group(self._store[index])
        if group.diagnosis:
            certainty = group.diagnosis.certainty
            self._certainties[failure] = [*type(certainty)].index(certainty)
        number = self._numbers.setdefault(_key(group), len(self._numbers))
        if number == len(self._members):
            self._members.append(group)
            self._counts.append(0)
        return number

    def _incidents(self, group: int, run: _Run) -> Iterator[Incident]:
        if len(run.tasks) < SMALLEST:
            return
        operation, diagnosis, message = self._members[group]
        if diagnosis:
            diagnosis = diagnosis._replace(certainty=[*type(diagnosis.certainty)][run.certainty])
        servers = {self._servers.distinct[number][0] for number in run.servers}
        times, tasks = self._store.times, run.tasks[:]
        yield Incident(operation, diagnosis, tasks, times[tasks[-1]], times[tasks[0]], len(servers - {""}), message)


def _group(task: FailedTask) -> _Group:
    diagnosis = diagnosis_of(task)
    return _Group(BY_KEY["op"].text(task), diagnosis, "" if diagnosis else value_of(task, "err"))


def _key(group: _Group) -> _Key:
    operation, diagnosis, message = group
    return _Key(diagnosis is not None, diagnosis.cause.id if diagnosis else message.casefold(), operation.casefold())


def _cause_id(diagnosis: Diagnosis | None) -> str:
    return diagnosis.cause.id if diagnosis else ""


def find_incidents(store: TaskStore, newest_first: Sequence[int]) -> tuple[Incident, ...]:
    """Return all incidents in these tasks, which are indices in the order of `View.newest_first`."""
    search = IncidentSearch(store)
    search.begin(newest_first)
    search.advance(NEW_FAILURE * len(newest_first))
    return search.incidents


def by_importance(incidents: Iterable[Incident], now: int) -> list[Incident]:
    """Return `incidents` sorted by importance, the most important first.

    Incidents whose last task failed at most `RECENT` before `now` (milliseconds since the epoch) come before older
    ones. Among these, the one on the most servers comes first, then the one with the most tasks, then the latest.
    """

    def rank(incident: Incident) -> tuple[bool, int, int, int]:
        return (now - incident.last <= RECENT, incident.servers, len(incident.tasks), incident.last)

    return sorted(incidents, key=rank, reverse=True)


def spread(store: TaskStore, tasks: Sequence[int]) -> Spread:
    """Return when and where the tasks failed that have the indices `tasks` in the store."""
    times = store.times_of(tasks)
    servers = _servers(store)
    families = dict(servers.distinct[number] for number in set(map(servers.numbers.__getitem__, tasks)))
    families.pop("", None)
    return Spread(
        min(times, default=None),
        max(times, default=None),
        len(families),
        most_frequent_first(Counter(families.values())),
        _counted(store.values(facet_value("key")), tasks),
    )


def messages(store: TaskStore, tasks: Sequence[int]) -> tuple[Counted, ...]:
    """Count tasks by their normalised messages, the most frequent first.

    Only the messages of these tasks are normalised, because all those of a large store would take seconds.
    """
    failures = store.values(_FAILURE).numbers
    examples = {failures[index]: index for index in tasks}
    counts: Counter[str] = Counter()
    for number, count in Counter(map(failures.__getitem__, tasks)).items():
        counts[value_of(store[examples[number]], "err")] += count
    return most_frequent_first(counts)


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
    return store.values(_SERVER)


def _server(task: FailedTask) -> tuple[str, str]:
    return task.server_id or task.server_name or "", family(BY_KEY["server"].text(task))


def _counted(of: Values[str], tasks: Sequence[int]) -> tuple[Counted, ...]:
    counts: Counter[str] = Counter()
    for number, count in Counter(map(of.numbers.__getitem__, tasks)).items():
        counts[of.distinct[number]] += count
    return most_frequent_first(counts)


_FAILURE: Derived[None] = Derived("failure", BY_KEY["cause"].sources, lambda task: None)
"""Numbers the combinations of message, code and operation; nothing is computed from them."""
_SERVER = Derived("server and family", ("server_id", "server_name"), _server)
