"""Filters: their tree of terms, the parser of their language, the search for matching tasks, and their mistakes.

The module `narrowing` is imported by name: only the screen needs it, and it imports the facets.
"""

from kps_tui.triage.filter.expression import (
    EVERYTHING,
    MOMENTS,
    STANDING_WORDS,
    Either,
    Every,
    Expression,
    Form,
    Not,
    Term,
    Value,
    both,
    conjuncts,
    has_regex,
    negated,
    uses_ledger,
)
from kps_tui.triage.filter.matcher import Matcher
from kps_tui.triage.filter.mistakes import Mistake, refusal
from kps_tui.triage.filter.parser import Parsed, parse, parsed_strictly
from kps_tui.triage.standings import OF_LEDGER

__all__ = [
    "EVERYTHING",
    "MOMENTS",
    "OF_LEDGER",
    "STANDING_WORDS",
    "Either",
    "Every",
    "Expression",
    "Form",
    "Matcher",
    "Mistake",
    "Not",
    "Parsed",
    "Term",
    "Value",
    "both",
    "conjuncts",
    "has_regex",
    "negated",
    "parse",
    "parsed_strictly",
    "refusal",
    "uses_ledger",
]
