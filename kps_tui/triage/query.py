"""Which tasks are shown, and in which order: a small hashable value that can be written as command-line arguments."""

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import reduce
from typing import Self

from kps_tui.i18n import _
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import EVERYTHING, Expression


@dataclass(frozen=True, slots=True)
class SortKey:
    """A field to sort by. Empty and unreadable values come last in both directions."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field

    def reversed(self) -> "SortKey":
        """Return the sort key for the other direction."""
        return SortKey(self.field, not self.descending)


NEWEST_FIRST = (SortKey("time", descending=True),)
"""The default order: newest first, then by task id."""


@dataclass(frozen=True, slots=True)
class Query:
    """A filter, an order and a facet. Tasks with equal sort keys are newest first, then by task id."""

    sort: tuple[SortKey, ...] = NEWEST_FIRST
    filter: Expression = EVERYTHING
    facet: str = ""
    """The facet that is shown: one of `facets.FACETS`, or `all`; empty for the table."""
    compared: tuple[str, ...] = ()
    """Two values of the facet that are compared; empty if its counts are shown."""

    def sorted_by(self, field: str) -> Self:
        """Return the query sorted by `field` only; if that is the first sort key already, its direction is reversed."""
        first = self.sort[0]
        key = first.reversed() if first.field == field else _first_press(field)
        return replace(self, sort=(key,))

    def then_by(self, field: str) -> Self:
        """Return the query with `field` as the last sort key; a key that is there already is reversed in its place."""
        keys = tuple(key.reversed() if key.field == field else key for key in self.sort)
        return replace(self, sort=keys if keys != self.sort else (*keys, _first_press(field)))

    def arguments(self) -> list[str]:
        """Return the arguments of `kps-tui list` for this filter and order; defaults are left out."""
        where = ["--where", str(self.filter)] if self.filter != EVERYTHING else []
        sort = ["--sort", ",".join(map(str, self.sort))] if self.sort != NEWEST_FIRST else []
        return where + sort


def _first_press(field: str) -> SortKey:
    return SortKey(field, BY_KEY[field].descending_first)


def words_of(sort: tuple[SortKey, ...]) -> str:
    """Describe an order: `newest first`, `by server Z–A, then oldest first`."""
    return reduce(lambda before, key: _("{before}, then {key}").format(before=before, key=key), map(_words_of, sort))


def _words_of(key: SortKey) -> str:
    if key.field == "time":
        return _("newest first") if key.descending else _("oldest first")
    name = BY_KEY[key.field].label
    return (_("by {field} Z–A") if key.descending else _("by {field} A–Z")).format(field=name)


def parse_sort(text: str, option: str = "--sort") -> tuple[SortKey, ...]:
    """Parse `FIELD[,-FIELD…]`, the value of `option`; a `-` before a field sorts it in descending order.

    Raises:
        QueryError: a field is unknown, missing or named twice.
    """
    keys: list[SortKey] = []
    for part in text.split(","):
        name = part.strip().removeprefix("-")
        if name not in BY_KEY:
            raise _unknown_field(name, option)
        if any(key.field == name for key in keys):
            said = _("{option} names “{field}” twice").format(option=option, field=name)
            raise QueryError(said, next_step=_("name each field once"))
        keys.append(SortKey(name, part.strip().startswith("-")))
    return tuple(keys)


def _unknown_field(name: str, option: str) -> QueryError:
    near = get_close_matches(name.casefold(), BY_KEY, n=1)
    return QueryError(
        _("{option}: “{field}” is not a field").format(option=option, field=line(name, 60)),
        why=_("did you mean “{near}”?").format(near=near[0]) if near else "",
        next_step=_("fields: {fields}; a “-” before one puts the largest first").format(fields=", ".join(BY_KEY)),
    )
