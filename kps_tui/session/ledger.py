"""The ledger of one project: what its readers have seen, and what was acknowledged.

The database is imported when it is used. Every method that uses it blocks: call it off the event loop.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.blocking import is_abandoned
from kps_tui.clock import utc_now
from kps_tui.session.place import Place
from kps_tui.triage.knowledge import SCREEN, Acknowledgement, Knowledge, Visit
from kps_tui.triage.standings import Standings
from kps_tui.triage.times import milliseconds_of

if TYPE_CHECKING:
    from kps_tui.storage.ledger_file import LedgerFile, LedgerKey


LAST_ROWS = 1000
"""How many of the last rows that a visit loaded are stored again, so that the next visit knows how far it read."""
ROWS_AT_ONCE = 20_000
"""The most rows of a visit that are stored in one transaction, which takes about 40 ms."""


class Ledger:
    """The ledger of the project at `place`, stored in the file at `path`. Without a path, nothing is stored."""

    def __init__(self, path: Path | None, place: Place) -> None:
        self._path = path
        self._place = place

    @property
    def project(self) -> tuple[str, str]:
        """Endpoint and id of the project."""
        return str(self._place.endpoint), self._place.project_id

    def knowledge(self, reader: str = SCREEN) -> Knowledge:
        """Return what is known for `reader`.

        Raises:
            StorageError: the ledger can't be read.
        """
        if self._path is None or not self._place.project_id:
            return Knowledge(reader, is_first_visit=reader == SCREEN)
        file, key = self._opened(self._path)
        remembered = file.load(key, reader, milliseconds_of(utc_now()))
        visit = None
        if reader == SCREEN and remembered.started is not None:
            visit = Visit(remembered.started, remembered.is_whole)
        acknowledgements = (Acknowledgement(*each) for each in remembered.acknowledgements)
        return Knowledge(
            reader,
            remembered.seen,
            visit,
            reader == SCREEN and visit is None,
            {each.row: each for each in acknowledgements},
            stale=remembered.stale,
        )

    def record(self, standings: Standings, started: datetime, ended: datetime, *, is_whole: bool) -> None:
        """Store that the reader has seen every row of `standings`, between `started` and `ended`.

        The acknowledgements that these rows made fall are stored as fallen. A visit of the screen is stored in parts,
        in the order of the list. If the caller stops waiting, the rest is left out, and the visit counts as one that
        loaded only the rows stored so far.

        Raises:
            StorageError: it can't be stored; the parts of a visit that were stored before stay.
        """
        if self._path is None or not self._place.project_id:
            return
        file, key = self._opened(self._path)
        reader, rows = standings.knowledge.reader, standings.store.row_numbers()
        wanted = rows if standings.knowledge.is_empty else standings.unrecorded
        wanted = wanted + rows[-LAST_ROWS:]
        fallen = [(each.row, each.at) for each in standings.fallen.values()]
        at_once = ROWS_AT_ONCE if reader == SCREEN else max(1, len(wanted))
        moments = milliseconds_of(started), milliseconds_of(ended)
        for start in range(0, max(1, len(wanted)), at_once):
            if start and is_abandoned():
                return
            part, is_last = wanted[start : start + at_once], start + at_once >= len(wanted)
            falling = () if start else fallen
            file.record(key, reader, part, *moments, is_whole=is_whole and is_last, fallen=falling, prune=False)
        # Separately, because deleting old rows reads every stored row.
        file.record(key, reader, (), *moments, is_whole=is_whole)

    def acknowledge(self, acknowledgements: Sequence[Acknowledgement]) -> None:
        """Store acknowledgements; of a row that has one, the new one replaces it.

        Raises:
            StorageError: they can't be stored; nothing is changed.
        """
        if self._path is not None and self._place.project_id:
            file, key = self._opened(self._path)
            file.acknowledge(key, acknowledgements)

    def withdraw(self, rows: Sequence[int]) -> None:
        """Delete the acknowledgements of the rows with these numbers.

        Raises:
            StorageError: they can't be deleted; nothing is changed.
        """
        if self._path is not None and self._place.project_id:
            file, key = self._opened(self._path)
            file.withdraw(key, rows)

    def _opened(self, path: Path) -> "tuple[LedgerFile, LedgerKey]":
        from kps_tui.storage.ledger_file import LedgerFile, LedgerKey

        return LedgerFile(path), LedgerKey(str(self._place.endpoint), self._place.project_id)
