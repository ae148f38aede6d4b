"""Stores secrets in the Linux kernel, in the persistent keyring of the user: keyrings(7), persistent-keyring(7).

It needs no session bus, no service and no file, and nothing reaches a disk. The kernel deletes the keyring at a reboot,
and after the time in `EXPIRY` without use. Root can read it, and so can containers that run as the same user without a
user namespace.

Every call links the keyring into that of its own thread, which ends with the thread. It is never linked into the
keyring of the session or the user: a process of another user inherits that of the session (`sudo -u`), and it may be
revoked or missing, as in a tmux that outlives its ssh login, in cron and in systemd units.
"""

import ctypes
import errno
import os
import platform
import sys
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

from kps_tui.i18n import _, counted, number
from kps_tui.identity.keyring_errors import KeyringFull, NoKeyring, other_ways

LIMITS = Path("/proc/sys/kernel/keys")
EXPIRY = LIMITS / "persistent_keyring_expiry"
"""Seconds."""
LONGEST = 32_767
"""The most bytes of one secret: `user_preparse` in the kernel's security/keys/user_defined.c."""

_SYSCALLS = {"x86_64": (248, 250), "aarch64": (217, 219)}
"""The numbers of add_key(2) and keyctl(2) for 64-bit programs."""
_REVOKE, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT, _GET_PERSISTENT = 3, 9, 10, 11, 15, 22
_OWN_USER, _OWN_THREAD = -1, -1
_TYPE = b"user"
_GONE = frozenset({errno.ENOKEY, errno.EKEYEXPIRED, errno.EKEYREVOKED})
_FORBIDDEN = frozenset({errno.EACCES, errno.ENOSYS, errno.EPERM, errno.EOPNOTSUPP})
"""The errors in a container that filters the calls, and of a kernel without persistent keyrings."""


class KernelKeyring(KeyringBackend):
    """The user's persistent keyring as a backend of `keyring`."""

    def __init__(self) -> None:
        """Do nothing: the inherited method sets properties from environment variables, and there are none here."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        """The lowest of all backends: the kernel is used if there is no other keyring.

        Raises:
            RuntimeError: the system or the container does not offer it.
        """
        try:
            _persistent_keyring()
        except KeyringFull:
            pass
        except NoKeyring as error:
            raise RuntimeError(error.why) from None
        return 1.0

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, or None if there is none.

        Raises:
            NoKeyring: the kernel refuses; `KeyringFull` if the user's quota leaves no room to look.
        """
        key = _find(_persistent_keyring(), service, username)
        if key is None:
            return None
        try:
            return _read(key).decode()
        except OSError as error:
            if error.errno in _GONE:
                return None
            raise _problem(error) from None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store or replace a secret, without an expiry of its own.

        Raises:
            NoKeyring: the kernel refuses; `KeyringFull` if there is no room. An existing secret is unchanged.
        """
        secret = password.encode()
        if len(secret) > LONGEST:
            raise _full()
        keyring = _persistent_keyring()
        try:
            key = _add_key(_TYPE, _description(service, username), secret, len(secret), keyring)
            _keyctl(_SET_TIMEOUT, key, 0)
        except OSError as error:
            raise _problem(error) from None

    def expire(self, service: str, username: str, seconds: int) -> None:
        """Let a secret expire after `seconds`, at least one. Nothing happens if there is no secret.

        Raises:
            NoKeyring: the kernel refuses.
        """
        key = _find(_persistent_keyring(), service, username)
        if key is not None:
            try:
                _keyctl(_SET_TIMEOUT, key, max(1, seconds))
            except OSError as error:
                raise _problem(error) from None

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret.

        Raises:
            PasswordDeleteError: there is none.
            NoKeyring: the kernel refuses.
        """
        keyring = _persistent_keyring()
        key = _find(keyring, service, username)
        if key is None:
            raise PasswordDeleteError
        try:
            # Revoking frees the payload at once, even if another process has just found the key.
            _keyctl(_REVOKE, key)
            _keyctl(_UNLINK, key, keyring)
        except OSError as error:
            raise _problem(error) from None


def lifetime() -> str:
    """Return how long the kernel keeps a secret: “until reboot, or 3 days unused”."""
    try:
        hours = int(EXPIRY.read_text()) // 3600
    except (OSError, ValueError):
        return _("until reboot")
    if hours % 24 or not hours:
        return counted(hours, "until reboot, or {count} hour unused", "until reboot, or {count} hours unused")
    return counted(hours // 24, "until reboot, or {count} day unused", "until reboot, or {count} days unused")


def _persistent_keyring() -> int:
    """Link the user's persistent keyring into the keyring of this thread, and return its serial number.

    Raises:
        NoKeyring: the kernel has none, or refuses; `KeyringFull` if the quota leaves no room for the link.
    """
    try:
        return _keyctl(_GET_PERSISTENT, _OWN_USER, _OWN_THREAD)
    except OSError as error:
        raise _problem(error) from None


def _find(keyring: int, service: str, username: str) -> int | None:
    try:
        return _keyctl(_SEARCH, keyring, _TYPE, _description(service, username), 0)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise _problem(error) from None


def _read(key: int) -> bytes:
    """Return the payload of a key. Another process may replace it with a longer one at any time."""
    size = _keyctl(_READ, key, None, 0)
    while True:
        buffer = ctypes.create_string_buffer(size)
        length = size
        size = _keyctl(_READ, key, buffer, length)
        if size <= length:
            return buffer.raw[:size]


def _description(service: str, username: str) -> bytes:
    return f"{service}:{username}".encode()


def _add_key(*arguments: object) -> int:
    return _syscall(0, *arguments)


def _keyctl(*arguments: object) -> int:
    return _syscall(1, *arguments)


def _syscall(which: int, *arguments: object) -> int:
    """Call add_key(2), which is 0, or keyctl(2), which is 1.

    Raises:
        OSError: it failed; ENOSYS also if the number of the call is not known for this machine.
    """
    numbers = _SYSCALLS.get(platform.machine()) if sys.maxsize > 2**32 else None
    if sys.platform != "linux" or numbers is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(libc.syscall(ctypes.c_long(numbers[which]), *words))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _problem(error: OSError) -> NoKeyring:
    """Return the error to raise for a failed call."""
    if error.errno == errno.EDQUOT:
        return _full()
    what = _("there is no keyring") if error.errno in _FORBIDDEN else _("the kernel's keyring can't be used")
    return NoKeyring(what, why=_("the kernel reports: {reason}").format(reason=error.strerror), next_step=other_ways())


def _full() -> KeyringFull:
    prefix = "root_" if os.geteuid() == 0 else ""
    try:
        limit = number(int((LIMITS / f"{prefix}maxbytes").read_text()))
    except (OSError, ValueError):
        limit = "?"
    return KeyringFull(
        _("the kernel's keyring is full"),
        why=_("all keys of this user share {bytes} bytes, and one may have {longest}").format(
            bytes=limit, longest=number(LONGEST)
        ),
        next_step=_("log out of a profile you don't need, or {instead}").format(instead=other_ways()),
    )
