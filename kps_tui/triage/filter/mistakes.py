"""The mistakes that a filter can have, in words: which part is wrong, why, and what is allowed instead."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from difflib import get_close_matches

from kps_tui.i18n import _
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.triage.fields import BY_KEY, FIELDS
from kps_tui.triage.filter.expression import MOMENTS, STANDING_WORDS, Term, quoted
from kps_tui.triage.filter.moments import day_span, moment_of
from kps_tui.triage.standings import OF_LEDGER

Span = tuple[int, int]
"""Start and end of a part of a text, half open."""

NAMES = (*BY_KEY, *OF_LEDGER, *MOMENTS)
"""The names that may stand before a colon."""

_SHOWN = 60
"""The most characters of a part that a message repeats."""
_MOMENT_ALIASES = {
    **dict.fromkeys(("after", "from", "newer"), "since"),
    **dict.fromkeys(("before", "to", "older"), "until"),
    **dict.fromkeys(("day", "date"), "on"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A malformed part of a filter, or a pattern that takes too long."""

    part: str
    """The part as it was written."""
    message: str
    """One short sentence: what is wrong, and what is allowed."""
    span: Span | None = None
    """Where the part stands in the text; `None` for a pattern that is too slow, which is found when searching."""
    ignored: bool = True
    """Whether the part is left out. Otherwise it is used as far as it goes, such as a quote that is not closed yet."""

    @property
    def is_too_slow(self) -> bool:
        """Whether the part is well formed, but takes too long to search for."""
        return self.span is None


_LEDGER_ALIASES = {
    **dict.fromkeys(("seen", "ack", "acked", "acknowledged", "repeated"), "is"),
    **dict.fromkeys(("comment", "incident"), "note"),
}


def too_slow(term: Term) -> Mistake:
    """Return the mistake of a term whose regular expression exceeded its time limit."""
    return Mistake(str(term), _("takes too long"))


def refusal(mistake: Mistake, option: str = "--where") -> QueryError:
    """Return the error for a mistake in the filter that is the value of the option `option`."""
    part = line(mistake.part, 80)
    if mistake.span is None:
        return QueryError(
            _("{option}: “{part}” {message}").format(option=option, part=part, message=mistake.message),
            next_step=_("avoid nested repetitions, or search for words"),
        )
    said = _("{option}: “{part}” at {place}: {message}")
    return QueryError(said.format(option=option, part=part, place=mistake.span[0] + 1, message=mistake.message))


def no_such_field(name: str, part: str) -> str:
    """Return a message that there is no field `name`, which one may be meant, and how to search for `part` as text."""
    candidates = _other_names() | {name: name for name in NAMES}
    near = get_close_matches(name.casefold(), candidates, n=1)
    if near:
        hint = _("did you mean “{field}:”?").format(field=candidates[near[0]])
    else:
        hint = _("fields: {fields};").format(fields=", ".join(NAMES))
    said = _("no field “{name}” · {hint} or {quote}")
    return said.format(name=line(name, _SHOWN), hint=hint, quote=in_quotes(part))


def in_quotes(part: str) -> str:
    """Return how to search for `part` as plain text."""
    if len(part) > _SHOWN or '"' in part or "\\" in part:
        return _("put it in quotes")
    return _("quote it: {part}").format(part=line(quoted(part), _SHOWN + 2))


def no_moment(field: str, text: str, now: datetime, zone: tzinfo | None) -> str:
    """Return why `text` can't be a value of `since:`, `until:` or `on:`; empty if it can."""
    resolved = day_span(text, now, zone) if field == "on" else moment_of(text, now, zone)
    if resolved is not None:
        return ""
    if field == "on":
        said = _("“{text}” is not a valid day · allowed: 2026-11-23, today, yesterday")
    else:
        said = _("“{text}” is not a valid time · allowed: 2026-11-23, 2026-11-23T08:00, 24h, 7d, today, yesterday")
    return said.format(text=line(text, _SHOWN))


def without_moment(field: str) -> str:
    """Return a message that `since:`, `until:` or `on:` needs a value, and which are allowed."""
    if field == "on":
        return _("“on:” needs a day · allowed: 2026-11-23, today, yesterday")
    said = _("“{field}:” needs a time · allowed: 2026-11-23, 2026-11-23T08:00, 24h, 7d, today, yesterday")
    return said.format(field=field)


def no_standing(text: str) -> str:
    """Return why `text` can't be a value of `is:`; empty if it can."""
    if text.casefold() in STANDING_WORDS:
        return ""
    said = _("“is:{text}” is not a valid term · allowed: {allowed}")
    return said.format(text=line(text, _SHOWN), allowed=", ".join(STANDING_WORDS))


def without_standing() -> str:
    """Return a message that `is:` needs a value, and which are allowed."""
    return _("“is:” needs a word · allowed: {allowed}").format(allowed=", ".join(STANDING_WORDS))


def _other_names() -> dict[str, str]:
    """Return other names that users may try for a field, each with the right name."""
    names = {name: field.key for field in FIELDS for name in (field.api_name, *field.label.split()) if name}
    return names | _MOMENT_ALIASES | _LEDGER_ALIASES | {alias: field.key for field in FIELDS for alias in field.aliases}
