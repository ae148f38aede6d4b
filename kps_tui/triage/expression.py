"""A filter as a value: a tree of terms, hashable, printed in the language it was written in.

`filter_parser` makes one from text, `matching` finds the tasks it means, `narrowing` makes terms from what is on the
screen. Printing a tree and parsing that again gives the same tree.
"""

import re
from dataclasses import dataclass
from enum import Enum

MOMENTS = ("since", "until", "on")
"""Terms about the time of a task. Their value is a moment; all other terms name a field, or none."""

_BARE_STOPS = frozenset('"\\(),: \t')
"""What a value can't hold without quotes."""


class Form(Enum):
    """How a value is compared, by the sign that it is written with."""

    PLAIN = ""
    """In the way of its field: a part, from the start, or the whole word."""
    EXACT = "="
    """The whole text; of an error also its normalised form."""
    FUZZY = "~"
    """The characters of the value, in that order, with others between them."""
    REGEX = "/"
    """A regular expression that is found in the text."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a term."""

    text: str
    form: Form = Form.PLAIN

    def __str__(self) -> str:
        if self.form is Form.REGEX:
            # A slash that has its backslash already must not get another one.
            return "/" + re.sub(r"(\\.)|/", lambda part: part[1] or r"\/", self.text, flags=re.DOTALL) + "/"
        return f"{self.form.value}{quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Term:
    """A field and its values, one of which must match; a field without values means: empty or null."""

    field: str
    """A key of `fields.BY_KEY`, one of `MOMENTS`, or empty: any field."""
    values: tuple[Value, ...] = ()

    def __str__(self) -> str:
        if self.field in MOMENTS:
            return f"{self.field}:{','.join(quoted(value.text, colon=True) for value in self.values)}"
        values = ",".join(map(str, self.values))
        return f"{self.field}:{values}" if self.field else values


@dataclass(frozen=True, slots=True)
class Not:
    """Every task that `part` does not match."""

    part: "Expression"

    def __str__(self) -> str:
        return f"-{_grouped(self.part)}"


@dataclass(frozen=True, slots=True)
class Every:
    """What every part matches; without parts: every task."""

    parts: tuple["Expression", ...] = ()

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """What at least one part matches; there are two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Expression = Term | Not | Every | Either

EVERYTHING = Every()
"""No filter."""


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """Return the parts that all must match: what is shown as one chip each."""
    return expression.parts if isinstance(expression, Every) else (expression,)


def both(one: Expression, other: Expression) -> Expression:
    """Return what both match, a part that stands in both only once."""
    parts = tuple(dict.fromkeys((*conjuncts(one), *conjuncts(other))))
    return parts[0] if len(parts) == 1 else Every(parts)


def has_regex(expression: Expression) -> bool:
    """Return whether a regular expression is part of it: that may take long."""
    if isinstance(expression, Term):
        return any(value.form is Form.REGEX for value in expression.values)
    if isinstance(expression, Not):
        return has_regex(expression.part)
    return any(map(has_regex, expression.parts))


def negated(expression: Expression) -> Expression:
    """Return the opposite."""
    return expression.part if isinstance(expression, Not) else Not(expression)


def quoted(text: str, colon: bool = False) -> str:
    """Return a value as it is written: in quotes where it would else mean something, which a `colon` may not."""
    stops = _BARE_STOPS - {":"} if colon else _BARE_STOPS
    plain = text and not stops & set(text) and text[0] not in "-!=~/" and text.lower() not in ("or", "and")
    if plain and text.isprintable() and "：" not in text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _grouped(part: Expression) -> str:
    return f"({part})" if isinstance(part, Every | Either) else str(part)
