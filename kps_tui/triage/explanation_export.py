"""Writes explanations to a file object: as text for people, as Markdown, or as JSON."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple, TextIO

from kps_tui.i18n import _, counted, is_chinese, listed, number
from kps_tui.kps.task import FailedTask
from kps_tui.terminal.width import cells, padded, wrapped
from kps_tui.triage.explanation import Explanation, LikelyCause, Step, last_check
from kps_tui.triage.export import as_json, row
from kps_tui.triage.fields import BY_KEY, text_of_second, zoned_time
from kps_tui.triage.incident_words import count_of
from kps_tui.triage.incidents import Spread, spread_document
from kps_tui.triage.markdown import code
from kps_tui.triage.runbook import Certainty, Check, Procedure, source_in_words
from kps_tui.triage.times import milliseconds_of

_LABEL = 11
"""Cells of a label before a text."""
_FACTS = ("err", "code", "op", "server", "sid", "key", "time", "task")
"""The fields of a task that are shown, in this order."""
_SEVERAL = 4
"""The most families of servers, or key pairs, that a sentence names."""


class LabelledText(NamedTuple):
    """A label and a text."""

    label: str
    """Empty for an item of a list."""
    text: str


class NumberedCheck(NamedTuple):
    """A check; its number is its place in `Part.checks`."""

    text: str
    then: str = ""
    """What to do if the check finds something."""
    is_likely: bool = False


@dataclass(frozen=True)
class Part:
    """A heading with labelled texts or checks below it."""

    heading: str = ""
    rows: Sequence[LabelledText] = ()
    """The labelled texts, one a row."""
    checks: Sequence[NumberedCheck] = ()


def write(
    explanations: Sequence[Explanation],
    head: dict[str, Any],
    output_format: str,
    out: TextIO,
    now: datetime,
    width: int | None = None,
) -> None:
    """Write `explanations` to `out` in `output_format`: `plain`, `json` or `md`.

    Args:
        explanations: what to write.
        head: further members of the JSON document: how much of the list was read, and which ids are not in it.
        output_format: the format.
        out: the file object.
        now: the present, which decides whether an incident goes on.
        width: the width in cells at which lines are wrapped; `None`: they are not.
    """
    if output_format == "json":
        out.write(as_json(head | {"explanations": [_document(each, now) for each in explanations]}) + "\n")
        return
    if output_format == "md" and head.get("demo"):
        out.write(_("DEMO: invented tasks") + "\n\n")
    for place, each in enumerate(explanations):
        if output_format == "md":
            texts = [f"## {code(each.subject)}", *map(_as_markdown, parts_of(each, now, code))]
        else:
            texts = ["\n".join(as_plain(part, width)) for part in parts_of(each, now)]
        out.write(("\n" if place else "") + "\n\n".join(texts) + "\n")


def as_plain(part: Part, width: int | None) -> Iterator[str]:
    """Yield the lines of a part, wrapped at `width` cells if it is not `None`."""
    if part.heading:
        yield from _wrapped("", part.heading, width)
    indent = "  " if part.heading else ""
    for label, text in part.rows:
        room = max(_LABEL, cells(label)) if label else 1
        yield from _wrapped(f"{indent}{padded(label or '-', room)} ", text, width)
    for place, (text, then, is_likely) in enumerate(part.checks, 1):
        prefix = f"{'>' if is_likely else ' '} {place}  "
        yield from _wrapped(prefix, text, width)
        if then:
            yield from _wrapped(" " * cells(prefix), then, width)


def _wrapped(prefix: str, text: str, width: int | None) -> Iterator[str]:
    """Yield `text` after `prefix`, in lines of at most `width` cells where words allow it; later ones are indented."""
    first, *rest = [text] if width is None else wrapped(text, width - cells(prefix))
    yield f"{prefix}{first}".rstrip()
    yield from (f"{' ' * cells(prefix)}{line}" for line in rest)


def _as_markdown(part: Part) -> str:
    lines = [f"**{part.heading}**", ""] if part.heading else []
    for label, text in part.rows:
        lines.append(f"- {label}{': ' if label else ''}{text}")
    for place, (text, then, is_likely) in enumerate(part.checks, 1):
        lines.append(f"{place}. **{text}**" if is_likely else f"{place}. {text}")
        lines += [f"   {then}"] if then else []
    return "\n".join(lines)


def parts_of(explanation: Explanation, now: datetime, quote: Callable[[str], str] = str) -> Iterator[Part]:
    """Yield the parts of an explanation; `quote` quotes text from outside."""
    if explanation.task:
        yield Part(
            rows=[
                LabelledText(BY_KEY[key].label, quote(text)) for key in _FACTS if (text := _fact(explanation.task, key))
            ]
        )
    if explanation.code:
        known = explanation.code
        title = _("{code} (HTTP {status}): {meaning}") if known.http else _("{code}: {meaning}")
        yield Part(
            title.format(code=known.code, status=known.http, meaning=_(known.meaning)),
            _rows((_("do"), _(known.handling)), (_("source"), _(known.page))),
        )
    if explanation.incident:
        yield Part(_incident_in_words(explanation, now, quote))
    yield from (_cause_part(each, explanation) for each in explanation.causes)
    if not explanation.causes and not explanation.code:
        yield Part(_("No likely cause is known for this message"))
    if len(explanation.operations) == 1:
        yield from _procedure_parts(explanation)
    elif explanation.causes:
        yield from _places_in_order(explanation)
    elif not explanation.code:
        for procedure in explanation.procedures:
            steps = explanation.steps(procedure.operation)
            yield Part(_order_heading(procedure), checks=[NumberedCheck(_(step.cause.name)) for step in steps])


def _fact(task: FailedTask, key: str) -> str:
    return zoned_time(task) if key == "time" else BY_KEY[key].text(task)


def _rows(*rows: tuple[str, str]) -> list[LabelledText]:
    """Return rows without those that have no text."""
    return [LabelledText(label, text) for label, text in rows if text]


def _incident_in_words(explanation: Explanation, now: datetime, quote: Callable[[str], str]) -> str:
    """Return which incident the task is part of: `One of 24 replace tasks on 24 servers (16 api-gateway, 8 web), …`."""
    incident, found = explanation.incident, explanation.spread
    assert incident is not None
    assert found is not None
    first, last = (text_of_second(moment // 1000, None) for moment in (incident.first, incident.last))
    day, clock = last.split(" ")
    times = _("{first} to {last}").format(first=first, last=clock if first.startswith(day) else last)
    count, operation = len(incident.tasks), quote(incident.operation) or "?"
    if found.servers:
        said = counted(
            count,
            "One of {count} {operation} task that failed on {servers}",
            "One of {count} {operation} tasks that failed on {servers}",
            operation=operation,
            servers=_servers(found, quote),
        )
    else:
        said = counted(
            count,
            "One of {count} {operation} task that failed",
            "One of {count} {operation} tasks that failed",
            operation=operation,
        )
    if names := [quote(each.value) for each in found.key_pairs if each.value]:
        said = _("{said}, key pair {names}").format(said=said, names=_several(names))
    said = _("{said}, {times}").format(said=said, times=times)
    goes_on = incident.goes_on(milliseconds_of(now))
    return _("{said}; it may still go on").format(said=said) if goes_on else said


def _servers(found: Spread, quote: Callable[[str], str]) -> str:
    said = counted(found.servers, "1 server", "{count} servers")
    if found.servers == 1:
        return said
    families = _several([count_of(each, quote=quote) for each in found.families])
    return _("{servers} ({families})").format(servers=said, families=families)


def _several(names: Sequence[str]) -> str:
    said, more = listed(names[:_SEVERAL]), len(names) - _SEVERAL
    return _("{names} and {count} more").format(names=said, count=number(more)) if more > 0 else said


def _cause_part(likely: LikelyCause, explanation: Explanation) -> Part:
    cause, certainty = likely.diagnosis
    title = _("Cause: {name}") if certainty is Certainty.ATTESTED else _("Likely: {name}")
    if len(likely.operations) < len(explanation.operations):
        title = _("Likely after {operations}: {name}")
    heading = title.format(name=_(cause.name), operations=_any_of(likely.operations))
    # The name in the vendor's console, for users who read another language here.
    rows = [] if is_chinese() else [(_("in Chinese"), cause.name_zh)]
    rows.append((_("how sure"), likely.diagnosis.how_sure))
    operation = likely.operations[0] if len(likely.operations) == 1 else ""
    if len(explanation.operations) > 1 or not any(step.is_likely for step in explanation.steps(operation)):
        check = cause.check_for(operation)
        rows += [(_("check"), _(check.look)), (_("then"), _(check.fix))]
    return Part(heading, _rows(*rows, (_("source"), source_in_words(cause.page, cause.read))))


def _any_of(operations: Sequence[str]) -> str:
    return reduce(lambda one, other: _("{one} or {other}").format(one=one, other=other), operations)


def _places_in_order(explanation: Explanation) -> Iterator[Part]:
    """Yield a part that says at which place of the order of checks the likely causes are, if any is."""
    places = [
        _("check {place} of {operation}").format(place=place, operation=operation)
        for operation in explanation.operations
        for place, step in enumerate(explanation.steps(operation), 1)
        if step.is_likely
    ]
    if places:
        yield Part(_("In the order of checks: {places}").format(places=listed(places)))


def _order_heading(procedure: Procedure) -> str:
    said = (
        _("Checks after {operation} ({chinese}), in your own order")
        if procedure.is_own_order
        else _("Checks after {operation} ({chinese}), in the vendor's order")
    )
    return said.format(operation=procedure.operation, chinese=procedure.name_zh or "-")


def _procedure_parts(explanation: Explanation) -> Iterator[Part]:
    if not explanation.procedures:
        yield Part(_("The runbook has no checks for this operation"))
        return
    [procedure] = explanation.procedures
    operation = procedure.operation
    checks = [
        NumberedCheck(_(step.check.look), _then(step.check), step.is_likely) for step in explanation.steps(operation)
    ]
    last = last_check(operation)
    yield Part(_order_heading(procedure), checks=[*checks, NumberedCheck(last.look, _then(last))])
    yield Part(
        _("Needed for {operation}").format(operation=operation),
        [
            *(LabelledText("", _(text)) for text in procedure.preconditions),
            *_rows(
                (_("it takes"), _(procedure.takes)),
                (_("source"), source_in_words(procedure.page, procedure.read)),
                (_("order"), source_in_words(procedure.order_page, procedure.read)),
            ),
        ],
    )


def _then(check: Check) -> str:
    return _("then: {fix}").format(fix=_(check.fix)) if check.fix else ""


def _document(explanation: Explanation, now: datetime) -> dict[str, Any]:
    known, incident = explanation.code, explanation.incident
    return {
        "subject": explanation.subject,
        "task": row(explanation.task) if explanation.task else None,
        "code": {
            "code": known.code,
            "http": known.http,
            "meaning": known.meaning,
            "handling": known.handling,
            "page": known.page,
        }
        if known
        else None,
        "likely": [_likely_document(each) for each in explanation.causes],
        "operations": [_procedure_document(each, explanation) for each in explanation.procedures],
        "incident": {
            "operation": incident.operation,
            "tasks": len(incident.tasks),
            "goes_on": incident.goes_on(milliseconds_of(now)),
        }
        | spread_document(explanation.spread)
        if incident and explanation.spread
        else None,
    }


def _likely_document(likely: LikelyCause) -> dict[str, Any]:
    cause, certainty = likely.diagnosis
    check = cause.check_for(likely.operations[0] if len(likely.operations) == 1 else "")
    return {
        "cause": cause.id,
        "name": cause.name,
        "name_zh": cause.name_zh,
        "certainty": certainty.value,
        "operations": list(likely.operations),
        "check": check.look,
        "fix": check.fix,
        "page": cause.page,
        "read": cause.read,
    }


def _procedure_document(procedure: Procedure, explanation: Explanation) -> dict[str, Any]:
    def document(step: Step) -> dict[str, Any]:
        return {"cause": step.cause.id, "check": step.check.look, "fix": step.check.fix, "likely": step.is_likely}

    return {
        "operation": procedure.operation,
        "checks": [document(step) for step in explanation.steps(procedure.operation)],
        "preconditions": list(procedure.preconditions),
        "takes": procedure.takes,
        "page": procedure.page,
        "order_page": procedure.order_page,
        "read": procedure.read,
    }
