"""Runs blocking calls in daemon threads, with a deadline, so that none of them delays the end of the program.

At its end, the interpreter joins every thread that is not a daemon, and `asyncio.run` joins every thread of the loop's
default executor. A keyring, a name server or a network file system that never answers must block neither. A thread
can't be killed: when the caller stops waiting, it goes on, and its result is dropped.
"""

import asyncio
import contextvars
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet

P = ParamSpec("P")
T = TypeVar("T")


class TimedOut(Exception):
    """The work did not end before its deadline."""


def _never() -> bool:
    return False


_abandoned: contextvars.ContextVar[Callable[[], bool]] = contextvars.ContextVar("abandoned", default=_never)


def is_abandoned() -> bool:
    """Return whether the caller has stopped waiting for the work that runs in this thread.

    Check it before each step that changes something. Otherwise, if a keyring is unlocked much later, a login would be
    stored after the user was told that it was not.
    """
    return _abandoned.get()()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` in an event loop of its own, as `asyncio.run` does, so that Ctrl+C ends it whenever it comes.

    `asyncio.run` handles SIGINT in Python, which is not possible while the loop waits. A signal that arrives right
    before it waits, or in another thread, would not wake it up: it would be handled when the wait is over, which may
    take as long as a request.

    Raises:
        KeyboardInterrupt: SIGINT has come.
    """

    async def wakeable() -> T:
        if sys.platform != "win32":
            # As long as the loop has a handler for any signal, every signal wakes it up. This one is never sent.
            asyncio.get_running_loop().add_signal_handler(signal.SIGURG, lambda: None)
        return await main

    return asyncio.run(wakeable())


async def run_async(work: Callable[[], T], *, deadline: float | None = None) -> T:
    """Run `work` in a daemon thread, await it, and return its result or raise its exception.

    `deadline` is in seconds. Cancel the awaiting task to stop waiting.

    Raises:
        TimedOut: the work did not end within `deadline`.
    """
    abandoned = threading.Event()
    future = asyncio.wrap_future(_future(work, abandoned.is_set))
    try:
        await asyncio.wait([future], timeout=deadline)
        if not future.done():
            raise TimedOut
        return future.result()
    finally:
        abandoned.set()
        # A late result must not reach the loop, which may be closed by then.
        future.cancel()


def start(work: Callable[[], object], *, deadline: float | None = None) -> None:
    """Run `work` in a daemon thread without waiting for it. Its result is dropped.

    After `deadline` seconds, `is_abandoned` returns True in that thread.
    """
    until = float("inf") if deadline is None else time.monotonic() + deadline
    _thread(work, lambda: time.monotonic() > until)


def use_daemon_executor() -> None:
    """Give the running loop a default executor of daemon threads; asyncio resolves host names in it."""
    loop = asyncio.get_running_loop()
    if loop not in _loops:
        _loops.add(loop)
        loop.set_default_executor(_DaemonExecutor())


_loops: "WeakSet[asyncio.AbstractEventLoop]" = WeakSet()


class _DaemonExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own. Its shutdown waits for none of them."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        return _future(lambda: fn(*args, **kwargs), _never)


def _future(work: Callable[[], T], abandoned: Callable[[], bool]) -> "Future[T]":
    """Start `work` in a daemon thread and return the future of its result."""
    future: Future[T] = Future()

    def settle() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    _thread(settle, abandoned)
    return future


def _thread(work: Callable[[], object], abandoned: Callable[[], bool]) -> None:
    context = contextvars.copy_context()
    context.run(_abandoned.set, abandoned)
    threading.Thread(target=context.run, args=(work,), name="blocking", daemon=True).start()
