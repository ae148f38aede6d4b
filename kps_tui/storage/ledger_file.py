"""The ledger's file: which rows each reader has seen, and which were acknowledged, when and why.

Rows and servers are numbers made by hashing, so that the file holds no text of the service. The numbers of a reading go
into one statement, which takes a tenth of the time of a statement for each.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kps_tui.storage.database import Schema, read_transaction, write_transaction

DAY = 24 * 60 * 60 * 1000
"""In milliseconds, like all periods here. All times are in milliseconds since the epoch, UTC."""
UNSEEN_KEPT = 90 * DAY
"""How long a row is kept after its reader last saw it, and a reader after it last read."""
STALE = 30 * DAY
"""How long ago a row may be stored as last seen before the time is updated."""
ACKNOWLEDGEMENT_KEPT = 365 * DAY
"""How long an acknowledgement is kept."""

SCHEMA = Schema(
    (
        (
            """
            CREATE TABLE reader (
                id INTEGER PRIMARY KEY,
                origin TEXT NOT NULL,
                project_id TEXT NOT NULL,
                name TEXT NOT NULL,  -- empty: the screen
                started INTEGER NOT NULL,
                ended INTEGER NOT NULL,
                is_whole INTEGER NOT NULL,
                UNIQUE (origin, project_id, name)
            )
            """,
            """
            CREATE TABLE seen (
                reader INTEGER NOT NULL,
                row INTEGER NOT NULL,
                first INTEGER NOT NULL,
                last INTEGER NOT NULL,
                PRIMARY KEY (reader, row)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE acknowledgement (
                origin TEXT NOT NULL,
                project_id TEXT NOT NULL,
                row INTEGER NOT NULL,
                subject INTEGER,  -- the server and its operation
                until INTEGER NOT NULL,
                at INTEGER NOT NULL,
                note TEXT NOT NULL,
                has_fallen INTEGER NOT NULL,
                PRIMARY KEY (origin, project_id, row)
            ) WITHOUT ROWID
            """,
        ),
    )
)

_READER = "SELECT id, started, ended, is_whole FROM reader WHERE origin = ? AND project_id = ? AND name = ?"
_SEEN = "SELECT row, last = ? FROM seen WHERE reader = ?"
_STALE = "SELECT row FROM seen WHERE reader = ? AND last < ?"
_ACKNOWLEDGEMENTS = """
    SELECT row, subject, until, at, note, has_fallen FROM acknowledgement WHERE origin = ? AND project_id = ?
"""
_SAVE_READER = """
    INSERT INTO reader (origin, project_id, name, started, ended, is_whole) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (origin, project_id, name) DO UPDATE
    SET started = excluded.started, ended = excluded.ended, is_whole = excluded.is_whole
"""
_SAVE_SEEN = """
    INSERT INTO seen (reader, row, first, last) SELECT :reader, value, :now, :now FROM json_each(:rows) WHERE true
    ON CONFLICT (reader, row) DO UPDATE SET last = excluded.last
"""
_SAVE_ACKNOWLEDGEMENT = """
    INSERT OR REPLACE INTO acknowledgement (origin, project_id, row, subject, until, at, note, has_fallen)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
# Another process may have acknowledged the row again meanwhile.
_LET_FALL = "UPDATE acknowledgement SET has_fallen = 1 WHERE origin = ? AND project_id = ? AND row = ? AND at = ?"
_WITHDRAW = "DELETE FROM acknowledgement WHERE origin = ? AND project_id = ? AND row = ?"


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """Identifies the ledger of one project."""

    origin: str
    """Scheme, host and port of the endpoint."""
    project_id: str


AcknowledgementRow = tuple[int, int | None, int, int, str, bool]
"""The fields of `kps_tui.triage.knowledge.Acknowledgement`."""


class Remembered(NamedTuple):
    """What is stored for one reader of a project."""

    seen: dict[int, bool]
    """The rows that the reader has seen, and whether they were stored with its last reading."""
    started: int | None
    """When its last reading started; None if there was none."""
    is_whole: bool
    """Whether its last reading had the whole list."""
    acknowledgements: list[AcknowledgementRow]
    """Those of the project, whoever made them."""
    stale: frozenset[int] = frozenset()
    """The rows that the reader has last seen longer than `STALE` ago."""


class LedgerFile:
    """The ledger in one database file. Every method blocks, may be called from any thread, and is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, key: LedgerKey, reader: str, now: int = 0) -> Remembered:
        """Return what is stored for `reader`; `now` is the present, which decides what is stale.

        Raises:
            StorageError: the database can't be read.
        """
        place = key.origin, key.project_id
        with read_transaction(self._path, SCHEMA) as connection:
            acknowledgements = connection.execute(_ACKNOWLEDGEMENTS, place).fetchall()
            found = connection.execute(_READER, (*place, reader)).fetchone()
            if found is None:
                return Remembered({}, None, False, acknowledgements)
            id, started, ended, is_whole = found
            seen = dict(connection.execute(_SEEN, (ended, id)))
            stale = frozenset(row for (row,) in connection.execute(_STALE, (id, now - STALE)))
        return Remembered(seen, started, bool(is_whole), acknowledgements, stale)

    def record(
        self,
        key: LedgerKey,
        reader: str,
        rows: Iterable[int],
        started: int,
        ended: int,
        *,
        is_whole: bool,
        fallen: Iterable[tuple[int, int]] = (),
        prune: bool = True,
    ) -> None:
        """Store that `reader` has seen `rows`, and which acknowledgements fell with them, by row and time.

        With `prune`, delete what is too old, which takes time for every row that is stored.

        Raises:
            StorageError: it can't be stored; nothing is changed.
        """
        place = key.origin, key.project_id
        with write_transaction(self._path, SCHEMA) as connection:
            connection.execute(_SAVE_READER, (*place, reader, started, ended, is_whole))
            id = connection.execute(_READER, (*place, reader)).fetchone()[0]
            # In the order of the primary key, which is faster.
            connection.execute(_SAVE_SEEN, {"reader": id, "now": ended, "rows": json.dumps(sorted(rows))})
            connection.executemany(_LET_FALL, [(*place, *each) for each in fallen])
            if prune:
                connection.execute("DELETE FROM seen WHERE last < ?", (ended - UNSEEN_KEPT,))
                connection.execute("DELETE FROM reader WHERE ended < ?", (ended - UNSEEN_KEPT,))
                connection.execute("DELETE FROM acknowledgement WHERE at < ?", (ended - ACKNOWLEDGEMENT_KEPT,))

    def acknowledge(self, key: LedgerKey, acknowledgements: Iterable[AcknowledgementRow]) -> None:
        """Store acknowledgements; of a row that has one, the new one replaces it.

        Raises:
            StorageError: they can't be stored; nothing is changed.
        """
        with write_transaction(self._path, SCHEMA) as connection:
            connection.executemany(
                _SAVE_ACKNOWLEDGEMENT, [(key.origin, key.project_id, *each) for each in acknowledgements]
            )

    def withdraw(self, key: LedgerKey, rows: Iterable[int]) -> None:
        """Delete the acknowledgements of `rows`.

        Raises:
            StorageError: they can't be deleted; nothing is changed.
        """
        with write_transaction(self._path, SCHEMA, create=False) as connection:
            connection.executemany(_WITHDRAW, [(key.origin, key.project_id, row) for row in rows])
