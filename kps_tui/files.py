"""Reads and writes small files: with a size limit, atomically, and accessible only to their owner.

Every function raises `OSError` with a `strerror` that can be shown to the user.
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
# For writing alone, a FIFO that nobody reads could not be opened and told from a file.
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_WAIT
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)

_TEMPORARY = ".kps-tui-", ".tmp"
"""How the names of temporary files begin and end; eight characters are between."""
_TEMPORARY_NAME = re.compile(r"\.kps-tui-[a-z0-9_]{8}\.tmp")

SYSTEM_TEXTS = (
    *(N_("No such file or directory"), N_("Permission denied"), N_("Operation not permitted"), N_("File exists")),
    *(N_("Is a directory"), N_("Not a directory"), N_("File name too long"), N_("Too many levels of symbolic links")),
    *(N_("No space left on device"), N_("Disk quota exceeded"), N_("Read-only file system"), N_("Input/output error")),
    *(N_("Address already in use"), N_("Name or service not known"), N_("Temporary failure in name resolution")),
)
"""What the system says of the errors that occur most. Python does not translate it."""

_creating = threading.Lock()


class OpenToOthers(OSError):
    """Another user could plant files or links where the program keeps its own."""


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
    """Return why another user could change what `path` says: file, folder or link, and its fault; None if none can.

    Root may. So may a group whose only member is this user, and anyone in a sticky folder such as `/tmp`: nobody can
    replace the file of another user there. If the file does not exist, only its folder counts.
    """
    try:
        way = [*_way(path)]
    except OSError:
        # Links that form a loop name no file.
        return None
    for place in way:
        with suppress(OSError):
            if place.is_symlink() and not _is_trusted(place.lstat()):
                return place, _("it is a symbolic link of another user")
    for place in dict.fromkeys((path, path.parent, way[-1].parent)):
        try:
            status = place.stat()
        except (OSError, ValueError):
            # A path with a NUL byte names no file.
            continue
        # What is no regular file is refused when it is read.
        if (place is not path or stat.S_ISREG(status.st_mode)) and (fault := _fault(status)):
            return place, fault
    return None


def _fault(status: os.stat_result, *, sticky: bool = True) -> str:
    """Return why another user could change a file or folder, or an empty text. `sticky` accepts a sticky folder."""
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
    at = path
    for at in _way(path):
        if at.is_symlink() and at.parent.stat().st_mode & stat.S_ISVTX and not _is_trusted(at.lstat()):
            raise OSError(errno.ELOOP, _("it is a symbolic link of another user"), str(path))
    return at


def opened_special(path: Path, *, wait: bool) -> TextIO | None:
    """Open a FIFO, a device or the like for writing as it is; return None if `path` is a regular file or nothing.

    In a sticky folder, such as `/tmp`, that of another user is refused, as with `fs.protected_fifos`.

    Args:
        path: what the user named. Links are followed; see `resolved`.
        wait: whether to wait for a program that reads a FIFO.

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
    # What a link in /proc/PID/fd names may have no folder.
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


def _way(path: Path) -> Iterator[Path]:
    """Yield the folders and links that the system passes on the way to what `path` names, and last its real path.

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
    """Return the system's text for an error, in the language of the user where it is one of `SYSTEM_TEXTS`.

    A path with a NUL byte raises `ValueError` instead of `OSError`.
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
    # Another process may have been faster. If it created a file here, the first access to the folder fails.
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def make_private_folder(folder: Path) -> None:
    """Create `folder` as `make_folder` does, and refuse it if another user could plant files or links on its way.

    As sshd does for `~/.ssh`, this checks the folders from the home folder down, or all if `folder` is not in it. Only
    parents may be sticky folders such as `/tmp`: nobody can replace the folder of another user there.

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
    way = [*_way(folder)]
    above_home: Sequence[Path] = ()
    # A user without a home folder has a `RuntimeError`.
    with suppress(RuntimeError):
        home = Path(os.path.realpath(Path.home()))
        above_home = home.parents if home in way else ()
    for place in way:
        status = place.lstat()
        if stat.S_ISLNK(status.st_mode):
            fault = "" if _is_trusted(status) else _("it is a symbolic link of another user")
        else:
            fault = "" if place in above_home else _fault(status, sticky=place != way[-1])
        if fault:
            raise OpenToOthers(errno.EPERM, _("{folder}: {fault}").format(folder=place, fault=fault), str(folder))


def create(path: Path) -> None:
    """Create `path` and its folders, empty and with mode 0600. An existing file keeps its content and gets that mode.

    Call it before a library opens the file by name. SQLite creates its additional files with the mode of the database.

    Raises:
        OpenToOthers: another user could plant files or links there.
        OSError: it can't be created, or it is a symbolic link, not a regular file, or belongs to another user.
    """
    make_private_folder(path.parent)
    # Do not open an existing file: closing it would release all POSIX locks that SQLite holds on it in this process.
    with _creating, suppress(FileExistsError):
        claim(path)
    status = path.lstat()
    _check(status, path, own=True)
    if stat.S_IMODE(status.st_mode) != 0o600:
        path.chmod(0o600)


def check_own(path: Path) -> None:
    """Refuse a file of the program that another user planted, or could plant. Does not open it.

    Raises:
        OpenToOthers: another user could plant files or links there.
        OSError: it is a symbolic link, belongs to another user, or does not exist.
    """
    check_private(path.parent)
    _check_owner(path.lstat(), path)


def appended(path: Path) -> TextIOWrapper:
    """Open a file of the program (UTF-8, mode 0600) to append to it. Create it, and its folders, if it is missing.

    Raises:
        OpenToOthers: another user could plant files or links there.
        OSError: it can't be opened, or it is a symbolic link, not a regular file, or belongs to another user.
    """
    make_private_folder(path.parent)
    descriptor = _opened(path, _APPEND, own=True)
    _keep_from_others(descriptor)
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def _keep_from_others(descriptor: int) -> None:
    """Give an open file mode 0600: it may have had another one, and the umask may have removed the owner's."""
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
    # Not imported where files are only read: it brings asyncio, which takes as long as all else that help needs.
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
    """Create a temporary file and hold a lock on it until the block ends: other processes know that it is in use.

    Yields its descriptor, which the caller closes, and its path.
    """
    import tempfile

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
