"""Whether one text is what one value of a filter means. Each comparison takes time linear in the text."""

from collections.abc import Callable

from kps_tui.sanitize import line
from kps_tui.triage.expression import Form, Value
from kps_tui.triage.fields import Match
from kps_tui.triage.normalise import normalise

Comparison = Callable[[str], bool]
"""Of a text that is shown, without upper and lower case."""

ANYTHING = "*"


def wanted(value: Value) -> str:
    """Return the text to look for: as it would be shown, without upper and lower case."""
    return line(value.text).casefold()


def is_plain_part(value: Value, match: Match) -> bool:
    """Whether a text just has to hold `wanted`."""
    return (
        value.form is Form.PLAIN
        and match in (Match.PART, Match.MOMENT)
        and value.text != ""
        and ANYTHING not in value.text
    )


def comparison(value: Value, match: Match) -> Comparison:
    """Return the comparison for a value that is no regular expression, in a field that is matched so."""
    text = wanted(value)
    if value.form is Form.FUZZY:
        return lambda shown: _in_order(text, shown)
    if value.form is Form.EXACT or not text:
        return lambda shown: shown == text
    return _plain(text.split(ANYTHING), from_start=match in (Match.START, Match.WHOLE), to_end=match is Match.WHOLE)


def same_message(value: Value) -> Comparison:
    """Return the comparison of an error as shown: is it the value, or is its normalised form?"""
    text = wanted(value)
    return lambda shown: shown.casefold() == text or normalise(shown).casefold() == text


def _in_order(characters: str, text: str) -> bool:
    at = 0
    for character in characters:
        at = text.find(character, at) + 1
        if not at:
            return False
    return True


def _plain(pieces: list[str], from_start: bool, to_end: bool) -> Comparison:
    """Return whether the pieces stand in a text in their order, with anything between them; never in an empty one."""
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
