"""Makes filters from what is on the screen: a cell, a value of a facet, a range of time, an incident."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from kps_tui.kps.task import LATEST, FailedTask
from kps_tui.triage.facets import facet_of_column, value_of
from kps_tui.triage.fields import BY_KEY, Match
from kps_tui.triage.filter.expression import (
    MOMENTS,
    WILDCARD,
    Either,
    Every,
    Expression,
    Form,
    Term,
    Value,
    both,
    conjuncts,
)
from kps_tui.triage.filter.moments import moment_text
from kps_tui.triage.times import MINUTE

if TYPE_CHECKING:
    from kps_tui.triage.incidents import Incident


def in_group(facet: str, *values: str) -> Expression:
    """Return the filter for the tasks that have one of `values` in `facet`; an empty value stands for no value."""
    if facet == "day":
        days = tuple(Value(value) for value in values if value)
        parts = (*([Term("on", days)] if days else []), *([] if all(values) else [Term("time")]))
        return parts[0] if len(parts) == 1 else Either(parts)
    return Term(facet, () if values == ("",) else tuple(_exactly(facet, value) for value in values))


def _exactly(facet: str, value: str) -> Value:
    is_word = facet == "is" or (facet in BY_KEY and BY_KEY[facet].match is Match.WHOLE)
    is_plain = not value or (is_word and WILDCARD not in value)
    return Value(value, Form.PLAIN if is_plain else Form.EXACT)


def same_value(task: FailedTask, column: str, zone: tzinfo | None = None) -> Expression:
    """Return the filter for the tasks with the same value in `column`.

    For a time that is its day in `zone` (`None`: the local zone), for an error its normalised form.
    """
    facet = facet_of_column(column)
    return in_group(facet or column, value_of(task, facet, zone) if facet else BY_KEY[column].text(task))


def between(start: int, end: int, zone: tzinfo | None = None) -> Expression:
    """Return the filter for `start` ≤ time < `end`, in milliseconds since the epoch, both at whole minutes."""
    return Every((Term("since", (Value(moment_text(start, zone)),)), Term("until", (Value(moment_text(end, zone)),))))


def in_incident(incident: "Incident", zone: tzinfo | None = None, *, is_new: bool = False) -> Expression:
    """Return the filter for the tasks of an incident.

    Its times are widened to whole minutes, which adds no task: one with the same cause and operation that failed so
    close to the incident would be part of it.

    Args:
        incident: an incident.
        zone: the zone that the times are written in; `None` is the local zone.
        is_new: whether only new tasks were searched for incidents.
    """
    diagnosis = incident.diagnosis
    parts = [in_group("op", incident.operation)]
    if diagnosis:
        parts.append(in_group("cause", diagnosis.cause.id))
    else:
        # Tasks with the same message may have a cause because of their code.
        parts += [in_group("err", incident.message), in_group("cause", "")]
    end = incident.last - incident.last % MINUTE + MINUTE
    parts.append(Term("since", (Value(moment_text(incident.first - incident.first % MINUTE, zone)),)))
    if end <= LATEST:
        parts.append(Term("until", (Value(moment_text(end, zone)),)))
    if is_new:
        parts.append(Term("is", (Value("new"),)))
    return Every(tuple(parts))


def narrowed(expression: Expression, by: Expression) -> Expression:
    """Return `expression` narrowed by `by`; a new range of time replaces the old one."""
    if all(_is_moment(part) for part in conjuncts(by)):
        expression = Every(tuple(part for part in conjuncts(expression) if not _is_moment(part)))
    return both(expression, by)


def _is_moment(part: Expression) -> bool:
    return isinstance(part, Term) and part.field in MOMENTS
