"""What a term of a filter may hold: its field, its moments, its regular expressions; else a sentence that says so."""

from datetime import datetime, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.triage.expression import MOMENTS, quoted
from kps_tui.triage.fields import BY_KEY, FIELDS
from kps_tui.triage.moments import day_of, moment_of

if TYPE_CHECKING:
    import regex

NAMES = (*BY_KEY, *MOMENTS)
"""What may stand before a colon."""
LONGEST_PATTERN = 500
"""Characters of a regular expression."""

_SHOWN = 60
"""Characters of a part that are repeated in a sentence."""
_OTHER_NAMES = {
    **{name: field.key for field in FIELDS for name in (field.api_name, *field.title.casefold().split())},
    **dict.fromkeys(("after", "from", "newer"), "since"),
    **dict.fromkeys(("before", "to", "older"), "until"),
    **dict.fromkeys(("day", "date"), "on"),
    **dict.fromkeys(("host", "vm", "ecs", "instance", "name"), "server"),
    **dict.fromkeys(("message", "msg", "reason"), "err"),
    **dict.fromkeys(("action", "type"), "op"),
    **dict.fromkeys(("status", "result"), "state"),
    "pair": "key",
    "id": "task",
    "operate_type": "op",
}
"""What people call a field: only to guess what was meant."""


def compiled(pattern: str) -> "regex.Pattern[str]":
    """Return a regular expression of a filter, ready to search.

    Raises:
        regex.error: it can't be read; other errors of the compiler come through.
    """
    # It takes longer to load than all else that a filter needs, and few filters need it.
    import regex

    return regex.compile(pattern, regex.VERSION0 | regex.IGNORECASE)


def no_such_field(name: str, part: str) -> str:
    """Say that `name` is no field, name the nearest one, and how to look for `part` as it is."""
    candidates = {**_OTHER_NAMES, **dict.fromkeys(NAMES, ""), **{key: key for key in NAMES}}
    near = get_close_matches(name.casefold(), candidates, n=1)
    if near:
        hint = _("did you mean “{field}:”?").format(field=candidates[near[0]])
    else:
        hint = _("fields: {fields};").format(fields=", ".join(NAMES))
    said = _("no field “{name}” · {hint} or {quote}")
    return said.format(name=line(name, _SHOWN), hint=hint, quote=in_quotes(part))


def in_quotes(part: str) -> str:
    """Say how to look for `part` as it is."""
    if len(part) > _SHOWN or '"' in part or "\\" in part:
        return _("put it in quotes")
    return _("quote it: {part}").format(part=line(quoted(part), _SHOWN + 2))


def no_moment(field: str, text: str, now: datetime, zone: tzinfo | None) -> str:
    """Say why `text` is no value of `since:`, `until:` or `on:`; nothing if it is one."""
    resolved = day_of(text, now, zone) if field == "on" else moment_of(text, now, zone)
    return (
        ""
        if resolved is not None
        else _("“{text}” is no {allowed}").format(text=line(text, _SHOWN), allowed=moments(field))
    )


def moments(field: str) -> str:
    """Say what may stand after `since:`, `until:` or `on:`."""
    if field == "on":
        return _("day · allowed: 2026-11-23, today, yesterday")
    return _("moment · allowed: 2026-11-23, 2026-11-23T08:00, 24h, 7d, today, yesterday")


@lru_cache(maxsize=256)
def no_pattern(pattern: str) -> str:
    """Say why `pattern` is no regular expression; nothing if it is one."""
    if not pattern:
        return _("nothing to search for between the slashes")
    if len(pattern) > LONGEST_PATTERN:
        return _("a regular expression of more than {limit} characters").format(limit=LONGEST_PATTERN)
    try:
        compiled(pattern)
    except ValueError as error:
        return _("no regular expression: {reason}").format(reason=line(str(error), _SHOWN * 2))
    except Exception as error:
        # Its own error is none of the built-in ones; deep nesting ends in a RecursionError, whose words help nobody.
        known = type(error).__module__.partition(".")[0] == "regex"
        reason = line(str(error), _SHOWN * 2) if known else _("too complicated")
        return _("no regular expression: {reason}").format(reason=reason)
    return ""
