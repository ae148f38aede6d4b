"""Changes a small file so that it is always whole: a lock, a temporary file beside it, a rename.

For the owner only (0600, new folders 0700). Where the disk is full or read-only nothing changes, and one sentence
says it.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

LOCK_SECONDS = 5.0
_LOOK_EVERY = 0.02


def change(path: Path, changed: Callable[[], str]) -> None:
    """Put what `changed` returns into `path`. It is called under the lock, so that it reads what others wrote before.

    Raises:
        ConfigError: the file can't be written; it is as it was.
    """
    path = Path(os.path.realpath(path))  # A link stays a link: dot-files often lie in another folder.
    try:
        _make_folder(path.parent)
        with _locked(path):
            _replace(path, changed().encode("utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
    else:
        return
    raise ConfigError(
        _("{path} can't be written").format(path=line(str(path), 200)),
        why=line(why, 120),
        next_step=_("nothing was changed; make room or allow it, or name another file with --config"),
    )


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep others out. The lock file stays: who removes it may take it from under another."""
    try:
        import fcntl
    except ImportError:  # Windows: the rename alone keeps the file whole.
        yield
        return
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OSError(None, _("another program holds its lock")) from None
                time.sleep(_LOOK_EVERY)
            except OSError:  # A network folder without locks: the rename alone keeps the file whole.
                break
        yield
    finally:
        os.close(handle)


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # Mode 0600.
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
