"""Work that may hang for ever, done in a thread that nobody waits for longer than they want.

A daemon thread, because the interpreter waits for every other kind: with `asyncio.to_thread` a stopped keyring daemon
held back the end of the program (reliability.md §1.3).
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeVar

T = TypeVar("T")
_LOOK_EVERY = 0.05
"""Seconds between two looks at whether the user still waits."""


class GaveUp(Exception):
    """The time was up, or nobody waited any longer (`by_user`)."""

    def __init__(self, *, by_user: bool) -> None:
        super().__init__("by the user" if by_user else "by the clock")
        self.by_user = by_user


class _Failed(NamedTuple):
    error: BaseException


def never() -> bool:
    """Nobody stops waiting."""
    return False


def within(
    seconds: float,
    work: Callable[[Callable[[], bool]], T],
    failed: Callable[[BaseException], Exception],
    stop: Callable[[], bool] = never,
) -> T:
    """Return what `work` returns, or raise what `failed` makes of its exception.

    `work` is given a function that says whether somebody still waits: it must ask before a step that changes
    something. `stop` is asked from this thread, many times a second.

    The exception of `work` itself is dropped with its frames: they hold whatever `work` had in its hands.

    Raises:
        GaveUp: there was no answer within `seconds`, or `stop` said so.
    """
    abandoned = threading.Event()
    answers: SimpleQueue[tuple[T] | _Failed] = SimpleQueue()

    def run() -> None:
        try:
            answer = (work(lambda: not abandoned.is_set()),)
        except BaseException as error:
            answers.put(_Failed(_without_frames(failed(error))))
        else:
            answers.put(answer)

    until = time.monotonic() + seconds
    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        answer = _awaited(answers, until, stop)
    finally:
        abandoned.set()
    if isinstance(answer, _Failed):
        raise answer.error
    return answer[0]


def _awaited(answers: "SimpleQueue[tuple[T] | _Failed]", until: float, stop: Callable[[], bool]) -> tuple[T] | _Failed:
    while True:
        left = until - time.monotonic()
        with suppress(Empty):
            return answers.get(timeout=max(0.0, min(left, _LOOK_EVERY)))
        if left <= 0:
            raise GaveUp(by_user=False)
        if stop():
            raise GaveUp(by_user=True)


def _without_frames(error: Exception) -> Exception:
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
