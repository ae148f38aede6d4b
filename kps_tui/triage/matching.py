"""Finds the tasks that a filter means, set by set: each part looks only at what the cheaper ones before it left."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import chain
from typing import TypeVar

from kps_tui.kps.task import LATEST
from kps_tui.triage import filter_texts as texts
from kps_tui.triage.comparing import Comparison, comparison, is_plain_part, same_message, wanted
from kps_tui.triage.expression import EVERYTHING, MOMENTS, Either, Every, Expression, Form, Not, Term, Value
from kps_tui.triage.fields import BY_KEY, Match
from kps_tui.triage.moments import day_of, is_absolute, moment_of
from kps_tui.triage.searching import Search, TooSlow
from kps_tui.triage.store import TaskStore

Part = TypeVar("Part")

Indices = Sequence[int]

STALE = timedelta(seconds=30)
"""How old the present of a matcher may be: `since:` counts in minutes."""
_RARELY_REPEATED = ("time", "sid", "task")
_FORMS = (Form.EXACT, Form.PLAIN, Form.FUZZY, Form.REGEX)
"""The cheapest first."""


def is_relative(expression: Expression) -> bool:
    """Return whether what it means depends on when it is asked: `since:24h`, `on:today`."""
    match expression:
        case Term(field, values):
            return field in MOMENTS and not all(is_absolute(value.text) for value in values)
        case Not(part):
            return is_relative(part)
        case Every(parts) | Either(parts):
            return any(map(is_relative, parts))


class Matcher:
    """A filter at one moment. Keep it while its filter is shown: it remembers what its regular expressions found.

    A regular expression that runs out of time is named in `too_slow`; from then on its term counts as not written,
    for what it would say of the other tasks is not known.
    """

    def __init__(self, expression: Expression, now: datetime, zone: tzinfo | None = None) -> None:
        self._expression = expression
        self._now = now
        self._zone = zone
        self._slow: list[str] = []
        self._search = Search()

    @property
    def too_slow(self) -> tuple[str, ...]:
        """The terms that are ignored because their regular expression ran out of time, as written."""
        return tuple(self._slow)

    def is_stale(self, now: datetime) -> bool:
        """Return whether a term that counts back from the present, such as `since:1h`, means something else by now."""
        return now - self._now > STALE and is_relative(self._expression)

    def select(self, store: TaskStore, indices: Indices) -> Indices:
        """Return those of `indices` whose tasks match, in the same order; the same object where all must."""
        while True:
            try:
                found = self._select(self._expression, store, indices)
            except TooSlow as slow:
                self._slow.append(str(slow.term))
                self._expression = _without(self._expression, slow.term) or EVERYTHING
            else:
                return found if found is indices else array("i", found)

    def _select(self, expression: Expression, store: TaskStore, indices: Indices) -> Indices:
        match expression:
            case Every(parts):
                for part in sorted(parts, key=_cost):
                    indices = self._select(part, store, indices)
                return indices
            case Either(parts):
                return _any_of(indices, parts, lambda part, rest: self._select(part, store, rest))
            case Not(part):
                matching = set(self._select(part, store, indices))
                return [index for index in indices if index not in matching]
            case Term():
                return self._of_term(expression, store, indices)

    def _of_term(self, term: Term, store: TaskStore, indices: Indices) -> Indices:
        if term.field in MOMENTS or (term.field == "time" and not term.values):
            return self._of_moments(term, store, indices)
        values = term.values or (Value(""),)
        return _any_of(indices, values, lambda value, rest: self._of_value(term, value, store, rest))

    def _of_moments(self, term: Term, store: TaskStore, indices: Indices) -> Indices:
        times = texts.times(store)
        if term.field == "time":
            return [index for index in indices if times[index] is None]
        spans = [span for value in term.values if (span := self._span(term.field, value.text))]
        return _any_of(
            indices,
            spans,
            lambda span, rest: [index for index in rest if (at := times[index]) is not None and at in span],
        )

    def _span(self, field: str, text: str) -> range | None:
        """Return the milliseconds that a moment of a filter means; `None` where it is no moment."""
        if field == "on":
            day = day_of(text, self._now, self._zone)
            return range(*day) if day else None
        moment = moment_of(text, self._now, self._zone)
        if moment is None:
            return None
        return range(moment, LATEST + 1) if field == "since" else range(min(moment, 0), moment)

    def _of_value(self, term: Term, value: Value, store: TaskStore, indices: Indices) -> Indices:
        if term.field:
            return self._in_field(term, term.field, BY_KEY[term.field].match, value, store, indices)
        if is_plain_part(value, Match.PART):
            return _holding(wanted(value), texts.folded_together(store, self._zone), indices)
        # The rest of the language looks at one field, not at texts put together. Those that repeat come first.
        fields = sorted(BY_KEY, key=lambda key: key in _RARELY_REPEATED)
        return _any_of(indices, fields, lambda key, rest: self._in_field(term, key, Match.PART, value, store, rest))

    def _in_field(
        self, term: Term, key: str, match: Match, value: Value, store: TaskStore, indices: Indices
    ) -> Indices:
        if value.form is Form.REGEX:
            return self._search.select(term, value.text, texts.shown(store, key, self._zone), indices)
        if value.form is Form.EXACT and key == "err":
            return _comparing(same_message(value), texts.shown(store, key, self._zone), indices)
        folded = texts.folded(store, key, self._zone)
        if is_plain_part(value, match):
            return _holding(wanted(value), folded, indices)
        return _comparing(comparison(value, match), folded, indices)


def matcher(expression: Expression, now: datetime, zone: tzinfo | None = None) -> Matcher:
    """Return what finds the tasks of `expression`.

    Args:
        expression: a filter that `filter_parser` made.
        now: what `since:24h` counts back from.
        zone: where `on:today` begins, and which times are shown; `None` is the local zone.
    """
    return Matcher(expression, now, zone)


def _any_of(indices: Indices, parts: Iterable[Part], select: Callable[[Part, Indices], Indices]) -> Indices:
    """Return those of `indices` that `select` finds for at least one of the parts, in the same order."""
    found: list[Indices] = []
    rest = indices
    for part in parts:
        matching = select(part, rest)
        found.append(matching)
        if len(matching) == len(rest):
            return indices
        if matching:
            taken = set(matching)
            rest = [index for index in rest if index not in taken]
    several = [each for each in found if each]
    if len(several) < 2:
        return several[0] if several else []
    matching_any = set(chain(*several))
    return [index for index in indices if index in matching_any]


def _holding(text: str, shown: list[str], indices: Indices) -> Indices:
    return [index for index in indices if text in shown[index]]


def _comparing(compare: Comparison, shown: list[str], indices: Indices) -> Indices:
    """Return the indices whose text passes; each text is compared once, for most repeat."""
    known: dict[str, bool] = {}
    found: list[int] = []
    for index in indices:
        text = shown[index]
        passes = known.get(text)
        if passes is None:
            passes = known[text] = compare(text)
        if passes:
            found.append(index)
    return found


def _cost(expression: Expression) -> int:
    """Return how late a part is to be looked at: regular expressions last."""
    match expression:
        case Term(field, values):
            dearest = max((_FORMS.index(value.form) for value in values), default=0)
            return 2 * dearest + (not field)
        case Not(part):
            return _cost(part)
        case Every(parts) | Either(parts):
            return max(map(_cost, parts), default=0)


def _without(expression: Expression, term: Term) -> Expression | None:
    """Return the filter as if `term` was not written; `None` where nothing is left."""
    match expression:
        case Term():
            return None if expression == term else expression
        case Not(part):
            rest = _without(part, term)
            return rest and Not(rest)
        case Every(parts) | Either(parts):
            left = tuple(rest for part in parts if (rest := _without(part, term)))
            return type(expression)(left) if left else None
