r"""Parses the language of filters into a tree.

A space is AND (so is `and`), `or` binds less tightly, parentheses group, `-` or `!` right before a term or a
parenthesis negates. A term is a value for any field, or `field:value`; values are separated by commas, and one of them
must match. A value is a word, a text `"in quotes"`, a regular expression `/between slashes/`, `~fuzzy` or `=exact`.
`field:` alone, or `field:""`, matches an empty field. `*` in a word or in quotes stands for any text; after `=` it is a
plain character.

What users paste stays a word: `10.1.2.3:22`, `12:30`, `http://…`, `std::string`. Only ASCII letters right before a
colon are taken as the name of a field. A `-` that stands alone is a mistake, because its meaning is unclear.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kps_tui.i18n import _
from kps_tui.triage.filter import mistakes as words
from kps_tui.triage.filter import pattern
from kps_tui.triage.filter.expression import (
    EVERYTHING,
    MOMENTS,
    Either,
    Every,
    Expression,
    Form,
    Not,
    Term,
    Value,
)
from kps_tui.triage.filter.mistakes import NAMES, Mistake, Span

LONGEST = 4000
"""The most characters of a filter."""
DEEPEST = 50
"""How deep parentheses and negations may be nested."""

_WORD_STOPS = frozenset('"(),')
"""The characters besides white space that end a word."""
_NAME = re.compile("([A-Za-z][A-Za-z_-]*)[:：]")
_KEYWORD = re.compile(r"(or|and)(?=[\s()]|$)", re.IGNORECASE)
_AFTER_PATTERN = frozenset("),")
_PASTED = ("//", ":")
"""What follows the colon in a pasted address (`http://…`) or qualified name (`std::string`)."""
_NO_VALUE = frozenset(("", " ", "(", ")", ","))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The filter that a text means, and the mistakes in the text."""

    expression: Expression
    mistakes: tuple[Mistake, ...] = ()


def parse(text: str, now: datetime | None = None, zone: tzinfo | None = None) -> Parsed:
    """Parse a filter. Never raises: a part with a mistake is left out, and the rest is used.

    Args:
        text: any text.
        now: the moment that `24h` counts back from, to check that the result is a valid time; `None`: the present.
        zone: the zone of dates; `None` is the local zone.
    """
    if len(text) > LONGEST:
        message = _("a filter has at most {limit} characters").format(limit=f"{LONGEST:,}")
        return Parsed(EVERYTHING, (Mistake(text, message, (0, len(text))),))
    parser = _Parser(text, now or datetime.now(UTC), zone)
    expression = parser.either(0)
    mistakes = sorted(set(parser.reader.mistakes), key=lambda mistake: mistake.span or (0, 0))
    return Parsed(EVERYTHING if expression is None else expression, tuple(mistakes))


def parsed_strictly(text: str, option: str = "--where") -> Expression:
    """Parse a filter that must have no mistakes, the value of the option `option`.

    Raises:
        QueryError: there is a mistake; the first one is named.
    """
    parsed = parse(text)
    if parsed.mistakes:
        raise words.refusal(parsed.mistakes[0], option)
    return parsed.expression


