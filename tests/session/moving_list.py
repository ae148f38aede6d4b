"""A list that changes between responses, also between those to concurrent requests."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from kps_tui.kps.answer import Page, page_of
from tests.loopback import Request, http, row


class Move(NamedTuple):
    """The insertion or deletion of one row."""

    inserts: bool
    at: int
    """The index, modulo the length of the list; 0 is the newest row."""


@dataclass(frozen=True)
class Script:
    """The changes of a list of `count` rows while it is read."""

    count: int
    moves: Mapping[int, Sequence[Move]] = field(default_factory=dict)
    """The moves before each response, by its number (from 0); there are none before the first."""
    turns: Sequence[int] = ()
    """The number of event loop iterations that each request waits, by its number; later requests wait none."""
    without_id: int = 0
    """Each row whose number is a multiple of this has no task id; 0 if all rows have one."""
    servers: int = 0
    """The number of ids that the rows share, each at another time, as if it were the id of a server; 0 if each row has
    its own."""
    cap: int = 10**6
    """The largest page of the service."""
    counted: bool = True
    """Whether the service sends a total."""


class MovingList:
    """A source of pages, which records the states of the list for comparison."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.answers = self.requests = self.born = 0
        self.rows: list[dict[str, Any]] = []
        self.ever: set[str] = set()
        """All rows that ever existed."""
        for at in range(script.count):
            self._insert(at)
        self.watch()

    def watch(self) -> None:
        """Forget the states of the list so far."""
        self.always = self.names()
        """The rows that existed at every response since."""
        self.states: list[set[str]] = []
        """The rows that existed at each response since."""

    def names(self) -> set[str]:
        """The current rows."""
        return set(map(name, self.rows))

    async def page(self, offset: int, limit: int) -> Page:
        """Respond after as many iterations of the event loop as the script says."""
        number = self.requests
        self.requests += 1
        for _ in range(self.script.turns[number] if number < len(self.script.turns) else 0):
            await asyncio.sleep(0)
        return page_of(json.dumps(self.answer(offset, limit)).encode(), offset)

    def reply(self, request: Request) -> bytes:
        """Respond over a socket."""
        return http(self.answer(request.number("offset"), request.number("limit")))

    def answer(self, offset: int, limit: int) -> dict[str, Any]:
        """Change the list, then respond."""
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
        other: dict[str, Any] = {"task_id": None} if every and self.born % every == 0 else {}
        if self.script.servers and not other:
            other = {"task_id": f"server-{self.born % self.script.servers}"}
        self.rows.insert(at, row(self.born, server_id=f"row-{self.born}", **other))
        self.ever.add(name(self.rows[at]))


def name(row: Mapping[str, Any]) -> str:
    """The identity of a row, with or without a task id."""
    return str(row["server_id"])


def scripts(inserts: st.SearchStrategy[bool] | None = None, ids: bool = False) -> st.SearchStrategy[Script]:
    """Scripts for short lists; `inserts` draws the kind of each move, `ids` means that every row has an id."""
    move = st.builds(Move, st.booleans() if inserts is None else inserts, st.just(0) | st.integers(0, 60))
    return st.builds(
        Script,
        st.integers(0, 60),
        st.dictionaries(st.integers(1, 12), st.lists(move, min_size=1, max_size=4), max_size=5),
        st.lists(st.integers(0, 6), max_size=30),
        st.just(0) if ids else st.sampled_from([0, 0, 1, 2, 5]),
        st.sampled_from([0, 0, 1, 3]),
        st.sampled_from([10**6, 10**6, 2, 3, 7]),
        st.sampled_from([True, True, False]),
    ).map(_countable)


def _countable(script: Script) -> Script:
    """Rows without an id, in a list without a total, can't be told apart."""
    return replace(script, counted=True) if script.without_id else script
