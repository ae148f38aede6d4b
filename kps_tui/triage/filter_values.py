"""Reads one term of a filter: a field and its values, or values for any field."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from kps_tui.i18n import _
from kps_tui.triage import filter_terms as terms
from kps_tui.triage.expression import MOMENTS, Form, Term, Value
from kps_tui.triage.filter_scanner import Scanner

_PASTED = ("//", ":")
"""After a colon: an address (`http://…`) or a name of a program (`std::string`)."""
_NO_VALUE = frozenset(("", " ", "(", ")", ","))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A part of the text that can't be meant so."""

    start: int
    end: int
    """Half open."""
    message: str
    """One short sentence: what is wrong, and what is allowed."""
    ignored: bool = True
    """Whether the part is left out; else it counts as far as it goes, such as a quote that is not closed yet."""


class TermReader:
    """Reads terms from a scanner; what is wrong with them is gathered in `mistakes`."""

    def __init__(self, scanner: Scanner, now: datetime, zone: tzinfo | None) -> None:
        self.scanner = scanner
        self.now = now
        self.zone = zone
        self.mistakes: list[Mistake] = []

    def note(self, start: int, message: str, end: int | None = None, ignored: bool = True) -> None:
        """Gather a mistake from `start` to `end`, or to where the scanner is."""
        self.mistakes.append(Mistake(start, self.scanner.at if end is None else end, message, ignored))

    def term(self) -> Term | None:
        """Read one term, from its first character on; return `None` if nothing of it counts."""
        scanner, begin = self.scanner, self.scanner.at
        name = scanner.name()
        after = begin + len(name) + 1
        if not name or (name.casefold() not in terms.NAMES and scanner.text.startswith(_PASTED, after)):
            values = self._values("")
            return Term("", values) if values else None
        scanner.at = after
        if name.casefold() in terms.NAMES:
            return self._of_field(name.casefold(), begin)
        gathered = len(self.mistakes)
        self._values(name)
        del self.mistakes[gathered:]
        self.note(begin, terms.no_such_field(name, scanner.text[begin : scanner.at]))
        return None

    def _of_field(self, field: str, begin: int) -> Term | None:
        if self.scanner.next() == "(":
            self.note(begin, _("several values are separated by commas: {field}:one,two").format(field=field))
            return None
        values = self._values(field)
        if values is None:
            return None
        if field in MOMENTS and not values:
            self.note(begin, _("“{field}:” needs a {allowed}").format(field=field, allowed=terms.moments(field)))
            return None
        if field == "time" and values:
            self.note(begin, _("“time:” takes no value · write since:24h, until:2026-11-23T08:00 or on:today"))
            return None
        return Term(field, values)

    def _values(self, field: str) -> tuple[Value, ...] | None:
        """Read values up to the end of the term; none after `field:` is a meaning, else `None`: nothing counts."""
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
            self.note(comma, _('a value is missing beside the comma · "" is an empty one'), comma + 1, not values)
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
            if not is_first and name in terms.NAMES:
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
        """Say why a value can't be meant so; nothing if it can."""
        if field in MOMENTS:
            return terms.no_moment(field, text if form is Form.PLAIN else str(Value(text, form)), self.now, self.zone)
        if form is Form.REGEX:
            return terms.no_pattern(text)
        if not text and not (field and closed and form is not Form.FUZZY):
            return _("nothing to look for in the quotes")
        return ""

    def _note_open(self, begin: int, form: Form) -> None:
        if form is Form.REGEX:
            said = _("no “/” at its end closes this regular expression · or {quote}")
            message = said.format(quote=terms.in_quotes(self.scanner.text[begin : self.scanner.at]))
        else:
            message = _("the quote is not closed")
        self.note(begin, message, ignored=False)
