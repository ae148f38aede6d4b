"""Protects the memory of the process, which holds a login."""

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4


def leave_no_core_dump() -> None:
    """Disable core dumps, and keep other processes of the user from attaching to this one.

    Errors are ignored: the program also runs on systems that do not support this.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