class _Scanner:
    """Splits the text of a filter into words, quoted texts and regular expressions. Never raises."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def next(self) -> str:
        """Return the next character without reading it; empty at the end. Any white space is returned as a space."""
        character = self.text[self.at : self.at + 1]
        return " " if character.isspace() else character

    def skip_spaces(self) -> None:
        """Read white space."""
        while self.next() == " ":
            self.at += 1

    def name(self) -> str:
        """Return the letters before a colon if `letters:` comes next, without reading them."""
        match = _NAME.match(self.text, self.at)
        return match[1] if match else ""

    def keyword(self) -> str:
        """Return `or` or `and` if it is the next word, in any case, without reading it."""
        match = _KEYWORD.match(self.text, self.at)
        return match[1].lower() if match else ""

    def word(self) -> str:
        """Read up to a space, a quote, a parenthesis or a comma. A backslash has no special meaning."""
        return self._until(lambda at: self.text[at].isspace() or self.text[at] in _WORD_STOPS)

    def quoted(self) -> tuple[str, bool]:
        r"""Read a text in quotes, where `\"` is `"` and `\\` is `\`; return it and whether it is closed."""
        text, closed = self._enclosed(lambda at: self.text[at] == '"')
        return re.sub(r'\\(["\\])', r"\1", text), closed

    def pattern(self) -> tuple[str, bool]:
        r"""Read a regular expression, where `\/` is `/`; return it and whether it is closed.

        Only a slash at the end of a word closes it, so that a path can be pasted: `/etc/ssh/sshd_config`.
        """
        text, closed = self._enclosed(lambda at: self.text[at] == "/" and self._word_ends(at + 1))
        return re.sub(r"(\\.)", lambda pair: "/" if pair[1] == "\\/" else pair[1], text, flags=re.DOTALL), closed

    def _word_ends(self, at: int) -> bool:
        after = self.text[at : at + 1]
        return not after or after.isspace() or after in _AFTER_PATTERN

    def _enclosed(self, ends: Callable[[int], bool]) -> tuple[str, bool]:
        self.at += 1
        inside = self._until(ends, escapes=True)
        closed = self.at < len(self.text)
        self.at += closed
        return inside, closed

    def _until(self, ends: Callable[[int], bool], escapes: bool = False) -> str:
        begin = at = self.at
        while at < len(self.text) and not ends(at):
            at += 2 if escapes and self.text[at] == "\\" else 1
        self.at = min(at, len(self.text))
        return self.text[begin : self.at]


class _TermReader:
    """Reads single terms from a scanner, and collects `mistakes`."""

    def __init__(self, scanner: _Scanner, now: datetime, zone: tzinfo | None) -> None:
        self.scanner = scanner
        self.now = now
        self.zone = zone
        self.mistakes: list[Mistake] = []

    def note(self, start: int, message: str, end: int | None = None, ignored: bool = True) -> None:
        """Add a mistake from `start` to `end`, by default to where the scanner is."""
        end = self.scanner.at if end is None else end
        self.mistakes.append(Mistake(self.scanner.text[start:end], message, (start, end), ignored))

    def term(self) -> Term | None:
        """Read the term that begins here; return `None` if no part of it is usable."""
        scanner, begin = self.scanner, self.scanner.at
        name = scanner.name()
        after = begin + len(name) + 1
        if not name or (name.casefold() not in NAMES and scanner.text.startswith(_PASTED, after)):
            values = self._values("")
            return Term("", values) if values else None
        scanner.at = after
        if name.casefold() in NAMES:
            return self._of_field(name.casefold(), begin)
        noted = len(self.mistakes)
        self._values(name)
        del self.mistakes[noted:]
        self.note(begin, words.no_such_field(name, scanner.text[begin : scanner.at]))
        return None

    def _of_field(self, field: str, begin: int) -> Term | None:
        if self.scanner.next() == "(":
            self.note(begin, _("several values are separated by commas: {field}:one,two").format(field=field))
            return None
        values = self._values(field)
        if values is None:
            return None
        if field in MOMENTS and not values:
            self.note(begin, words.without_moment(field))
            return None
        if field == "is" and not values:
            self.note(begin, words.without_standing())
            return None
        if field == "time" and values:
            self.note(begin, _("“time:” takes no value · write since:24h, until:2026-11-23T08:00 or on:today"))
            return None
        return Term(field, values)

    def _values(self, field: str) -> tuple[Value, ...] | None:
        """Read the values of a term; an empty tuple means `field:` alone, `None` that there is no usable value."""
        scanner = self.scanner
        values: list[Value] = []
        missing: list[int] = []
        first = scanner.at
        if field and scanner.next() in ("", " ", ")"):
            return ()
        while True:
            if scanner.next() in _NO_VALUE:
                missing.append(max(first, scanner.at - 1))
            elif value := self._value(field, is_first=scanner.at == first):
                values.append(value)
            if scanner.next() != ",":
                break
            scanner.at += 1
        for comma in missing:
            self.note(comma, _('a value is missing next to the comma · "" is an empty one'), comma + 1, not values)
        return tuple(values) or None

    def _value(self, field: str, is_first: bool) -> Value | None:
        scanner, begin = self.scanner, self.scanner.at
        form, closed = Form.PLAIN, True
        if scanner.next() in ("=", "~"):
            form = Form(scanner.next())
            scanner.at += 1
        if scanner.next() == '"':
            text, closed = scanner.quoted()
        elif form is Form.PLAIN and scanner.next() == "/":
            form = Form.REGEX
            text, closed = scanner.pattern()
        else:
            name = scanner.name().casefold()
            text = scanner.word()
            if not text:
                self.note(begin, _("nothing after the “{sign}”").format(sign=form.value))
                return None
            if not is_first and name in NAMES:
                self.note(begin, _("a comma before “{name}:” · a space is AND, “or” is OR").format(name=name))
                return None
        wrong = self._wrong(field, form, text, closed)
        if wrong:
            self.note(begin, wrong)
            return None
        if not closed:
            self._note_open(begin, form)
        return Value(text, form)

    def _wrong(self, field: str, form: Form, text: str, closed: bool) -> str:
        """Return why a value is not allowed here; empty if it is."""
        if field in MOMENTS:
            return words.no_moment(field, text if form is Form.PLAIN else str(Value(text, form)), self.now, self.zone)
        if field == "is":
            return words.no_standing(text if form in (Form.PLAIN, Form.EXACT) else str(Value(text, form)))
        if form is Form.REGEX:
            return pattern.why_not(text)
        if not text and not (field and closed and form is not Form.FUZZY):
            return _("the quotes are empty")
        return ""

    def _note_open(self, begin: int, form: Form) -> None:
        if form is Form.REGEX:
            said = _("this regular expression has no closing “/” · or {quote}")
            message = said.format(quote=words.in_quotes(self.scanner.text[begin : self.scanner.at]))
        else:
            message = _("the quote is not closed")
        self.note(begin, message, ignored=False)


class _Parser:
    """A recursive descent parser. Each method reads one part and returns its tree, or `None` if nothing is usable."""

    def __init__(self, text: str, now: datetime, zone: tzinfo | None) -> None:
        self.scanner = _Scanner(text)
        self.reader = _TermReader(self.scanner, now, zone)
        self.note = self.reader.note
        self._too_deep = False

    def either(self, depth: int) -> Expression | None:
        """Read `a or b …` up to the end of the text or, inside parentheses (`depth` > 0), up to the `)`."""
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
        """Read parts up to an `or` or the end; return whether there were any, and their tree."""
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
            self.note(scanner.at - 1, _("this “)” has no “(” · or {quote}").format(quote=words.in_quotes(")")))
        return scanner.next() in ("", ")") or scanner.keyword() == "or"

    def _keyword(self, word: str) -> Span | None:
        """Read `word` if it comes next, and return its span."""
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
            self.note(begin, _("parentheses and signs can be nested at most {limit} deep").format(limit=DEEPEST))
            return None
        self.scanner.at += 1
        return self._group(begin, depth + 1) if character == "(" else self._negated(begin, depth + 1)

    def _negated(self, begin: int, depth: int) -> Expression | None:
        if self.scanner.next() in ("", " ", ")"):
            sign = self.scanner.text[begin]
            said = _("“{sign}” stands alone · write it directly before what it negates, or {quote}")
            self.note(begin, said.format(sign=sign, quote=words.in_quotes(sign)))
            return None
        part = self._factor(depth)
        return None if part is None else Not(part)

    def _group(self, begin: int, depth: int) -> Expression | None:
        part = self.either(depth)
        if self.scanner.next() == ")":
            self.scanner.at += 1
            if part is None and not self.scanner.text[begin + 1 : self.scanner.at - 1].strip():
                self.note(begin, _("the parentheses are empty · or {quote}").format(quote=words.in_quotes("()")))
        elif not self._too_deep:
            said = _("this “(” has no “)” · or {quote}").format(quote=words.in_quotes("("))
            self.note(begin, said, begin + 1, ignored=part is None)
        return part

    def _one_sided(self, place: Span) -> None:
        word = self.scanner.text[slice(*place)]
        said = _("“{word}” needs something on both sides · or {quote}")
        self.note(place[0], said.format(word=word, quote=words.in_quotes(word)), place[1])
