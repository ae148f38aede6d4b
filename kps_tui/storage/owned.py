"""Creates a file that its owner alone can read, whatever the umask."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock

_creating = Lock()


def make(path: Path) -> None:
    """Create `path`, empty, with mode 0600, in folders of mode 0700; take the modes of others from an existing file.

    SQLite gives its files beside it the same mode.

    Raises:
        OSError: that can't be.
    """
    _make_folder(path.parent)
    # Closing a file drops every lock that this process holds on it: none may be open in SQLite when this one is closed.
    with _creating, suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if path.stat().st_mode & 0o777 != 0o600:
        path.chmod(0o600)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
