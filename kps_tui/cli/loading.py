"""Loads the whole list for a command, saying on stderr how far it has come if that is a terminal."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from kps_tui.i18n import _, number
from kps_tui.kps.errors import KpsError
from kps_tui.kps.paging import Verdict
from kps_tui.session.reading import Reading
from kps_tui.session.target import Target
from kps_tui.triage.store import TaskStore


@dataclass(frozen=True)
class Loaded:
    """What came, and why it may not be all."""

    reading: Reading
    error: KpsError | None = None

    @property
    def complete(self) -> bool:
        """Whether every row of the list was read."""
        return self.reading.complete and self.error is None

    @property
    def why_incomplete(self) -> str:
        """In words; empty where it is complete."""
        reading = self.reading
        if self.error:
            return str(self.error)
        if reading.unreadable:
            return _("{count} rows could not be read").format(count=number(reading.unreadable))
        return {
            Verdict.MOVED: _("the list changed while it was read · run it again"),
            Verdict.ENDLESS: _("the list grows faster than it can be read · run it again later"),
            Verdict.MISSING: _("the service stopped giving rows before its total · run it again"),
            Verdict.REPEATING: _(
                "the service gives the same rows again: it may ignore the offset · try --page-size 1000"
            ),
        }.get(reading.paging.verdict or Verdict.COMPLETE, "")


def load(target: Target, page_size: int, enough: Callable[[TaskStore], bool] = lambda store: False) -> Loaded:
    """Read the list to its end, or until `enough` says so.

    Raises:
        Problem: nothing at all could be read.
    """
    return asyncio.run(_load(target, page_size, enough))


async def _load(target: Target, page_size: int, enough: Callable[[TaskStore], bool]) -> Loaded:
    async with target.client() as client:
        reading = Reading(client, page_size)
        with _progress() as say:
            try:
                async with aclosing(reading.pages()) as pages:
                    async for _page in pages:
                        say(reading)
                        if enough(reading.store):
                            break
            except KpsError as error:
                if not reading.paging.pages:
                    raise
                return Loaded(reading, error)
        return Loaded(reading)


@contextmanager
def _progress() -> Iterator[Callable[[Reading], None]]:
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda reading: None
        return

    def say(reading: Reading) -> None:
        total = reading.paging.total
        of = _(" of {total}").format(total=number(total)) if total is not None else ""
        text = _("{loaded}{of} loaded").format(loaded=number(reading.loaded), of=of)
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    try:
        yield say
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
