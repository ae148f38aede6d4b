"""Processes around the kernel's keyring: other users, other session keyrings, a kernel that refuses.

The persistent keyring belongs to the uid, not to a home folder, so tests use unique names and remove them. A test that
fills the quota runs with a uid that has no account.
"""

import errno
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 61_200 + os.getpid() % 3_000
"""A uid without an account, and without keys; another one in each worker."""

PRELUDE = """
import ctypes, errno, os, struct, sys, threading, asyncio, json
from datetime import UTC, datetime, timedelta
from kps_tui.identity import backends, kernel_keyring, keyring_errors, stored, vault
from kps_tui.identity.kernel_keyring import KernelKeyring, _keyctl, _add_key
from kps_tui.identity.keyring_errors import KeyringFull, NoKeyring
from kps_tui.kps.credentials import Password, Secret, Token
import keyring.errors, keyring.util.platform_
keyring = KernelKeyring()
SERVICE = "kps-tui"
JOIN_SESSION, REVOKE, CLEAR, UNLINK, SEARCH, READ, DESCRIBE = 1, 3, 7, 9, 10, 11, 6
THREAD, SESSION, USER, USER_SESSION = -1, -3, -4, -5
def become(uid):
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
def errno_of(*call):
    try:
        return _keyctl(*call)
    except OSError as error:
        return errno.errorcode[error.errno]
def forbid(code):
    "Let the kernel answer add_key, request_key and keyctl with an error, as the filter of a container does."
    def step(code, yes, no, value): return struct.pack("HBBI", code, yes, no, value)
    add, ctl = kernel_keyring._SYSCALLS[os.uname().machine]
    steps = [step(0x20, 0, 0, 0), step(0x15, 1, 0, add), step(0x15, 0, 1, ctl), step(0x06, 0, 0, 0x50000 | code),
             step(0x06, 0, 0, 0x7FFF0000)]
    filters = ctypes.create_string_buffer(b"".join(steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(filters)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
"""
"""For scripts that `script` runs. Everything is imported here: another user may not be able to read it later."""


def script(text: str, *arguments: str, **variables: str) -> list[str]:
    """Run a Python script in a new process that has only `variables` in its environment; return its lines."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + text, *arguments],
        env={"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def refusal() -> str:
    """Return why the kernel of this machine refuses, or an empty text."""
    if sys.platform != "linux":
        return "needs Linux"
    from kps_tui.identity.kernel_keyring import _GET_PERSISTENT, _keyctl

    try:
        _keyctl(_GET_PERSISTENT, -1, -1)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EPERM):
            return f"this kernel refuses: {error.strerror}"
    return ""


needs_kernel_keyring = pytest.mark.skipif(bool(refusal()), reason=refusal() or "none")


@pytest.fixture
def name() -> Iterator[str]:
    """A name that no other test uses. Items with this name, also followed by `-2`, are removed."""
    from keyring.errors import PasswordDeleteError

    from kps_tui.identity.kernel_keyring import KernelKeyring

    name = f"test-{uuid.uuid4().hex}"
    yield name
    for each in (name, f"{name}-2"):
        with suppress(PasswordDeleteError):
            KernelKeyring().delete_password("kps-tui", each)
