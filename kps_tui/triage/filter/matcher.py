"""Finds the tasks that match a filter. Works on whole lists of indices, so each part only looks at what is left."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import chain
from typing import TypeVar

from kps_tui.kps.task import LATEST, FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.fields import BY_KEY, FIELDS, Match, time_text
from kps_tui.triage.filter.expression import (
    EVERYTHING,
    MOMENTS,
    WILDCARD,
    Either,
    Every,
    Expression,
    Form,
    Not,
    Term,
    Value,
)
from kps_tui.triage.filter.mistakes import Mistake, too_slow
from kps_tui.triage.filter.moments import day_of, is_absolute, moment_of
from kps_tui.triage.filter.pattern import Pattern, TimeLimit, TooSlow
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.store import TaskStore

Part = TypeVar("Part")

Indices = Sequence[int]
"""Tasks of a store, by index."""
Comparison = Callable[[str], bool]
"""Whether a shown text, casefolded, is what a value means. Takes time linear in the text."""

STALE = timedelta(seconds=30)
"""How old the present of a matcher may become; the shortest unit of `since:` is the minute."""

_FORMS = (Form.EXACT, Form.PLAIN, Form.FUZZY, Form.REGEX)
"""The cheapest first."""
_BETWEEN_FIELDS = "\n"
"""Occurs in no text of one line, so nothing matches across two fields."""


class Matcher:
    """A filter at one moment. Keep it while its filter is shown: its patterns remember what they found.

    A term whose regular expression exceeds its time limit counts as not written from then on, because its result for
    the other tasks is unknown; it is listed in `mistakes`.

    Args:
        expression: a filter as the parser makes it.
        now: what `since:24h` counts back from.
        zone: the zone of `on:today` and of the times that are shown; `None` is the local zone.
    """

    def __init__(self, expression: Expression, now: datetime, zone: tzinfo | None = None) -> None:
        self._expression = expression
        self._now = now
        self._zone = zone
        self._mistakes: list[Mistake] = []
        self._limit = TimeLimit()
        self._patterns: dict[str, Pattern] = {}

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The terms that are ignored because they took too long, in the order in which that was found."""
        return tuple(self._mistakes)

    def is_stale(self, now: datetime) -> bool:
        """Return whether a relative term, such as `since:1h`, means something else by now."""
        return now - self._now > STALE and is_relative(self._expression)

    def select(self, store: TaskStore, indices: Indices) -> Indices:
        """Return those of `indices` whose tasks match, in the same order; if all match, the same object."""
        while True:
            try:
                found = self._select(self._expression, store, indices)
            except TooSlow as slow:
                self._mistakes.append(too_slow(slow.term))
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
        times: list[int | None] = store.values("time", BY_KEY["time"].sort_value)
        if term.field == "time":
            return [index for index in indices if times[index] is None]
        spans = [span for value in term.values if (span := self._span(term.field, value.text))]
        return _any_of(
            indices,
            spans,
            lambda span, rest: [index for index in rest if (at := times[index]) is not None and at in span],
        )

    def _span(self, field: str, text: str) -> range | None:
        """Return the range of milliseconds that a value of `since:`, `until:` or `on:` means, or `None`."""
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
        if _is_plain_part(value, Match.PART):
            return _containing(_folded(value.text), _folded_together(store, self._zone), indices)
        # Everything else is compared field by field. Fields whose texts repeat are cheaper, so they come first.
        fields = sorted(BY_KEY, key=lambda key: BY_KEY[key].match in (Match.MOMENT, Match.START))
        return _any_of(indices, fields, lambda key, rest: self._in_field(term, key, Match.PART, value, store, rest))

    def _in_field(
        self, term: Term, key: str, match: Match, value: Value, store: TaskStore, indices: Indices
    ) -> Indices:
        if value.form is Form.REGEX:
            pattern = self._patterns.get(value.text) or Pattern(value.text, self._limit)
            self._patterns[value.text] = pattern
            return pattern.select(term, _shown(store, key, self._zone), indices)
        if key == "err" and (value.form is Form.EXACT or not value.text):
            return _comparing(_same_message(value), _shown(store, key, self._zone), indices)
        texts = _folded_values(store, key, self._zone)
        if _is_plain_part(value, match):
            return _containing(_folded(value.text), texts, indices)
        return _comparing(_comparison(value, match), texts, indices)


