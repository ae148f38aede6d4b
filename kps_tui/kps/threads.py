"""Threads that hold nobody back: a name server that never answers delays neither `q` nor the end of the process.

asyncio looks up names in its default executor, and waits for all of that executor's threads before a loop ends.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import ParamSpec, TypeVar
from weakref import WeakSet

P = ParamSpec("P")
T = TypeVar("T")

_ready: "WeakSet[asyncio.AbstractEventLoop]" = WeakSet()


class DaemonThreads(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own; nobody waits for what is still running at the end."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Start `fn` at once."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        Thread(target=run, daemon=True).start()
        return future


def use_daemon_threads() -> None:
    """Let the running loop use such threads from now on."""
    loop = asyncio.get_running_loop()
    if loop not in _ready:
        _ready.add(loop)
        loop.set_default_executor(DaemonThreads())
