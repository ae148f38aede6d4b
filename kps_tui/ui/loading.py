"""Workers' side of loading: they read pages and post messages; handlers own the state."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from textual.message import Message

from kps_tui.problems import Problem
from kps_tui.session.reading import AT_ONCE, Reading
from kps_tui.ui.load_state import RENEWING, Kind


@dataclass
class PageArrived(Message):
    """A page of this generation's load is in the reading's store."""

    generation: int
    reading: Reading


@dataclass
class LoadFailed(Message):
    """The load ended before its time; what came is kept."""

    generation: int
    reading: Reading | None
    error: Problem


@dataclass
class LoadEnded(Message):
    """The load did what it was for."""

    generation: int
    reading: Reading


async def read(kind: Kind, reading: Reading, rows: int, arrived: Callable[[], None]) -> None:
    """Read what `kind` wants; to renew a list ends after `rows` rows. Calls `arrived` after each page.

    Raises:
        KpsError: a page can't be had.
    """
    if kind in (Kind.FIRST, Kind.NEXT):
        await reading.next_page()
        arrived()
        return
    async with aclosing(reading.pages(AT_ONCE)) as steps:
        async for _ in steps:
            arrived()
            if kind in RENEWING and reading.paging.received >= rows:
                return
