"""Blocking calls in daemon threads: result, deadline, and that they never delay the end of the program."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

import pytest

from kps_tui.blocking import TimedOut, is_abandoned, run, run_async, start, use_daemon_executor

T = TypeVar("T")


def waited(work: Callable[[], T], *, deadline: float | None = None) -> T:
    """Return the result of `run_async` in a new event loop."""
    return asyncio.run(run_async(work, deadline=deadline))


class Hanging:
    """Work that ends only after a test allows it."""

    def __init__(self) -> None:
        self.started, self.let, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.was_abandoned: bool | None = None

    def __call__(self) -> str:
        self.started.set()
        assert self.let.wait(60)
        self.was_abandoned = is_abandoned()
        self.ended.set()
        return "late"

    def abandoned_at_last(self) -> bool | None:
        """Let the work end, and return whether it was abandoned."""
        self.let.set()
        assert self.ended.wait(30)
        return self.was_abandoned


def test_the_result_comes_from_a_daemon_thread() -> None:
    thread = waited(threading.current_thread)
    assert isinstance(thread, threading.Thread)
    assert thread is not threading.current_thread()
    assert thread.daemon


@pytest.mark.parametrize("error", [LookupError, TimeoutError, SystemExit])
def test_the_exception_of_the_work_is_raised(error: type[BaseException]) -> None:
    def work() -> None:
        raise error("no")

    with pytest.raises(error, match="no"):
        waited(work, deadline=30)


def test_the_context_of_the_caller_is_that_of_the_work() -> None:
    variable = ContextVar("variable", default="unset")
    variable.set("set")
    assert waited(variable.get) == "set"


def test_work_that_is_waited_for_is_not_abandoned() -> None:
    assert waited(is_abandoned) is False
    assert is_abandoned() is False


def test_at_the_deadline_the_work_is_abandoned() -> None:
    work = Hanging()
    began = time.monotonic()
    with pytest.raises(TimedOut):
        waited(work, deadline=0.1)
    assert 0.1 <= time.monotonic() - began < 30
    assert not work.ended.is_set()
    assert work.abandoned_at_last() is True


def test_an_interrupt_while_it_waits_abandons_the_work() -> None:
    work = Hanging()
    waits = threading.Event()

    def interrupt() -> None:
        assert work.started.wait(30)
        assert waits.wait(30)
        # In this thread, because there it interrupts no wait of the loop, as if it had come right before the wait.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    async def go() -> None:
        start(interrupt)
        # The last step of the loop before it waits.
        asyncio.get_running_loop().call_soon(waits.set)
        await run_async(work, deadline=30)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(go())
    assert time.monotonic() - began < 30, "it was handled when the wait was over"
    assert work.abandoned_at_last() is True


def in_loop(go: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(go(), 60)

    asyncio.run(limited())


def test_the_loop_goes_on_meanwhile() -> None:
    async def go() -> None:
        goes_on = threading.Event()
        asyncio.get_running_loop().call_soon(goes_on.set)
        assert await run_async(lambda: goes_on.wait(30))

    in_loop(go)


def test_a_cancelled_task_leaves_the_thread_and_its_late_result_is_dropped() -> None:
    work = Hanging()
    faults: list[object] = []

    async def go() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
        task = asyncio.create_task(run_async(work))
        assert await run_async(lambda: work.started.wait(30))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not work.ended.is_set()
        assert await run_async(work.abandoned_at_last) is True
        await asyncio.sleep(0)

    in_loop(go)
    assert faults == []


def test_a_result_that_comes_after_the_loop_was_closed_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    work = Hanging()
    before = set(threading.enumerate())
    with pytest.raises(TimedOut):
        waited(work, deadline=0.05)
    (thread,) = set(threading.enumerate()) - before
    work.let.set()
    thread.join(30)
    assert not thread.is_alive()
    assert capfd.readouterr() == ("", "")


def test_started_work_is_not_waited_for() -> None:
    work = Hanging()
    start(work)
    assert work.started.wait(30)
    assert work.abandoned_at_last() is False


def test_started_work_is_abandoned_after_its_deadline() -> None:
    work = Hanging()
    start(work, deadline=-1)
    assert work.abandoned_at_last() is True


def test_a_loop_does_not_wait_for_a_look_up_of_its_default_executor() -> None:
    work = Hanging()

    async def go() -> None:
        use_daemon_executor()
        use_daemon_executor()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, work), 0.05)

    before = threading.enumerate()
    began = time.monotonic()
    asyncio.run(go())
    assert time.monotonic() - began < 15
    assert [thread for thread in threading.enumerate() if not thread.daemon and thread not in before] == []
    work.let.set()


def test_results_and_errors_of_the_default_executor_come_back() -> None:
    async def go() -> None:
        use_daemon_executor()
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(None, lambda: threading.current_thread().daemon)
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)

    in_loop(go)


FOR_EVER = """
import asyncio, threading
from kps_tui.blocking import run_async, start, use_daemon_executor
for_ever = lambda: threading.Event().wait()
async def go():
    started = threading.Event()
    task = asyncio.create_task(run_async(lambda: (started.set(), for_ever())))
    await run_async(started.wait)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    use_daemon_executor()
    asyncio.get_running_loop().run_in_executor(None, for_ever)
asyncio.run(go())
start(for_ever)
print("ended")
"""


def test_work_that_never_ends_does_not_delay_the_end_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", FOR_EVER], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")
