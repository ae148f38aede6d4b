"""Blocking work beside the event loop: what it gives, what it raises, and that it never holds the process."""

import asyncio
import subprocess
import sys
import threading

import pytest

from kps_tui.session.daemon import in_daemon


def test_what_the_work_returns_is_returned_and_what_it_raises_is_raised() -> None:
    async def go() -> None:
        names: list[str] = []

        def work() -> int:
            names.append(threading.current_thread().name)
            return 42

        def broken() -> None:
            raise LookupError("no")

        assert await in_daemon(work) == 42
        assert names != [threading.main_thread().name]
        with pytest.raises(LookupError, match="no"):
            await in_daemon(broken)

    asyncio.run(asyncio.wait_for(go(), 30))


def test_the_loop_goes_on_meanwhile() -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()
        goes_on = threading.Event()
        loop.call_soon(goes_on.set)
        assert await in_daemon(lambda: goes_on.wait(30))

    asyncio.run(go())


def test_who_gives_up_does_not_wait_and_the_late_answer_harms_nobody() -> None:
    async def go() -> None:
        started, let_go, ended = threading.Event(), threading.Event(), threading.Event()

        def work() -> None:
            started.set()
            let_go.wait(30)
            ended.set()

        task = asyncio.create_task(in_daemon(work))
        assert await in_daemon(lambda: started.wait(30))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not ended.is_set()
        let_go.set()
        assert await in_daemon(lambda: ended.wait(30))

    asyncio.run(go())


FOR_EVER = """
import asyncio, threading
from kps_tui.session.daemon import in_daemon
async def go():
    started = threading.Event()
    task = asyncio.create_task(in_daemon(lambda: (started.set(), threading.Event().wait())))
    await in_daemon(started.wait)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
asyncio.run(go())
print("ended")
"""


def test_work_that_never_ends_does_not_hold_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", FOR_EVER], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")
