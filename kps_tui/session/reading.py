"""Reads the list page by page into a store. The screen and the commands load through it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Protocol

from kps_tui.clock import Clock, utc_now
from kps_tui.kps.answer import Page
from kps_tui.kps.paging import Paging
from kps_tui.kps.rate_limit import AT_ONCE
from kps_tui.session.extent import Extent
from kps_tui.triage.store import TaskStore


class PageSource(Protocol):
    """Serves pages of the list."""

    async def page(self, offset: int, limit: int) -> Page:
        """Return at most `limit` rows, starting at row `offset`, counted from 0."""


class Reading:
    """The rows read so far, and the progress. After a `KpsError` the rows stay, and reading can be continued."""

    def __init__(self, source: PageSource, page_size: int, now: Clock = utc_now) -> None:
        self._source = source
        self._now = now
        self.store = TaskStore()
        self.paging = Paging(page_size)
        self.unreadable = 0
        """Number of rows that can't be parsed. They are skipped; the screen shows the number."""
        self.answered_at: datetime | None = None
        """When the last page arrived, or None before the first."""
        self._last_page: tuple[int, str, str] | None = None
        """Row count of the last page, and what identifies its first and last row."""
        self.is_cached = False
        """Whether the rows were stored by an earlier run, and none was received in this one."""

    @property
    def extent(self) -> Extent:
        """How much of the list has been read."""
        paging = self.paging
        return Extent(
            self.loaded,
            paging.total,
            paging.pages,
            self.unreadable,
            paging.repeated,
            paging.verdict,
            paging.moved,
            self.answered_at,
            self.is_cached,
        )

    @property
    def loaded(self) -> int:
        """Number of rows read, each counted once."""
        return len(self.store) + self.unreadable

    def go_on(self) -> None:
        """Allow more pages than the first page's `total` promised."""
        self.paging = self.paging.going_on()

    async def next_page(self) -> None:
        """Read the next page, if there is one.

        Raises:
            KpsError: the page can't be read.
        """
        for offset in self.paging.offsets():
            self._take(await self._source.page(offset, self.paging.page_limit))

    async def pages(self, at_once: int = AT_ONCE) -> AsyncGenerator[None, None]:
        """Read to the end with up to `at_once` concurrent requests; yield after each page, in the order of the list.

        While a page is late, up to `at_once` pages behind it are kept, so that as many requests stay under way.

        Raises:
            KpsError: a page can't be read; the pages before it are in the store.
        """
        tasks: dict[int, asyncio.Task[Page]] = {}
        try:
            while wanted := self.paging.offsets(2 * at_once):
                await _cancelled([tasks.pop(offset) for offset in [*tasks] if offset not in wanted])
                under_way = {task for task in tasks.values() if not task.done()}
                failed = any(task.done() and task.exception() for task in tasks.values())
                for offset in wanted:
                    is_next = offset == wanted[0]
                    if offset not in tasks and (is_next or (len(under_way) < at_once and not failed)):
                        tasks[offset] = asyncio.create_task(self._source.page(offset, self.paging.page_limit))
                        under_way.add(tasks[offset])
                next_page = tasks[wanted[0]]
                if next_page.done():
                    self._take(tasks.pop(wanted[0]).result())
                    yield
                else:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled([*tasks.values()])

    def _is_again(self, page: Page) -> bool:
        """Return whether `page` repeats the one before it, as from a service that ignores `offset`.

        Rows without an id always count as new, so without a `total` such a list would be read for ever.
        """
        signature = (page.rows, page.first, page.last)
        again = self.paging.total is None and page.rows > 1 and signature == self._last_page
        self._last_page = signature
        return again

    def _take(self, page: Page) -> None:
        if self._is_again(page):
            self.answered_at = self._now()
            self.paging = self.paging.after(page)
            return
        overlaps = bool(self.paging.overlap) and page.first == self.paging.last
        tasks = [task for task in page.tasks if task is not None]
        unreadable = page.unreadable
        if overlaps and page.tasks[0] is None:
            unreadable -= 1
        elif overlaps and not tasks[0].task_id:
            # Without an id the overlap row would be counted as another row with the same content.
            del tasks[0]
        keys = [task.row_key for task in tasks if task.task_id]
        extended = self.store.extend(tasks)
        repeated = min(len(keys) - len(set(keys)), extended.repeated)
        self.unreadable += unreadable
        self.answered_at = self._now()
        self.paging = self.paging.after(
            page, new=extended.added + repeated + unreadable, repeated=repeated, changed=extended.changed
        )


async def _cancelled(tasks: list[asyncio.Task[Page]]) -> None:
    """Cancel `tasks`, wait until their connections are closed, and ignore their results."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
