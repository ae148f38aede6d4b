"""Reads and writes small files: with a size limit, atomically, and accessible only to their owner.

Every `OSError` that these functions raise has a `strerror` that can be shown to the user.
"""

import errno
import os
import re
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TextIO

from kps_tui.i18n import N_, _

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
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_READ = os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0)
# Not O_WRONLY: opening a FIFO without a reader would fail, before it can be recognised as a FIFO.
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_WAIT
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

_TEMPORARY = ".kps-tui-", ".tmp"
"""Prefix and suffix of the names of temporary files, around eight random characters."""
_TEMPORARY_NAME = re.compile(r"\.kps-tui-[a-z0-9_]{8}\.tmp")

SYSTEM_TEXTS = (
    *(N_("No such file or directory"), N_("Permission denied"), N_("Operation not permitted"), N_("File exists")),
    *(N_("Is a directory"), N_("Not a directory"), N_("File name too long"), N_("Too many levels of symbolic links")),
    *(N_("No space left on device"), N_("Disk quota exceeded"), N_("Read-only file system"), N_("Input/output error")),
    *(N_("Address already in use"), N_("Name or service not known"), N_("Temporary failure in name resolution")),
)
"""The system's texts of the most frequent errors, marked for translation: Python does not translate them."""

_creating = threading.Lock()


class OpenToOthers(OSError):
    """Another user could put files or links where the program stores its own."""


def read(path: Path, *, own: bool = False) -> bytes:
    """Return the content of a regular file of at most `LARGEST` bytes. Never blocks on a FIFO or a device.

    Pass `own` for a file that only this program writes: then a symbolic link, and a file of another user than the
    current one or root, are refused.

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
        descriptor = os.open(path, flags | (_NO_FOLLOW if own else 0), 0o600)
    except OSError as error:
        if own and error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, _("it is a symbolic link"), str(path)) from None
        raise
    try:
        _check(os.fstat(descriptor), path, own=own)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, path: Path, *, own: bool) -> None:
    if own:
        _check_owner(status, path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _("it is not a regular file"), str(path))


def _check_owner(status: os.stat_result, path: Path) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, _("it is a symbolic link"), str(path))
    if not _is_trusted(status):
        raise OSError(errno.EPERM, _("it belongs to another user"), str(path))


def changeable_by_others(path: Path) -> tuple[Path, str] | None:
    """Return the file, folder or link by which another user could change the content of `path`, and what is wrong.

    Return None if there is none. Root is trusted, and so are a group whose only member is this user, and a sticky
    folder such as `/tmp`, where nobody can replace the file of another user. If the file does not exist, only its
    folder is checked.
    """
    try:
        steps = [*_path_steps(path)]
    except OSError:
        # Links that form a loop name no file.
        return None
    for place in steps:
        with suppress(OSError):
            if place.is_symlink() and not _is_trusted(place.lstat()):
                return place, _("it is a symbolic link of another user")
    for place in dict.fromkeys((path, path.parent, steps[-1].parent)):
        try:
            status = place.stat()
        except (OSError, ValueError):
            # A path with a NUL byte names no file.
            continue
        # Other than regular files are refused when they are read.
        if (place is not path or stat.S_ISREG(status.st_mode)) and (fault := _fault(status)):
            return place, fault
    return None


def _fault(status: os.stat_result, *, sticky: bool = True) -> str:
    """Return what lets another user change a file or folder, or an empty text. `sticky` permits a sticky folder."""
    if not hasattr(os, "geteuid"):
        return ""
    if status.st_uid not in (os.geteuid(), 0):
        return _("it belongs to another user")
    if sticky and stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return ""
    if status.st_mode & stat.S_IWOTH:
        return _("every user may write to it")
    if status.st_mode & stat.S_IWGRP and _has_other_members(status.st_gid):
        return _("its group, which has other members, may write to it")
    return ""


def _has_other_members(group: int) -> bool:
    """Return whether the group has members besides this user and root; True if that can't be found out."""
    import grp
    import pwd

    try:
        members = {pwd.getpwnam(name).pw_uid for name in grp.getgrgid(group).gr_mem}
        members |= {user.pw_uid for user in pwd.getpwall() if user.pw_gid == group}
    except KeyError:
        return True
    return bool(members - {os.geteuid(), 0})


