"""What a process that holds a login must not do."""

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4


def leave_no_core_dump() -> None:
    """Let no core dump be written, and no other process of the user attach: a login is in the memory.

    Where the system does not allow to say so, the program works all the same.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
