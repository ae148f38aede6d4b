"""The tables, as the steps that lead to them: `PRAGMA user_version` counts the steps a file has taken.

A step that was released never changes; a new one is added at the end.
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE snapshot (
            profile TEXT NOT NULL,
            host TEXT NOT NULL,
            project_id TEXT NOT NULL,
            answered_at INTEGER NOT NULL,  -- microseconds since the epoch, UTC
            total INTEGER,
            complete INTEGER NOT NULL,
            tasks BLOB NOT NULL,  -- see rows.py
            PRIMARY KEY (profile, host, project_id)
        )
        """,
    ),
)
VERSION = len(MIGRATIONS)
