"""The visits of the screen: what the ledger knows of the list on it, and the record that is made at their end."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.clock import Clock
from kps_tui.problems import Problem
from kps_tui.session.reading import Reading
from kps_tui.triage.knowledge import NOTHING, Acknowledgement, Knowledge, acknowledged
from kps_tui.triage.standings import Standings
from kps_tui.triage.store import TaskStore, row_number
from kps_tui.triage.times import milliseconds_of
from kps_tui.ui.model.loader import StartTask
from kps_tui.ui.model.view_maker import THREAD_ROWS

if TYPE_CHECKING:
    from kps_tui.session.ledger import Ledger

FINISH_SECONDS = 0.3
"""Seconds that the end of the program waits for a visit that is being recorded."""


class Visits:
    """The current visit: it begins when its project is known, and ends with the program or the next visit.

    If the ledger can't be used, the user is told so once, and nothing is known of earlier visits.
    """

    def __init__(
        self,
        open_ledger: "Callable[[], Ledger | None]",
        now: Clock,
        start_task: StartTask,
        learned: Callable[[], None],
        say: Callable[[str], None],
        arrived: Callable[[], object] = lambda: None,
    ) -> None:
        """Create it without a visit.

        Args:
            open_ledger: returns the ledger of the project on the screen, or None if that is not known yet.
            now: returns the current time.
            start_task: starts a task.
            learned: is called when `knowledge` has changed.
            say: shows a warning.
            arrived: is called after each reading with rows that the one before did not have.
        """
        self._open_ledger = open_ledger
        self._now = now
        self._start_task = start_task
        self._learned = learned
        self._say = say
        self._arrived = arrived
        self.knowledge = NOTHING
        """What is known of the current project."""
        self.ledger: Ledger | None = None
        """The ledger of the current visit."""
        self._started = now()
        self._recording: set[asyncio.Task[None]] = set()
        self._has_complained = False
        self.unsaid = ""
        """Why the last visit could not be recorded, if the user was not told about the ledger before."""

    def begin(self) -> None:
        """Begin a visit, if the project is known and not the one of the current visit."""
        ledger = self._open_ledger()
        if ledger is None or (self.ledger is not None and self.ledger.project == ledger.project):
            return
        self.ledger, self._started, self.knowledge = ledger, self._now(), NOTHING
        self._start_task(partial(self._learn, ledger))

    async def _learn(self, ledger: "Ledger") -> None:
        try:
            knowledge = await run_async(ledger.knowledge)
        except Problem as problem:
            self._complain(problem)
            return
        if ledger is self.ledger:
            made = {**knowledge.acknowledgements, **self.knowledge.acknowledgements}
            self._set_knowledge(replace(knowledge, acknowledgements=made, came=self.knowledge.came))

    def _set_knowledge(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._learned()

    def renewed(self, before: Reading | None, after: Reading | None) -> None:
        """Count the rows of `after` that were not in `before`, the reading that it replaces, as new."""
        if before is None or after is None or before is after or before.is_cached:
            return
        if len(after.store) > THREAD_ROWS:
            self._start_task(partial(self._find_arrived, before, after))
        else:
            self._add(arrived(before, after))

    async def _find_arrived(self, before: Reading, after: Reading) -> None:
        ledger = self.ledger
        came = await run_async(partial(arrived, before, after))
        if ledger is self.ledger:
            self._add(came)

    def _add(self, came: frozenset[int]) -> None:
        if came:
            self._set_knowledge(replace(self.knowledge, came=self.knowledge.came | came))
            self._arrived()

    async def acknowledge(self, ledger: "Ledger | None", store: TaskStore, indices: Iterable[int], note: str) -> None:
        """Acknowledge the rows of `store` at `indices` in the `ledger` of their visit. Cancel it to stop waiting.

        Raises:
            StorageError: they can't be stored.
        """
        at = milliseconds_of(self._now())

        def work() -> dict[int, Acknowledgement]:
            made = acknowledged(store, indices, at, note)
            if ledger is not None:
                ledger.acknowledge(made)
            return {each.row: each for each in made}

        made = await run_async(work)
        await self._change_acknowledgements(ledger, lambda known: {**known, **made})

    async def withdraw(self, ledger: "Ledger | None", rows: Sequence[int]) -> None:
        """Delete the acknowledgements of the rows with these numbers from `ledger`. Cancel it to stop waiting.

        Raises:
            StorageError: they can't be deleted.
        """
        if ledger is not None:
            await run_async(partial(ledger.withdraw, rows))
        gone = frozenset(rows)
        await self._change_acknowledgements(
            ledger, lambda known: {row: each for row, each in known.items() if row not in gone}
        )

    async def _change_acknowledgements(
        self,
        ledger: "Ledger | None",
        change: Callable[[Mapping[int, Acknowledgement]], Mapping[int, Acknowledgement]],
    ) -> None:
        """Apply `change` to the known acknowledgements, unless the visit of `ledger` has ended."""
        while ledger is self.ledger:
            known = self.knowledge.acknowledgements
            changed = await run_async(partial(change, known))
            if ledger is self.ledger and known is self.knowledge.acknowledgements:
                self._set_knowledge(replace(self.knowledge, acknowledgements=changed))
                return

    def end(self, reading: Reading | None, standings: Standings) -> None:
        """End the visit, and begin to record that every row of `reading` was seen, unless an earlier run read it.

        `standings` are those on the screen, which may not be of all rows yet.
        """
        ledger = self.ledger
        if standings.knowledge is not self.knowledge:
            standings = Standings(self.knowledge)
        self.ledger, self.knowledge = None, NOTHING
        if ledger is None or reading is None or reading.is_cached or not reading.paging.pages:
            return
        started, ended, is_whole = self._started, self._now(), reading.extent.is_whole

        def work() -> None:
            ledger.record(standings.over(reading.store), started, ended, is_whole=is_whole)

        task = asyncio.get_running_loop().create_task(self._record(work))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _record(self, work: Callable[[], None]) -> None:
        try:
            await run_async(work)
        except Problem as problem:
            self._complain(problem)

    @property
    def is_recording(self) -> bool:
        """Whether a visit is being recorded."""
        return bool(self._recording)

    async def finish(self) -> None:
        """Wait up to `FINISH_SECONDS` for visits that are being recorded."""
        if self._recording:
            await asyncio.wait(self._recording, timeout=FINISH_SECONDS)

    def _complain(self, problem: Problem) -> None:
        if not self._has_complained:
            self._has_complained = True
            if self.ledger is None:
                # The screen has closed.
                self.unsaid = problem.on_screen
            else:
                self._say(problem.on_screen)


def arrived(before: Reading, after: Reading) -> frozenset[int]:
    """Return the numbers of the rows of `after` that are not in `before`, the reading that it replaces.

    If the list before was incomplete, only tasks that are newer than all of its tasks count: the others may have been
    on a page that was not loaded.
    """
    store = after.store
    came = [index for index in range(len(store)) if before.store.index_of(store.row_key(index)) is None]
    if not before.extent.is_whole:
        newest = max(before.store.times, default=0)
        came = [index for index in came if store.times[index] > max(0, newest)]
    return frozenset(row_number(store.row_key(index)) for index in came)