def resolved(path: Path) -> Path:
    """Return `path` with its links resolved, so that replacing the file keeps them.

    In a sticky folder, such as `/tmp`, the links of other users are not followed, as with `fs.protected_symlinks`.

    Raises:
        OSError: there is such a link, or links form a loop.
        ValueError: `path` contains a NUL byte.
    """
    at = path
    for at in _path_steps(path):
        if at.is_symlink() and at.parent.stat().st_mode & stat.S_ISVTX and not _is_trusted(at.lstat()):
            raise OSError(errno.ELOOP, _("it is a symbolic link of another user"), str(path))
    return at


def opened_special(path: Path, *, wait: bool) -> TextIO | None:
    """Open a FIFO, a device or another special file for writing. Return None for a regular file or a new one.

    In a sticky folder, such as `/tmp`, that of another user is refused, as with `fs.protected_fifos`.

    Args:
        path: a path that the user named. Its links are followed; see `resolved`.
        wait: whether to wait until a program reads the FIFO.

    Raises:
        OSError: it can't be opened, or no program reads the FIFO.
    """
    real = resolved(path)
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISREG(status.st_mode):
        return None
    # The target of a link in /proc/PID/fd need not be a path.
    in_sticky = real.parent.exists() and real.parent.stat().st_mode & stat.S_ISVTX
    if in_sticky and not _is_trusted(status):
        raise OSError(errno.EPERM, _("it belongs to another user"), str(path))
    flags = os.O_WRONLY | (0 if wait else getattr(os, "O_NONBLOCK", 0)) | getattr(os, "O_NOCTTY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if stat.S_ISFIFO(status.st_mode) and error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, _("it is a pipe that no program reads"), str(path)) from None
        raise
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="")


def _path_steps(path: Path) -> Iterator[Path]:
    """Yield every folder and link that the system visits when it resolves `path`, and last the real path.

    Raises:
        OSError: links form a loop.
    """
    whole = path if path.is_absolute() else Path.cwd() / path
    at, parts, links = Path(whole.anchor), [*whole.parts[1:]], 0
    yield at
    while parts:
        part = parts.pop(0)
        inner = at.parent if part == ".." else at / part
        yield inner
        if not inner.is_symlink():
            at = inner
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        target = inner.readlink()
        at = Path(target.anchor) if target.is_absolute() else at
        parts = [*target.parts[1 if target.is_absolute() else 0 :], *parts]


def _is_trusted(status: os.stat_result) -> bool:
    """Return whether this user or root owns the file."""
    return not hasattr(os, "geteuid") or status.st_uid in (os.geteuid(), 0)


def reason(error: OSError | ValueError) -> str:
    """Return the system's text for an error, translated if it is one of `SYSTEM_TEXTS`.

    A `ValueError` is what functions of `os` raise for a path with a NUL byte.
    """
    said = error.strerror if isinstance(error, OSError) else None
    return _(said) if said else type(error).__name__


