"""Loads the whole list for a command, with progress on stderr if that is a terminal that can erase a line."""

import contextlib
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kps_tui.blocking import run
from kps_tui.cli.connection import open_target
from kps_tui.cli.messages import print_message
from kps_tui.i18n import _, counted, number
from kps_tui.kps.errors import KpsError
from kps_tui.kps.paging import Verdict
from kps_tui.locations import database_file, ledger_file
from kps_tui.problems import ConfigError
from kps_tui.session.place import Place
from kps_tui.session.reading import Reading
from kps_tui.session.resolve import load_context
from kps_tui.session.target import Target
from kps_tui.settings import Settings

if TYPE_CHECKING:
    from kps_tui.kps.retries import Wait
    from kps_tui.session.ledger import Ledger

PROGRESS_SECONDS = 0.25
"""Minimum interval between two updates of the progress."""


@dataclass(frozen=True)
class Loaded:
    """The rows that were loaded, and why they may not be the whole list."""

    reading: Reading
    place: Place
    error: KpsError | None = None
    demo: bool = False
    """Whether the tasks are invented."""

    @property
    def complete(self) -> bool:
        """Whether this run read every row of the list."""
        return self.reading.extent.is_complete and self.error is None

    @property
    def ledger(self) -> "Ledger":
        """The ledger of the project; for the demo, one that stores nothing."""
        from kps_tui.session.ledger import Ledger

        return Ledger(None if self.demo else ledger_file(), self.place)

    @property
    def remark(self) -> str:
        """A sentence about the list: how old a saved one is, or that rows were sent twice. Empty if there is none."""
        reading = self.reading
        if reading.is_cached and reading.answered_at:
            return _("offline: this is the list of {time}").format(
                time=f"{reading.answered_at.astimezone():%Y-%m-%d %H:%M}"
            )
        repeated = reading.paging.repeated
        return (
            counted(
                repeated,
                "{count} row was sent twice and is listed once",
                "{count} rows were sent twice and are listed once",
            )
            if repeated
            else ""
        )

    @property
    def why_incomplete(self) -> str:
        """Why the list is incomplete, as a sentence; empty if it is complete."""
        reading = self.reading
        if self.error:
            return str(self.error)
        if reading.is_cached:
            asked = _("the service was not asked")
            partly = _("{asked}, and the saved list is incomplete").format(asked=asked)
            return asked if reading.extent.is_whole else partly
        if reading.unreadable:
            return counted(reading.unreadable, "{count} row could not be read", "{count} rows could not be read")
        verdict = reading.paging.verdict or Verdict.COMPLETE
        if verdict is Verdict.COMPLETE:
            return ""
        next_step = {
            Verdict.ENDLESS: _("run it again later"),
            Verdict.REPEATING: _("try --page-size 1000"),
        }.get(verdict, _("run it again"))
        return f"{reading.extent.shortfall} · {next_step}"


@contextmanager
def load_list(settings: Settings, *, running: bool = False) -> Iterator[Loaded]:
    """Yield the list of failed tasks, or of running ones, read to its end; with `--offline`, the saved list.

    A demo service runs until the block ends.

    Raises:
        Problem: not even one page could be read, or nothing is saved.
    """
    if settings.offline and not settings.demo:
        if running:
            raise ConfigError(
                _("--running can't be combined with --offline"),
                why=_("no list of running tasks is kept"),
                next_step=_("leave out one of them"),
            )
        yield _cached(settings)
        return
    with open_target(settings) as target:
        yield run(_load(target, settings.page_size, running=running))


async def _load(target: Target, page_size: int, *, running: bool) -> Loaded:
    from kps_tui.kps.client import RunningPages

    with _progress() as progress:
        async with target.client(progress.waiting) as client:
            reading = Reading(RunningPages(client) if running else client, page_size)
            try:
                async with aclosing(reading.pages()) as pages:
                    async for _page in pages:
                        progress.show_loaded(reading)
            except KpsError as error:
                if not reading.paging.pages:
                    raise
                return Loaded(reading, target.place, error, target.demo)
        return Loaded(reading, target.place, demo=target.demo)


def _cached(settings: Settings) -> Loaded:
    from kps_tui.session.cached_lists import CachedLists
    from kps_tui.storage.snapshot import ListKey

    context = load_context(settings)
    for warning in context.configuration.warnings:
        print_message(warning)
    at = context.place()
    lists = CachedLists(database_file(), wanted=context.configuration.snapshot)
    reading = lists.load(ListKey(context.profile_name, at.endpoint.netloc, at.project_id), settings.page_size)
    if reading is None:
        raise ConfigError(
            _("no saved list for {place}").format(place=at.name),
            why="" if lists.is_enabled else _("snapshot = false in the configuration saves none"),
            next_step=_("leave out --offline to load one, or choose another --profile"),
        )
    return Loaded(reading, at)


class _Progress:
    """A line on stderr that shows how many rows are loaded, or why a request waits. Unless `is_shown`, it is empty."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._next = 0.0
        """The monotonic time from which the number of rows may be shown again; infinite during a wait."""

    def show_loaded(self, reading: Reading) -> None:
        """Show how many rows are loaded, at most every `PROGRESS_SECONDS`."""
        if (now := time.monotonic()) < self._next:
            return
        self._next = now + PROGRESS_SECONDS
        loaded, total = reading.loaded, reading.paging.total
        if total is None:
            text = counted(loaded, "{count} loaded", "{count} loaded")
        else:
            shown = number(loaded)
            text = counted(total, "{loaded} of {count} loaded", "{loaded} of {count} loaded", loaded=shown)
        self._write(text)

    @contextmanager
    def waiting(self, wait: "Wait") -> Iterator[None]:
        """Show why a request waits, until the block ends."""
        self._next = math.inf
        self._write(_("{why} · again in {seconds} s").format(why=wait.why, seconds=math.ceil(wait.seconds)))
        try:
            yield
        finally:
            self._write("")
            self._next = 0.0

    def _write(self, text: str) -> None:
        if self._is_shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


@contextmanager
def _progress() -> Iterator[_Progress]:
    is_shown = sys.stderr is not None and sys.stderr.isatty() and _can_erase_lines()
    try:
        yield _Progress(is_shown=is_shown)
    finally:
        if is_shown:
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()


def _can_erase_lines() -> bool:
    from kps_tui.terminal.terminal import DUMB

    return os.environ.get("TERM", "") not in DUMB
