"""A list that changes between answers, also between answers to requests that are under way at the same time."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from kps_tui.kps.answer import Page, page_of
from tests.loopback import Request, http, row


class Move(NamedTuple):
    """One row inserted, or deleted, somewhere."""

    inserts: bool
    at: int
    """Modulo the length of the list; 0 is where the newest row stands."""


@dataclass(frozen=True)
class Script:
    """What happens to a list of `count` rows while it is read."""

    count: int
    moves: Mapping[int, Sequence[Move]] = field(default_factory=dict)
    """By the number of the answer (from 0) that they come before; none come before the first."""
    turns: Sequence[int] = ()
    """How many turns of the event loop a request waits for its answer, by its number; later ones wait none."""
    without_id: int = 0
    """Every so many rows one has no task id; 0: none."""
    cap: int = 10**6
    """The service's largest page."""
    counted: bool = True
    """Whether the service sends a total."""


class MovingList:
    """A source of pages, and what is known of it that no client can see."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.answers = self.requests = self.born = 0
        self.rows: list[dict[str, Any]] = []
        self.ever: set[str] = set()
        """Every row that there ever was."""
        for at in range(script.count):
            self._insert(at)
        self.watch()

    def watch(self) -> None:
        """Forget what was there before."""
        self.always = self.names()
        """What was there at every answer since."""
        self.states: list[set[str]] = []
        """What was there at each answer since."""

    def names(self) -> set[str]:
        """What is there now."""
        return set(map(name, self.rows))

    async def page(self, offset: int, limit: int) -> Page:
        """Answer after as many turns as the script says."""
        number = self.requests
        self.requests += 1
        for _ in range(self.script.turns[number] if number < len(self.script.turns) else 0):
            await asyncio.sleep(0)
        return page_of(json.dumps(self.answer(offset, limit)).encode(), offset, limit)

    def reply(self, request: Request) -> bytes:
        """Answer over a socket."""
        return http(self.answer(request.number("offset"), request.number("limit")))

    def answer(self, offset: int, limit: int) -> dict[str, Any]:
        """Let the list move, then answer."""
        for move in self.script.moves.get(self.answers, ()) if self.answers else ():
            if move.inserts:
                self._insert(move.at % (len(self.rows) + 1))
            elif self.rows:
                del self.rows[move.at % len(self.rows)]
        self.answers += 1
        self.always &= self.names()
        self.states.append(self.names())
        counted = {"total": len(self.rows)} if self.script.counted else {}
        return counted | {"tasks": self.rows[offset : offset + min(limit, self.script.cap)]}

    def _insert(self, at: int) -> None:
        self.born += 1
        every = self.script.without_id
        other = {"task_id": None} if every and self.born % every == 0 else {}
        self.rows.insert(at, row(self.born, server_id=f"row-{self.born}", **other))
        self.ever.add(name(self.rows[at]))


def name(row: Mapping[str, Any]) -> str:
    """What a row is known by, with or without a task id."""
    return str(row["server_id"])


def scripts(inserts: st.SearchStrategy[bool] | None = None, ids: bool = False) -> st.SearchStrategy[Script]:
    """Scripts of short lists; `inserts` draws the kind of each move, `ids`: every row has one."""
    move = st.builds(Move, st.booleans() if inserts is None else inserts, st.just(0) | st.integers(0, 60))
    return st.builds(
        Script,
        st.integers(0, 60),
        st.dictionaries(st.integers(1, 12), st.lists(move, min_size=1, max_size=4), max_size=5),
        st.lists(st.integers(0, 6), max_size=30),
        st.just(0) if ids else st.sampled_from([0, 0, 1, 2, 5]),
        st.sampled_from([10**6, 10**6, 2, 3, 7]),
        st.sampled_from([True, True, False]),
    ).map(_countable)


def _countable(script: Script) -> Script:
    """Rows that have neither an id nor a count can be told apart by nobody."""
    return replace(script, counted=True) if script.without_id else script
