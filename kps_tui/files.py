"""Reads and writes small files: bounded, whole or not at all, readable by their owner alone.

Every function raises `OSError`; its `strerror` is a text for people.
"""

import errno
import os
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from kps_tui.i18n import _

LARGEST = 1024 * 1024
"""Bytes that `read` returns at most; what it says of a larger file names this size."""
LOCK_SECONDS = 5.0
"""How long `locked` waits for another process."""
_POLL_SECONDS = 0.02
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""How file systems say that they have no hard links."""
# Windows lacks some of these signals and flags.
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT") if hasattr(signal, name)]
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

_creating = threading.Lock()


def read(path: Path, *, own: bool = False) -> bytes:
    """Return the content of a regular file of at most `LARGEST` bytes. Never blocks on a FIFO or a device.

    With `own`, for a file that only this program writes: a link is refused, and a file of another user than this one
    or root.

    Raises:
        OSError: the file can't be read, is not a regular file, is larger, or is refused.
    """
    with os.fdopen(_opened(path, _READ, own=own), "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, _("it is larger than 1 MiB"), str(path))
    return content


def _opened(path: Path, flags: int, *, own: bool) -> int:
    """Open a regular file and return its descriptor."""
    try:
        descriptor = os.open(path, flags | (_NO_FOLLOW if own else 0))
    except OSError as error:
        if own and error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, _("it is a link"), str(path)) from None
        raise
    try:
        _check(os.fstat(descriptor), path, own=own)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, path: Path, *, own: bool) -> None:
    if own and stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, _("it is a link"), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _("it is no file"), str(path))
    if own and hasattr(os, "geteuid") and status.st_uid not in (os.geteuid(), 0):
        raise OSError(errno.EPERM, _("it belongs to another user"), str(path))


def reason(error: OSError | ValueError) -> str:
    """Return why a file can't be used, in the words of the system. A path with a NUL byte is a `ValueError`."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def make_folder(folder: Path) -> None:
    """Create `folder` and those above it with mode 0700, whatever the umask; one that exists keeps its mode.

    Raises:
        OSError: a folder can't be made.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):  # Another process was first; if it made a file, what is put into it fails.
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def create(path: Path) -> None:
    """Create `path` empty with mode 0600, with its folders; an existing file keeps its content and gets that mode.

    For files that a library opens by name afterwards: SQLite gives the files beside its own the same mode.

    Raises:
        OSError: it can't be created, or what is there is a link, no regular file, or another user's.
    """
    make_folder(path.parent)
    # An existing file is not opened here: closing it would drop every lock that SQLite holds on it in this process.
    with _creating, suppress(FileExistsError):
        claim(path)
    status = path.lstat()
    _check(status, path, own=True)
    if stat.S_IMODE(status.st_mode) != 0o600:
        path.chmod(0o600)


def claim(path: Path) -> None:
    """Create `path` empty with mode 0600.

    Raises:
        FileExistsError: something has that name, even a link to nothing.
        OSError: it can't be created.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def whole_file(path: Path, *, replace: bool, link: Callable[[Path, Path], None] = os.link) -> Iterator[TextIO]:
    """Yield a text file (UTF-8, mode 0600) that becomes `path` when the block ends without an error.

    Until then it is a temporary file in the same folder, which is removed on an error, and on a signal if the block
    runs in the main thread.
    With `replace` it takes the place of an existing file, also that of a link: pass the real path to keep a link.
    The content is on the disk before it gets the name. `link` gives a file a second name.

    Raises:
        FileExistsError: without `replace`, where something has the name, even if it was made a moment before the end.
        OSError: the file can't be written; what was there is unchanged.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    temporary = Path(name)
    with _removed(temporary):
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            temporary.chmod(0o600)  # The umask may have taken the owner's own rights.
            yield file
            file.flush()
            os.fsync(descriptor)
        if replace:
            temporary.replace(path)
        else:
            _give_name(temporary, path, link)
        _sync_folder(path.parent)


@contextmanager
def _removed(temporary: Path) -> Iterator[None]:
    """Remove the file when the block ends, also by a signal that would end the process at once."""

    def end(number: int, _frame: FrameType | None) -> None:
        temporary.unlink(missing_ok=True)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    deadly: list[signal.Signals] = []
    # Only the main thread can set a handler. One that is set already ends the block by an exception, or goes on.
    if threading.current_thread() is threading.main_thread():
        deadly = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in deadly:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in deadly:
            signal.signal(number, signal.SIG_DFL)
        temporary.unlink(missing_ok=True)


def _give_name(temporary: Path, path: Path, link: Callable[[Path, Path], None]) -> None:
    """Name the finished file `path`, unless something has that name."""
    try:
        link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Without hard links an empty file holds the name for a moment.
        claim(path)
        temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Write the new name to the disk. Not every system can; the file itself is written, so a failure is no error."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write(path: Path, text: str) -> None:
    """Replace `path`, or create it with its folders, so that it holds `text`. See `whole_file`.

    Raises:
        OSError: it can't be written; what was there is unchanged.
        UnicodeEncodeError: `text` holds half of a surrogate pair.
    """
    content = text.encode("utf-8")
    make_folder(path.parent)
    with whole_file(path, replace=True) as file:
        file.buffer.write(content)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes that call this for `path` out of the block.

    The lock is a file beside it, which stays: removing it could take it from under another process. Where the system
    has no locks (Windows, some network folders) nobody is kept out.

    Raises:
        OSError: another process holds the lock for longer than `LOCK_SECONDS`, or the lock file can't be made.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    make_folder(path.parent)
    beside = path.with_name(f".{path.name}.lock")
    descriptor = os.open(beside, os.O_CREAT | os.O_RDWR | _NO_FOLLOW, 0o600)
    try:
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OSError(errno.EAGAIN, _("another program holds its lock"), str(path)) from None
                time.sleep(_POLL_SECONDS)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)
