"""The ledger of one project: what its readers have seen, and what was acknowledged.

The database is imported when it is used. Every method that uses it blocks: call it off the event loop.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.session.place import Place
from kps_tui.triage.knowledge import SCREEN, Acknowledgement, Knowledge, Visit
from kps_tui.triage.standings import Standings
from kps_tui.triage.store import TaskStore

if TYPE_CHECKING:
    from kps_tui.storage.ledger_file import LedgerFile, LedgerKey


class Ledger:
    """What the file at `path` remembers of the project at `place`. Without a path nothing is remembered."""

    def __init__(self, path: Path | None, place: Place) -> None:
        self._path = path
        self._place = place

    def knowledge(self, reader: str = SCREEN) -> Knowledge:
        """Return what is known for `reader`.

        Raises:
            StorageError: the ledger can't be read.
        """
        if self._path is None or not self._place.project_id:
            return Knowledge(reader)
        file, key = self._opened(self._path)
        remembered = file.load(key, reader)
        visit = None
        if reader == SCREEN and remembered.started is not None:
            visit = Visit(remembered.started, remembered.is_whole)
        acknowledgements = (Acknowledgement(*each) for each in remembered.acknowledgements)
        return Knowledge(reader, remembered.seen, visit, {each.row: each for each in acknowledgements})

    def record(
        self, knowledge: Knowledge, store: TaskStore, started: datetime, ended: datetime, *, is_whole: bool
    ) -> None:
        """Store that the reader of `knowledge` has seen every row of `store`, between `started` and `ended`.

        Acknowledgements that fall with these rows stay fallen.

        Raises:
            StorageError: it can't be stored; nothing is changed.
        """
        if self._path is None or not self._place.project_id:
            return
        file, key = self._opened(self._path)
        fallen = [(each.row, each.at) for each in Standings(knowledge).over(store).fallen.values()]
        file.record(
            key,
            knowledge.reader,
            store.row_numbers(),
            milliseconds(started),
            milliseconds(ended),
            is_whole=is_whole,
            fallen=fallen,
        )

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


def milliseconds(moment: datetime) -> int:
    """Return a moment in milliseconds since the epoch."""
    return int(moment.timestamp() * 1000)
