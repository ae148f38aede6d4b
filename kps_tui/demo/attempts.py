"""Wrong passwords: after several in a row IAM locks the user for a quarter of an hour (its FAQ, 账号被锁定怎么办).

How many is a setting of the account; five is what the client's rules count on.
"""

import threading
from collections.abc import Callable

ALLOWED = 5
LOCKED_SECONDS = 15 * 60


class Attempts:
    """Counts the wrong passwords of the one user there is, by the clock `now`."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._wrong = 0
        self._locked_at: float | None = None

    def is_locked(self, right: bool) -> bool:
        """Return whether no password counts now; otherwise take note of one that was `right` or wrong."""
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
