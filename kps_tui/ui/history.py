"""Where the user was: the queries before and after the one that is shown."""

from dataclasses import dataclass
from typing import Self

from kps_tui.triage.query import Query

LONGEST = 100
"""Queries kept in one direction."""


@dataclass(frozen=True, slots=True)
class History:
    """Two stacks of queries, the nearest last."""

    past: tuple[Query, ...] = ()
    future: tuple[Query, ...] = ()

    def left(self, query: Query) -> Self:
        """Return the history after `query` was left for another."""
        return type(self)((*self.past[1 - LONGEST :], query))

    def back(self, here: Query) -> tuple[Query, Self] | None:
        """Return the query before `here`, and the history there; `None` at the beginning."""
        if not self.past:
            return None
        return self.past[-1], type(self)(self.past[:-1], (*self.future, here))

    def forward(self, here: Query) -> tuple[Query, Self] | None:
        """Return the query after `here`, and the history there; `None` at the end."""
        if not self.future:
            return None
        return self.future[-1], type(self)((*self.past, here), self.future[:-1])
