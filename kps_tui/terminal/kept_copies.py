"""Copies in files, for a terminal that does not say whether a text arrived. Standard library only."""

import errno
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from kps_tui.files import make_folder, whole_file

KEPT = 20
"""How many copies stay; the oldest go first."""
_SAME_SECOND = 999
_NAME = re.compile(r"copy-[0-9]{8}T[0-9]{6}Z-[0-9]{3}\.txt")
"""Names sort by age."""


def keep(text: str, folder: Path) -> Path:
    """Write `text` into a new file of `folder` (0600; the folder 0700 where it is made) and return the file.

    Then the oldest copies beyond `KEPT` are removed; nothing else in the folder is touched.

    Raises:
        OSError: the folder can't be made, or the file can't be written.
    """
    make_folder(folder)
    kept = _written(text, folder)
    others = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path != kept)
    for old in others[: max(0, len(others) - KEPT + 1)]:
        # Kept is what was asked for; an old one that can't be removed, or is gone already, does not change that.
        with suppress(OSError):
            old.unlink()
    return kept


def _written(text: str, folder: Path) -> Path:
    """Write the text under the next free name of this second; a name that was free again would not sort by age."""
    moment = time.strftime("copy-%Y%m%dT%H%M%SZ", time.gmtime())
    taken = [int(path.stem[-3:]) for path in folder.glob(f"{moment}-*") if _NAME.fullmatch(path.name)]
    for count in range(1 + max(taken, default=0), _SAME_SECOND + 1):
        path = folder / f"{moment}-{count:03}.txt"
        try:
            with whole_file(path, replace=False) as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
