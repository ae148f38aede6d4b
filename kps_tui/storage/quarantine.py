"""Renames a damaged database, so that a new one can be created and no data is deleted."""

from contextlib import suppress
from pathlib import Path

from kps_tui.files import claim

ADDITIONAL = ("-wal", "-journal", "-shm")
"""The suffixes of the files that SQLite creates beside a database."""


def quarantine_path(path: Path) -> Path:
    """Return the name that a damaged database at `path` gets."""
    return path.with_name(f"{path.name}.broken")


def quarantine(path: Path) -> Path | None:
    """Rename the database at `path` with its journal; return its new path, or None if that name is taken.

    Two processes may find the damage at the same time. Only the one that creates the target file moves anything, so
    that the other can't take away the new database that has been created meanwhile.

    Raises:
        OSError: the database can't be renamed.
    """
    target = quarantine_path(path)
    try:
        claim(target)
    except FileExistsError:
        return None
    # SQLite would apply a journal of the old database to the new one.
    for suffix in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            _beside(path, suffix).replace(_beside(target, suffix))
    _beside(path, "-shm").unlink(missing_ok=True)  # It holds no data.
    path.replace(target)
    return target


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
