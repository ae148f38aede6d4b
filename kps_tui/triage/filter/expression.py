"""A filter as a hashable tree of terms, which prints as a text of the filter language.

Parsing the printed form of a tree gives the same tree.
"""

import re
from dataclasses import dataclass
from enum import Enum

from kps_tui.triage.standings import OF_LEDGER

MOMENTS = ("since", "until", "on")
"""The names of the terms about the time of a task, whose values are moments."""
STANDING_WORDS = ("new", "acked", "open", "repeat")
"""The values of `is:`."""
WILDCARD = "*"
"""In a plain value: any characters."""

_BARE_STOPS = frozenset('"\\(),: \t')
"""Characters that a value can contain only in quotes."""


class Form(Enum):
    """How a value is compared. The value of each member is the sign before it in the filter language."""

    PLAIN = ""
    """By the rule of its field: a part of the text, its start, or the whole text."""
    EXACT = "="
    """The whole text; for an error, also its normalised form."""
    FUZZY = "~"
    """Contains the characters of the value in their order, with any others in between."""
    REGEX = "/"
    """A regular expression that matches somewhere in the text."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a term."""

    text: str
    form: Form = Form.PLAIN

    def __str__(self) -> str:
        if self.form is Form.REGEX:
            # A slash that is already escaped must not be escaped again.
            return "/" + re.sub(r"(\\.)|/", lambda part: part[1] or r"\/", self.text, flags=re.DOTALL) + "/"
        return f"{self.form.value}{quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Term:
    """A field and its values, at least one of which must match. Without values, the field must be empty or null."""

    field: str
    """A key of `fields.BY_KEY`, one of `MOMENTS` or of `OF_LEDGER`; empty for any field."""
    values: tuple[Value, ...] = ()

    def __str__(self) -> str:
        if self.field in MOMENTS:
            return f"{self.field}:{','.join(quoted(value.text, colon=True) for value in self.values)}"
        values = ",".join(map(str, self.values))
        return f"{self.field}:{values}" if self.field else values


@dataclass(frozen=True, slots=True)
class Not:
    """Matches the tasks that `part` does not match."""

    part: "Expression"

    def __str__(self) -> str:
        return f"-{_grouped(self.part)}"


@dataclass(frozen=True, slots=True)
class Every:
    """Matches the tasks that all parts match; without parts, every task."""

    parts: tuple["Expression", ...] = ()

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """Matches the tasks that at least one of its two or more parts matches."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Expression = Term | Not | Every | Either

EVERYTHING = Every()
"""The empty filter, which matches every task."""


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """Return the parts that must all match; each is shown as one chip."""
    return expression.parts if isinstance(expression, Every) else (expression,)


def both(one: Expression, other: Expression) -> Expression:
    """Return the filter for the tasks that both match; a part that both have appears once."""
    parts = tuple(dict.fromkeys((*conjuncts(one), *conjuncts(other))))
    return parts[0] if len(parts) == 1 else Every(parts)


def has_regex(expression: Expression) -> bool:
    """Return whether it contains a regular expression, so that matching may take long."""
    if isinstance(expression, Term):
        return any(value.form is Form.REGEX for value in expression.values)
    if isinstance(expression, Not):
        return has_regex(expression.part)
    return any(map(has_regex, expression.parts))


def uses_ledger(expression: Expression) -> bool:
    """Return whether it contains a term about what the ledger knows."""
    if isinstance(expression, Term):
        return expression.field in OF_LEDGER
    if isinstance(expression, Not):
        return uses_ledger(expression.part)
    return any(map(uses_ledger, expression.parts))


def negated(expression: Expression) -> Expression:
    """Return the filter for all other tasks."""
    return expression.part if isinstance(expression, Not) else Not(expression)


def quoted(text: str, colon: bool = False) -> str:
    """Return a value as it is written in a filter, quoted if necessary; `colon` allows a colon outside of quotes."""
    stops = _BARE_STOPS - {":"} if colon else _BARE_STOPS
    plain = text and not stops & set(text) and text[0] not in "-!=~/" and text.lower() not in ("or", "and")
    if plain and text.isprintable() and "：" not in text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _grouped(part: Expression) -> str:
    return f"({part})" if isinstance(part, Every | Either) else str(part)
