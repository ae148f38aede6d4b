"""Where a reading of the list stands: a frozen value without I/O that decides offsets, bound, end and verdict.

The service pages by row offset, promises no order and no snapshot, and documents no largest `limit`. So a page is
believed only as far as it can be checked: every page after the first re-reads the last row of the one before it.
"""

from dataclasses import dataclass, replace
from enum import Enum

SPARE_PAGES = 10
"""Pages beyond what the first `total` promised, before a list counts as endless."""
SMALLEST_PAGE = 2
"""Rows: of a page of one none could be re-read, and a list that moves would lose rows in silence."""


class Verdict(Enum):
    """What is to be said of a reading that has ended."""

    COMPLETE = "complete"
    MOVED = "moved"
    """The list changed while it was read: something may be missing, or be gone."""
    ENDLESS = "endless"
    """The list grows faster than it can be read."""
    MISSING = "missing"
    """The service stopped giving rows before `total`."""
    REPEATING = "repeating"
    """The service gives the same rows again: it may ignore `offset`."""


ENDED_EARLY = (Verdict.MISSING, Verdict.REPEATING)
"""No re-read mends these."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What `Paging` must know of a page that arrived; rows are counted raw, readable or not."""

    offset: int
    rows: int
    total: int | None
    """`None` where the service sent none, or no count."""
    new: int = 0
    """Rows not seen in an earlier page; a row that stands twice in this page counts twice."""
    changed: int = 0
    """Rows whose id was there before with other content."""
    first: str = ""
    """What the first row is recognised by."""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """A reading of the list, up to now. `limit` is what is asked for; all else follows from the pages that arrived."""

    limit: int
    size: int = 0
    """Rows in a page: `limit`, or less where the service caps it. 0 before the first page."""
    received: int = 0
    """Rows received, counted raw, no overlap row twice: the offset of the first row not read."""
    told: int | None = None
    """What the service last said of its total."""
    total: int | None = None
    """The same, as far as it can be believed."""
    promised: int | None = None
    """The `total` of the first page."""
    pages: int = 0
    distinct: int = 0
    """Rows that were new when they came."""
    last: str = ""
    """What the last row received is recognised by."""
    before_last: str = ""
    """The same, one page earlier."""
    moved: bool = False
    """Whether the list changed in a way that one re-read has not mended."""
    reread_until: int | None = None
    """Set by the one re-read that may mend a moved list: rows before this offset are seen a second time."""
    earlier: int = 0
    """Pages before `going_on`: the bound counts from there."""
    verdict: Verdict | None = None
    """Set when the reading has ended."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to ask for."""
        return self.verdict is not None

    @property
    def complete(self) -> bool:
        """Whether every row was read, from a list that stood still or was mended."""
        return self.verdict is Verdict.COMPLETE

    @property
    def page_limit(self) -> int:
        """The `limit` of the next request."""
        limit = max(self.limit, SMALLEST_PAGE)
        return min(limit, self.size) if self.size else limit

    @property
    def overlap(self) -> int:
        """Rows that the next page re-reads: one, except for the first page and where the service gives single rows.

        These can't be checked: there only `total` and ids that come again tell that the list moved.
        """
        return 1 if self.size > 1 and self.received else 0

    @property
    def bound(self) -> int | None:
        """At most so many pages are read: as many as the first `total` promised, and some; `None` without a promise."""
        if self.promised is None or not self.size:
            return None
        step = max(1, self.size - (self.size > 1))
        return self.earlier + 1 + -(-max(0, self.promised - self.size) // step) + SPARE_PAGES

    def offsets(self, at_once: int = 1) -> tuple[int, ...]:
        """Return the offsets of the next pages: one, or up to `at_once` where `total` says that they are there."""
        if self.ended:
            return ()
        start = self.received - self.overlap
        if self.total is None or not self.pages or self._rereads(start):
            return (start,)
        step = self.size - self.overlap
        left = at_once if self.bound is None else min(at_once, self.bound - self.pages)
        return (start, *(at for at in range(start + step, start + left * step, step) if at + self.overlap < self.total))

    def after(self, page: Arrival) -> "Paging":
        """Return where the reading stands after `page`, which must be the first of `offsets`."""
        if page.offset != self.received - self.overlap:
            raise ValueError(f"a page at offset {page.offset}, expected at {self.received - self.overlap}")
        rereads = self._rereads(page.offset)
        slid = bool(self.overlap) and page.first != self.last
        shifted = bool(self.pages) and (slid or page.total != self.told or self._repeated(page) > 0)
        shifted = (slid if rereads else shifted) or page.changed > 0
        received = page.offset + page.rows
        # More rows than `total` says: then it is no count, and the list ends where a page is empty.
        wrong = page.total is not None and page.rows > self.overlap and received > page.total
        believed = None if wrong or (self.pages and self.total is None) else page.total
        step = replace(
            self,
            size=self._size_after(page, believed),
            received=received,
            told=page.total,
            total=believed,
            promised=self.promised if self.pages else believed,
            pages=self.pages + 1,
            distinct=self.distinct + page.new,
            last=page.last or self.last,
            before_last=self.last,
            moved=self.moved or shifted,
        )
        ignored = not rereads and self.pages > 0 and page.new == 0 and not self._pushed_down(page)
        verdict = step._verdict(page.rows - self.overlap, ignored=ignored)
        if shifted and self.overlap and page.rows and self.reread_until is None and verdict not in ENDED_EARLY:
            return step._going_back(page.offset, self.before_last)
        return replace(step, verdict=verdict)

    def going_on(self) -> "Paging":
        """Return where to go on after an endless list, with a new bound; any other reading as it is."""
        if self.verdict is not Verdict.ENDLESS:
            return self
        return replace(self, verdict=None, promised=self.total, earlier=self.pages)

    def _repeated(self, page: Arrival) -> int:
        return page.rows - page.new - page.changed - (1 if self.overlap and page.first == self.last else 0)

    def _pushed_down(self, page: Arrival) -> bool:
        """Whether `page` may hold known rows only because the list moved: then the service does not ignore `offset`."""
        if page.total is None or self.promised is None:
            return False
        many_came = page.offset + page.rows <= self.distinct + page.total - self.promised
        return many_came or self.moved or self.reread_until is not None

    def _rereads(self, offset: int) -> bool:
        return self.reread_until is not None and offset + self.overlap < self.reread_until

    def _size_after(self, page: Arrival, total: int | None) -> int:
        more = not self.pages if total is None else page.offset + page.rows < total
        if 0 < page.rows < self.page_limit and more:
            return page.rows
        return self.size or max(self.page_limit, page.rows)

    def _going_back(self, offset: int, before_last: str) -> "Paging":
        """Rows may have slid over the border before `offset`: read the page before it again, and go on from there."""
        start = max(0, offset - (self.size - 1))
        return replace(
            self,
            received=start + 1 if start else 0,
            last=before_last,
            moved=False,
            reread_until=self.received,
        )

    def _verdict(self, beyond: int, *, ignored: bool) -> Verdict | None:
        """`beyond`: rows of the page beyond the overlap row; `ignored`: none of them was new where some should be."""
        short = self.total is not None and self.received < self.total
        if ignored and beyond > 0:
            return Verdict.REPEATING
        if ignored and short:
            return Verdict.MISSING
        if beyond > 0 and (short or self.total is None):
            return Verdict.ENDLESS if self.bound is not None and self.pages >= self.bound else None
        if short:
            return Verdict.MISSING
        mended = self.reread_until is None or self.distinct == self.total
        return Verdict.COMPLETE if mended and not self.moved else Verdict.MOVED