def is_relative(expression: Expression) -> bool:
    """Return whether what it matches depends on the present, as with `since:24h` or `on:today`."""
    match expression:
        case Term(field, values):
            return field in MOMENTS and not all(is_absolute(value.text) for value in values)
        case Not(part):
            return is_relative(part)
        case Every(parts) | Either(parts):
            return any(map(is_relative, parts))


def _shown(store: TaskStore, key: str, zone: tzinfo | None) -> list[str]:
    """Return what a field shows of every task, by index."""
    if key == "time":
        return store.values(f"shown time {zone}", lambda task: time_text(task, zone))
    return store.values(f"shown {key}", BY_KEY[key].text)


def _folded_values(store: TaskStore, key: str, zone: tzinfo | None) -> list[str]:
    """Return what a field shows of every task, casefolded, by index."""
    if key == "time":
        return store.values(f"folded time {zone}", lambda task: time_text(task, zone).casefold())
    text = BY_KEY[key].text
    return store.values(f"folded {key}", lambda task: _shared_fold(text(task)))


def _folded_together(store: TaskStore, zone: tzinfo | None) -> list[str]:
    """Return what all fields show of every task, casefolded and joined, by index."""
    texts = [field.text for field in FIELDS if field.key != "time"]

    def together(task: FailedTask) -> str:
        return _BETWEEN_FIELDS.join([time_text(task, zone), *[text(task) for text in texts]]).casefold()

    return store.values(f"folded together {zone}", together)


@lru_cache(maxsize=4096)
def _shared_fold(text: str) -> str:
    # The cache lets all tasks with the same text share one string. Ids are mostly lower case and need no second one.
    folded = text.casefold()
    return text if folded == text else folded


def _folded(text: str) -> str:
    """Return the text of a value as it would be shown, casefolded."""
    return line(text).casefold()


def _is_plain_part(value: Value, match: Match) -> bool:
    """Return whether a text only has to contain the value."""
    return (
        value.form is Form.PLAIN
        and match in (Match.PART, Match.MOMENT)
        and value.text != ""
        and WILDCARD not in value.text
    )


def _comparison(value: Value, match: Match) -> Comparison:
    """Return the comparison for a value, not a regular expression, of a field that is matched by `match`."""
    text = _folded(value.text)
    if value.form is Form.FUZZY:
        return lambda shown: _in_order(text, shown)
    if value.form is Form.EXACT or not text:
        return lambda shown: shown == text
    return _pieces(text.split(WILDCARD), from_start=match in (Match.START, Match.WHOLE), to_end=match is Match.WHOLE)


def _same_message(value: Value) -> Comparison:
    """Return the comparison of an error as shown, not casefolded: it or its normalised form is the value.

    An empty value finds errors that are empty once they are normalised: none, and those of nothing but spaces.
    """
    text = _folded(value.text)
    return lambda shown: shown.casefold() == text or group_of_error(shown).casefold() == text


def _in_order(characters: str, text: str) -> bool:
    at = 0
    for character in characters:
        at = text.find(character, at) + 1
        if not at:
            return False
    return True


def _pieces(pieces: list[str], from_start: bool, to_end: bool) -> Comparison:
    """Return whether a text contains the pieces in their order, with anything between; an empty text never does."""
    if len(pieces) == 1 and to_end:
        return lambda text: text == pieces[0]
    first = pieces[0] if from_start else ""
    last = pieces[-1] if to_end else ""
    between = pieces[from_start : len(pieces) - to_end]

    def compare(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if not text or at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in between:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    return compare


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


def _containing(text: str, shown: list[str], indices: Indices) -> Indices:
    return [index for index in indices if text in shown[index]]


def _comparing(compare: Comparison, shown: list[str], indices: Indices) -> Indices:
    """Return the indices whose text passes. Texts repeat a lot, so each distinct one is compared once."""
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
    """Return a sort key that puts the cheapest parts first and regular expressions last."""
    match expression:
        case Term(field, values):
            costliest = max((_FORMS.index(value.form) for value in values), default=0)
            return 2 * costliest + (not field)
        case Not(part):
            return _cost(part)
        case Every(parts) | Either(parts):
            return max(map(_cost, parts), default=0)


def _without(expression: Expression, term: Term) -> Expression | None:
    """Return the filter without `term`, or `None` if nothing is left."""
    match expression:
        case Term():
            return None if expression == term else expression
        case Not(part):
            rest = _without(part, term)
            return rest and Not(rest)
        case Every(parts) | Either(parts):
            left = tuple(rest for part in parts if (rest := _without(part, term)))
            return type(expression)(left) if left else None
