"""What is looked up in a thread holds back neither a loop nor the process."""

import asyncio
import threading
import time

import pytest

from kps_tui.kps.threads import use_daemon_threads


def test_a_loop_does_not_wait_for_a_thread_that_nobody_waits_for() -> None:
    done = threading.Event()

    async def go() -> None:
        use_daemon_threads()
        use_daemon_threads()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(done.wait, 30), 0.05)

    before = threading.enumerate()
    began = time.monotonic()
    asyncio.run(go())
    assert time.monotonic() - began < 15
    assert [thread for thread in threading.enumerate() if not thread.daemon and thread not in before] == []
    done.set()


def test_results_and_errors_come_back() -> None:
    async def go() -> None:
        use_daemon_threads()
        assert await asyncio.to_thread(lambda: threading.current_thread().daemon)
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    asyncio.run(go())
