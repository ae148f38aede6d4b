"""The progress of reading the list page by page: a frozen value, without I/O, that decides what to ask for next.

The service pages by row offset, guarantees neither an order nor a snapshot, and documents no largest `limit`. So pages
are checked against each other: each page after the first re-reads the last row of the one before it.
"""

from dataclasses import dataclass, replace
from enum import Enum

from kps_tui.kps.answer import Page

SPARE_PAGES = 10
"""Pages that are read beyond those that the first `total` promised, before the list counts as endless."""
SMALLEST_PAGE = 2
"""Rows. Pages of one row could not overlap, and rows would get lost unnoticed when the list changes."""


class Verdict(Enum):
    """The outcome of a finished reading."""

    COMPLETE = "complete"
    MOVED = "moved"
    """The list changed while it was read: rows may be missing, or no longer exist."""
    ENDLESS = "endless"
    """The list grows faster than it can be read."""
    MISSING = "missing"
    """The service stopped giving rows before `total`."""
    REPEATING = "repeating"
    """The service returns the same rows again: it may ignore `offset`."""


ENDED_EARLY = (Verdict.MISSING, Verdict.REPEATING)
"""Verdicts that a re-read can't change."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The progress of one reading. `limit` is the page size asked for; the rest follows from the pages received."""

    limit: int
    size: int = 0
    """Rows per page: `limit`, or less if the service caps it. 0 before the first page."""
    received: int = 0
    """Rows received, readable or not, without counting overlap rows twice: the offset of the next unread row."""
    last_total: int | None = None
    """`total` of the last page, or None."""
    total: int | None = None
    """`last_total`, or None once more rows came than it promised."""
    promised: int | None = None
    """The `total` of the first page."""
    pages: int = 0
    distinct: int = 0
    """Rows that were new when they arrived."""
    repeated: int = 0
    """Those of `distinct` that occurred earlier in their own page."""
    last: str = ""
    """Identifies the last row received (see `Page.last`)."""
    before_last: str = ""
    """`last`, one page earlier."""
    moved: bool = False
    """Whether the list changed, and one re-read did not repair that."""
    reread_until: int | None = None
    """Set by the one re-read that may repair a moved list: rows before this offset are received a second time."""
    earlier: int = 0
    """Pages read before `going_on`; the bound counts from there."""
    verdict: Verdict | None = None
    """Set when the reading is finished."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to ask for."""
        return self.verdict is not None

    @property
    def complete(self) -> bool:
        """Whether every row was read, from a list that did not change or was repaired."""
        return self.verdict is Verdict.COMPLETE

    @property
    def page_limit(self) -> int:
        """The `limit` of the next request."""
        limit = max(self.limit, SMALLEST_PAGE)
        return min(limit, self.size) if self.size else limit

    @property
    def overlap(self) -> int:
        """Rows that the next page re-reads: one, or none for the first page and for pages of a single row.

        Without an overlap, only `total` and repeated rows show that the list moved.
        """
        return 1 if self.size > 1 and self.received else 0

    @property
    def bound(self) -> int | None:
        """The largest number of pages to read: those that the first `total` promised, and a few more; or None."""
        if self.promised is None or not self.size:
            return None
        step = max(1, self.size - (self.size > 1))
        return self.earlier + 1 + -(-max(0, self.promised - self.size) // step) + SPARE_PAGES

    def offsets(self, at_once: int = 1) -> tuple[int, ...]:
        """Return the offsets of the next pages: one, or up to `at_once` if they exist according to `total`."""
        if self.ended:
            return ()
        start = self.received - self.overlap
        if self.total is None or not self.pages or self._rereads(start):
            return (start,)
        step = self.size - self.overlap
        left = at_once if self.bound is None else min(at_once, self.bound - self.pages)
        return (start, *(at for at in range(start + step, start + left * step, step) if at + self.overlap < self.total))

    def after(self, page: Page, *, new: int = 0, repeated: int = 0, changed: int = 0) -> "Paging":
        """Return the progress after `page`, which must be the first of `offsets`.

        `new` counts the rows that no earlier page held (a row that occurs twice in this page counts twice),
        `repeated` those of them that this page held already, `changed` those whose key an earlier page held with other
        content.

        Raises:
            ValueError: the page is at another offset.
        """
        if page.offset != self.received - self.overlap:
            raise ValueError(f"a page at offset {page.offset}, expected at {self.received - self.overlap}")
        rereads = self._rereads(page.offset)
        slid = bool(self.overlap) and page.first != self.last
        differs = page.total != self.last_total or self._known_rows(page, new + changed) > 0
        shifted = slid or changed > 0 or (differs and self.pages > 0 and not rereads)
        received = page.offset + page.rows
        # More rows than `total` says: it is wrong, and the list ends with the first empty page.
        wrong = page.total is not None and page.rows > self.overlap and received > page.total
        believed = None if wrong or (self.pages and self.total is None) else page.total
        step = replace(
            self,
            size=self._size_after(page, believed),
            received=received,
            last_total=page.total,
            total=believed,
            promised=self.promised if self.pages else believed,
            pages=self.pages + 1,
            distinct=self.distinct + new,
            repeated=self.repeated + repeated,
            last=page.last or self.last,
            before_last=self.last,
            moved=self.moved or shifted,
        )
        ignored = not rereads and self.pages > 0 and new == 0 and not self._pushed_down(page)
        verdict = step._verdict(page.rows - self.overlap, ignored=ignored)
        if shifted and self.overlap and page.rows and self.reread_until is None and verdict not in ENDED_EARLY:
            return step._going_back(page.offset, self.before_last)
        return replace(step, verdict=verdict)

    def going_on(self) -> "Paging":
        """Return a copy that continues an endless list with a new bound, or self if the list is not endless."""
        if self.verdict is not Verdict.ENDLESS:
            return self
        return replace(self, verdict=None, promised=self.total, earlier=self.pages)

    def _known_rows(self, page: Page, fresh: int) -> int:
        """Return how many rows of `page` an earlier page held, not counting the overlap row."""
        return page.rows - fresh - (1 if self.overlap and page.first == self.last else 0)

    def _pushed_down(self, page: Page) -> bool:
        """Whether the list moved so far that `page` may hold known rows although the service respects `offset`."""
        if page.total is None or self.promised is None:
            return False
        many_came = page.offset + page.rows <= self.distinct + page.total - self.promised
        return many_came or self.moved or self.reread_until is not None

    def _rereads(self, offset: int) -> bool:
        return self.reread_until is not None and offset + self.overlap < self.reread_until

    def _size_after(self, page: Page, total: int | None) -> int:
        more = not self.pages if total is None else page.offset + page.rows < total
        if 0 < page.rows < self.page_limit and more:
            return page.rows
        return self.size or max(self.page_limit, page.rows)

    def _going_back(self, offset: int, before_last: str) -> "Paging":
        """Rows may have moved across the page border at `offset`: re-read the page before it and continue there."""
        start = max(0, offset - (self.size - 1))
        return replace(
            self,
            received=start + 1 if start else 0,
            last=before_last,
            moved=False,
            reread_until=self.received,
        )

    def _verdict(self, beyond: int, *, ignored: bool) -> Verdict | None:
        """Return the verdict after a page, or None to go on.

        `beyond` is the number of its rows after the overlap row; `ignored` says that none was new, although some should
        be.
        """
        short = self.total is not None and self.received < self.total
        if ignored and beyond > 0:
            return Verdict.REPEATING
        if ignored and short:
            return Verdict.MISSING
        if beyond > 0 and (short or self.total is None):
            return Verdict.ENDLESS if self.bound is not None and self.pages >= self.bound else None
        if short:
            return Verdict.MISSING
        if 2 * self.repeated > self.distinct:
            return Verdict.REPEATING
        mended = self.reread_until is None or self.distinct == self.total
        return Verdict.COMPLETE if mended and not self.moved else Verdict.MOVED
