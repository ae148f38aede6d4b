"""Saves copied texts as files too, because a terminal does not confirm that a text is on the clipboard."""

import errno
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from kps_tui.files import make_private_folder, whole_file

MOST_COPIES = 20
"""The number of files that are kept."""
_SAME_SECOND = 999
_NAME = re.compile(r"copy-[0-9]{8}T[0-9]{6}Z-[0-9]{3}\.txt")
"""The names of the files. They sort by age, the oldest first."""


def save(text: str, folder: Path) -> Path:
    """Write `text` to a new file in `folder` and return its path. The file has mode 0600, a new folder 0700.

    Then remove all but the newest `MOST_COPIES` copies. Other files in the folder are not touched.

    Raises:
        OSError: the folder can't be created, another user could change it, or the file can't be written.
    """
    make_private_folder(folder)
    saved = _written(text, folder)
    others = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path != saved)
    for old in others[: max(0, len(others) - MOST_COPIES + 1)]:
        # The new copy is written, so the call has succeeded even if an old one can't be removed.
        with suppress(OSError):
            old.unlink()
    return saved


def _written(text: str, folder: Path) -> Path:
    """Write the text to a file with a higher number than the others of this second, so that the names sort by age."""
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
