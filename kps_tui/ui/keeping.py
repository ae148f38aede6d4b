"""Keeps the last list for the next start, beside the event loop; without it everything else works."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.session.kept_lists import KeptLists, snapshot_of
from kps_tui.session.reading import Reading
from kps_tui.storage.snapshot import ListKey

if TYPE_CHECKING:
    from kps_tui.storage.snapshot import Snapshot

FINISH_SECONDS = 0.25
"""How long the end of the program waits for a list that is being saved; a longer one is kept the next time."""

AGAIN = timedelta(minutes=10)
"""The same list, read again, is saved with its new time at most so often."""


class NothingKept(Problem):
    """There is no list to show offline."""

    exit_code = 2


def nothing_kept() -> NothingKept:
    """Return the problem of an offline start without a list."""
    return NothingKept(
        _("no list of this place was kept"),
        next_step=_("start without --offline to read one, or name another --profile"),
    )


class ListKeeper:
    """Loads and saves the list of the place that `of` names now."""

    def __init__(
        self,
        lists: KeptLists,
        of: Callable[[], ListKey | None],
        say: Callable[[str], None],
        *,
        is_offline: bool = False,
    ) -> None:
        self._lists = lists
        self._of = of
        self._say = say
        self.is_offline = is_offline
        self._has_complained = False
        self._saving: asyncio.Task[None] | None = None
        self._next: tuple[ListKey, Snapshot] | None = None
        self._last: tuple[ListKey, datetime] | None = None
        """Whose list was given last, and its time."""

    async def load(self, page_size: int) -> Reading | None:
        """Return the list that was kept, if there is one that can be read."""
        of = self._of()
        if of is None:
            return None
        try:
            # The interpreter waits for any other kind of thread: a long list must not delay the end.
            return await run_async(partial(self._lists.load, of, page_size))
        except Problem as problem:
            self._complain(problem)
            return None

    def keep(self, reading: Reading, *, is_same: bool = False) -> None:
        """Save a list as it is now; of several that come meanwhile only the last is saved.

        One that `is_same` as before but for its time waits: to watch must not mean to write all the time.
        """
        of = self._of() if self._lists.keeps else None
        if of is None or reading.answered_at is None:
            return
        if is_same and self._last and self._last[0] == of and reading.answered_at - self._last[1] < AGAIN:
            return
        if (snapshot := snapshot_of(reading)) is None:
            return
        self._next, self._last = (of, snapshot), (of, snapshot.answered_at)
        if self._saving is None:
            self._saving = asyncio.get_running_loop().create_task(self._save())

    @property
    def is_saving(self) -> bool:
        """Whether a list is on its way into the file."""
        return self._saving is not None

    async def finish(self) -> None:
        """Give what is being saved a moment."""
        if self._saving is not None:
            await asyncio.wait([self._saving], timeout=FINISH_SECONDS)

    async def _save(self) -> None:
        try:
            while self._next is not None:
                (of, snapshot), self._next = self._next, None
                try:
                    await run_async(partial(self._lists.save, of, snapshot))
                except Problem as problem:
                    self._complain(problem)
        finally:
            self._saving = None

    def _complain(self, problem: Problem) -> None:
        """Say it once: the program works without."""
        if not self._has_complained:
            self._has_complained = True
            self._say(str(problem))
