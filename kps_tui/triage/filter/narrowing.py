"""Filters made from what is on the screen: a cell, a value of a facet, a range of time."""

from datetime import tzinfo

from kps_tui.kps.task import FailedTask
from kps_tui.triage.facets import facet_of_column, value_of
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter.expression import MOMENTS, WILDCARD, Every, Expression, Form, Term, Value, both, conjuncts
from kps_tui.triage.filter.moments import moment_text

_WHOLE = ("op", "state")
"""Fields whose plain value already means the whole word."""


def in_group(facet: str, value: str) -> Expression:
    """Return the filter for the tasks that have `value` in `facet`; an empty value means the tasks that have none."""
    if facet == "day":
        return Term("on", (Value(value),)) if value else Term("time")
    if not value:
        return Term(facet)
    is_plain = facet in _WHOLE and WILDCARD not in value
    return Term(facet, (Value(value, Form.PLAIN if is_plain else Form.EXACT),))


def same_value(task: FailedTask, column: str, zone: tzinfo | None = None) -> Expression:
    """Return the filter for the tasks with the same value in `column`.

    For a time that is its day in `zone` (`None`: the local zone), for an error its normalised form.
    """
    facet = facet_of_column(column)
    return in_group(facet or column, value_of(task, facet, zone) if facet else BY_KEY[column].text(task))


def between(start: int, end: int, zone: tzinfo | None = None) -> Expression:
    """Return the filter for `start` ≤ time < `end`, in milliseconds since the epoch, both at whole minutes."""
    return Every((Term("since", (Value(moment_text(start, zone)),)), Term("until", (Value(moment_text(end, zone)),))))


def narrowed(expression: Expression, by: Expression) -> Expression:
    """Return `expression` narrowed by `by`; a new range of time replaces the old one."""
    if all(_is_moment(part) for part in conjuncts(by)):
        expression = Every(tuple(part for part in conjuncts(expression) if not _is_moment(part)))
    return both(expression, by)


def _is_moment(part: Expression) -> bool:
    return isinstance(part, Term) and part.field in MOMENTS
