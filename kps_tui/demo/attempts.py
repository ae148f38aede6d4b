"""Locks the user for 15 minutes after several wrong passwords in a row, as IAM does (its FAQ, 账号被锁定怎么办).

In IAM, the number is a setting of the account; the client assumes the default of five.
"""

import threading
from collections.abc import Callable

ALLOWED = 5
LOCKED_SECONDS = 15 * 60


class Attempts:
    """Counts the wrong passwords of the only user. `now` returns seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wrong = 0
        self._locked_at: float | None = None

    def is_locked(self, right: bool) -> bool:
        """Return whether the user is locked. If not, count an attempt with the `right` password or a wrong one."""
        with self._lock:
            now = self._now()
            if self._locked_at is not None:
                if now - self._locked_at < LOCKED_SECONDS:
                    return True
                self._wrong, self._locked_at = 0, None
            self._wrong = 0 if right else self._wrong + 1
            if self._wrong >= ALLOWED:
                self._locked_at = now
            return False
