"""Reads and writes small files: with a size limit, atomically, and accessible only to their owner.

Every function raises `OSError` with a `strerror` that can be shown to the user.
"""

import errno
import os
import re
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
"""The most bytes that `read` returns. The error for a larger file names this size."""
LOCK_SECONDS = 5.0
"""Seconds that `locked` waits for another process."""
_POLL_SECONDS = 0.02
_MOST_LINKS = 40
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""The errors of file systems without hard links."""
# Windows does not have all of these signals and flags.
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT") if hasattr(signal, name)]
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

_OPEN_TEMPORARY = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | _NO_FOLLOW
_TEMPORARY = ".kps-tui-", ".tmp"
"""How the names of temporary files begin and end; eight characters are between."""
_TEMPORARY_NAME = re.compile(r"\.kps-tui-[a-z0-9_]{8}\.tmp")

_creating = threading.Lock()


def read(path: Path, *, own: bool = False) -> bytes:
    """Return the content of a regular file of at most `LARGEST` bytes. Never blocks on a FIFO or a device.

    Pass `own` for a file that only this program writes. Then symbolic links are refused, and files that belong to
    another user than the current one or root.

    Raises:
        OSError: the file can't be read, is not a regular file, is too large, or is refused.
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


def changeable_by_others(path: Path) -> tuple[Path, str] | None:
    """Return why another user could change what `path` says: the file or the folder, and its fault; None if none can.

    Root may. So may a group whose only member is this user, and anyone in a sticky folder such as `/tmp`: nobody can
    replace the file of another user there. If the file does not exist, only its folder counts.
    """
    try:
        real = Path(os.path.realpath(path))
    except ValueError:
        # A path with a NUL byte names no file.
        return None
    for place in dict.fromkeys((path, path.parent, real.parent)):
        try:
            status = place.stat()
        except OSError:
            continue
        # What is no regular file is refused when it is read.
        if (place is not path or stat.S_ISREG(status.st_mode)) and (fault := _fault(status)):
            return place, fault
    return None


def _fault(status: os.stat_result) -> str:
    if not hasattr(os, "geteuid"):
        return ""
    if status.st_uid not in (os.geteuid(), 0):
        return _("it belongs to another user")
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return ""
    if status.st_mode & stat.S_IWOTH:
        return _("every user may write to it")
    if status.st_mode & stat.S_IWGRP and _has_other_members(status.st_gid):
        return _("its group, which has other members, may write to it")
    return ""


def _has_other_members(group: int) -> bool:
    """Return whether another user than this one and root is in the group; True if that is not known."""
    import grp
    import pwd

    try:
        members = {pwd.getpwnam(name).pw_uid for name in grp.getgrgid(group).gr_mem}
        members |= {user.pw_uid for user in pwd.getpwall() if user.pw_gid == group}
    except KeyError:
        return True
    return bool(members - {os.geteuid(), 0})


def resolved(path: Path) -> Path:
    """Return the file that `path` names, with links resolved, so that writing to it keeps a link.

    In a sticky folder, such as `/tmp`, the links of other users are not followed, as with `fs.protected_symlinks`.

    Raises:
        OSError: such a link is on the way, or links form a loop.
        ValueError: `path` contains a NUL byte.
    """
    whole = Path.cwd() / path
    at, parts, links = Path(whole.anchor), [*whole.parts[1:]], 0
    while parts:
        part = parts.pop(0)
        inner = at.parent if part == ".." else at / part
        if not inner.is_symlink():
            at = inner
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        if at.stat().st_mode & stat.S_ISVTX and not _is_trusted(inner.lstat()):
            raise OSError(errno.ELOOP, _("it is another user's link"), str(path))
        target = inner.readlink()
        at = Path(target.anchor) if target.is_absolute() else at
        parts = [*target.parts[1 if target.is_absolute() else 0 :], *parts]
    return at


def _is_trusted(status: os.stat_result) -> bool:
    """Return whether this user or root owns the file."""
    return not hasattr(os, "geteuid") or status.st_uid in (os.geteuid(), 0)


