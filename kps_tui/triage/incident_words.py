"""Describes incidents in words: what their tasks share, where and when they failed, and what to check first."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from kps_tui.i18n import _, counted, listed, number
from kps_tui.triage.causes import Diagnosis, runbook_in_use
from kps_tui.triage.facets import Counted
from kps_tui.triage.incidents import Incident, Spread
from kps_tui.triage.times import local_time, milliseconds_of


def sharing(incident: Incident) -> str:
    """Return what the tasks of an incident share, to follow their number: `share a likely cause`."""
    if incident.diagnosis is None:
        return _("share one message") if incident.message else _("have no error message")
    return {
        "attested": _("share one cause"),
        "likely": _("share a likely cause"),
        "guess": _("may share one cause"),
    }[incident.diagnosis.certainty.value]


def in_short(incident: Incident) -> str:
    """Return what its tasks share in two or three words, with the id of the cause: `likely private-key`."""
    if incident.diagnosis is None:
        return _("one message") if incident.message else _("no error message")
    cause, certainty = incident.diagnosis
    said = {"attested": _("cause {id}"), "likely": _("likely {id}"), "guess": _("possibly {id}")}
    return said[certainty.value].format(id=cause.id)


def cause(incident: Incident) -> str:
    """Return the cause and how certain it is, else the message: `likely: the private key is wrong`."""
    if incident.diagnosis is None:
        return _("message: {message}").format(message=incident.message) if incident.message else ""
    return cause_of(incident.diagnosis)


def cause_of(diagnosis: Diagnosis) -> str:
    """Return a cause and how certain it is: `likely: the private key is wrong`."""
    said = {"attested": _("cause: {name}"), "likely": _("likely: {name}"), "guess": _("possibly: {name}")}
    return said[diagnosis.certainty.value].format(name=_(diagnosis.cause.name))


def first_check(incident: Incident) -> str:
    """Return the first check with its label: for the cause, else for the operation; empty if the runbook has none."""
    if not (look := first_look(incident)):
        return ""
    if incident.diagnosis:
        return _("check: {look}").format(look=look)
    return _("first check for {operation}: {look}").format(operation=incident.operation, look=look)


def first_look(incident: Incident) -> str:
    """Return the first check in the words of the runbook; empty if it has none."""
    runbook = runbook_in_use()
    if incident.diagnosis:
        return _(incident.diagnosis.cause.check_for(incident.operation).look)
    procedure = runbook.procedures.get(incident.operation)
    first = runbook.cause(procedure.checks[0]) if procedure and procedure.checks else None
    return _(first.check_for(incident.operation).look) if first else ""


def servers(spread: Spread, families: int = 0, quote: Callable[[str], str] = str) -> str:
    """Return the number of servers, with at most `families` of their families: `24 servers (16 api-gateway, 8 web)`.

    `quote` quotes the names of families.
    """
    if not spread.servers:
        return ""
    said = counted(spread.servers, "1 server", "{count} servers")
    if not families or spread.servers == 1:
        return said
    named = listed(count_of(each, quote=quote) for each in spread.families[:families])
    if more := sum(each.count for each in spread.families[families:]):
        named = _("{named}, {count} more").format(named=named, count=number(more))
    return _("{servers} ({families})").format(servers=said, families=named)


def count_of(part: Counted, nameless: str = "?", quote: Callable[[str], str] = str) -> str:
    """Return a count with its value: `16 api-gateway`; `nameless` stands for an empty value, `quote` quotes others."""
    return _("{count} {name}").format(count=number(part.count), name=quote(part.value) if part.value else nameless)


def key_pairs(spread: Spread, *, is_short: bool = False) -> str:
    """Return the key pair, or how many there are: `key pair prod-ops-2025`, `key prod-ops-2025`; empty without any."""
    named = [each for each in spread.key_pairs if each.value]
    if len(named) != 1:
        return counted(len(named), "1 key pair", "{count} key pairs") if named else ""
    total = sum(each.count for each in spread.key_pairs)
    if named[0].count == total:
        said = _("key {name}") if is_short else _("key pair {name}")
        return said.format(name=named[0].value)
    said = _("key pair {name} in {count} of {total}")
    return said.format(name=named[0].value, count=number(named[0].count), total=number(total))


def times(incident: Incident, now: datetime) -> str:
    """Return when an incident happened, in the local zone, and whether it goes on: `09:41–09:50, still going on`.

    The date is left out if it is today, and the year if it is this one.
    """
    first, last = local_time(incident.first, None), local_time(incident.last, None)
    today = now.astimezone().date()
    begin, end = f"{_day(first, today.year)}{first:%H:%M}", f"{last:%H:%M}"
    if first.date() == last.date() == today:
        begin = f"{first:%H:%M}"
    elif first.date() != last.date():
        end = f"{_day(last, today.year)}{last:%H:%M}"
    said = begin if begin == end else f"{begin}–{end}"
    if incident.goes_on(milliseconds_of(now)):
        return _("{times}, still going on").format(times=said)
    return said


def _day(moment: datetime, this_year: int) -> str:
    return f"{moment:%m-%d} " if moment.year == this_year else f"{moment:%Y-%m-%d} "


def others(causes: Sequence[Counted]) -> Iterator[str]:
    """Yield the ids of the causes of other tasks with their counts, the most frequent first: `7 security-group`."""
    for each in causes:
        if each.value:
            yield count_of(each)
    if unknown := sum(each.count for each in causes if not each.value):
        yield counted(unknown, "{count} without a known cause", "{count} without a known cause")
