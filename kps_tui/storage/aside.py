"""Puts a damaged database aside, whole, so that a new one can be begun: nothing of the user's is deleted."""

from contextlib import suppress
from pathlib import Path

from kps_tui.files import claim


def place_of(path: Path) -> Path:
    """Return where `path` is put."""
    return path.with_name(f"{path.name}.broken")


def put_aside(path: Path) -> Path | None:
    """Move the database at `path` with its journal and return where it lies now; `None` if one lies there already.

    Two processes may find the damage at once. The first claims the place; the second moves nothing, so it can't take
    away the new file that the first has begun.

    Raises:
        OSError: it can't be moved.
    """
    place = place_of(path)
    try:
        claim(place)
    except FileExistsError:
        return None
    # SQLite would take what lies beside the old file for the new one's.
    for end in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            _beside(path, end).replace(_beside(place, end))
    _beside(path, "-shm").unlink(missing_ok=True)  # It holds no data.
    path.replace(place)
    return place


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
