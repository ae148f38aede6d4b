"""A file that is there whole or not at all, for its owner only (mode 0600)."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""How file systems say that they have no hard links."""


@contextmanager
def whole_file(path: Path, *, replace: bool, link: Callable[[Path, Path], None] = os.link) -> Iterator[TextIO]:
    """Yield a text file (UTF-8) that becomes `path` when the block ends well; else nothing is left of it.

    With `replace` it takes the place of a file that is there, also that of a link: pass the real path to keep a link.
    `link` gives a file a second name.

    Raises:
        FileExistsError: without `replace`, where something has the name, were it made a moment before the end.
        OSError: the file can't be written.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    temporary = Path(made)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        if replace:
            temporary.replace(path)
        else:
            _give(temporary, path, link)
    finally:
        temporary.unlink(missing_ok=True)


def _give(temporary: Path, path: Path, link: Callable[[Path, Path], None]) -> None:
    """Give the finished file the name `path`, which fails where something has it."""
    try:
        link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # An empty file of ours holds the name for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        temporary.replace(path)
