"""Protects the memory of this process, which holds the login."""

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4


def leave_no_core_dump() -> None:
    """Disable core dumps, and forbid other processes of the user to attach to this one.

    Errors are ignored, because not every system supports this.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
