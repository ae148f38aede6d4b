"""Caches the last list in SQLite, off the event loop. If that fails, the program works without a cache."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.session.cached_lists import CachedLists, snapshot_of
from kps_tui.session.reading import Reading
from kps_tui.storage.snapshot import ListKey

if TYPE_CHECKING:
    from kps_tui.storage.snapshot import Snapshot

FINISH_SECONDS = 0.25
"""Seconds that the end of the program waits for a list that is being saved."""

UNCHANGED_INTERVAL = timedelta(minutes=10)
"""Minimum time between two saves of a list in which only the time of the answer changed."""


class NothingCached(Problem):
    """There is no cached list to show offline."""

    exit_code = 2


def nothing_cached() -> NothingCached:
    """Return the problem of an offline start without a cached list."""
    return NothingCached(
        _("no saved list for this place"),
        next_step=_("start without --offline to load one, or choose another --profile"),
    )


class ListCache:
    """Loads and saves the list of the current place.

    `key` returns its cache key, or None if it must not be cached; `say` shows a warning.
    """

    def __init__(
        self,
        lists: CachedLists,
        key: Callable[[], ListKey | None],
        say: Callable[[str], None],
        *,
        is_offline: bool = False,
    ) -> None:
        self._lists = lists
        self._key = key
        self._say = say
        self.is_offline = is_offline
        self._has_complained = False
        self._saving: asyncio.Task[None] | None = None
        self._next: tuple[ListKey, Snapshot] | None = None
        self._last: tuple[ListKey, datetime] | None = None
        """The key of the list that was saved last, and the time of its answer."""

    async def load(self, page_size: int) -> Reading | None:
        """Return the cached list, or None if there is none or it can't be read."""
        key = self._key()
        if key is None:
            return None
        try:
            # Loading a long list must not delay the end of the program.
            return await run_async(partial(self._lists.load, key, page_size))
        except Problem as problem:
            self._complain(problem)
            return None

    def save(self, reading: Reading, *, is_same: bool = False) -> None:
        """Save a list as it is now, in the background. Of several lists that wait to be saved, only the last is.

        A list in which only the time of the answer changed (`is_same`) is saved at most every ten minutes, so that a
        watch does not write to the disk every minute.
        """
        key = self._key() if self._lists.is_enabled else None
        if key is None or reading.answered_at is None:
            return
        if is_same and self._last and self._last[0] == key and reading.answered_at - self._last[1] < UNCHANGED_INTERVAL:
            return
        if (snapshot := snapshot_of(reading)) is None:
            return
        self._next, self._last = (key, snapshot), (key, snapshot.answered_at)
        if self._saving is None:
            self._saving = asyncio.get_running_loop().create_task(self._save())

    @property
    def is_saving(self) -> bool:
        """Whether a list is being saved."""
        return self._saving is not None

    async def finish(self) -> None:
        """Wait up to `FINISH_SECONDS` for a list that is being saved."""
        if self._saving is not None:
            await asyncio.wait([self._saving], timeout=FINISH_SECONDS)

    async def _save(self) -> None:
        try:
            while self._next is not None:
                (key, snapshot), self._next = self._next, None
                try:
                    await run_async(partial(self._lists.save, key, snapshot))
                except Problem as problem:
                    self._complain(problem)
        finally:
            self._saving = None

    def _complain(self, problem: Problem) -> None:
        """Show only the first problem, because the program works without the cache."""
        if not self._has_complained:
            self._has_complained = True
            self._say(problem.on_screen)
