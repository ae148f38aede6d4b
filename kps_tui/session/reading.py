"""One reading of the list: pages from the client into a store. Screen and commands load through it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Protocol

from kps_tui.kps.answer import Page
from kps_tui.kps.paging import Arrival, Paging
from kps_tui.triage.store import TaskStore

AT_ONCE = 4
"""Requests under way at once while the rest is loaded: three times as fast as one, and kind to the rate limit."""


class PageSource(Protocol):
    """What can be asked for pages."""

    async def page(self, offset: int, limit: int) -> Page:
        """Return the rows from `offset` on, at most `limit`."""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Reading:
    """One reading of the list, as far as it has come. `KpsError` leaves what came, and it can be gone on with."""

    def __init__(self, source: PageSource, page_size: int, now: Callable[[], datetime] = utc_now) -> None:
        self._source = source
        self._now = now
        self.store = TaskStore()
        self.paging = Paging(page_size)
        self.unreadable = 0
        """Rows that are no objects: skipped, and said."""
        self.twice = 0
        """Rows that stood twice in one answer: kept once, and said."""
        self.answered_at: datetime | None = None
        """When the last page came."""
        self._newest: tuple[int, str, str] | None = None
        """What the newest page is recognised by."""
        self.is_kept = False
        """Whether it was kept by an earlier run: nothing of it was asked for in this one."""

    @property
    def complete(self) -> bool:
        """Whether every row of the list is in the store."""
        return self.paging.complete and not self.unreadable

    @property
    def loaded(self) -> int:
        """How many rows of the list are here, each counted once."""
        return len(self.store) + self.unreadable

    def go_on(self) -> None:
        """Let a reading of an endless list be gone on with."""
        self.paging = self.paging.going_on()

    async def next_page(self) -> None:
        """Read one page, if there is one more.

        Raises:
            KpsError: it can't be had.
        """
        for offset in self.paging.offsets():
            self._take(await self._source.page(offset, self.paging.page_limit))

    async def pages(self, at_once: int = AT_ONCE) -> AsyncGenerator[None, None]:
        """Read to the end, up to `at_once` pages at a time; yields after each page, in the order of the list.

        Raises:
            KpsError: a page can't be had; the ones before it are in the store.
        """
        flying: dict[int, asyncio.Task[Page]] = {}
        try:
            while wanted := self.paging.offsets(at_once):
                await _ended([flying.pop(offset) for offset in [*flying] if offset not in wanted])
                for offset in wanted:
                    if offset not in flying:
                        flying[offset] = asyncio.create_task(self._source.page(offset, self.paging.page_limit))
                self._take(await flying.pop(wanted[0]))
                yield
        finally:
            await _ended([*flying.values()])

    def _is_again(self, page: Page) -> bool:
        """Whether a page is the one before it once more.

        Rows without an id never look old: where no `total` ends the list either, it would be read for ever.
        """
        signature = (page.rows, page.first, page.last)
        again = self.paging.total is None and page.rows > 1 and signature == self._newest
        self._newest = signature
        return again

    def _take(self, page: Page) -> None:
        if self._is_again(page):
            self.answered_at = self._now()
            arrived = Arrival(page.offset, page.rows, page.total, first=page.first, last=page.last)
            self.paging = self.paging.after(arrived)
            return
        overlaps = bool(self.paging.overlap) and page.first == self.paging.last
        tasks = [task for task in page.tasks if task is not None]
        unreadable = page.unreadable
        if overlaps and page.tasks[0] is None:
            unreadable -= 1
        elif overlaps and not tasks[0].task_id:
            # Without an id the overlap row would be taken for one more of its equals.
            del tasks[0]
        ids = [task.task_id for task in tasks if task.task_id]
        extended = self.store.extend(tasks)
        twice = min(len(ids) - len(set(ids)), extended.repeated)
        self.unreadable += unreadable
        self.twice += twice
        self.answered_at = self._now()
        self.paging = self.paging.after(
            Arrival(
                page.offset,
                page.rows,
                page.total,
                new=extended.added + twice + unreadable,
                changed=extended.changed,
                first=page.first,
                last=page.last,
            )
        )


async def _ended(tasks: list[asyncio.Task[Page]]) -> None:
    """Cancel `tasks` down to their sockets; what they still say is of no interest."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
