"""Finds the tasks that match a filter. Each part of a filter only looks at the tasks that the parts before it left."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import chain
from typing import TypeVar

from kps_tui.kps.task import LATEST
from kps_tui.sanitize import line
from kps_tui.triage.fields import BY_KEY, Match, text_of_second, time_text
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
from kps_tui.triage.filter.moments import day_span, is_absolute, moment_of
from kps_tui.triage.filter.pattern import Pattern, TimeLimit, TooSlow
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.standings import ALL_STANDINGS, Standings
from kps_tui.triage.store import NO_TIME, Derived, TaskStore

Part = TypeVar("Part")

Indices = Sequence[int]
"""Tasks of a store, by index."""
TextTest = Callable[[str], bool]
"""Returns whether a text, as shown and casefolded, matches a value, in time linear in the text."""

STALE = timedelta(seconds=30)
"""How old a matcher with a relative time may become; the shortest unit of `since:` is the minute."""

_FORMS = (Form.EXACT, Form.PLAIN, Form.FUZZY, Form.REGEX)
"""The forms of values, the cheapest to compare first."""
_OF_TIMES = frozenset("0123456789-: ")
"""The characters of a time as it is shown."""


class Matcher:
    """Applies a filter as of one moment. Keep it while the filter is shown: its patterns remember their results.

    A term whose regular expression exceeds its time limit is ignored from then on, because its result for the other
    tasks is unknown; it is listed in `mistakes`.

    Args:
        expression: the filter.
        now: the moment that `since:24h` counts back from.
        zone: the zone of `on:today` and of the times that are shown; `None` is the local zone.
        standings: what the ledger knows, for `is:` and `note:`; it may be of another store. `None`: nothing.
    """

    def __init__(
        self, expression: Expression, now: datetime, zone: tzinfo | None = None, standings: Standings | None = None
    ) -> None:
        self._expression = expression
        self._now = now
        self._zone = zone
        self._mistakes: list[Mistake] = []
        self._limit = TimeLimit()
        self._patterns: dict[str, Pattern] = {}
        self._standings = standings or Standings()

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The terms that are ignored because they took too long, in the order in which they did."""
        return tuple(self._mistakes)

    def is_stale(self, now: datetime) -> bool:
        """Return whether a relative term, such as `since:1h`, means another time by now."""
        return now - self._now > STALE and is_relative(self._expression)

    def select(self, store: TaskStore, indices: Indices) -> Indices:
        """Return those of `indices` whose tasks match, in the same order; `indices` itself if all match."""
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
                return _others(indices, self._select(part, store, indices))
            case Term():
                return self._of_term(expression, store, indices)

    def _of_term(self, term: Term, store: TaskStore, indices: Indices) -> Indices:
        if term.field in MOMENTS or (term.field == "time" and not term.values):
            return self._of_moments(term, store, indices)
        values = term.values or (Value(""),)
        return _any_of(indices, values, lambda value, rest: self._of_value(term, value, store, rest))

    def _of_moments(self, term: Term, store: TaskStore, indices: Indices) -> Indices:
        times = store.times
        if term.field == "time":
            return [index for index in indices if times[index] == NO_TIME]
        spans = [span for value in term.values if (span := self._span(term.field, value.text))]
        return _any_of(
            indices,
            spans,
            lambda span, rest: [index for index in rest if max(0, span.start) <= times[index] < span.stop],
        )

    def _span(self, field: str, text: str) -> range | None:
        """Return the range of milliseconds that a value of `since:`, `until:` or `on:` means, or `None`."""
        if field == "on":
            day = day_span(text, self._now, self._zone)
            return range(*day) if day else None
        moment = moment_of(text, self._now, self._zone)
        if moment is None:
            return None
        return range(moment, LATEST + 1) if field == "since" else range(min(moment, 0), moment)

    def _of_value(self, term: Term, value: Value, store: TaskStore, indices: Indices) -> Indices:
        if term.field == "is":
            flags = self._known(store).flags
            passes = [value.text.casefold() in standing.words for standing in ALL_STANDINGS]
            return [index for index in indices if passes[flags[index]]]
        if term.field == "note":
            known, test = self._known(store), self._test(term, "note", Match.PART, value)
            return [index for index in indices if test(known.note(index))]
        if term.field:
            return self._in_field(term, term.field, BY_KEY[term.field].match, value, store, indices)
        # Fields whose texts repeat are cheaper, so they come first.
        fields = sorted(BY_KEY, key=lambda key: BY_KEY[key].match in (Match.MOMENT, Match.START))
        return _any_of(indices, fields, lambda key, rest: self._in_field(term, key, Match.PART, value, store, rest))

    def _known(self, store: TaskStore) -> Standings:
        """Return what the ledger knows of the rows of `store`."""
        self._standings = self._standings.over(store)
        return self._standings

    def _in_field(
        self, term: Term, key: str, match: Match, value: Value, store: TaskStore, indices: Indices
    ) -> Indices:
        test = self._test(term, key, match, value)
        if key == "time":
            return self._with_time(value, match, test, store, indices)
        if key == "task":
            if _is_plain_part(value, match):
                rows = _marked(len(store), chain(*store.ids.may_contain(_folded(value.text))))
                indices = [index for index in indices if rows[index]]
            return [index for index in indices if test(line(store.ids[index]))]
        shown = store.values(shown_value(key))
        if value.form is Form.REGEX:
            # A search is slow, so only the texts of `indices` are searched; the pattern remembers its results.
            return [index for index in indices if test(shown.distinct[shown.numbers[index]])]
        passes = [*map(test, shown.distinct)]
        if not any(passes):
            return []
        numbers = shown.numbers
        return [index for index in indices if passes[numbers[index]]]

    def _with_time(self, value: Value, match: Match, test: TextTest, store: TaskStore, indices: Indices) -> Indices:
        times = store.times
        if _is_plain_part(value, match) and not set(value.text) <= _OF_TIMES:
            indices = [index for index in indices if times[index] == NO_TIME]
        texts = (
            time_text(store[index]) if times[index] == NO_TIME else text_of_second(times[index] // 1000, self._zone)
            for index in indices
        )
        return [index for index, text in zip(indices, texts, strict=True) if test(text)]

    def _test(self, term: Term, key: str, match: Match, value: Value) -> TextTest:
        """Return the test of a text as it is shown."""
        if value.form is Form.REGEX:
            pattern = self._patterns.get(value.text) or Pattern(value.text, self._limit)
            self._patterns[value.text] = pattern
            return partial(pattern.is_in, term)
        if key == "err" and (value.form is Form.EXACT or not value.text):
            return _same_message(value)
        compare = _text_test(value, match)
        return lambda shown: compare(shown.casefold())


def shown_value(key: str) -> Derived[str]:
    """Return the text of a field, other than the id and the time, as it is shown, which filters are compared with."""
    return Derived(f"shown {key}", BY_KEY[key].sources, BY_KEY[key].text)


def is_relative(expression: Expression) -> bool:
    """Return whether the matching tasks depend on the present, as with `since:24h` or `on:today`."""
    match expression:
        case Term(field, values):
            return field in MOMENTS and not all(is_absolute(value.text) for value in values)
        case Not(part):
            return is_relative(part)
        case Every(parts) | Either(parts):
            return any(map(is_relative, parts))


def _folded(text: str) -> str:
    """Return the text of a value as it would be shown, casefolded."""
    return line(text).casefold()


def _is_plain_part(value: Value, match: Match) -> bool:
    """Return whether a text matches if it contains the value."""
    return (
        value.form is Form.PLAIN
        and match in (Match.PART, Match.MOMENT)
        and value.text != ""
        and WILDCARD not in value.text
    )


def _text_test(value: Value, match: Match) -> TextTest:
    """Return the test for a value that is not a regular expression, in a field that is matched by `match`."""
    text = _folded(value.text)
    if value.form is Form.FUZZY:
        return lambda shown: _in_order(text, shown)
    if value.form is Form.EXACT or not text:
        return lambda shown: shown == text
    return _pieces(text.split(WILDCARD), from_start=match in (Match.START, Match.WHOLE), to_end=match is Match.WHOLE)


def _same_message(value: Value) -> TextTest:
    """Return a test of whether an error, as shown and not casefolded, or its normalised form is the value.

    An empty value matches a missing error, and one that only consists of spaces.
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


def _pieces(pieces: list[str], from_start: bool, to_end: bool) -> TextTest:
    """Return a test of whether a text contains the pieces in their order; an empty text never does."""
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
        rest = _others(rest, matching)
    several = [each for each in found if each]
    if len(several) < 2:
        return several[0] if several else []
    matching_any = _marked(1 + max(indices), chain(*several))
    return [index for index in indices if matching_any[index]]


def _others(indices: Indices, taken: Indices) -> Indices:
    """Return those of `indices` that are not in `taken`, in the same order."""
    if not taken or not indices:
        return indices
    is_taken = _marked(1 + max(indices), taken)
    return [index for index in indices if not is_taken[index]]


def _marked(size: int, indices: Iterable[int]) -> bytearray:
    """Return `size` flags, of which those at `indices` are set. A set of a million integers would take 60 MB."""
    flags = bytearray(size)
    for index in indices:
        flags[index] = True
    return flags


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