def make_folder(folder: Path) -> None:
    """Create `folder` and its parents with mode 0700, whatever the umask. Existing folders keep their mode.

    Raises:
        OSError: a folder can't be created.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    # Another process may create it meanwhile. If it creates a file, the first access to the folder fails.
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def make_private_folder(folder: Path) -> None:
    """Create `folder` as `make_folder` does, and refuse it if another user could put files or links on its path.

    As sshd does for `~/.ssh`, this checks the folders from the home folder down, or all if `folder` is not in it. A
    parent may be a sticky folder such as `/tmp`, where nobody can replace the folder of another user.

    Raises:
        OpenToOthers: another user may write to the folder or to one above it, or owns it.
        OSError: a folder can't be created.
    """
    make_folder(folder)
    check_private(folder)


def check_private(folder: Path) -> None:
    """Refuse an existing folder as `make_private_folder` does.

    Raises:
        OpenToOthers: another user may write to the folder or to one above it, or owns it.
        OSError: it does not exist, or can't be read.
    """
    steps = [*_path_steps(folder)]
    above_home: Sequence[Path] = ()
    # `Path.home` raises a RuntimeError for a user without a home folder.
    with suppress(RuntimeError):
        home = Path(os.path.realpath(Path.home()))
        above_home = home.parents if home in steps else ()
    for place in steps:
        status = place.lstat()
        if stat.S_ISLNK(status.st_mode):
            fault = "" if _is_trusted(status) else _("it is a symbolic link of another user")
        else:
            fault = "" if place in above_home else _fault(status, sticky=place != steps[-1])
        if fault:
            raise OpenToOthers(errno.EPERM, _("{folder}: {fault}").format(folder=place, fault=fault), str(folder))


def create(path: Path) -> None:
    """Create `path` and its folders, empty and with mode 0600. An existing file keeps its content and gets that mode.

    Call it before a library opens the file by name. SQLite creates its additional files with the mode of the database.

    Raises:
        OpenToOthers: another user could put files or links there.
        OSError: it can't be created, or it is a symbolic link, not a regular file, or belongs to another user.
    """
    make_private_folder(path.parent)
    # An existing file is not opened: closing it would release the POSIX locks that SQLite holds in this process.
    with _creating, suppress(FileExistsError):
        claim(path)
    status = path.lstat()
    _check(status, path, own=True)
    if stat.S_IMODE(status.st_mode) != 0o600:
        path.chmod(0o600)


def check_own(path: Path) -> None:
    """Refuse a file of the program that belongs to another user, or that another user could replace. Do not open it.

    Raises:
        OpenToOthers: another user could put files or links there.
        OSError: it is a symbolic link, belongs to another user, or does not exist.
    """
    check_private(path.parent)
    _check_owner(path.lstat(), path)


def appended(path: Path) -> TextIOWrapper:
    """Open a file of the program (UTF-8, mode 0600) to append to it. It and its folders are created if necessary.

    Raises:
        OpenToOthers: another user could put files or links there.
        OSError: it can't be opened, or it is a symbolic link, not a regular file, or belongs to another user.
    """
    make_private_folder(path.parent)
    descriptor = _opened(path, _APPEND, own=True)
    _keep_from_others(descriptor)
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def _keep_from_others(descriptor: int) -> None:
    """Set the mode of an open file to 0600. An existing file may have another mode, and the umask may clear bits."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)


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

    Until then it is a temporary file in the same folder. It is removed after an error, and at a signal if the block
    runs in the main thread; what a killed process leaves is removed by the next call for the same folder. The content
    is synced to disk before the file gets its name.

    Args:
        path: the final name.
        replace: whether to replace an existing file. A link would be replaced too; `resolved` keeps it.
        link: creates a hard link, for tests of file systems without them.

    Raises:
        FileExistsError: `path` exists, even if it was created during the block, and `replace` is false.
        OSError: the file can't be written. An existing file is unchanged.
    """
    # Imported here, because it imports asyncio, which takes as long as everything else that help needs.
    from kps_tui.blocking import is_abandoned

    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    _remove_left_over(path.parent)
    with _temporary(path.parent) as (descriptor, temporary), _removed(temporary):
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            _keep_from_others(descriptor)
            yield file
            file.flush()
            os.fsync(descriptor)
        if is_abandoned():
            raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED), str(path))
        if replace:
            temporary.replace(path)
        else:
            _give_name(temporary, path, link)
        _sync_folder(path.parent)


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[int, Path]]:
    """Create a temporary file, and lock it until the block ends, so that other processes see that it is in use.

    Yields its descriptor, which the caller closes, and its path.
    """
    import tempfile

    prefix, suffix = _TEMPORARY
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=suffix)
        with _lock_held(descriptor):
            # Another process may have removed it before it was locked.
            if os.path.lexists(name):
                yield descriptor, Path(name)
                return
        os.close(descriptor)


@contextmanager
def _lock_held(descriptor: int) -> Iterator[None]:
    """Lock a file until the block ends, even if `descriptor` is closed earlier. Nothing happens without locks."""
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
    """Remove this user's temporary files in `folder` that no process has locked: killed processes have left them."""
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
    descriptor = os.open(temporary, os.O_RDWR | _NO_WAIT | _NO_FOLLOW)
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
    # Only the main thread can set handlers. One that is set already raises an exception, or does not end the program.
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
        # A file system without hard links: reserve the name with an empty file, then replace that.
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

    The lock is a file beside `path`, which stays, because another process may be about to lock it. On systems without
    locks (Windows, some network file systems) this does nothing.

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
