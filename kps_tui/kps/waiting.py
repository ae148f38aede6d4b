"""The wait before a request is repeated, for whoever shows it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause that begins now."""

    seconds: float
    why: str
    """What went wrong with the request, one safe line."""


Waits = Callable[[Wait], AbstractContextManager[None]]
"""Called with each wait; what it returns is entered when the wait begins, and left when it ends or is cancelled."""


def ignore_wait(wait: Wait) -> AbstractContextManager[None]:
    """Show nothing of a wait."""
    return nullcontext()
