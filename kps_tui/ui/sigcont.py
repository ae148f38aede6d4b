"""Hides a SIGCONT from Textual unless it follows Textual's own SIGTSTP.

After a SIGSTOP (`kill -STOP`, a debugger) Textual would start a second input thread, and the program would never end.
"""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def ignore_unprepared_sigcont(draw_again: Callable[[], None]) -> None:
    """Pass SIGCONT to Textual only after a SIGTSTP; after any other stop call `draw_again`.

    Call it in the thread of the event loop, after the driver has set its signal handlers.
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
