"""Terms made from what is on the screen: a cell, a group, a stretch of time."""

from datetime import tzinfo

from kps_tui.kps.task import FailedTask
from kps_tui.triage.expression import MOMENTS, Every, Expression, Form, Term, Value, both, conjuncts
from kps_tui.triage.facets import facet_of_column, value_of
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.timeline import edge

_WHOLE = ("op", "state")
"""Fields whose plain value means the whole word."""


def in_group(facet: str, value: str) -> Expression:
    """Return what finds the tasks of one group of a facet; an empty value: those that have none."""
    if facet == "day":
        return Term("on", (Value(value),)) if value else Term("time")
    if not value:
        return Term(facet)
    return Term(facet, (Value(value, Form.PLAIN if facet in _WHOLE else Form.EXACT),))


def same_value(task: FailedTask, column: str, zone: tzinfo | None = None) -> Expression:
    """Return what finds the tasks that say the same in `column`: of a time the day, of an error the normalised form."""
    facet = facet_of_column(column)
    return in_group(facet or column, value_of(task, facet, zone) if facet else BY_KEY[column].text(task))


def between(start: int, end: int, zone: tzinfo | None = None) -> Expression:
    """Return what finds the tasks from `start` on and before `end`: milliseconds since the epoch, whole minutes."""
    return Every((Term("since", (Value(edge(start, zone)),)), Term("until", (Value(edge(end, zone)),))))


def narrowed(expression: Expression, by: Expression) -> Expression:
    """Return `expression` narrowed by `by`; a stretch of time takes the place of the one before."""
    if all(_is_moment(part) for part in conjuncts(by)):
        expression = Every(tuple(part for part in conjuncts(expression) if not _is_moment(part)))
    return both(expression, by)


def _is_moment(part: Expression) -> bool:
    return isinstance(part, Term) and part.field in MOMENTS