def reason(error: OSError | ValueError) -> str:
    """Return the system's text for an error. A path with a NUL byte raises `ValueError` instead of `OSError`."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def make_folder(folder: Path) -> None:
    """Create `folder` and its parents with mode 0700, whatever the umask. Existing folders keep their mode.

    Raises:
        OSError: a folder can't be created.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    # Another process may have been faster. If it created a file here, the first access to the folder fails.
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def create(path: Path) -> None:
    """Create `path` and its folders, empty and with mode 0600. An existing file keeps its content and gets that mode.

    Call it before a library opens the file by name. SQLite creates its additional files with the mode of the database.

    Raises:
        OSError: it can't be created, or it is a symbolic link, not a regular file, or belongs to another user.
    """
    make_folder(path.parent)
    # Do not open an existing file: closing it would release all POSIX locks that SQLite holds on it in this process.
    with _creating, suppress(FileExistsError):
        claim(path)
    status = path.lstat()
    _check(status, path, own=True)
    if stat.S_IMODE(status.st_mode) != 0o600:
        path.chmod(0o600)


def claim(path: Path) -> None:
    """Create `path` empty with mode 0600.

    Raises:
        FileExistsError: `path` exists, if only as a dangling link.
        OSError: it can't be created.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def whole_file(path: Path, *, replace: bool, link: Callable[[Path, Path], None] = os.link) -> Iterator[TextIO]:
    """Yield a text file (UTF-8, mode 0600) that becomes `path` when the block ends without an error.

    Until then it is a temporary file in the same folder. It is removed after an error, and on a signal if the block
    runs in the main thread. The next call for the same folder removes what a process that was killed has left there.
    The content is synced to disk before the file gets its name.

    Args:
        path: the final name.
        replace: whether to replace an existing file. A link would be replaced too: pass the real path to keep it.
        link: creates a hard link.

    Raises:
        FileExistsError: `path` exists, even if it was created during the block, and `replace` is false.
        OSError: the file can't be written. An existing file is unchanged.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    _remove_left_over(path.parent)
    with _temporary(path.parent) as (descriptor, temporary), _removed(temporary):
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)  # The umask may have removed permissions of the owner.
            yield file
            file.flush()
            os.fsync(descriptor)
        if replace:
            temporary.replace(path)
        else:
            _give_name(temporary, path, link)
        _sync_folder(path.parent)


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[int, Path]]:
    """Create a temporary file and hold a lock on it until the block ends: other processes know that it is in use.

    Yields its descriptor, which the caller closes, and its path.
    """
    prefix, suffix = _TEMPORARY
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=suffix)
        with _lock_held(descriptor):
            # Before it was locked, another process may have removed it.
            if os.path.lexists(name):
                yield descriptor, Path(name)
                return
        os.close(descriptor)


@contextmanager
def _lock_held(descriptor: int) -> Iterator[None]:
    """Lock a file until the block ends, even if `descriptor` is closed before. Systems without locks do nothing."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    holder = os.dup(descriptor)
    try:
        with suppress(OSError):
            fcntl.flock(holder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(holder)


def _remove_left_over(folder: Path) -> None:
    """Remove this user's temporary files in `folder` that no process holds a lock on: a killed one has left them."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    _remove_unlocked(Path(entry.path))


def _remove_unlocked(temporary: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    descriptor = os.open(temporary, _OPEN_TEMPORARY)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()
    finally:
        os.close(descriptor)


@contextmanager
def _removed(temporary: Path) -> Iterator[None]:
    """Remove the file when the block ends, or when a signal ends the process during the block."""

    def end(number: int, _frame: FrameType | None) -> None:
        temporary.unlink(missing_ok=True)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    deadly: list[signal.Signals] = []
    # Only the main thread can set handlers. A signal that has one already raises in the block, or does not end it.
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
    """Rename the finished file to `path`, unless `path` exists."""
    try:
        link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Without hard links, reserve the name with an empty file and replace that.
        claim(path)
        temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that the new name is on disk. Errors are ignored: not every system supports it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write(path: Path, text: str) -> None:
    """Write `text` to `path` atomically, creating its folders. See `whole_file`.

    Raises:
        OSError: it can't be written. An existing file is unchanged.
        UnicodeEncodeError: `text` contains a lone surrogate.
    """
    content = text.encode("utf-8")
    make_folder(path.parent)
    with whole_file(path, replace=True) as file:
        file.buffer.write(content)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an advisory lock for `path` during the block.

    The lock is a file beside `path`. It is never removed, because another process may be about to lock it. On systems
    without locks (Windows, some network file systems) this does nothing.

    Raises:
        OSError: another process holds the lock for longer than `LOCK_SECONDS`, or the lock file can't be created.
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
