"""An incident ticket in Markdown: what the tasks have in common, their errors, then a table of the tasks.

All text from outside is written as code, see `kps_tui.triage.markdown`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kps_tui.i18n import _, counted, listed, number
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import block, line
from kps_tui.triage import incident_words
from kps_tui.triage.export import stamp
from kps_tui.triage.fields import BY_KEY, FIELDS, portable_text, time_text, zoned_time
from kps_tui.triage.incidents import Incident, Spread
from kps_tui.triage.markdown import cell, code, code_block
from kps_tui.triage.normalise import normalise
from kps_tui.triage.runbook import source_in_words

ROWS = 50
"""The most tasks in the table."""
ERRORS = 10
"""The most errors that are quoted."""
FAMILIES = 6
"""The most server families and key pairs that are named."""
ERROR_LIMIT = 2_000
"""The longest quotation of an error, in characters."""


@dataclass(frozen=True, slots=True)
class TicketHeading:
    """Where the tasks come from, and how they were chosen."""

    region: str
    project_id: str
    base: str
    """What the tasks were chosen from, in words: `24 marked of 1,000 loaded of 2,500`."""
    read_at: datetime | None
    """When the service last answered."""
    demo: bool = False
    host: str = ""
    """The host of the endpoint, which is shown if there is no region."""


def ticket(
    tasks: Sequence[FailedTask],
    heading: TicketHeading,
    zone: tzinfo | None = None,
    incident: tuple[Incident, Spread] | None = None,
) -> str:
    """Return the ticket for one or more tasks; `incident` is given if they are the tasks of one.

    Times are in UTC; the first sentence also has them in `zone` (`None`: the local zone).
    """
    errors = _by_error(tasks)
    about = [*_incident(*incident)] if incident else []
    servers = _servers(tasks, incident[1] if incident else None)
    said = _("{what} on {servers}, {when}.") if servers else _("{what}, {when}.")
    said = said.format(what=_what(len(tasks), len(errors)), servers=servers, when=_when(tasks, zone))
    parts = [
        f"# {_title(tasks, heading)}",
        _("One incident. {sentence}").format(sentence=said) if incident else said,
        "\n".join([*about, *_place(heading)]),
        *_errors(errors),
        "\n".join(_table(tasks)),
    ]
    return "\n\n".join(parts) + "\n"


def _title(tasks: Sequence[FailedTask], heading: TicketHeading) -> str:
    parts = [counted(len(tasks), "1 failed key-pair operation", "{count} failed key-pair operations")]
    if heading.demo:
        parts.insert(0, _("DEMO: invented tasks"))
    for key in ("op", "key", "server"):
        parts += map(code, _only(tasks, BY_KEY[key].text))
    return " · ".join(parts)


def _only(tasks: Sequence[FailedTask], value: Callable[[FailedTask], str]) -> list[str]:
    """Return a list of the one value that all tasks share, else an empty list."""
    values = {value(task) for task in tasks}
    return list(values) if len(values) == 1 and "" not in values else []


def _what(tasks: int, errors: int) -> str:
    if tasks == 1:
        return _("One error")
    return counted(errors, "The same error", "{count} different errors")


def _servers(tasks: Sequence[FailedTask], spread: Spread | None) -> str:
    """Return the number of servers, with their families if the tasks are an incident; empty without a server."""
    if spread is not None:
        return incident_words.servers(spread, FAMILIES, code)
    servers = len({task.server_id or task.server_name or "" for task in tasks} - {""})
    return counted(servers, "1 server", "{count} servers") if servers else ""


def _incident(incident: Incident, spread: Spread) -> Iterator[str]:
    """Yield the likely cause with its source, what to check first, and the key pairs."""
    if incident.diagnosis:
        cause = incident.diagnosis.cause
        named, source = incident_words.cause_of(incident.diagnosis), source_in_words(cause.page, cause.read)
        yield "- " + (_("{cause} ({source})").format(cause=named, source=source) if source else named)
    if check := incident_words.first_check(incident):
        yield f"- {check}"
    if pairs := [each for each in spread.key_pairs if each.value]:
        counts = [incident_words.count_of(each, quote=code) for each in pairs[:FAMILIES]]
        if more := len(pairs) - len(counts):
            counts.append(counted(more, "{count} more", "{count} more"))
        yield _("- tasks by key pair: {pairs}").format(pairs=listed(counts))


def _when(tasks: Sequence[FailedTask], zone: tzinfo | None) -> str:
    timed = {task.milliseconds // 1000: task for task in tasks if task.milliseconds is not None}
    if not timed:
        return _("at times that can't be read")
    ends = [timed[second] for second in sorted({min(timed), max(timed)})]
    universal = _range([time_text(task, UTC) for task in ends])
    local = _range([zoned_time(task, zone) for task in ends])
    said = _("{utc} UTC").format(utc=universal)
    return said if local.endswith("+00:00") else _("{utc} (local: {local})").format(utc=said, local=local)


def _range(ends: Sequence[str]) -> str:
    return _("{first} to {last}").format(first=ends[0], last=ends[1]) if len(ends) > 1 else ends[0]


def _place(heading: TicketHeading) -> Iterator[str]:
    if heading.region or not heading.host:
        yield _("- region: {region}").format(region=code(line(heading.region)) or "—")
    else:
        yield _("- endpoint: {host}").format(host=code(line(heading.host)))
    yield _("- project: {project}").format(project=code(line(heading.project_id)) or "—")
    read_at = stamp(heading.read_at.astimezone(UTC)) if heading.read_at else "—"
    yield _("- list read at: {time}").format(time=read_at)
    yield _("- base: {base}").format(base=code(line(heading.base)))


def _by_error(tasks: Sequence[FailedTask]) -> list[tuple[str, list[FailedTask]]]:
    """Return the tasks by normalised error, the most frequent first."""
    found: dict[str, tuple[str, list[FailedTask]]] = {}
    for task in tasks:
        error = normalise(line(task.task_error_msg or ""))
        found.setdefault(error.casefold(), (error, []))[1].append(task)
    return sorted(found.values(), key=lambda group: -len(group[1]))


def _errors(found: list[tuple[str, list[FailedTask]]]) -> Iterator[str]:
    no_error = _("no error given")
    for title, alike in found[:ERRORS]:
        yield f"## {number(len(alike))} × {code(title) or no_error}"
        first = alike[0]
        said = (block(first.task_error_msg or "", ERROR_LIMIT), line(first.task_error_code or ""))
        text = "\n".join(filter(None, said))
        if text == title:
            continue
        if len({(task.task_error_msg, task.task_error_code) for task in alike}) > 1:
            yield _("for example:")
        yield code_block(text)
    if len(found) > ERRORS:
        yield counted(len(found) - ERRORS, "… {count} more error", "… {count} more errors")


def _table(tasks: Sequence[FailedTask]) -> Iterator[str]:
    fields = [field for field in FIELDS if field.in_ticket]
    titles = [_("time (UTC)"), *(field.label for field in fields)]
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for task in tasks[:ROWS]:
        time = time_text(task, UTC)
        texts = [portable_text(field, task) for field in fields]
        shown = [cell(time) if task.milliseconds is None else time, *map(cell, texts)]
        yield f"| {' | '.join(shown)} |"
    if len(tasks) > ROWS:
        yield "\n" + counted(len(tasks) - ROWS, "… {count} more", "… {count} more")
