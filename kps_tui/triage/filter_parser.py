r"""The language of filters, from text to a tree.

A space is AND (so is `and`), `or` binds less, parentheses group, `-` or `!` right before a term or a parenthesis
negates. A term is a value for any field, or `field:value`; values are separated by commas, one must match. A value is
a word, a text `"in quotes"`, a regular expression `/between slashes/`, `~fuzzy` or `=exact`. `field:` alone, and
`field:""` among others, means: empty. `*` in a word or in quotes stands for anything; `=` takes it as it is.

What people paste stays a word: `10.1.2.3:22`, `12:30`, `http://…`, `std::string`. Only ASCII letters right before a
colon look like a field. A `-` that stands alone is a mistake: it could mean either.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kps_tui.i18n import _
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.triage import filter_terms as terms
from kps_tui.triage.expression import EVERYTHING, Either, Every, Expression, Not
from kps_tui.triage.filter_scanner import Scanner
from kps_tui.triage.filter_values import Mistake, TermReader

__all__ = ["Mistake", "Parsed", "parse", "parsed_strictly"]

Span = tuple[int, int]

LONGEST = 4000
"""Characters of a filter."""
DEEPEST = 50
"""Parentheses and signs inside each other."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text means, and what is wrong with it."""

    expression: Expression
    mistakes: tuple[Mistake, ...] = ()


def parse(text: str, now: datetime | None = None, zone: tzinfo | None = None) -> Parsed:
    """Parse a filter; never raises: a part with a mistake is left out, the rest counts.

    Args:
        text: any text.
        now: what `24h` counts back from; only to see whether there is such a moment.
        zone: where a date begins; `None` is the local zone.
    """
    if len(text) > LONGEST:
        message = _("a filter of more than {limit} characters").format(limit=f"{LONGEST:,}")
        return Parsed(EVERYTHING, (Mistake(0, len(text), message),))
    parser = _Parser(text, now or datetime.now(UTC), zone)
    expression = parser.either(0)
    mistakes = sorted(set(parser.reader.mistakes), key=lambda mistake: (mistake.start, mistake.end))
    return Parsed(EVERYTHING if expression is None else expression, tuple(mistakes))


def parsed_strictly(text: str, option: str = "--where") -> Expression:
    """Parse a filter that must be right.

    Raises:
        QueryError: there is a mistake; the first one is named.
    """
    parsed = parse(text)
    if parsed.mistakes:
        first = parsed.mistakes[0]
        said = _("{option}: “{part}” at {place}: {message}")
        part = line(text[first.start : first.end], 80)
        raise QueryError(said.format(option=option, part=part, place=first.start + 1, message=first.message))
    return parsed.expression


class _Parser:
    """Recursive descent. Each method reads one part and returns its tree, or `None` where nothing of it counts."""

    def __init__(self, text: str, now: datetime, zone: tzinfo | None) -> None:
        self.scanner = Scanner(text)
        self.reader = TermReader(self.scanner, now, zone)
        self.note = self.reader.note
        self._too_deep = False

    def either(self, depth: int) -> Expression | None:
        """Read `a or b …` up to the end, or inside parentheses (`depth` above 0) up to the `)`."""
        parts: list[Expression] = []
        before: Span | None = None
        while True:
            found, part = self._every(depth)
            if part is not None:
                parts.extend(part.parts if isinstance(part, Either) else (part,))
            here = self._keyword("or")
            if not found and (one_sided := before or here):
                self._one_sided(one_sided)
            if not here:
                return parts[0] if len(parts) == 1 else Either(tuple(parts)) if parts else None
            before = here

    def _every(self, depth: int) -> tuple[bool, Expression | None]:
        """Read parts up to an `or` or the end; return whether there was any, and what they mean together."""
        parts: list[Expression] = []
        found = False
        before: Span | None = None
        while not self._ends(depth):
            if here := self._keyword("and"):
                if before or not found:
                    self._one_sided(here)
                before = here
                continue
            part = self._factor(depth)
            if part is not None:
                parts.extend(part.parts if isinstance(part, Every) else (part,))
            found, before = True, None
        if before and found:
            self._one_sided(before)
        return found, parts[0] if len(parts) == 1 else Every(tuple(parts)) if parts else None

    def _ends(self, depth: int) -> bool:
        scanner = self.scanner
        while True:
            scanner.skip_spaces()
            if scanner.next() != ")" or depth:
                break
            scanner.at += 1
            self.note(scanner.at - 1, _("no “(” belongs to this “)” · or {quote}").format(quote=terms.in_quotes(")")))
        return scanner.next() in ("", ")") or scanner.keyword() == "or"

    def _keyword(self, word: str) -> Span | None:
        """Read `word` if it comes next."""
        begin = self.scanner.at
        if self.scanner.keyword() != word:
            return None
        self.scanner.at += len(word)
        return begin, self.scanner.at

    def _factor(self, depth: int) -> Expression | None:
        begin, character = self.scanner.at, self.scanner.next()
        if character not in ("(", "-", "!"):
            return self.reader.term()
        if depth == DEEPEST:
            self._too_deep = True
            self.scanner.at = len(self.scanner.text)
            self.note(begin, _("more than {limit} signs and parentheses inside each other").format(limit=DEEPEST))
            return None
        self.scanner.at += 1
        return self._group(begin, depth + 1) if character == "(" else self._negated(begin, depth + 1)

    def _negated(self, begin: int, depth: int) -> Expression | None:
        if self.scanner.next() in ("", " ", ")"):
            sign = self.scanner.text[begin]
            said = _("“{sign}” stands alone · write it right before what it negates, or {quote}")
            self.note(begin, said.format(sign=sign, quote=terms.in_quotes(sign)))
            return None
        part = self._factor(depth)
        return None if part is None else Not(part)

    def _group(self, begin: int, depth: int) -> Expression | None:
        part = self.either(depth)
        if self.scanner.next() == ")":
            self.scanner.at += 1
            if part is None and not self.scanner.text[begin + 1 : self.scanner.at - 1].strip():
                self.note(begin, _("nothing between the parentheses · or {quote}").format(quote=terms.in_quotes("()")))
        elif not self._too_deep:
            said = _("no “)” closes this “(” · or {quote}").format(quote=terms.in_quotes("("))
            self.note(begin, said, begin + 1, ignored=part is None)
        return part

    def _one_sided(self, place: Span) -> None:
        word = self.scanner.text[slice(*place)]
        said = _("“{word}” needs something on both sides · or {quote}")
        self.note(place[0], said.format(word=word, quote=terms.in_quotes(word)), place[1])
