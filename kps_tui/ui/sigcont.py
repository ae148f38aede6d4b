"""Stopping and going on: Textual takes every SIGCONT for the end of a stop that it has prepared.

After a bare SIGSTOP (`kill -STOP`, a debugger) it would start a second thread that reads the keys, and never end.
"""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def ignore_unprepared_sigcont(draw_again: Callable[[], None]) -> None:
    """Let Textual answer only the SIGCONT that ends its own stop; any other one draws the screen again.

    Call it when the driver has set its handlers, in the thread of the event loop.
    """
    stop, go_on = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    if not callable(stop) or not callable(go_on):
        return
    loop = asyncio.get_running_loop()
    is_prepared = False

    def on_stop(number: int, frame: FrameType | None) -> None:
        nonlocal is_prepared
        is_prepared = True
        stop(number, frame)

    def on_continue(number: int, frame: FrameType | None) -> None:
        nonlocal is_prepared
        if is_prepared:
            is_prepared = False
            go_on(number, frame)
        else:
            loop.call_soon_threadsafe(draw_again)

    signal.signal(signal.SIGTSTP, on_stop)
    signal.signal(signal.SIGCONT, on_continue)
